// SPDX-License-Identifier: BSD-2-Clause
#include "stream.h"
#include "../cleanup.h"
#include "../clock.h"
#include "fields.h"
#include "journal.h"
#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* machine-id(5): 32 digits. Before the first boot is complete it may be another word, or nothing. */
static void read_machine_id(const char *path, char id[static 33])
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	char word[34] = "";

	if (file && fscanf(file, "%33s", word) == 1 && strspn(word, "0123456789abcdef") == 32 && !word[32])
		memcpy(id, word, 33);
}

int stream_init(struct stream *stream, int fd, enum output output, const volatile int *stopping)
{
	_cleanup_(fclosep) FILE *boot_id = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!boot_id)
		return -errno;
	*stream = (struct stream) { .line_max = LINE_MAX_BYTES, .output = output, .start = clock_boot_ns() };
	if (fscanf(boot_id, "%36s", stream->boot_id) != 1)
		return -EIO;
	read_machine_id("/etc/machine-id", stream->machine_id);
	sink_open(&stream->sink, fd, stopping);
	return 0;
}

void stream_done(struct stream *stream)
{
	sink_close(&stream->sink);
}

static int write_event(struct stream *stream, const struct event *event)
{
	_cleanup_(freep) char *line = NULL;
	size_t size;
	int err = stream->output == OUTPUT_TEXT ? terminal_render(&stream->terminal, event, &line, &size)
						: json_render(event, stream->line_max, &line, &size);

	if (err)
		return err;
	if (stream->output == OUTPUT_JOURNAL)
		err = journal_send(event, line, size, &stream->sink);
	else
		err = sink_write(&stream->sink, line, size);
	if (!err) /* the journal has it a second time, as fields */
		stream->bytes += stream->output == OUTPUT_JOURNAL ? 2 * size : size;
	return err;
}

int stream_emit(struct stream *stream, struct event *event)
{
	struct utsname names;
	char id[48];
	int err;

	event->schema = number_of(EVENT_SCHEMA);
	event->seq = number_of(stream->seq + 1);
	uname(&names); /* each time: a machine may get its name after the monitor has started */
	event->kind_name = text_of(event_name(event->kind));
	event->host = (struct host_part) {
		.known = KNOWN,
		.name = text_of(names.nodename),
		.id = text_of(*stream->machine_id ? stream->machine_id : NULL),
		.boot = text_of(stream->boot_id),
	};
	if (event->id.known == ABSENT) {
		snprintf(id, sizeof(id), "u%llx-%llu", (unsigned long long)stream->start,
			 (unsigned long long)event->seq.value);
		event->id = text_of(id);
	}
	if (event->time.known == ABSENT) {
		event->boot_ns = number_of(clock_boot_ns());
		event->time = number_of(clock_wall(event->boot_ns.value));
	}
	err = write_event(stream, event);
	if (event->id.bytes == id)
		event->id = (struct text) { 0 };
	if (err)
		return err;
	stream->seq++;
	stream->counts[event->kind]++;
	return 0;
}

int stream_end_snapshot(struct stream *stream)
{
	_cleanup_(freep) char *line = NULL;
	size_t size;
	int err;

	if (stream->output != OUTPUT_TEXT)
		return 0;
	err = terminal_render_present(&stream->terminal, clock_wall(clock_boot_ns()), &line, &size);
	return err ? err : sink_write(&stream->sink, line, size);
}
