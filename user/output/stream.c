// SPDX-License-Identifier: BSD-2-Clause
#include "stream.h"
#include "../cleanup.h"
#include "../monitor/clock.h"
#include "fields.h"
#include "journal.h"
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

int stream_init(struct stream *stream, int fd, bool journal, const volatile int *stopping)
{
	_cleanup_(fclosep) FILE *boot_id = fopen("/proc/sys/kernel/random/boot_id", "re");
	struct utsname names;

	if (!boot_id || uname(&names))
		return -errno;
	*stream = (struct stream) { .sink = { .fd = fd, .stopping = stopping },
				    .journal = journal,
				    .start = clock_boot_ns() };
	if (fscanf(boot_id, "%36s", stream->boot_id) != 1)
		return -EIO;
	snprintf(stream->host, sizeof(stream->host), "%s", names.nodename);
	return 0;
}

int stream_emit(struct stream *stream, struct event *event)
{
	_cleanup_(freep) char *line = NULL;
	char id[48];
	size_t size;
	int err;

	event->schema = number_of(EVENT_SCHEMA);
	event->seq = number_of(stream->seq + 1);
	event->event = text_of(event_name(event->kind));
	event->host = text_of(stream->host);
	event->boot_id = text_of(stream->boot_id);
	if (event->id.known == ABSENT) {
		snprintf(id, sizeof(id), "u%llx-%llu", (unsigned long long)stream->start,
			 (unsigned long long)event->seq.value);
		event->id = text_of(id);
	}
	if (event->time.known == ABSENT)
		event->time = number_of(clock_boot_ns() + clock_boot_offset());
	err = json_render(event, &line, &size);
	if (!err)
		err = stream->journal ? journal_send(event, line, size, stream->sink.stopping)
				      : sink_write(&stream->sink, line, size);
	if (event->id.bytes == id)
		event->id = (struct text) { 0 };
	if (err)
		return err;
	stream->seq++;
	stream->counts[event->kind]++;
	return 0;
}
