// SPDX-License-Identifier: BSD-2-Clause
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const difference_names[DIFFERENCES] = { "same", "absent", "type", "size", "value" };
struct item items[ITEMS_MAX];
int item_count;
struct kernel kernels[KERNELS_MAX];
int kernel_count;
static int faults;

void __attribute__((format(printf, 1, 2))) fault(const char *format, ...)
{
	va_list args;

	faults++;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void __attribute__((format(printf, 1, 2), noreturn)) give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("check-vmlinux: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

int fault_count(void)
{
	return faults;
}

struct item *find_item(const char *name)
{
	for (int i = 0; i < item_count; i++)
		if (!strcmp(items[i].name, name))
			return &items[i];
	return NULL;
}

struct item *item_of(const char *name)
{
	struct item *item = find_item(name);

	if (item)
		return item;
	if (item_count == ITEMS_MAX)
		give_up("more than %d types and members: raise ITEMS_MAX", ITEMS_MAX);
	item = &items[item_count++];
	snprintf(item->name, sizeof(item->name), "%s", name);
	item->is_type = !strchr(name, '.');
	return item;
}
