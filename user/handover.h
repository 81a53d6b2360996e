/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the monitor must remember across its own end: it lies in a map, which stays where it is pinned, and is mapped
 * here. A kill can come between any two stores: each is of use alone, or says at its end that it is whole. Everything
 * that lies there is declared here, whoever's it is.
 */
#ifndef KMODWATCH_HANDOVER_H
#define KMODWATCH_HANDOVER_H

#include "../bpf/map_values.h"
#include "calls/record.h"
#include "calls/ring.h"

#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SLOTS = 192, /* records of calls under way: four or five a call */
	PROBES_MAX = 40,
	MAPS_MAX = 32,
	SIGHTS_MAX = PROBES_MAX + MAPS_MAX, /* what the self-test looks at: probes, then maps */
	PROBE_NAME_SIZE = 32,
	REASON_SIZE = 160,
	RUNS_KEPT = 32,
	START_NS = 20000000, /* how exactly the start of a process is known: /proc says it in 10 ms */
	SETTLED_KEPT = 1024,
};

/* What became of what an earlier monitor left. */
enum takeover {
	TAKEOVER_NONE,	   /* there was nothing */
	TAKEOVER_RESUMED,  /* maps, and so records, of an earlier monitor */
	TAKEOVER_REPLACED, /* of one that cannot be read: they are gone */
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

/* ---- the images of calls under way (calls/images.h) */

/* A call keeps its image from the read to the return, so who loads modules can keep that many open; of one more there
 * is no hash, and its line says so. */
enum { IMAGES_MAX = 1024, HASH_TEXT_SIZE = 2 * SHA256_DIGEST_LENGTH + 1 };

/*
 * An image of which the first bytes have come. The hash goes on from one of two states to the other, so that whatever
 * moment a kill comes at, progress names a state that is whole. Hence SHA256_CTX, which OpenSSL deprecates: a state
 * behind EVP's interface is not ours to keep.
 */
struct image {
	uint32_t used;
	uint32_t tid;
	uint64_t time; /* of the attempt's first record, with cpu */
	uint32_t cpu;
	uint32_t broken; /* a chunk is missing */
	uint64_t size;
	uint64_t progress; /* bytes hashed * 2 + the index of their state */
	SHA256_CTX states[2];
};

/* ---- the latest requests for modules (calls/requests.h) */

enum { REQUESTS_KEPT = 128 };

struct request {
	uint32_t used;	     /* stored last */
	uint32_t pid;	     /* of its process; 0: none yet */
	uint64_t start_time; /* of that */
	_Alignas(8) char record[RECORD_MAX];
};

/* ---- what was counted (calls/suppressed.h) */

/* What was said of a slot. A line that a kill may have come after is said again, in the same words and by its id. */
struct limit_report {
	union limit_word of;  /* the key that the slot had */
	uint64_t done;	      /* of the slot's count: so much was said */
	uint64_t upto;	      /* so much will have been, once the line is out; stored last */
	uint64_t since, time; /* of that line: ns since boot */
	uint64_t seen;	      /* ns since boot: when the slot was last looked at */
};

/* ---- loads that fail again and again (calls/repeated.h) */

enum {
	REPEATED_USERS = 31,
	REPEATED_SLOTS = REPEATED_USERS + 1, /* the last: of all for whom there is no room */
};

/* The counts, in the memory that outlives the monitor. */
struct repeated_counts {
	struct limit slots[REPEATED_SLOTS];
	struct limit_report reports[REPEATED_SLOTS];
	/* what was counted last, and what its slot had then: a kill between the count and what comes of it counts once
	 */
	uint64_t time, count;
	uint32_t cpu, kind;
	uint32_t slot, pad;
};

/* ---- loads that fail as one did that was shown (calls/recurrences.h) */

enum { RECURRENCES_MAX = 256 };

struct recurrence {
	uint64_t began; /* ns since boot: the failure that was shown; 0: none. Stored last */
	uint64_t count; /* of those that were not */
	uint32_t uid, module_size;
	unsigned char cause[SHA256_DIGEST_LENGTH], coming[SHA256_DIGEST_LENGTH];
	char call[16], error[24], module[MODULE_NAME_SIZE];
};

struct kept_recurrences {
	struct recurrence list[RECURRENCES_MAX];
	/* the record that was counted last, and what its count became then */
	uint64_t time, count;
	uint32_t cpu, pad;
};

/* ---- what is loaded (modules/table.h) */

enum { TABLE_MAX = 4096 };

enum entry_state {
	ENTRY_NONE = 0,
	ENTRY_COMING, /* its init has not returned, and may never do, or its result was not seen: it may go either way
		       */
	ENTRY_LIVE,
};

/* What is missing was hidden in the first case, and was missed in all others. */
enum entry_how {
	ENTRY_WATCHED, /* its coming was seen, and its end would have been: it is loaded, whatever the lists say */
	ENTRY_DOUBTED, /* its coming was seen, but ends may have been lost since */
	ENTRY_LISTED,  /* the kernel's list has shown it */
	ENTRY_KEPT,    /* the list on disk has it */
};

/* Two of one name are possible: one that has left the kernel's list, and another of its name. */
struct module_entry {
	uint64_t address;  /* of struct module, which names this load of it; 0: not known */
	uint64_t came;	   /* ns since boot; 0: before anybody watched */
	uint64_t live;	   /* ns since boot: when its init had succeeded; 0: not known */
	uint64_t changed;  /* ns since boot: when its state was learned */
	uint64_t instance; /* see inventory_instance(); 0: not known */
	uint32_t state;	   /* enum entry_state; stored last */
	uint32_t how;	   /* enum entry_how */
	uint32_t told;	   /* from where it is said to be missing */
	uint32_t pad;
	char name[MODULE_NAME_SIZE];
};

struct kept_table {
	uint32_t adopted; /* it held all that was loaded at some time: without that nothing can be missed */
	uint32_t torn;	  /* for some there was no room, and not all of these have been taken in since */
	uint64_t no_room; /* modules for which there was none */
	uint64_t no_room_told;
	uint64_t no_room_since; /* ns since boot: the first of those that were not told */
	struct module_entry entries[TABLE_MAX];
};

/* Who has read, up to now. */
struct readers {
	uint32_t runs;		  /* how many */
	uint32_t pids[RUNS_KEPT]; /* theirs: of run n in n % RUNS_KEPT */
	uint32_t pad;
	uint64_t starts[RUNS_KEPT]; /* when those processes started: ns since boot */
};

/* ---- all of it: a change of this header needs a new number, see layout.c */

struct handover {
	struct readers readers;
	uint32_t cut;				 /* the last line was not written to its end */
	uint32_t listed;			 /* what was loaded before anybody watched was shown, up to its end */
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
	struct kept_table modules;
	struct limit_report reports[LIMIT_SLOTS];
	struct repeated_counts repeated;
	struct kept_recurrences recurrences;
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
