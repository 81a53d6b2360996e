// SPDX-License-Identifier: BSD-2-Clause
/*
 * check-vmlinux OURS DIFFERENCES VERSION=BTF...: compares the types in OURS (an object with a variable of each, see
 * types.awk) with each kernel's BTF. Ends with 1 on a difference that is not listed, and on a listing that is not true.
 *
 * A type's and a member's name, kind and type are compared as libbpf does it for CO-RE, and further: sizes, signedness,
 * what a pointer points to and enumerators' values, because our programs read by the declared type.
 */
#include "check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

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

struct item *find_item(const char *name)
{
	for (int i = 0; i < item_count; i++)
		if (!strcmp(items[i].name, name))
			return &items[i];
	return NULL;
}

static struct item *item_of(const char *name, bool is_type)
{
	struct item *item = find_item(name);

	if (item)
		return item;
	if (item_count == ITEMS_MAX)
		give_up("more than %d types and members: raise ITEMS_MAX", ITEMS_MAX);
	item = &items[item_count++];
	snprintf(item->name, sizeof(item->name), "%s", name);
	item->is_type = is_type;
	return item;
}

/* Notes what was found; the words say what we have and what the kernel has. */
void __attribute__((format(printf, 4, 5)))
note(const char *name, int k, enum difference difference, const char *format, ...)
{
	struct item *item = item_of(name, !strchr(name, '.'));
	va_list args;

	item->found[k] = difference;
	if (item->is_type)
		kernels[k].types++;
	else
		kernels[k].members++;
	if (difference == SAME)
		return;
	item->excused[k] = listing_has_config(name);
	if (listing_has(item, k, difference)) {
		kernels[k].listed++;
		return;
	}
	faults++;
	fprintf(stderr, "%s: %s: %s: ", kernels[k].label, name, difference_names[difference]);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("; mend vmlinux/, or list it with its reason\n", stderr);
}

/* VERSION=PATH; without a version it is the running kernel's. */
static void open_kernel(char *argument)
{
	struct kernel *kernel = &kernels[kernel_count];
	char *path = strchr(argument, '=');
	struct utsname host;

	if (kernel_count++ == KERNELS_MAX)
		give_up("more than %d kernels: raise KERNELS_MAX", KERNELS_MAX);
	if (path) {
		*path++ = '\0';
	} else {
		path = argument;
		uname(&host);
		argument = host.release;
	}
	if (sscanf(argument, "%u.%u", &kernel->major, &kernel->minor) != 2)
		give_up("%s=%s: what comes before the = is no kernel version", argument, path);
	snprintf(kernel->label, sizeof(kernel->label), "%u.%u", kernel->major, kernel->minor);
	kernel->btf = btf__parse(path, NULL);
	if (!kernel->btf)
		give_up("%s: no BTF could be read: %s; `tests/vm/run fetch` makes the matrix kernels'", path,
			strerror(errno));
}

int main(int argc, char **argv)
{
	struct btf *ours;
	int types = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: check-vmlinux OURS DIFFERENCES [VERSION=]BTF...\n");
		return 2;
	}
	ours = btf__parse(argv[1], NULL);
	if (!ours)
		give_up("%s: no BTF could be read: %s", argv[1], strerror(errno));
	listing_read(argv[2]);
	for (int i = 3; i < argc; i++)
		open_kernel(argv[i]);
	for (int k = 0; k < kernel_count; k++)
		types = compare_kernel(k, ours);
	listing_check();
	for (int k = 0; k < kernel_count; k++)
		printf("%s: %d types, %d members, %d listed differences\n", kernels[k].label, kernels[k].types,
		       kernels[k].members, kernels[k].listed);
	for (int k = 0; k < kernel_count; k++)
		btf__free(kernels[k].btf);
	btf__free(ours);
	if (types == 0)
		give_up("%s holds no variable of any type: see vmlinux/types.awk", argv[1]);
	return faults ? 1 : 0;
}
