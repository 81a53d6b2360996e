// SPDX-License-Identifier: BSD-2-Clause
#include "journal.h"
#include "../cleanup.h"
#include "../log.h"
#include "fields.h"
#include "sentence.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#define SD_JOURNAL_SUPPRESS_LOCATION /* where in our source an event was sent from is of no use to anybody */
#include <systemd/sd-journal.h>

enum { NAME_SIZE = 65, RETRY_MS = 500 };

/*
 * Of all lists of an entry together. sd_journal_sendv() makes up to five pieces of a field, the kernel takes 1024 in
 * one message, and anybody can execute a tool with two thousand arguments.
 */
enum { MOST_VALUES = 64 };

#define SOCKET "/run/systemd/journal/socket"

/*
 * MESSAGE_ID for good, and how much it matters when all went well. Nothing is below notice: journald drops what is
 * below the unit's LogLevelMax=.
 */
static const struct {
	const char *id;
	int priority;
} kinds[EVENT_KINDS] = {
	[EVENT_MONITOR_START] = { "6e832f40d7814d5ba24afb0cdfe3dea9", LOG_NOTICE },
	[EVENT_MODULE_PRESENT] = { "c49c854ed9964b1caa05a7351f219cc6", LOG_NOTICE },
	[EVENT_MODULE_POLICY] = { "f7b1c6a0f63a4f0e9c1d5d0f2d0f6a3b", LOG_WARNING },
	[EVENT_MODULE_REQUEST] = { "0aea601e1beb48689e61d8e8aaba957d", LOG_NOTICE },
	[EVENT_TOOL_EXEC] = { "b3801c03ab02470aae6305fcd157cc46", LOG_NOTICE },
	[EVENT_MODULE_COMING] = { "5c675cd2e8d041c2855fef5aba6ebeb4", LOG_NOTICE },
	[EVENT_MODULE_LOAD] = { "5b61c8c4ddbd4d42b9b8424ce5115d67", LOG_NOTICE },
	[EVENT_MODULE_UNLOAD] = { "d8686e79b9024e8db60997882b00b917", LOG_NOTICE },
	[EVENT_MODULE_MISSED] = { "2e748d0d4f2f4de1a01ab21492761f69", LOG_WARNING },
	[EVENT_MODULE_HIDDEN] = { "0d0f3d1f5b0e4c43a7d8f0a2b9c6e517", LOG_ALERT },
	[EVENT_ATTEMPTS_SUPPRESSED] = { "9a1d7b7e5d2c4b0f8c3e6a4f1b27d950", LOG_WARNING },
	[EVENT_EVENTS_LOST] = { "164d4cb07f214fda8e8d04a0cbca5541", LOG_WARNING },
	[EVENT_MONITOR_TOUCHED] = { "a445764f19df4d879d484b798d4f777d", LOG_ALERT },
	[EVENT_MONITOR_BLIND] = { "e6163f983f084e8284db775c2cefb6ed", LOG_ALERT },
	[EVENT_MONITOR_RECOVERED] = { "664136aa883744938dec5acb45d2e866", LOG_NOTICE },
	[EVENT_AUDIT_PARITY] = { "cbfeea1071a74602af9316515c811ee3", LOG_NOTICE },
	[EVENT_MONITOR_STOP] = { "5031d8c324eb4662b9899e5e45238cd4", LOG_NOTICE },
};

static int priority_of(const struct event *event)
{
	if (text_is(&event->outcome, "failure") || text_is(&event->outcome, "gap") || event->degraded.value)
		return LOG_WARNING;
	return kinds[event->kind].priority;
}

void journal_entry_clear(struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		free(entry->fields[i].iov_base);
	free(entry->fields);
	*entry = (struct journal_entry) { 0 };
}

