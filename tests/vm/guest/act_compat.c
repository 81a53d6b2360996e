// SPDX-License-Identifier: BSD-2-Clause
// The same three system calls through `int $0x80`, the 32-bit entry, also from a 64-bit program.
#define _GNU_SOURCE
#include "act.h"

#if defined(__x86_64__) || defined(__i386__)

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of the i386 table. */
enum { INIT_MODULE = 128, DELETE_MODULE = 129, FINIT_MODULE = 350 };

/* Older kernels lose r8 to r11 on this way in. */
static long int80(long number, uintptr_t first, uintptr_t second, uintptr_t third)
{
	long ret = number;

#ifdef __x86_64__
	__asm__ volatile("int $0x80"
			 : "+a"(ret)
			 : "b"(first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	ret = (int)ret;
#else
	__asm__ volatile("int $0x80" : "+a"(ret) : "b"(first), "c"(second), "d"(third) : "memory");
#endif
	if (ret < 0 && ret > -4096) {
		errno = -ret;
		return -1;
	}
	return ret;
}

static uintptr_t low_text(const char *text)
{
	return (uintptr_t)low_copy(text, strlen(text)).data;
}

static int do_finit(int argc, char **argv)
{
	return answer(int80(FINIT_MODULE, open_file(argv[1]), low_text(argc > 2 ? argv[2] : ""), 0));
}

static int do_init(int argc, char **argv)
{
	struct bytes image = read_file(argv[1]);

	return answer(int80(INIT_MODULE, (uintptr_t)image.data, image.size, low_text(argc > 2 ? argv[2] : "")));
}

static int do_delete(int argc, char **argv)
{
	return answer(int80(DELETE_MODULE, low_text(argv[1]), argc > 2 ? strtoul(argv[2], NULL, 0) : 0, 0));
}

void compat_refused(int which)
{
	static const int numbers[] = { FINIT_MODULE, INIT_MODULE, DELETE_MODULE };

	int80(numbers[which], -1, 0, 0);
}

const struct act compat_acts[] = {
	{ "int80-finit", "FILE [PARAMS]: by int $0x80", 1, do_finit },
	{ "int80-init", "FILE [PARAMS]: by int $0x80", 1, do_init },
	{ "int80-delete", "NAME [FLAGS]: by int $0x80", 1, do_delete },
	{ 0 },
};

#else

/* Elsewhere a 64-bit program has no 32-bit entry. */

#include <sys/syscall.h>
#include <unistd.h>

void compat_refused(int which)
{
	static const int numbers[] = { SYS_finit_module, SYS_init_module, SYS_delete_module };

	syscall(numbers[which], -1, 0, 0);
}

const struct act compat_acts[] = { { 0 } };

#endif
