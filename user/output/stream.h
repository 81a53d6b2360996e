/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of lines: gives each event what every line carries, renders it and hands it to the sink. */
#ifndef KMODWATCH_STREAM_H
#define KMODWATCH_STREAM_H

#include "event.h"
#include "sink.h"

struct stream {
	struct sink sink;
	bool journal; /* native journal fields instead of lines into the sink */
	uint64_t seq; /* of the last line */
	uint64_t counts[EVENT_KINDS];
	uint64_t start; /* ns since boot: names the events that the user side makes */
	char host[65];
	char boot_id[37];
};

/* fd (-1 for the journal) and stopping: see struct sink. Returns 0, or a negative errno where host or boot id cannot be
 * read. */
int stream_init(struct stream *stream, int fd, bool journal, const volatile int *stopping);

/*
 * Writes the event as one line. Fills schema, seq, event, host, boot_id, and where they are absent id and time (now).
 * Returns 0, -ENOMEM, or sink_write()'s or journal_send()'s error.
 */
int stream_emit(struct stream *stream, struct event *event);

#endif
