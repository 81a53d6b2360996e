/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Older or config-dependent layouts of what vmlinux.h declares. libbpf matches a type without its ___suffix, so each
 * flavor is one candidate layout; bpf/compat.bpf.h asks with bpf_core_field_exists() which one the running kernel has.
 */
#ifndef KMODWATCH_FLAVORS_H
#define KMODWATCH_FLAVORS_H

#include "vmlinux.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* before 6.3 (f122a08b197d "capability: just use a 'u64' instead of a 'u32[2]' array") */
struct kernel_cap_struct___two_words {
	u32 cap[2];
};

struct cred___two_words {
	struct kernel_cap_struct___two_words cap_effective;
};

/* before 6.11 (3aa63a569c64 "fs: switch timespec64 fields in inode to discrete integers") */
struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

/* before 6.7 (12cd44023651 "fs: rename inode i_atime and i_mtime fields") */
struct inode___mtime {
	struct timespec64 i_mtime;
};

struct inode___renamed_mtime {
	struct timespec64 __i_mtime;
};

/* before 6.6 (13bc24457850 "fs: rename i_ctime field to __i_ctime") */
struct inode___ctime {
	struct timespec64 i_ctime;
};

struct inode___renamed_ctime {
	struct timespec64 __i_ctime;
};

/* before 6.15 (633488947ef6 "kernfs: Use RCU to access kernfs_node::parent.") */
struct kernfs_node___plain_parent {
	struct kernfs_node *parent;
};

/* before 6.4 (ac3b43283923 "module: replace module_layout with module_memory") */
struct module_layout {
	unsigned int size;
};

struct module___layout {
	struct module_layout core_layout;
};

/* since 6.19 or so: the file is compressed and the kernel will decompress it */
enum kernel_read_file_id___compressed {
	READING_MODULE_COMPRESSED___compressed = 7,
};

#pragma clang attribute pop

#endif
