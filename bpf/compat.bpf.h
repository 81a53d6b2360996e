/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One accessor for each thing that kernels keep in different places; see vmlinux/flavors.h for the commits. */
#ifndef KMODWATCH_COMPAT_BPF_H
#define KMODWATCH_COMPAT_BPF_H

#include "vmlinux.h"
#include "flavors.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "records.h"

enum {
	CAP_SYS_MODULE = 16,
	CAP_AUDIT_CONTROL = 30,
	PF_KTHREAD = 0x00200000,
};

/* Three loads since 5.11 instead of a helper that looks the id up in the initial user namespace's map. */
static __always_inline __u32 caller_uid(void)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		const struct task_struct *task = bpf_get_current_task_btf();

		return task->cred->uid.val;
	}
	return bpf_get_current_uid_gid();
}

/* In the user namespace of the credentials, whichever that is. */
static __always_inline bool cred_has(const struct cred *cred, int capability)
{
	const struct cred___two_words *old = (const void *)cred;
	__u64 caps;

	/* Up to 6.2 two words, then one u64: the same eight bytes on a little-endian machine, the lower word first. */
	if (bpf_core_field_exists(old->cap_effective.cap))
		caps = BPF_CORE_READ(old, cap_effective.cap[0]) | (__u64)BPF_CORE_READ(old, cap_effective.cap[1]) << 32;
	else
		caps = BPF_CORE_READ(cred, cap_effective.val);
	return caps >> capability & 1;
}

/* As capable() has it: in the initial user namespace. */
static __always_inline bool caller_has(int capability)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);

	return cred_has(cred, capability) && BPF_CORE_READ(cred, user_ns, ns.inum) == INITIAL_USER_NS;
}

static __always_inline void inode_mtime(const struct inode *inode, __s64 *sec, __u32 *nsec)
{
	const struct inode___mtime *old = (const void *)inode;
	const struct inode___renamed_mtime *renamed = (const void *)inode;

	if (bpf_core_field_exists(inode->i_mtime_sec)) {
		*sec = BPF_CORE_READ(inode, i_mtime_sec);
		*nsec = BPF_CORE_READ(inode, i_mtime_nsec);
	} else if (bpf_core_field_exists(renamed->__i_mtime)) {
		*sec = BPF_CORE_READ(renamed, __i_mtime.tv_sec);
		*nsec = BPF_CORE_READ(renamed, __i_mtime.tv_nsec);
	} else {
		*sec = BPF_CORE_READ(old, i_mtime.tv_sec);
		*nsec = BPF_CORE_READ(old, i_mtime.tv_nsec);
	}
}

static __always_inline void inode_ctime(const struct inode *inode, __s64 *sec, __u32 *nsec)
{
	const struct inode___ctime *old = (const void *)inode;
	const struct inode___renamed_ctime *renamed = (const void *)inode;

	if (bpf_core_field_exists(inode->i_ctime_sec)) {
		*sec = BPF_CORE_READ(inode, i_ctime_sec);
		*nsec = BPF_CORE_READ(inode, i_ctime_nsec) & 0x7fffffff; /* I_CTIME_QUERIED is the top bit (6.13) */
	} else if (bpf_core_field_exists(renamed->__i_ctime)) {
		*sec = BPF_CORE_READ(renamed, __i_ctime.tv_sec);
		*nsec = BPF_CORE_READ(renamed, __i_ctime.tv_nsec);
	} else {
		*sec = BPF_CORE_READ(old, i_ctime.tv_sec);
		*nsec = BPF_CORE_READ(old, i_ctime.tv_nsec);
	}
}

static __always_inline struct kernfs_node *kernfs_parent(const struct kernfs_node *kn)
{
	const struct kernfs_node___plain_parent *old = (const void *)kn;

	if (bpf_core_field_exists(kn->__parent))
		return BPF_CORE_READ(kn, __parent);
	return BPF_CORE_READ(old, parent);
}

/* Bytes of the module without its init part. */
static __always_inline __u64 module_core_size(const struct module *mod)
{
	const struct module___layout *old = (const void *)mod;

	if (bpf_core_field_exists(old->core_layout))
		return BPF_CORE_READ(old, core_layout.size);
	/* MOD_TEXT, MOD_DATA, MOD_RODATA, MOD_RO_AFTER_INIT; the init types follow */
	return (__u64)BPF_CORE_READ(mod, mem[0].size) + BPF_CORE_READ(mod, mem[1].size) +
	       BPF_CORE_READ(mod, mem[2].size) + BPF_CORE_READ(mod, mem[3].size);
}

static __always_inline __s8 module_sig_ok(const struct module *mod)
{
	if (!bpf_core_field_exists(mod->sig_ok))
		return -1;
	return BPF_CORE_READ(mod, sig_ok);
}

/*
 * delete_module takes the last reference before anything else happens (try_release_module_ref()); a load that fails
 * still has its own. Without CONFIG_MODULE_UNLOAD nothing is ever unloaded.
 */
static __always_inline bool module_is_released(const struct module *mod)
{
	return bpf_core_field_exists(mod->refcnt) && BPF_CORE_READ(mod, refcnt.counter) == 0;
}

/* Callers who load one file at the same time share one load since 6.5 (9b9879fc0327). */
static __always_inline bool loads_are_shared(void)
{
	return bpf_core_type_exists(struct idempotent);
}

/* Of a dentry on which something is mounted; before the enumerator (6.16 or so) it was one or the other of two bits. */
static __always_inline __u32 dentry_mounted_flags(void)
{
	if (bpf_core_enum_value_exists(enum dentry_flags, DCACHE_MOUNTED))
		return bpf_core_enum_value(enum dentry_flags, DCACHE_MOUNTED);
	return 0x18000;
}

/* The inode number of mount namespaces that nobody can enter; before 6.18 they had none: 0. */
static __always_inline __u32 anonymous_mnt_ns(void)
{
	/* the number itself is ABI; libbpf 1.1 cannot relocate an enumerator with the top bit set */
	return bpf_core_enum_value_exists(enum init_ns_ino, MNT_NS_ANON_INO) ? 0xeffffff7U : 0;
}

static __always_inline bool is_module_read(__u32 id)
{
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE))
		return true;
	return bpf_core_enum_value_exists(enum kernel_read_file_id___compressed,
					  READING_MODULE_COMPRESSED___compressed) &&
	       id == bpf_core_enum_value(enum kernel_read_file_id___compressed, READING_MODULE_COMPRESSED___compressed);
}

static __always_inline bool is_module_data(__u32 id)
{
	return id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE);
}

#endif
