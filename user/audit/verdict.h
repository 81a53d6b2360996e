/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict on one target: is it recorded, by which rule, and what gets lost. */
#ifndef KMODWATCH_AUDIT_VERDICT_H
#define KMODWATCH_AUDIT_VERDICT_H

#include "rule.h"

/* From best to worst. */
enum verdict_kind {
	VERDICT_COVERED,
	VERDICT_UNKNOWN,
	VERDICT_NARROWED,
	VERDICT_SHADOWED,
	VERDICT_INERT,
	VERDICT_MISSING,
	VERDICT_NOT_LOADED,
	VERDICT_DISABLED,
};

struct verdict {
	enum verdict_kind kind;
	const struct rule *by; /* the rule that decides; NULL: none does */
	const char *reason;    /* in the arena; NULL for a plain "covered" */
	size_t narrowed_count;
	const char *narrowed_by[16]; /* names of fields */
	bool by_never;		     /* a never rule takes something away */
};

const char *verdict_name(enum verdict_kind kind);

#endif
