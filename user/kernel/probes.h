/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs in the kernel: brought there or found there, attached, looked after. */
#ifndef KMODWATCH_PROBES_H
#define KMODWATCH_PROBES_H

#include "../output/event.h"
#include "../handover.h"

struct options;
struct pins;
struct probes;

/*
 * Attaches what this kernel can have, with the BTF and the ring size that the options name. pins (not owned, to outlive
 * probes; NULL: none): where it stays when the monitor ends, and where an earlier one may have left it; then that is
 * taken over. *out is the caller's to free with probes_freep(). Returns 0 when at least one probe is attached; else a
 * negative errno, *out untouched, and the sentence for the user has been logged.
 */
int probes_open(const struct options *options, struct pins *pins, struct probes **out);
/* What is not pinned ends here. */
void probes_freep(struct probes **probes);

/* Takes the programs off the kernel's functions; what they sent stays in the rings. Not for pinned ones. */
void probes_detach(struct probes *probes);

/* For monitor_start: each probe as a struct probe_part, valid as long as probes. */
struct list probes_list(struct probes *probes);
/* A probe that should be there is not. */
bool probes_degraded(const struct probes *probes);
size_t probes_count(void);
const char *probe_name(size_t i);
size_t maps_count(void);
const char *map_name(size_t i);
bool probe_is_attached(const struct probes *probes, size_t i);

enum takeover {
	TAKEOVER_NONE,	   /* there was nothing */
	TAKEOVER_RESUMED,  /* maps, and so records, of an earlier monitor */
	TAKEOVER_REPLACED, /* of one that cannot be read: they are gone */
};
enum takeover probes_takeover(const struct probes *probes);
/* How many records could not be read (TAKEOVER_REPLACED), and what they are: for events_lost. */
struct number probes_unread(const struct probes *probes, const char **what);
/* Something that the earlier monitor had attached was gone: what happened since it ended may have gone unseen. */
bool probes_had_gap(const struct probes *probes);

/* The rings' descriptors and sizes in bytes. */
int probes_ring(const struct probes *probes, size_t *size);
int probes_refused_ring(const struct probes *probes, size_t *size);
int probes_image_ring(const struct probes *probes, size_t *size);
/* What must be remembered across the monitor's end. */
struct handover *probes_handover(const struct probes *probes);

/*
 * What the kernel side could not hand over since it was loaded, by record kind (counts[RECORD_KINDS]). Returns 0 or a
 * negative errno, counts then untouched.
 */
int probes_lost(const struct probes *probes, uint64_t *counts);

/* What is limited in the kernel, as it is at any moment: LIMIT_SLOTS of them. Of others' making but for the sums. */
struct limit *probes_limits(const struct probes *probes);
/* Lets the kernel side send as many lines again. Returns 0 or a negative errno. */
int probes_next_period(const struct probes *probes);
/* Empties the slot, for another key. Returns 0, or a negative errno; then it is as it was. */
int probes_free_limit(const struct probes *probes, uint32_t slot);

/* Each minute: which files are module tools (see tools.h) and how many CPUs there are, as it is now. */
int probes_look_due_ms(const struct probes *probes, uint64_t now);
void probes_look_around(struct probes *probes, uint64_t now);

/*
 * How often the kernel skipped a probe since it was loaded, because another thread had been preempted in it on the same
 * CPU: recursion_misses, 5.12 and later (before, a program cannot be preempted, and it is 0).
 */
uint64_t probe_skipped(const struct probes *probes, size_t i);

/*
 * What is wrong with the probe, as far as the kernel's own books tell: its link is gone, its code is another's. NULL:
 * nothing, or it is not attached. The sentence is static.
 */
const char *probe_fault(const struct probes *probes, size_t i);
/* The same of a map. */
const char *map_fault(const struct probes *probes, size_t i);
/* That its pin, where it is to have one, is gone or another's: it works on, as long as this process lives. */
const char *probe_pin_fault(const struct probes *probes, size_t i);
const char *map_pin_fault(const struct probes *probes, size_t i);
/* What these two return where they cannot know: another process could. */
extern const char pin_unknown[];
/* The kernel function behind an attached fentry or fexit probe, NULL for others. */
const char *probe_function(const struct probes *probes, size_t i);
/* Attaches and pins anew what has a fault. Returns 0, or a negative errno after having logged why. */
int probes_mend(struct probes *probes, const struct options *options);

/*
 * Makes the kernel call the canary's function; its record is to carry nonce, and is in the ring when this returns.
 * Returns 0 or a negative errno.
 */
int probes_run_canary(const struct probes *probes, uint64_t nonce);
/* Whether this process' refused calls are sent whatever the limit says. */
int probes_set_tester(const struct probes *probes, bool tests);

#endif
