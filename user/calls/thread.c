// SPDX-License-Identifier: BSD-2-Clause
#include "thread.h"
#include "../cleanup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_module_call(long number)
{
	static const long numbers[] = {
		SYS_init_module,
		SYS_finit_module,
		SYS_delete_module,
#if defined(__x86_64__)
		128,
		350,
		129, /* of i386: arch/x86/entry/syscalls/syscall_32.tbl */
#elif defined(__aarch64__)
		128,
		379,
		129, /* of arm: arch/arm/tools/syscall.tbl */
#endif
	};

	number &= ~0x40000000l; /* x32 */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] == number)
			return true;
	return false;
}

bool thread_has_left_call(const char *proc, uint32_t tid)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[64];
	long number;

	snprintf(path, sizeof(path), "%s/%u/syscall", proc, tid);
	f = fopen(path, "re");
	if (!f) { /* gone; but not every kernel has the file */
		if (errno != ENOENT)
			return false;
		snprintf(path, sizeof(path), "%s/%u", proc, tid);
		return access(path, F_OK) && kill((pid_t)tid, 0) && errno == ESRCH; /* /proc may hide it (hidepid=) */
	}
	errno = 0;
	if (fscanf(f, "%ld", &number) != 1) /* "running": in any call, or in none; ESRCH: it has just ended */
		return errno == ESRCH;
	return !is_module_call(number);
}
