/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the monitor must remember across its own end: it lies in a map, which stays where it is pinned, and is mapped
 * here. A kill can come between any two stores: each is of use alone, or says at its end that it is whole.
 */
#ifndef KMODWATCH_HANDOVER_H
#define KMODWATCH_HANDOVER_H

#include "modules/hidden.h"
#include "calls/images.h"
#include "calls/requests.h"
#include "calls/ring.h"
#include "calls/suppressed.h"

enum {
	SLOTS = 192, /* records of calls under way: four or five a call */
	PROBES_MAX = 32,
	MAPS_MAX = 32,
	SIGHTS_MAX = PROBES_MAX + MAPS_MAX, /* what the self-test looks at: probes, then maps */
	PROBE_NAME_SIZE = 32,
	REASON_SIZE = 160,
	RUNS_KEPT = 32,
	START_NS = 20000000, /* how exactly the start of a process is known: /proc says it in 10 ms */
	SETTLED_KEPT = 1024,
};

/* The rings, by their places. */
enum { PLACE_MATTERS, PLACE_REFUSED, PLACE_IMAGES, PLACES };

/* Names a record within a boot. */
struct record_id {
	uint64_t time;
	uint32_t cpu, kind;
};

/* Names an attempt within a boot. */
struct attempt_id {
	uint64_t time;
	uint32_t cpu, tid;
};

struct slot {
	uint32_t used; /* stored last */
	uint32_t pad;
	_Alignas(8) char record[RECORD_MAX];
};

/* What does not see, or would end with the process. A monitor that ends meanwhile leaves the rest to say to the next.
 */
struct blindness {
	uint64_t since;	    /* ns since boot: when it was last known to be well; 0: it is. Stored last */
	uint32_t told, pad; /* that it is blind */
	char reason[REASON_SIZE];
};

/* Who has read, up to now. */
struct readers {
	uint32_t runs;		  /* how many */
	uint32_t pids[RUNS_KEPT]; /* theirs: of run n in n % RUNS_KEPT */
	uint32_t pad;
	uint64_t starts[RUNS_KEPT]; /* when those processes started: ns since boot */
};

struct handover {
	struct readers readers;
	struct ring_place places[PLACES];	 /* how far each ring was read */
	uint64_t seen;				 /* ns since boot: when it last looked */
	struct record_id last;			 /* the record whose line was written last */
	uint64_t settled_count;			 /* attempts whose line was written before their return came */
	struct attempt_id settled[SETTLED_KEPT]; /* the latest of them: number n in n % SETTLED_KEPT */
	uint64_t lost[RECORD_KINDS];		 /* of each kind: how many were reported as lost */
	struct {
		char name[PROBE_NAME_SIZE];
		char missing[REASON_SIZE]; /* why it is not attached; "": it is */
		uint64_t skipped;	   /* how many were reported */
		uint64_t code;		   /* ours_code() as it was loaded; 0: not looked at yet */
	} probes[PROBES_MAX];		   /* in the order of the programs' table, of the generation that works */
	uint32_t maps[MAPS_MAX];	   /* the ids of those that were made with this one */
	struct blindness blind[SIGHTS_MAX];
	struct image images[IMAGES_MAX];
	struct live_module modules[HIDDEN_MAX];
	struct limit_report reports[LIMIT_SLOTS];
	struct slot slots[SLOTS];
	struct request requests[REQUESTS_KEPT];
};

/* Maps the map behind fd, which may be closed afterwards. *out: handover_unmap(). Returns 0 or a negative errno. */
int handover_map(int fd, struct handover **out);
void handover_unmap(struct handover *handover);

/*
 * A copy of the record that outlives the monitor while there is a free slot, else one that does not. NULL: no memory.
 * The caller's to give back with handover_drop(); NULL is fine there. memory may be NULL: then nothing outlives.
 */
void *handover_keep(struct handover *handover, const struct record_view *view);
void handover_drop(struct handover *handover, void *copy);
/* Gives back only what does not outlive the monitor. */
void handover_leave(const struct handover *handover, void *copy);

/* Whether the record's line is the last that was written, and remembering it as such. */
bool handover_is_last(const struct handover *handover, const struct record_header *header);
void handover_set_last(struct handover *handover, const struct record_header *header);

/* The thing is blind; since: ns since boot, kept from the first time until it sees again. */
void handover_set_blind(struct handover *handover, size_t i, const char *reason, uint64_t since);
/*
 * Whether the line of the record's attempt was written without waiting for its return, and remembering it as such. It
 * stays so: a kill can bring the same return twice.
 */
bool handover_is_settled(const struct handover *handover, const struct record_header *header);
void handover_set_settled(struct handover *handover, const struct record_header *header);

/* The process that reads, or read last; 0: none yet. */
uint32_t handover_reader(const struct handover *handover);
/* The process that started then (ns since boot) reads from now on. */
void handover_set_reader(struct handover *handover, uint32_t pid, uint64_t start);
/* Whether the process is one of the last that read. start: 0: whenever it started. */
bool readers_have(const struct readers *readers, uint32_t pid, uint64_t start);

#endif
