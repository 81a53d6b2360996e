/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types that our BPF programs read, and of each only the members that they read. Offsets are relocated at
 * load time against the running kernel's BTF (CO-RE), so order and gaps mean nothing here. Layouts that changed between
 * kernels are in flavors.h. `make check-vmlinux` compares every type and member with each matrix kernel.
 */
#ifndef KMODWATCH_VMLINUX_H
#define KMODWATCH_VMLINUX_H

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef _Bool bool;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

enum { false = 0, true = 1 };

/* uapi: what bpf_helpers.h and the map definitions need */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum bpf_func_id {
	BPF_FUNC_get_current_task_btf = 158,
	BPF_FUNC_task_pt_regs = 175,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_RB_AVAIL_DATA = 0,
	BPF_RB_CONS_POS = 2,
	BPF_RINGBUF_HDR_SZ = 8,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct thread_info {
	u32 status;
};
struct pt_regs {
	unsigned long bx;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	u64 regs[31];
};
struct pt_regs {
	u64 regs[31];
	u64 pstate;
};
struct thread_info {
	unsigned long flags;
};
#else
#error "vmlinux.h: this architecture has no struct pt_regs here yet"
#endif

typedef struct {
	unsigned int val;
} kuid_t;

typedef struct {
	unsigned int val;
} kgid_t;

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	u64 val;
} kernel_cap_t; /* since 6.3; before: flavors.h */

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

struct qstr {
	u32 len;
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

/* since 6.16 or so; before, it is a macro, 0x10000 */
enum dentry_flags {
	DCACHE_MOUNTED = 0x8000,
};

struct dentry {
	unsigned int d_flags;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
};

struct list_head {
	struct list_head *next;
};

struct vfsmount {
	struct dentry *mnt_root;
};

/* include/uapi/linux/nsfs.h, since 6.18 or so; the numbers are older */
enum init_ns_ino {
	MNT_NS_ANON_INO = 0xeffffff7U,
};

struct mount {
	struct mnt_namespace *mnt_ns;
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_mounts; /* what is mounted on it, */
	struct list_head mnt_child;  /* by this */
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	u32 s_dev;
	struct file_system_type *s_type;
};

struct inode {
	u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	long long i_size;
	s64 i_mtime_sec; /* since 6.11; before: flavors.h */
	u32 i_mtime_nsec;
	s64 i_ctime_sec;
	u32 i_ctime_nsec;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	struct file *exe_file;
};

struct tty_struct {
	char name[64];
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	struct tty_struct *tty;
};

struct kernfs_node {
	struct kernfs_node *__parent; /* since 6.15; before: flavors.h */
	const char *name;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	struct mm_struct *mm;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	u64 start_boottime;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct css_set *cgroups;
	kuid_t loginuid;
	unsigned int sessionid;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
};

struct subprocess_info {
	char **argv;
};

struct load_info {
	struct elf64_hdr *hdr;
	unsigned long len;
};

enum kernel_read_file_id {
	READING_MODULE = 2,
};

enum kernel_load_data_id {
	LOADING_MODULE = 2,
};

enum module_state {
	MODULE_STATE_LIVE = 0,
	MODULE_STATE_COMING = 1,
	MODULE_STATE_GOING = 2,
	MODULE_STATE_UNFORMED = 3,
};

struct nlmsghdr {
	__u32 nlmsg_len;
	__u16 nlmsg_type;
};

struct sk_buff {
	unsigned int len;
	unsigned char *data;
};

struct bpf_map {
	u32 id;
};

enum bpf_prog_type {
	BPF_PROG_TYPE_EXT = 28,
};

struct bpf_prog {
	enum bpf_prog_type type;
	unsigned int (*bpf_func)(const void *, const void *);
	struct bpf_prog_aux *aux;
};

struct bpf_prog_aux {
	u32 id;
	u32 func_cnt;
	struct bpf_prog *dst_prog;
	struct bpf_prog **func;
};

struct bpf_link {
	u32 id;
};

struct idempotent {
	int ret;
};

struct module_memory {
	unsigned int size;
};

struct module {
	enum module_state state;
	char name[56];
	const char *version;
	const char *srcversion;
	bool sig_ok;
	unsigned long taints;
	struct module_memory mem[7]; /* since 6.4; before: flavors.h */
	atomic_t refcnt;
};

#pragma clang attribute pop

#endif
