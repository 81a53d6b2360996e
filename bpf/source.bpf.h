/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The file that a module is loaded from. */
#ifndef KMODWATCH_SOURCE_BPF_H
#define KMODWATCH_SOURCE_BPF_H

#include "compat.bpf.h"
#include "cover.bpf.h"

static __always_inline void add_source(struct workspace *ws, __u32 slot, struct source_file *source, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);

	source->present = 1;
	source->type = BPF_CORE_READ(inode, i_mode) >> 12;
	source->inode = BPF_CORE_READ(inode, i_ino);
	source->size = BPF_CORE_READ(inode, i_size);
	source->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	inode_mtime(inode, &source->mtime_sec, &source->mtime_nsec);
	inode_ctime(inode, &source->ctime_sec, &source->ctime_nsec);
	source->unlinked = is_unlinked(dentry);
	bpf_probe_read_kernel_str(source->fs, sizeof(source->fs), BPF_CORE_READ(inode, i_sb, s_type, name));
	add_path_with_cover(ws, slot, &source->path, &file->f_path);
}

#endif
