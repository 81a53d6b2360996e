/* SPDX-License-Identifier: BSD-2-Clause */
/* -C: two fields of the same task, or of the task and a file. */
#ifndef KMODWATCH_AUDIT_COMPARISON_H
#define KMODWATCH_AUDIT_COMPARISON_H

#include "field.h"

/* As field_parse() for -C "name<op>name". */
const char *field_parse_comparison(const char *pair, struct field_context *context, struct rule_field *field);

/* The two fields that an AUDIT_FIELD_COMPARE value compares; false where there is no such value. */
bool field_compared(uint32_t value, uint32_t *left, uint32_t *right);

#endif