static int add(struct journal_entry *entry, const char *name, const char *bytes, size_t size)
{
	size_t length = strlen(name);
	struct iovec *more = realloc(entry->fields, (entry->count + 1) * sizeof(*more));
	char *field;

	if (!more)
		return -ENOMEM;
	entry->fields = more;
	field = malloc(length + 1 + size);
	if (!field)
		return -ENOMEM;
	memcpy(field, name, length);
	field[length] = '=';
	if (size)
		memcpy(field + length + 1, bytes, size);
	more[entry->count++] = (struct iovec) { field, length + 1 + size };
	return 0;
}

static int add_string(struct journal_entry *entry, const char *name, const char *string)
{
	return add(entry, name, string, strlen(string));
}

static void upper(char *name)
{
	for (; *name; name++)
		*name = (char)toupper((unsigned char)*name);
}

static int add_number(struct journal_entry *entry, const char *name, const struct field *field, uint64_t value)
{
	char text[TIME_TEXT_SIZE];

	switch (field->type) {
	case FIELD_BOOL:
		return add_string(entry, name, value ? "true" : "false");
	case FIELD_TIME:
		format_time(value, text);
		return add_string(entry, name, text);
	case FIELD_INT:
		snprintf(text, sizeof(text), "%lld", (long long)value);
		return add_string(entry, name, text);
	default:
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
		return add_string(entry, name, text);
	}
}

/* One more value of a list. *truncated: there is no room for it. */
static int add_value(struct journal_entry *entry, const char *name, const char *bytes, size_t size, bool *truncated)
{
	if (entry->values == MOST_VALUES) {
		*truncated = true;
		return 0;
	}
	entry->values++;
	return add(entry, name, bytes, size);
}

static int add_argv(struct journal_entry *entry, const char *name, const struct text *argv)
{
	bool truncated = argv->truncated;
	int err = 0;

	for (size_t i = 0; !err && i < argv->size;) {
		size_t length = strnlen(argv->bytes + i, argv->size - i);

		err = add_value(entry, name, argv->bytes + i, length, &truncated);
		i += length + 1;
	}
	return !err && truncated ? add_string(entry, "KMODWATCH_TRUNCATED", name) : err;
}

static int add_texts(struct journal_entry *entry, const char *name, const struct list *list)
{
	const struct text *texts = list->items;
	bool truncated = list->truncated, unknown = false;
	int err = 0;

	for (size_t i = 0; !err && i < list->count; i++) {
		if (texts[i].known == KNOWN)
			err = add_value(entry, name, texts[i].bytes, texts[i].size, &truncated);
		truncated |= texts[i].truncated;
		unknown |= texts[i].known != KNOWN;
	}
	if (!err && unknown)
		err = add_string(entry, "KMODWATCH_UNKNOWN", name);
	return !err && truncated ? add_string(entry, "KMODWATCH_TRUNCATED", name) : err;
}

static int add_text(struct journal_entry *entry, const char *name, const struct text *text)
{
	int err = add(entry, name, text->bytes, text->size);

	if (!err && text->truncated)
		err = add_string(entry, "KMODWATCH_TRUNCATED", name);
	return !err && text->detached ? add_string(entry, "KMODWATCH_DETACHED", name) : err;
}

static int add_fields(struct journal_entry *entry, const char *prefix, const struct field *fields, const void *part);

static int add_known(struct journal_entry *entry, const char *name, const struct field *field, const void *value)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_PATH:
		return add_text(entry, name, value);
	case FIELD_ARGV:
		return add_argv(entry, name, value);
	case FIELD_TEXTS:
		return add_texts(entry, name, value);
	case FIELD_COUNTS:
	case FIELD_LIST:
		return 0;
	case FIELD_OBJECT:
		return add_fields(entry, name, field->fields, value);
	default:
		return add_number(entry, name, field, ((const struct number *)value)->value);
	}
}

