/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of check-vmlinux share: what was compared, with which kernels, and what was found. */
#ifndef KMODWATCH_CHECK_H
#define KMODWATCH_CHECK_H

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
};

extern struct item items[ITEMS_MAX];
extern int item_count;
extern struct kernel kernels[KERNELS_MAX];
extern int kernel_count;

/* check.c: a difference or a wrong listing, which make the check fail; what makes it impossible, which ends it with 2.
 */
void __attribute__((format(printf, 1, 2))) fault(const char *format, ...);
void __attribute__((format(printf, 1, 2), noreturn)) give_up(const char *format, ...);
struct item *find_item(const char *name);

/* check.c: notes what was found; the words say what we have and what the kernel has. */
void __attribute__((format(printf, 4, 5)))
note(const char *name, int k, enum difference difference, const char *format, ...);

/* types.c: what CO-RE would make of two types. ours may be a flavor (name___flavor). */
bool same_name(const char *ours, const char *theirs);
bool is_enumeration(const struct btf_type *type);
const char *name_at(const struct btf *btf, __u32 offset);
const struct btf_type *bare(const struct btf *btf, __u32 id); /* behind qualifiers and typedefs */
enum difference compare_types(const struct btf *ours, __u32 our_id, const struct btf *theirs, __u32 their_id);
const char *describe(const struct btf *btf, __u32 id, char *text, __u32 size);

/* compare.c: compares each type that has a variable in ours with kernel k; how many those are. */
int compare_kernel(int k, const struct btf *ours);

/* listing.c: the file vmlinux/differences. */
void listing_read(const char *path);
bool listing_has(const struct item *item, int k, enum difference difference);
bool listing_has_config(const char *name);
void listing_check(void);

#endif
