/* SPDX-License-Identifier: BSD-2-Clause */
/* What decides about the loading of modules on this machine. */
#ifndef KMODWATCH_POLICY_H
#define KMODWATCH_POLICY_H

#include "../output/event.h"
#include "../calls/correlate.h"

struct policy {
	char modprobe[4096];		     /* kernel.modprobe: what the kernel runs to load a module by alias */
	char lockdown[32];		     /* the active one of none, integrity, confidentiality */
	int modules_disabled;		     /* kernel.modules_disabled */
	int sig_enforce;		     /* module.sig_enforce */
	bool modprobe_known, lockdown_known; /* modules_disabled and sig_enforce: -1 where unknown */
};

/* Reads what there is; what cannot be read, or is covered by a mount, is unknown. */
void policy_read(struct policy *policy);

/* A file of the kernel's that holds 0 or 1, N or Y: its value, -1 where it cannot be read. */
int policy_read_switch(const char *path);

/* Points into policy. */
struct policy_part policy_part(const struct policy *policy);

enum { POLICY_KEYS = 4 };

/*
 * Takes into *last what is known now. Puts the names of the values that are others than they were when they were last
 * known into changed, and returns how many there are. What cannot be read now may well be as it was.
 */
size_t policy_update(struct policy *last, const struct policy *now, struct text changed[static POLICY_KEYS]);

/*
 * Looks whether it changed: at once when it was written through this process's mounts of /proc and /sys (inotify sees
 * no others), within a second when anything happens that may come of a change, and every minute. What is changed and
 * changed back in between is not seen here, but what came of it is.
 */
struct policy_watch {
	struct policy last; /* each value as it was last known */
	int inotify;
	uint64_t looked, due; /* ns since boot */
};

void policy_watch_init(struct policy_watch *watch);
void policy_watch_done(struct policy_watch *watch);
/* Readable when a check has something to look at; -1: inotify is not to be had. */
int policy_watch_fd(const struct policy_watch *watch);
/* Something happened that may come of a change. */
void policy_watch_wake(struct policy_watch *watch);

/* now: ns since boot. Emits a module_policy where something changed. Returns 0, or emit's error. */
int policy_watch_check(struct policy_watch *watch, uint64_t now, emit_fn emit, void *ctx);
int policy_watch_due_ms(const struct policy_watch *watch, uint64_t now);

#endif
