/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a call failed, in words: what the kernel means by an errno at the stage where it came. */
#ifndef KMODWATCH_FAILURE_H
#define KMODWATCH_FAILURE_H

#include "phrase.h"

/* Whether somebody said no, rather than something going wrong. */
bool failure_is_refusal(const struct event *event);

/* "not permitted (EPERM)". The event is a module_load or a module_unload that failed. */
void failure_why(struct phrase *phrase, const struct event *event);

#endif
