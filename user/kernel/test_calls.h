/* SPDX-License-Identifier: BSD-2-Clause */
/* The real calls that the self-test makes, and the probes that see them. */
#ifndef KMODWATCH_TEST_CALLS_H
#define KMODWATCH_TEST_CALLS_H

#include "../../bpf/map_values.h"
#include "../../bpf/records.h"
#include "programs.h"

#include <stdbool.h>

struct event;

enum { TEST_CALLS = 3 };

struct test_call {
	enum module_call call;
	enum program_number probe;
};
extern const struct test_call test_calls[TEST_CALLS];

/* It is refused: the arguments are such that it would be even if we had the capability. */
void test_call_make(enum module_call call);

/*
 * Whether the line is of such a call: refused, about nothing, by root in a process that executes the file exe, or is
 * called as a monitor calls itself. So it may be another monitor's. Root can make his own call look so, but nothing can
 * come of one that names no file, no bytes and no module: he hides nothing but that.
 */
bool test_call_is(const struct event *event, const struct file_id *exe);

#endif
