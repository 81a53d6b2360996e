/* SPDX-License-Identifier: BSD-2-Clause */
/* The line of a call: what it was about, how it ended, and how that is known. */
#ifndef KMODWATCH_CALL_LINE_H
#define KMODWATCH_CALL_LINE_H

#include "correlator.h"

/*
 * The line of a call. view: of its return, or of what is known in its place (a call_return_record). open: what is kept
 * of the attempt, NULL: nothing. settled_by: who says how it ended, where that is not the call's return; NULL.
 */
int call_line(struct correlator *correlator, const struct record_view *view, const struct open_attempt *open,
	      const char *settled_by, uint64_t boot_offset);
/* The line of a call that was no attempt: view of a call_alone_record. */
int call_line_alone(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset);

#endif