static int add_fields(struct journal_entry *entry, const char *prefix, const struct field *fields, const void *part)
{
	int err = 0;

	for (const struct field *field = fields; !err && field->key; field++) {
		const void *value = (const char *)part + field->offset;
		enum known known = *(const enum known *)value;
		char name[NAME_SIZE];

		if (prefix)
			snprintf(name, sizeof(name), "%s_%s", prefix, field->key);
		else
			snprintf(name, sizeof(name), "%s%s", field->type == FIELD_OBJECT ? "" : "KMODWATCH_",
				 field->key);
		upper(name);
		if (known == UNKNOWN)
			err = add_string(entry, "KMODWATCH_UNKNOWN", name);
		else if (known == KNOWN)
			err = add_known(entry, name, field, value);
	}
	return err;
}

int journal_entry_make(const struct event *event, const char *json, size_t size, struct journal_entry *entry)
{
	_cleanup_(journal_entry_clear) struct journal_entry made = { 0 };
	_cleanup_(phrase_clear) struct phrase sentence = { 0 };
	char priority[4];
	int err;

	sentence_of(&sentence, event);
	if (sentence.failed)
		return -ENOMEM;
	snprintf(priority, sizeof(priority), "%d", priority_of(event));
	err = add(&made, "MESSAGE", sentence.bytes, sentence.size);
	if (!err)
		err = add_string(&made, "MESSAGE_ID", kinds[event->kind].id);
	if (!err)
		err = add_string(&made, "PRIORITY", priority);
	if (!err)
		err = add_string(&made, "SYSLOG_IDENTIFIER", "kmodwatch");
	if (!err)
		err = add_fields(&made, NULL, common_fields, event);
	if (!err)
		err = add_fields(&made, NULL, event_fields(event->kind), event);
	if (!err)
		err = add(&made, "KMODWATCH_JSON", json, size && json[size - 1] == '\n' ? size - 1 : size);
	if (err)
		return err;
	*entry = made;
	made = (struct journal_entry) { 0 };
	return 0;
}

/*
 * libsystemd's socket blocks while journald stands still: a signal gets us out of there, for what is to be done
 * meanwhile. On: until it is turned off again.
 */
static void interrupt_sending(bool on)
{
	static const struct timespec often = { .tv_nsec = RETRY_MS * 1000000L };
	const struct itimerspec each = { .it_value = on ? often : (struct timespec) { 0 }, .it_interval = often };
	static timer_t timer;
	static bool made;

	if (!made)
		made =
		    !timer_create(CLOCK_MONOTONIC,
				  &(struct sigevent) { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM }, &timer);
	if (made)
		timer_settime(timer, 0, &each, NULL);
}

/*
 * sd_journal_sendv() takes a socket that is not there for success. One that went or was replaced meanwhile: sent again,
 * since twice (with one `id`) is better than not at all.
 */
static int send_once(const struct journal_entry *entry)
{
	struct stat before, after;
	int err;

	if (stat(SOCKET, &before))
		return -errno;
	interrupt_sending(true);
	err = sd_journal_sendv(entry->fields, (int)entry->count);
	interrupt_sending(false);
	if (err)
		return err;
	if (stat(SOCKET, &after))
		return -errno;
	return before.st_ino == after.st_ino ? 0 : -EAGAIN;
}

/* Whether journald may take another try. */
static bool is_passing(int err)
{
	return err == -EINTR || err == -ENOENT || err == -ECONNREFUSED || err == -EAGAIN || err == -ENOTCONN ||
	       err == -ENOBUFS || err == -ECONNRESET;
}

int journal_send(const struct event *event, const char *json, size_t size, const struct sink *sink)
{
	_cleanup_(journal_entry_clear) struct journal_entry entry = { 0 };
	struct patience patience = { 0 };
	bool told = false;
	int err = journal_entry_make(event, json, size, &entry);

	if (err)
		return err;
	while ((err = send_once(&entry)) && is_passing(err)) {
		if (sink_is_over(sink, false, &patience))
			return -ECANCELED;
		if (err == -EINTR)
			continue;
		if (!told)
			log_line("journald does not take events (%s): waiting for it. Nothing is lost until the "
				 "kernel's buffer is full",
				 strerror(-err));
		told = true;
		poll(NULL, 0, RETRY_MS);
	}
	return err;
}
