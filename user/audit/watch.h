/* SPDX-License-Identifier: BSD-2-Clause */
/* The check while the monitor runs: made at the start, and again whenever the rule files or the kernel's rules change.
 */
#ifndef KMODWATCH_AUDIT_WATCH_H
#define KMODWATCH_AUDIT_WATCH_H

#include "../output/event.h"
#include "check_options.h"

#include <stdbool.h>
#include <stdint.h>

struct audit_watch;

/*
 * Starts to watch; nothing is checked yet. The options must live on. *out is the caller's to free with
 * audit_watch_freep(). Returns 0, or a negative errno, with *why as in rules_read().
 */
int audit_watch_new(const struct check_options *options, struct audit_watch **out, char **why);
void audit_watch_freep(struct audit_watch **watch);

/* Readable when a file has changed, and when there is a result (-1: none is to come): then, and when time is up,
 * audit_watch_handle() has something to do. */
int audit_watch_fd(const struct audit_watch *watch);
int audit_watch_result_fd(const struct audit_watch *watch);
int audit_watch_due_ms(const struct audit_watch *watch, uint64_t now);

/* The kernel's rules or its audit state may have changed. now, here and below: ns since boot. */
void audit_watch_wake(struct audit_watch *watch, uint64_t now);
/* Whether nobody can be relied on to say so, and the kernel must be asked twice a second. */
void audit_watch_ask(struct audit_watch *watch, bool often, uint64_t now);

/*
 * Does what there is to do without waiting: has a child look for changes, and make the check again when there are any.
 * Emits its result where it is another than the last (the first always is). Returns 0, -ENOMEM or emit's error. That
 * the check cannot be made, or is not over in time, is no error: the result is then `unknown`.
 */
int audit_watch_handle(struct audit_watch *watch, uint64_t now, emit_fn emit, void *ctx);

/* The first check, at once: waited for, but not for long. */
int audit_watch_start(struct audit_watch *watch, emit_fn emit, void *ctx);

#endif
