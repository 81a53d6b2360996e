// SPDX-License-Identifier: BSD-2-Clause
/*
 * check-vmlinux OURS DIFFERENCES VERSION=BTF... [-- VERSION=BTF...]: compares the types in OURS (an object with a
 * variable of each, see types.awk) with each kernel's BTF. Ends with 1 on a difference that is not listed, and on a
 * listing that is not true.
 *
 * A type's and a member's name, kind and type are compared as libbpf does it for CO-RE, and further: sizes, signedness,
 * what a pointer points to and enumerators' values, because our programs read by the declared type.
 */
#include "compare.h"
#include "listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* VERSION=PATH; without a version it is the running kernel's. */
static void open_kernel(char *argument, bool further)
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
	kernel->further = further;
	snprintf(kernel->label, sizeof(kernel->label), "%u.%u", kernel->major, kernel->minor);
	kernel->btf = btf__parse(path, NULL);
	if (!kernel->btf)
		give_up("%s: no BTF could be read: %s; `tests/vm/run fetch` makes the matrix kernels'", path,
			strerror(errno));
}

int main(int argc, char **argv)
{
	struct btf *ours;
	bool further = false;
	int types = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: check-vmlinux OURS DIFFERENCES [VERSION=]BTF... [-- [VERSION=]BTF...]\n");
		return 2;
	}
	ours = btf__parse(argv[1], NULL);
	if (!ours)
		give_up("%s: no BTF could be read: %s", argv[1], strerror(errno));
	listing_read(argv[2]);
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--"))
			open_kernel(argv[i], further);
		else
			further = true;
	}
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
	return fault_count() ? 1 : 0;
}
