/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the monitor cannot run here: each cause one sentence, with its mend. */
#ifndef KMODWATCH_PREFLIGHT_H
#define KMODWATCH_PREFLIGHT_H

#include <stdbool.h>

/* What would make it fail, looked at before anything is loaded. Return 0, or a negative errno that has been explained.
 */

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

/* Log why there is no BTF (path: what --btf named, or NULL), or why the programs could not be loaded. */
void preflight_explain_btf(const char *path, int err);
void preflight_explain_load(int err);

#endif
