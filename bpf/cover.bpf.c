// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What covers a path is a mount on a suspect's own mount, at the suspect's dentry: that a dentry is a mountpoint says
 * nothing yet, as it may be one on another mount of the same file system, in another namespace. So the mounts on that
 * mount are looked through. No lock is held: a list that changes meanwhile may lead astray, to what cannot be read or
 * is on another mount. Then, or where the list is longer than the look, it is not known.
 */
#include "cover.bpf.h"

/* A machine with a thousand containers has two thousand mounts on its root. */
enum { LEG_STEPS = 13, RUN_LEGS = 13, RUNS = 13 };

/* 0: this suspect's list need not be followed any further. */
int cover_step(__u32 slot, unextendable by);
int cover_leg(__u32 slot, unextendable by);
int cover_run(__u32 slot, unextendable by);
int cover_suspect(__u32 slot, __u32 i, unextendable by);

__weak int cover_step(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct mount *child, *mount;

	if (!ws)
		return 0;
	mount = (void *)ws->walk.mnt - bpf_core_field_offset(struct mount, mnt);
	child = (void *)ws->walk.child - bpf_core_field_offset(struct mount, mnt_child);
	if (ws->walk.child == (__u64)&mount->mnt_mounts) {
		ws->walk.undecided--;
		return 0;
	}
	if (BPF_CORE_READ(child, mnt_parent) != mount)
		return 0;
	if ((__u64)BPF_CORE_READ(child, mnt_mountpoint) == ws->walk.dentry) {
		ws->walk.span.place |= PLACE_COVERED;
		return 0;
	}
	ws->walk.child = (__u64)BPF_CORE_READ(child, mnt_child.next);
	return 1;
}

__weak int cover_leg(__u32 slot, unextendable by)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < LEG_STEPS; i++)
		if (!cover_step(slot, UNEXTENDABLE))
			return 0;
	return 1;
}

__weak int cover_run(__u32 slot, unextendable by)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < RUN_LEGS; i++)
		if (!cover_leg(slot, UNEXTENDABLE))
			return 0;
	return 1;
}

__weak int cover_suspect(__u32 slot, __u32 i, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct mount *mount;

	if (!ws)
		return 0;
	barrier_var(i); /* as in ancestor_step() */
	i &= SUSPECTS_MAX - 1;
	ws->walk.dentry = ws->walk.suspects[i].dentry;
	ws->walk.mnt = ws->walk.suspects[i].mnt;
	mount = (void *)ws->walk.mnt - bpf_core_field_offset(struct mount, mnt);
	ws->walk.child = (__u64)BPF_CORE_READ(mount, mnt_mounts.next);
#pragma clang loop unroll(disable)
	for (int run = 0; run < RUNS; run++)
		if (!cover_run(slot, UNEXTENDABLE))
			break;
	return 0;
}

__weak int cover_look(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);

	if (!ws || ws->walk.span.detached)
		return 0;
	ws->walk.undecided = ws->walk.suspect_count + ws->walk.span.cut;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < SUSPECTS_MAX; i++) {
		if (i >= ws->walk.suspect_count)
			break;
		cover_suspect(slot, i, UNEXTENDABLE);
	}
	if (!(ws->walk.span.place & PLACE_COVERED) && ws->walk.undecided)
		ws->walk.span.place |= PLACE_COVER_UNKNOWN;
	return 0;
}
