// SPDX-License-Identifier: BSD-2-Clause
/* /proc/modules: any bytes. What is understood of them is shown as it would be at the start. */
#include "../../user/modules/inventory.h"
#include "check/rendered.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int show(void *ctx, const struct module_part *module)
{
	struct event event = { .kind = EVENT_MODULE_PRESENT, .module = *module };

	(void)ctx;
	check_rendered(&event);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	FILE *f = size ? fmemopen((void *)bytes, size, "r") : NULL;
	struct module_set breaks = { 0 };
	char *text = NULL;
	int err;

	if (!f)
		return 0;
	if (!module_set_get(&breaks, "x\ny") || !module_set_get(&breaks, "x\ny!z 1 0"))
		abort();
	err = inventory_read(f, &text);
	if (!err)
		err = inventory_walk(text, "/nonexistent", &breaks, show, NULL);
	if (err && err != -EBADMSG && err != -ENOMEM)
		abort();
	module_set_clear(&breaks);
	free(text);
	fclose(f);
	return 0;
}
