// SPDX-License-Identifier: BSD-2-Clause
#include "test_calls.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct test_call test_calls[TEST_CALLS] = {
	{ CALL_INIT_MODULE, PROBE_init_module_return },
	{ CALL_FINIT_MODULE, PROBE_finit_module_return },
	{ CALL_DELETE_MODULE, PROBE_delete_module_return },
};

void test_call_make(enum module_call call)
{
	switch (call) {
	case CALL_INIT_MODULE:
		syscall(SYS_init_module, NULL, 0, "");
		break;
	case CALL_FINIT_MODULE:
		syscall(SYS_finit_module, -1, "", 0);
		break;
	case CALL_DELETE_MODULE:
		syscall(SYS_delete_module, "", 0);
		break;
	default:
		break;
	}
}
