/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for an event in every form, whatever bytes it was made from. */
#ifndef KMODWATCH_FUZZ_RENDERED_H
#define KMODWATCH_FUZZ_RENDERED_H

#include "../../../user/output/event.h"

/* Renders it as a line, as journal fields and as a sentence; aborts where one is not as its readers need it. */
void check_rendered(struct event *event);

#endif
