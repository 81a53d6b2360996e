/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs in the kernel: which this kernel can have, loading them, attaching them. */
#ifndef KMODWATCH_PROBES_H
#define KMODWATCH_PROBES_H

#include "../output/event.h"

struct bpf_map;
struct options;
struct probes;

/*
 * Loads and attaches what this kernel can have, with the BTF and the ring size that the options name.
 * *out is the caller's to free with probes_freep(). Returns 0 when at least one probe is attached; else a negative
 * errno, *out untouched, and the sentence for the user has been logged.
 */
int probes_open(const struct options *options, struct probes **out);
void probes_freep(struct probes **probes);

/* Takes the programs off the kernel's functions; what they sent stays in the rings. */
void probes_detach(struct probes *probes);

/* For monitor_start: each probe as a struct probe_part, valid as long as probes. */
struct list probes_list(const struct probes *probes);
/* A probe that should be there is not. */
bool probes_degraded(const struct probes *probes);

struct bpf_map *probes_ring(const struct probes *probes);
struct bpf_map *probes_refused_ring(const struct probes *probes);

/*
 * What the kernel side could not hand over since it was loaded, by record kind (counts[RECORD_KINDS]). Returns 0 or a
 * negative errno, counts then untouched.
 */
int probes_lost(const struct probes *probes, uint64_t *counts);

/*
 * How often the kernel skipped a probe since it was loaded, because another thread had been preempted in it on the same
 * CPU: recursion_misses, 5.12 and later (before, a program cannot be preempted, and it is 0). name: as in
 * monitor_start.
 */
enum { PROBES_MAX = 32 };
size_t probes_count(void);
uint64_t probe_skipped(const struct probes *probes, size_t i, const char **name);

#endif
