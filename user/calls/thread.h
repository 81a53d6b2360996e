/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread of the machine is doing. */
#ifndef KMODWATCH_THREAD_H
#define KMODWATCH_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the thread is certain to be in no call that loads or unloads modules: it is gone, or /proc/TID/syscall (by
 * its number, in any of this machine's ABIs) says that it is elsewhere. Where that cannot be told, it may be: false.
 * proc: the folder, usually /proc.
 */
bool thread_has_left_call(const char *proc, uint32_t tid);

#endif
