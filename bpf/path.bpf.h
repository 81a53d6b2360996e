/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Paths, as text in a workspace. bpf_d_path() is allowed at few hooks, none of which is ours. */
#ifndef KMODWATCH_PATH_BPF_H
#define KMODWATCH_PATH_BPF_H

#include "maps.bpf.h"
#include <bpf/bpf_core_read.h>

/*
 * Both walk from what stands in the workspace's walk part and leave their span there. They are global functions, so
 * that the verifier reads each once a program however often it is called; 5.10 allows such functions only scalars.
 */
int path_walk(__u32 slot, unextendable by);
int cgroup_walk(__u32 slot, unextendable by);

/* The path of (mnt, dentry) up to the root of the mount namespace, chroots included. */
static __always_inline void add_path(struct workspace *ws, __u32 slot, struct span *span, const struct path *path)
{
	ws->walk.dentry = (__u64)BPF_CORE_READ(path, dentry);
	ws->walk.mnt = (__u64)BPF_CORE_READ(path, mnt);
	path_walk(slot, UNEXTENDABLE);
	*span = ws->walk.span;
}

/*
 * Whether the file's name leads to it no more, as d_unlinked() has it. What never had a name is no such thing: a memfd,
 * a pipe and their like are their dentry's own root.
 */
static __always_inline bool is_unlinked(const struct dentry *dentry)
{
	return !BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry;
}

static __always_inline void add_cgroup(struct workspace *ws, __u32 slot, struct span *span, struct kernfs_node *kn)
{
	ws->walk.dentry = (__u64)kn;
	cgroup_walk(slot, UNEXTENDABLE);
	*span = ws->walk.span;
}

#endif
