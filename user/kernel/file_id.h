/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file's inode and device as the kernel itself numbers them, which is what our programs compare and send: stat() has
 * another device on btrfs (one for each subvolume) and may have on overlayfs. The kernel tells them of what is watched,
 * in the inotify descriptor's fdinfo (fs/notify/fdinfo.c).
 */
#ifndef KMODWATCH_FILE_ID_H
#define KMODWATCH_FILE_ID_H

#include "../../bpf/map_values.h"

#include <stdbool.h>

/* Of what watch, an inotify descriptor, has under the number wd. False: the kernel does not tell. */
bool file_id_watched(int watch, int wd, struct file_id *id);
/* Of the file at path. False: as above. */
bool file_id_read(const char *path, struct file_id *id);

#endif
