// SPDX-License-Identifier: BSD-2-Clause
#include "command.h"
#include "../cleanup.h"
#include "../log.h"
#include "../output/stream.h"
#include "check_run.h"
#include "closing_rules.h"
#include "parity.h"
#include "report.h"
#include "root.h"

#include <errno.h>
#include <string.h>

/* err: of the writing; what stdio wrote is known to be out only now. */
static int explain_output(int err)
{
	if (err == -ENOMEM)
		log_line("there is not enough memory for the check");
	else if (err)
		log_line("the result could not be written to stdout: %s", strerror(-err));
	else
		err = log_flushed(stdout);
	return err;
}

static int print_profile(const char *name)
{
	const char *text = profile_text(name);

	if (!text) {
		log_line("there is no built-in profile %s: there are " PROFILE_NAMES, name);
		return EXIT_NO_START;
	}
	fputs(text, stdout);
	return explain_output(0) ? EXIT_NO_START : EXIT_ENDED;
}

static int write_json(struct check *check, size_t line_max, const volatile int *stopping)
{
	_cleanup_(stream_done) struct stream stream = { 0 };
	struct event event;
	int err = stream_init(&stream, STDOUT_FILENO, OUTPUT_JSON, stopping);

	stream.sink.gives_up = true;
	stream.line_max = line_max;
	if (!err)
		err = parity_event(check, &event);
	return err ? err : stream_emit(&stream, &event);
}

/* What makes a verdict unknown belongs on stderr when stdout holds rules only. */
static void explain_unknown(const struct check *check)
{
	for (int i = 0; i < STATES; i++)
		if (check->states[i].unknown)
			log_line("%s", check->states[i].unknown);
	if (check->states[STATE_KERNEL].present && !check->states[STATE_KERNEL].unknown && check->kernel.enabled == 2)
		log_line("the kernel's rules are locked (-e 2): what is printed can only be loaded after a reboot");
}

static int write_result(struct check *check, const struct options *options, const volatile int *stopping)
{
	if (options->print_rules) {
		explain_unknown(check);
		return closing_rules_write(check, stdout);
	}
	if (output_chosen(options->output, STDOUT_FILENO) == OUTPUT_JSON)
		return write_json(check, options->line_max, stopping);
	return report_write(check, stdout, colour_chosen(options->colour, STDOUT_FILENO));
}

static int exit_code_of(enum outcome outcome)
{
	return outcome == OUTCOME_PARITY ? EXIT_ENDED : outcome == OUTCOME_GAP ? EXIT_STOPPED : EXIT_NO_START;
}

int audit_command(const struct options *options, const volatile int *stopping)
{
	struct check_options wanted = { options->profile, options->rules.paths, options->rules.count };
	_cleanup_(check_freep) struct check *check = NULL;
	_cleanup_(freep) char *why = NULL;
	enum outcome outcome;
	int err;

	if (options->print_profile)
		return print_profile(options->print_profile);
	err = root_set(options->root);
	if (err) {
		log_line("--root %s cannot be used: %s", options->root, strerror(-err));
		return EXIT_NO_START;
	}
	err = check_run(&wanted, &check, &why);
	if (err) {
		log_line("%s", why ? why : strerror(-err));
		return EXIT_NO_START;
	}
	outcome = check->outcome; /* looking for fixes judges again */
	err = write_result(check, options, stopping);
	return explain_output(err) ? EXIT_NO_START : exit_code_of(outcome);
}
