/* SPDX-License-Identifier: BSD-2-Clause */
/* What decides about the loading of modules on this machine. */
#ifndef KMODWATCH_POLICY_H
#define KMODWATCH_POLICY_H

#include "../output/event.h"

struct policy {
	char modprobe[4096];		     /* kernel.modprobe: what the kernel runs to load a module by alias */
	char lockdown[32];		     /* the active one of none, integrity, confidentiality */
	int modules_disabled;		     /* kernel.modules_disabled */
	int sig_enforce;		     /* module.sig_enforce */
	bool modprobe_known, lockdown_known; /* modules_disabled and sig_enforce: -1 where unknown */
};

/* Reads what there is; what cannot be read is unknown. */
void policy_read(struct policy *policy);

/* A file of the kernel's that holds 0 or 1, N or Y: its value, -1 where it cannot be read. */
int policy_read_switch(const char *path);

/* Points into policy. */
struct policy_part policy_part(const struct policy *policy);

#endif
