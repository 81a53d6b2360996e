/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of lines: gives each event what every line carries, renders it and hands it to the sink. */
#ifndef KMODWATCH_STREAM_H
#define KMODWATCH_STREAM_H

#include "event.h"
#include "format.h"
#include "sink.h"
#include "terminal.h"

struct stream {
	struct sink sink;
	size_t line_max;	  /* bytes of a line of JSON */
	enum output output;	  /* OUTPUT_JOURNAL: not into the sink */
	struct terminal terminal; /* of OUTPUT_TEXT */
	uint64_t seq;		  /* of the last line */
	uint64_t bytes;		  /* of all lines */
	uint64_t counts[EVENT_KINDS];
	uint64_t start;	     /* ns since boot: names the events that the user side makes */
	char machine_id[33]; /* "": not known */
	char boot_id[37];
};

/*
 * fd (-1 for the journal) and stopping: see sink_open(). output: as it was chosen. The caller may change line_max, and
 * for OUTPUT_TEXT fills in terminal. *stream: stream_done(). Returns 0, or a negative errno where the boot id cannot be
 * read.
 */
int stream_init(struct stream *stream, int fd, enum output output, const volatile int *stopping);
void stream_done(struct stream *stream);

/*
 * Writes the event as one line. Fills schema, seq, kind and host, and where they are absent id, time and boot_ns (now).
 * Returns 0, -ENOMEM, or sink_write()'s or journal_send()'s error.
 */
int stream_emit(struct stream *stream, struct event *event);

/* All that are already loaded have been emitted: text tells of them in one line. Returns as above. */
int stream_end_snapshot(struct stream *stream);

#endif
