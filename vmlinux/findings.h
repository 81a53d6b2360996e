/* SPDX-License-Identifier: BSD-2-Clause */
/* What was compared, with which kernels, and what was found. */
#ifndef KMODWATCH_FINDINGS_H
#define KMODWATCH_FINDINGS_H

#include <bpf/btf.h>
#include <stdbool.h>

enum { NAME_SIZE = 160, KERNELS_MAX = 16, ITEMS_MAX = 1024 };

enum difference { SAME, ABSENT, TYPE, SIZE, VALUE, DIFFERENCES };
extern const char *const difference_names[DIFFERENCES];

/* One thing that is compared: a type, a member, an enumerator. The order is that of the headers. */
struct item {
	char name[NAME_SIZE]; /* TYPE or TYPE.MEMBER, flavor suffixes included */
	bool is_type;
	enum difference found[KERNELS_MAX];
	bool excused[KERNELS_MAX]; /* by a `config` line */
};

struct kernel {
	char label[32]; /* its version */
	unsigned int major, minor;
	struct btf *btf;
	int types, members, listed;
	bool further; /* not of the matrix: that a flavor fits it does not make the flavor tested */
};

extern struct item items[ITEMS_MAX];
extern int item_count;
extern struct kernel kernels[KERNELS_MAX];
extern int kernel_count;

/* A difference or a wrong listing: the check has failed. */
void __attribute__((format(printf, 1, 2))) fault(const char *format, ...);
int fault_count(void);
/* What makes the check impossible: it ends with 2. */
void __attribute__((format(printf, 1, 2), noreturn)) give_up(const char *format, ...);

/* NULL: there is none of that name. */
struct item *find_item(const char *name);
/* Made where there is none. */
struct item *item_of(const char *name);

#endif
