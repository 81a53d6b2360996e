/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that make a rule: -a -A -d -S -F -C -k -p -w -W. */
#ifndef KMODWATCH_AUDIT_LINE_RULE_H
#define KMODWATCH_AUDIT_LINE_RULE_H

#include "reader.h"

/* The options of rules. Each returns NULL, or what is wrong; value is written to. */
const char *option_append(struct reader *reader, char *value);
const char *option_prepend(struct reader *reader, char *value);
const char *option_delete(struct reader *reader, char *value);
const char *option_call(struct reader *reader, char *value);
const char *option_field(struct reader *reader, char *value);
const char *option_comparison(struct reader *reader, char *value);
const char *option_key(struct reader *reader, char *value);
const char *option_perm(struct reader *reader, char *value);
const char *option_watch(struct reader *reader, char *value);
const char *option_unwatch(struct reader *reader, char *value);

/* The list that -a, -A, -d, -w or -W named; -1: none did. */
int reader_list(const struct reader *reader);

/* "name=value" as one more field. */
const char *reader_add_field(struct reader *reader, const char *pair);

#endif
