// SPDX-License-Identifier: BSD-2-Clause
#include "options_check.h"
#include "../audit/check_run.h"
#include "../cleanup.h"
#include "../folder.h"
#include "../kernel/pin_folder.h"
#include "../kernel/preflight.h"
#include "../kernel/ring_memory.h"
#include "../log.h"
#include "../options.h"

#include <string.h>

static bool profile_is_right(const char *profile)
{
	_cleanup_(freep) char *why = NULL;
	int err = check_profile(profile, &why);

	if (err)
		log_line("%s", why ? why : strerror(-err));
	return !err;
}

static bool folder_is_right(const char *folder, const char *what)
{
	const char *why;

	if (!folder || !folder_check_ours(folder, &why))
		return true;
	log_line("%s in %s: %s", what, folder, why);
	return false;
}

/* What goes on in the old folder would never be read. */
static bool pin_is_right(const struct options *options)
{
	if (!options->pin)
		return true;
	if (pins_check(options->pin))
		return false;
	if (!options->running || pins_are_held_by(options->pin, options->running))
		return true;
	log_line("process %u does not hold %s, and --pin cannot change while kmodwatch runs, since what is recorded in "
		 "the old folder would never be read: stop it, run kmodwatch --unpin --pin with that folder, and start "
		 "it again",
		 options->running, options->pin);
	return false;
}

int options_check(const struct options *options)
{
	bool right = profile_is_right(options->profile);

	right &= folder_is_right(options->capture, "modules cannot be captured");
	right &= folder_is_right(options->state, "the list of loaded modules cannot be kept");
	right &= pin_is_right(options);
	right &= !ring_memory_check(options);
	right &= !options->btf_path || !preflight_check_btf(options->btf_path);
	return right ? EXIT_ENDED : EXIT_NO_START;
}
