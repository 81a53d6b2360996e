/* SPDX-License-Identifier: BSD-2-Clause */
/* The real calls that the self-test makes, and the probes that see them. */
#ifndef KMODWATCH_TEST_CALLS_H
#define KMODWATCH_TEST_CALLS_H

#include "../../bpf/records.h"
#include "programs.h"

enum { TEST_CALLS = 3 };

struct test_call {
	enum module_call call;
	enum program_number probe;
};
extern const struct test_call test_calls[TEST_CALLS];

/* It is refused: the arguments are such that it would be even if we had the capability. */
void test_call_make(enum module_call call);

#endif
