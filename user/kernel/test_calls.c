// SPDX-License-Identifier: BSD-2-Clause
#include "test_calls.h"
#include "../output/event.h"
#include "../output/text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct test_call test_calls[TEST_CALLS] = {
	{ CALL_INIT_MODULE, PROBE_init_module_return },
	{ CALL_FINIT_MODULE, PROBE_finit_module_return },
	{ CALL_DELETE_MODULE, PROBE_delete_module_return },
};

void test_call_make(enum module_call call)
{
	char none[] = ""; /* a program cannot wait for a page: this one is there */

	switch (call) {
	case CALL_INIT_MODULE:
		syscall(SYS_init_module, NULL, 0, none);
		break;
	case CALL_FINIT_MODULE:
		syscall(SYS_finit_module, -1, none, 0);
		break;
	case CALL_DELETE_MODULE:
		syscall(SYS_delete_module, none, 0);
		break;
	default:
		break;
	}
}

static bool is_number(const struct number *number, uint64_t value)
{
	return number->known == KNOWN && number->value == value;
}

static bool executes(const struct process *process, const struct file_id *exe)
{
	char dev[32];

	snprintf(dev, sizeof(dev), "%u:%u", (unsigned int)(exe->dev >> 20), (unsigned int)(exe->dev & 0xfffff));
	return exe->inode && is_number(&process->exe_file.inode, exe->inode) && process->exe_file.dev.known == KNOWN &&
	       process->exe_file.dev.size == strlen(dev) && !memcmp(process->exe_file.dev.bytes, dev, strlen(dev));
}

/* A process of that name, which main() gives itself: it may run from another file, as while a package is replaced. */
static bool is_called_so(const struct process *process)
{
	return text_is(&process->comm, "kmodwatch");
}

bool test_call_is(const struct event *event, const struct file_id *exe)
{
	const struct number *ret = &event->syscall.ret;
	bool refused = ret->known == KNOWN && (int64_t)ret->value < 0;

	return event->empty_call && refused && is_number(&event->process.uid, 0) &&
	       (executes(&event->process, exe) || is_called_so(&event->process));
}
