/* SPDX-License-Identifier: BSD-2-Clause */
/* The system call of a record: which it was, and what it returned. */
#ifndef KMODWATCH_DECODE_CALL_H
#define KMODWATCH_DECODE_CALL_H

#include "decode.h"

/* NULL: it is none. */
const char *decode_call_name(enum module_call module_call);
/* As the parts of decode.h. */
void decode_call(const struct call *call, struct decode_buffer *buffer, struct syscall_part *part);

#endif
