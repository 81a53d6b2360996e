/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps other programs from taking the place of functions of ours (bpf/extension.bpf.h). */
#ifndef KMODWATCH_EXTENSION_H
#define KMODWATCH_EXTENSION_H

struct btf;

/* Makes types, the programs' own, what this kernel takes. Before the load. Returns 0 or a negative errno. */
int extension_prepare(struct btf *types);

#endif
