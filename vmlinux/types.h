/* SPDX-License-Identifier: BSD-2-Clause */
/* What CO-RE would make of two types. ours may be a flavor (name___flavor). */
#ifndef KMODWATCH_TYPES_H
#define KMODWATCH_TYPES_H

#include "findings.h"

bool same_name(const char *ours, const char *theirs);
bool is_enumeration(const struct btf_type *type);
const char *name_at(const struct btf *btf, __u32 offset);
const struct btf_type *bare(const struct btf *btf, __u32 id); /* behind qualifiers and typedefs */
enum difference compare_types(const struct btf *ours, __u32 our_id, const struct btf *theirs, __u32 their_id);
const char *describe(const struct btf *btf, __u32 id, char *text, __u32 size);

#endif
