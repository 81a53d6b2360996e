// SPDX-License-Identifier: BSD-2-Clause
/*
 * A day's worth of events, one million of all kinds, replayed through the user side as the monitor has it, but for
 * libbpf: replay [EVENTS]. Prints what it took, and ends with 1 when memory grew between the first tenth and the end.
 */
#include "../../user/calls/correlate.h"
#include "../../user/calls/settle.h"
#include "../../user/calls/images.h"
#include "../../user/handover.h"
#include "../../user/modules/modules.h"
#include "../../user/calls/record.h"
#include "../../user/output/stream.h"
#include "../unit/records.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ull
#define DAY_NS (86400 * SECOND_NS)

enum { TID = 7, ENOENT_ = 2, RSS_SLACK_KIB = 256, DELETE_TID = 8 };

struct replay {
	struct stream stream;
	struct handover *handover;
	struct correlator *correlator;
	struct modules *modules;
	uint64_t now; /* ns since boot */
	uint64_t records;
};

static void check(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "replay: %s failed with %d\n", what, err);
	exit(1);
}

static int emit(void *ctx, struct event *event)
{
	struct replay *replay = ctx;

	return stream_emit(&replay->stream, event);
}

static int take_fact(void *ctx, const struct fact *fact)
{
	struct replay *replay = ctx;
	int err = fact->event ? emit(replay, fact->event) : 0;

	if (err)
		return err;
	if (fact->event)
		handover_set_last(replay->handover, fact->record);
	return modules_note(replay->modules, fact, replay->now);
}

static void take(struct replay *replay, struct made *made)
{
	check(correlator_take(replay->correlator, made, made_finish(made), 0), "a record");
	replay->records++;
}

static void sample(struct replay *replay, enum record_kind kind, uint32_t tid)
{
	struct made made;

	made_sample(&made, kind, tid, replay->now);
	take(replay, &made);
}

static void load(struct replay *replay)
{
	static const enum record_kind kinds[] = { RECORD_ATTEMPT,	RECORD_MODULE_SIGNATURE, RECORD_MODULE_PARAMS,
						  RECORD_MODULE_COMING, RECORD_CALL_DONE,	 RECORD_CALL_RETURN };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		sample(replay, kinds[i], TID);
}

static void unload(struct replay *replay)
{
	static const enum record_kind ends[] = { RECORD_CALL_DONE, RECORD_CALL_RETURN };
	struct made made;

	made_sample(&made, RECORD_ATTEMPT, DELETE_TID, replay->now);
	made.record.attempt.module_call = CALL_DELETE_MODULE;
	made.record.attempt.source.present = 0;
	take(replay, &made);
	sample(replay, RECORD_MODULE_FREE, DELETE_TID);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		made_sample(&made, ends[i], DELETE_TID, replay->now);
		made.record.call_return.call.module_call = CALL_DELETE_MODULE;
		take(replay, &made);
	}
}

/* The kernel could not even read it. */
static void failed_load(struct replay *replay)
{
	struct made made;

	sample(replay, RECORD_ATTEMPT, TID);
	made_sample(&made, RECORD_CALL_RETURN, TID, replay->now);
	made.record.call_return.call.ret = -ENOENT_;
	made.record.call_return.call.module_seen = 0;
	take(replay, &made);
}

/* A call whose return the kernel skipped: it is flushed. */
static void lost_return(struct replay *replay)
{
	sample(replay, RECORD_ATTEMPT, TID + 2);
	sample(replay, RECORD_CALL_DONE, TID + 2);
}

static void served_request(struct replay *replay)
{
	struct made made;

	made_sample(&made, RECORD_MODULE_REQUEST, TID, replay->now);
	made.record.header.time = replay->now;
	take(replay, &made);
	made_sample(&made, RECORD_TOOL_EXEC, TID + 4, replay->now);
	made.record.tool_exec.request_time = replay->now;
	made.record.tool_exec.request_cpu = SAMPLE_CPU;
	take(replay, &made);
}

