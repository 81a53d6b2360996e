/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel says of itself: status and rules, from its own netlink replies. */
#ifndef KMODWATCH_AUDIT_KERNEL_H
#define KMODWATCH_AUDIT_KERNEL_H

#include "load.h"

#include <stdint.h>

struct kernel_status {
	uint32_t enabled; /* 2: locked */
	uint32_t failure, rate_limit, backlog_limit, lost, backlog;
	uint32_t auditd_pid; /* 0: none */
};

/*
 * Asks for status and rules. Each rule's source line is its place in the kernel's list. *rules is the caller's to free
 * with ruleset_free(). Returns 0 or a negative errno, and leaves both untouched then: *why says why, as in
 * rules_read().
 */
int kernel_read(struct kernel_status *status, struct ruleset *rules, char **why);

/*
 * A sum over status and rules as they are now: another when something changed that matters. *fd is the socket, opened
 * where it is -1, kept for the next time, and the caller's to close. An error has a sum of its own.
 */
uint64_t kernel_sum(int *fd);

/* A rule in the kernel's form; texts are copied into the arena. Returns 0, -EBADMSG for a malformed one, -ENOMEM. */
int kernel_convert(const struct audit_rule_data *data, size_t size, struct arena *arena, struct rule *out);

#endif
