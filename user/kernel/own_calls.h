/* SPDX-License-Identifier: BSD-2-Clause */
/* The real calls that the self-test makes, and the probes that see them. */
#ifndef KMODWATCH_OWN_CALLS_H
#define KMODWATCH_OWN_CALLS_H

#include "../../bpf/event.h"
#include "programs.h"

enum { OWN_CALLS = 3 };

struct own_call {
	enum module_call call;
	enum program_number probe;
};
extern const struct own_call own_calls[OWN_CALLS];

/* It is refused: the arguments are such that it would be even if we had the capability. */
void own_call_make(enum module_call call);

#endif