static void step(struct replay *replay, unsigned int turn)
{
	bool waiting;

	switch (turn % 8) {
	case 0:
	case 4:
		load(replay);
		unload(replay);
		break;
	case 1:
		served_request(replay);
		break;
	case 2:
		failed_load(replay);
		break;
	case 3:
		lost_return(replay);
		break;
	case 5:
	case 6:
		sample(replay, RECORD_CALL_ALONE, TID);
		break;
	case 7:
		sample(replay, RECORD_TOOL_EXEC, TID);
		break;
	}
	correlator_prune(replay->correlator);
	check(correlator_flush(replay->correlator, NULL, replay->now, 0, &waiting), "correlator_flush");
	check(modules_check(replay->modules, replay->now, emit, replay), "modules_check");
}

struct footprint {
	size_t in_use; /* bytes of the heap */
	long resident; /* KiB */
};

static struct footprint footprint_now(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (!statm || fscanf(statm, "%*d %ld", &pages) != 1)
		check(-1, "/proc/self/statm");
	fclose(statm);
	return (struct footprint) { mallinfo2().uordblks, pages * sysconf(_SC_PAGESIZE) / 1024 };
}

/* An image ring of which nothing comes. */
static struct images *no_images(struct handover *handover)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int fd = memfd_create("ring", MFD_CLOEXEC);
	struct images *images;

	check(fd < 0 || ftruncate(fd, (off_t)(4 * page)), "memfd_create");
	check(images_new(handover, fd, page, true, NULL, &images), "images_new");
	return images;
}

static void begin(struct replay *replay)
{
	static const volatile int never;
	const struct modules_places places = { .lists = { "/dev/null", "/nowhere" } };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	check(null < 0, "/dev/null");
	check(stream_init(&replay->stream, null, OUTPUT_JSON, &never), "stream_init");
	replay->handover = calloc(1, sizeof(*replay->handover));
	check(!replay->handover, "calloc");
	check(correlator_new(take_fact, replay, replay->handover, no_images(replay->handover), &replay->correlator),
	      "correlator_new");
	check(modules_new(&replay->handover->modules, &places, 1, &replay->modules), "modules_new");
}

/* Whether what is the same again and again took more and more. */
static bool grew(const struct footprint *early, const struct footprint *late)
{
	printf("in use: %zu bytes after a tenth, %zu at the end; resident: %ld KiB, %ld KiB\n", early->in_use,
	       late->in_use, early->resident, late->resident);
	return late->in_use > early->in_use || late->resident > early->resident + RSS_SLACK_KIB;
}

static double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	static struct replay replay;
	struct footprint early = { 0 }, late;
	const uint64_t *counts = replay.stream.counts;
	double begun = seconds_now();

	begin(&replay);
	replay.now = 100 * SECOND_NS;
	/* both looks after a whole number of rounds: then what is under way is the same */
	for (unsigned int turn = 0; replay.stream.seq < events || turn % 8; turn++) {
		if (turn % 8 == 0 && !early.in_use && replay.stream.seq >= events / 10)
			early = footprint_now();
		step(&replay, turn);
		replay.now += DAY_NS / events;
	}
	late = footprint_now();
	printf(
	    "replayed: %llu records, %llu lines (%llu loads, %llu unloads, %llu execs, %llu requests), %.0f lines a second\n",
	    (unsigned long long)replay.records, (unsigned long long)replay.stream.seq,
	    (unsigned long long)counts[EVENT_MODULE_LOAD], (unsigned long long)counts[EVENT_MODULE_UNLOAD],
	    (unsigned long long)counts[EVENT_TOOL_EXEC], (unsigned long long)counts[EVENT_MODULE_REQUEST],
	    (double)replay.stream.seq / (seconds_now() - begun));
	if (counts[EVENT_MODULE_HIDDEN] || counts[EVENT_MODULE_MISSED])
		check(-1, "no module is hidden or missed, and that");
	return grew(&early, &late);
}
