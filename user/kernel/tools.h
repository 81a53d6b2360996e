/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_TOOLS_H
#define KMODWATCH_TOOLS_H

/*
 * Puts the files that insmod, rmmod, modprobe and kmod are on this machine into the map of known tools, so that a hard
 * link or a copy of the path under another name is recognised. Returns 0 or a negative errno.
 */
int tools_remember(int map_fd);

#endif
