// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Walks from a leaf up to a root. A step is a global function: the verifier reads it once, and each turn of a loop
 * costs it a call, some 8 instructions. So loops are nested, in functions of their own: 13 + 13 + 13 turns for 2,197
 * steps. No lock is held: a rename during the walk can mix two paths, as it can in every reader of this kind.
 */
#include "path.bpf.h"
#include "compat.bpf.h"

/* Together enough for a path of PATH_MAX bytes that is all one-letter names, over 20 mounts; and 49 cgroups, one in the
 * other. */
enum { LEG_STEPS = 13, RUN_LEGS = 13, PATH_RUNS = 13, CGROUP_RUN_STEPS = 7, CGROUP_RUNS = 7 };

/* One component, with its NUL, at the end of the text. False: no room. */
static __always_inline bool add_part(struct workspace *ws, const void *name)
{
	__u64 at = ws->text_used;
	long n;

	if (at >= TEXT_AREA || ws->walk.span.size > TEXT_MAX) {
		ws->walk.span.cut = 1;
		return false;
	}
	n = bpf_probe_read_kernel_str(&ws->text[at & (TEXT_AREA - 1)], 256, name);
	if (n <= 0 || n > 256) {
		ws->walk.span.state = SPAN_UNKNOWN;
		return false;
	}
	ws->walk.span.size += n;
	ws->text_used = at + n;
	return true;
}

static __always_inline void walk_begin(struct workspace *ws)
{
	__builtin_memset(&ws->walk.span, 0, sizeof(ws->walk.span));
	ws->walk.span.state = ws->walk.dentry ? SPAN_KNOWN : SPAN_UNKNOWN;
	ws->walk.span.offset = ws->text_used;
	ws->walk.crossed = 0;
	ws->walk.suspect_count = 0;
}

/*
 * Whether a root mount is one that names are looked up in: not the kernel's own (shmem's, under memfds), not one that
 * was unmounted while in use, not a tree that open_tree() or fsmount() made and nobody attached.
 */
static __always_inline bool is_entered(const struct mnt_namespace *ns)
{
	__u32 inum;

	if (!ns || (__u64)ns >= (__u64)-4095) /* MNT_NS_INTERNAL is an error pointer */
		return false;
	inum = BPF_CORE_READ(ns, ns.inum);
	return inum && inum != anonymous_mnt_ns();
}

/* The walk has come to a mount that is on no other. */
static __always_inline void walk_end(struct workspace *ws, const struct mount *root)
{
	const struct task_struct *task = (void *)bpf_get_current_task();
	const struct mnt_namespace *ns = BPF_CORE_READ(root, mnt_ns);

	if (!is_entered(ns))
		ws->walk.span.detached = DETACHED_TREE;
	else if (ns != BPF_CORE_READ(task, nsproxy, mnt_ns))
		ws->walk.span.place = PLACE_FOREIGN;
}

/*
 * Where the walk stands is a place where something is mounted, on this mount or on another one of the same file system.
 * What the walk came through is not over it.
 */
static __always_inline void suspect(struct workspace *ws, const struct dentry *dentry)
{
	__u64 count = ws->walk.suspect_count;

	if (ws->walk.crossed || !(BPF_CORE_READ(dentry, d_flags) & dentry_mounted_flags()))
		return;
	ws->walk.suspect_count = count + 1;
	if (count >= SUSPECTS_MAX)
		return;
	ws->walk.suspects[count & (SUSPECTS_MAX - 1)].dentry = ws->walk.dentry;
	ws->walk.suspects[count & (SUSPECTS_MAX - 1)].mnt = ws->walk.mnt;
}

/* The steps go on from where ws->walk stands; 0: the walk is over. */
int path_step(__u32 slot, unextendable by);
int path_leg(__u32 slot, unextendable by);
int path_run(__u32 slot, unextendable by);
int cgroup_step(__u32 slot, unextendable by);
int cgroup_run(__u32 slot, unextendable by);

__weak int path_step(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct dentry *dentry, *parent;
	struct vfsmount *vfsmount;

	if (!ws)
		return 0;
	dentry = (void *)ws->walk.dentry;
	vfsmount = (void *)ws->walk.mnt;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (ws->walk.suspects_wanted)
		suspect(ws, dentry);
	ws->walk.crossed = 0;
	if (dentry == BPF_CORE_READ(vfsmount, mnt_root)) {
		struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
		struct mount *up = BPF_CORE_READ(mount, mnt_parent);

		if (up == mount || !up) {
			walk_end(ws, mount);
			return 0;
		}
		ws->walk.dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		ws->walk.mnt = (__u64)&up->mnt;
		ws->walk.crossed = 1;
		return 1;
	}
	if (!add_part(ws, BPF_CORE_READ(dentry, d_name.name)))
		return 0;
	if (parent == dentry || !parent) {
		ws->walk.span.detached = DETACHED_FILE;
		return 0;
	}
	ws->walk.dentry = (__u64)parent;
	return 1;
}

__weak int path_leg(__u32 slot, unextendable by)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < LEG_STEPS; i++)
		if (!path_step(slot, UNEXTENDABLE))
			return 0;
	return 1;
}

__weak int path_run(__u32 slot, unextendable by)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < RUN_LEGS; i++)
		if (!path_leg(slot, UNEXTENDABLE))
			return 0;
	return 1;
}

__weak int path_walk(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);

	if (!ws)
		return 0;
	walk_begin(ws);
	if (!ws->walk.dentry)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < PATH_RUNS; i++)
		if (!path_run(slot, UNEXTENDABLE))
			return 0;
	ws->walk.span.cut = 1;
	return 0;
}

__weak int cgroup_step(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct kernfs_node *kn, *parent;

	if (!ws)
		return 0;
	kn = (void *)ws->walk.dentry;
	parent = kernfs_parent(kn);
	/* the root's name is empty and not part of the path */
	if (!parent || !add_part(ws, BPF_CORE_READ(kn, name)))
		return 0;
	ws->walk.dentry = (__u64)parent;
	return 1;
}

__weak int cgroup_run(__u32 slot, unextendable by)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < CGROUP_RUN_STEPS; i++)
		if (!cgroup_step(slot, UNEXTENDABLE))
			return 0;
	return 1;
}

__weak int cgroup_walk(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);

	if (!ws)
		return 0;
	walk_begin(ws);
#pragma clang loop unroll(disable)
	for (int i = 0; i < CGROUP_RUNS; i++)
		if (!cgroup_run(slot, UNEXTENDABLE))
			return 0;
	ws->walk.span.cut = 1;
	return 0;
}
