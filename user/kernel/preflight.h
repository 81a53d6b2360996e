/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the monitor cannot run here: each cause one sentence, with its mend. */
#ifndef KMODWATCH_PREFLIGHT_H
#define KMODWATCH_PREFLIGHT_H

#include <stdbool.h>

struct btf;

enum { WHY_SIZE = 4096 + 256 }; /* a path, and a sentence */

/*
 * What would make it fail, looked at before anything is loaded. Return 0, or a negative errno and the sentence for the
 * user in why, which is left as it is otherwise. *out of the kernel's BTF, or of the file that --btf names (NULL: it
 * named none), is the caller's to free.
 */
int preflight_capabilities(char why[static WHY_SIZE]);
int preflight_lockdown(char why[static WHY_SIZE]);
int preflight_bpf(char why[static WHY_SIZE]);
int preflight_btf(const char *path, struct btf **out, char why[static WHY_SIZE]);

/* The same, explained to the log. */

/* For as long as this process or the boot lasts: missing capabilities, lockdown. */
int preflight_check(void);
/* Whether bpf() works now. */
int preflight_check_bpf(void);
/* Whether the file that --btf names can be read. */
int preflight_check_btf(const char *path);

/* Whether the running kernel can load modules at all. */
bool preflight_has_modules(void);

/*
 * Whether kernel.ftrace_enabled is on. With 0 the kernel still attaches fentry and fexit programs and reports success,
 * but never runs them (seen on 6.1 and 7.2).
 */
bool preflight_has_ftrace(void);

/* Logs why the programs could not be loaded. */
void preflight_explain_load(int err);

#endif
