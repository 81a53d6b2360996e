// SPDX-License-Identifier: BSD-2-Clause
/* The list of loaded modules on disk: whatever the file holds, and what was read is read again when it is written. */
#include "../../user/modules/state.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BOOT "00000000-1111-4222-8333-444444444444"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int parse(const void *bytes, size_t size, struct module_set *set)
{
	FILE *f = fmemopen((void *)bytes, size, "r");
	uint64_t ended;
	int err;

	if (!f)
		abort();
	err = state_parse(f, BOOT, set, &ended);
	fclose(f);
	return err;
}

static int write_line(void *ctx, struct named_module *module)
{
	char line[STATE_LINE_SIZE];

	fwrite(line, 1, state_line(module, line), ctx);
	return 0;
}

static int same(void *ctx, struct named_module *module)
{
	const struct named_module *other = module_set_find(ctx, module->name);

	if (!other || other->instance != module->instance || other->mark != module->mark)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct module_set set = { 0 }, again = { 0 };
	char *written;
	FILE *f;

	if (!size || parse(bytes, size, &set)) {
		if (set.tree || set.count)
			abort();
		return 0;
	}
	f = open_memstream(&written, &size);
	if (!f)
		abort();
	fputs("kmodwatch-modules 1\nboot_id " BOOT "\n", f);
	module_set_walk(&set, write_line, f);
	fclose(f);
	if (parse(written, size, &again) || again.count != set.count)
		abort();
	module_set_walk(&set, same, &again);
	free(written);
	module_set_clear(&set);
	module_set_clear(&again);
	return 0;
}
