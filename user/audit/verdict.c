// SPDX-License-Identifier: BSD-2-Clause
#include "verdict.h"

const char *verdict_name(enum verdict_kind kind)
{
	static const char *const names[] = {
		[VERDICT_COVERED] = "covered",	 [VERDICT_UNKNOWN] = "unknown",	      [VERDICT_NARROWED] = "narrowed",
		[VERDICT_SHADOWED] = "shadowed", [VERDICT_INERT] = "inert",	      [VERDICT_MISSING] = "missing",
		[VERDICT_DISABLED] = "disabled", [VERDICT_NOT_LOADED] = "not_loaded",
	};

	return names[kind];
}
