// SPDX-License-Identifier: BSD-2-Clause
#include "sentence.h"
#include "failure.h"
#include "marks.h"
#include "notes.h"
#include "text.h"
#include "who.h"

#include <string.h>

enum { SENTENCE_COLUMNS = 400, FILE_NAME_MAX = 64, WORDS_LEAST = 16 };

static bool failed(const struct event *event)
{
	return event->syscall.errno_name.known != ABSENT || text_is(&event->outcome, "failure");
}

static bool shared(const struct event *event)
{
	return event->coalesced.known == KNOWN && event->coalesced.value;
}

/* The columns' word, and the sentence's where that is another. */
static const struct {
	const char *verb, *done;
} kinds[EVENT_KINDS] = {
	[EVENT_MONITOR_START] = { "started", NULL },
	[EVENT_MODULE_PRESENT] = { "present", NULL },
	[EVENT_MODULE_POLICY] = { "policy", NULL },
	[EVENT_MODULE_REQUEST] = { "requested", "was requested" },
	[EVENT_TOOL_EXEC] = { "ran", "was run" },
	[EVENT_MODULE_COMING] = { "loading", "is being loaded" },
	[EVENT_MODULE_LOAD] = { "loaded", "was loaded" },
	[EVENT_MODULE_UNLOAD] = { "unloaded", "was unloaded" },
	[EVENT_MODULE_MISSED] = { "missed", NULL },
	[EVENT_MODULE_HIDDEN] = { "hidden", NULL },
	[EVENT_ATTEMPTS_SUPPRESSED] = { "counted", NULL },
	[EVENT_EVENTS_LOST] = { "lost", NULL },
	[EVENT_MONITOR_TOUCHED] = { "touched", "was touched" },
	[EVENT_MONITOR_BLIND] = { "blind", NULL },
	[EVENT_MONITOR_RECOVERED] = { "recovered", NULL },
	[EVENT_AUDIT_PARITY] = { "audit", NULL },
	[EVENT_MONITOR_STOP] = { "stopped", NULL },
};

/* Whether somebody did it. */
static bool has_actor(const struct event *event)
{
	return kinds[event->kind].done != NULL;
}

static bool is_call(const struct event *event)
{
	return event->kind == EVENT_MODULE_LOAD || event->kind == EVENT_MODULE_UNLOAD;
}

const char *sentence_verb(const struct event *event)
{
	if (is_call(event) && shared(event))
		return "shared";
	if (is_call(event) && failed(event))
		return failure_is_refusal(event) ? "refused" : "failed";
	return kinds[event->kind].verb;
}

/* The file's name, where that is a module's: in a refused call the kernel read no other. */
static struct text file_name(const struct event *event)
{
	static const char *const ends[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
	struct text path = event->source.path;
	const char *slash;

	if (event->source.known != KNOWN || path.known != KNOWN || !path.size)
		return TEXT_UNKNOWN;
	slash = memrchr(path.bytes, '/', path.size);
	if (slash) {
		path.size -= (size_t)(slash + 1 - path.bytes);
		path.bytes = slash + 1;
	}
	path.truncated = false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t size = strlen(ends[i]);

		if (path.size > size && path.size <= FILE_NAME_MAX &&
		    !memcmp(path.bytes + path.size - size, ends[i], size))
			return path;
	}
	return TEXT_UNKNOWN;
}

static void add_module(struct phrase *phrase, const struct event *event, const char *otherwise)
{
	struct text file = file_name(event);

	if (event->module.known == KNOWN && event->module.name.known == KNOWN)
		phrase_text(phrase, &event->module.name, "");
	else
		phrase_text(phrase, &file, otherwise);
}

/* module: for one of unknown name */
static bool add_name(struct phrase *phrase, const struct event *event, const char *module)
{
	switch (event->kind) {
	case EVENT_MODULE_PRESENT:
	case EVENT_MODULE_COMING:
	case EVENT_MODULE_LOAD:
	case EVENT_MODULE_UNLOAD:
	case EVENT_MODULE_MISSED:
	case EVENT_MODULE_HIDDEN:
		add_module(phrase, event, module);
		return true;
	case EVENT_MODULE_REQUEST:
		phrase_text(phrase, &event->alias, "(unknown)");
		return true;
	case EVENT_TOOL_EXEC:
		phrase_text(phrase, &event->tool.name, "(unknown)");
		return true;
	case EVENT_MONITOR_TOUCHED:
		phrase_text(phrase, &event->object, "(unknown)");
		return true;
	case EVENT_MONITOR_BLIND:
	case EVENT_MONITOR_RECOVERED:
		phrase_text(phrase, event->map.known == ABSENT ? &event->probe : &event->map, "(unknown)");
		return true;
	default:
		return false;
	}
}

bool sentence_name(struct phrase *phrase, const struct event *event)
{
	return add_name(phrase, event, "(unknown)");
}

static void add_actor(struct phrase *phrase, const struct event *event, struct names *names)
{
	if (event->kind == EVENT_TOOL_EXEC)
		who_parent(phrase, &event->process, names);
	else
		who_process(phrase, &event->process, names);
}

static void add_why(struct phrase *phrase, const struct event *event)
{
	if (shared(event))
		phrase_add(phrase, "got the result of another caller's load of the same file");
	if (!failed(event))
		return;
	phrase_add(phrase, shared(event) ? ": " : "");
	failure_why(phrase, event);
}

static size_t room_for(const struct phrase *phrase, size_t used, size_t columns)
{
	return columns > phrase->columns + used ? columns - phrase->columns - used : 0;
}

/* One word stands as it is. Several stand in brackets, which no token has: any of them could pass for ours. */
static void add_words(struct phrase *phrase, const char *before, const struct text *words, char between, size_t columns)
{
	bool many = between == '\0' || memchr(words->bytes, between, words->size);
	size_t around = strlen(before) + 2;

	phrase_add(phrase, before);
	phrase_add(phrase, many ? "[" : "");
	phrase_words(phrase, words, between, columns > around + WORDS_LEAST ? columns - around : WORDS_LEAST);
	phrase_add(phrase, many ? "]" : "");
}

/* What can be long, with what follows it measured first: marks and who asked are never what is shortened. */
static void add_details(struct phrase *phrase, const struct event *event, struct names *names, size_t columns)
{
	struct phrase after = { .utf8 = phrase->utf8 };
	const struct text *argv = &event->process.argv, *params = &event->module.params;
	size_t kept;

	marks_add(&after, event, names);
	kept = after.columns + marks_source_columns(event);
	if (event->kind == EVENT_TOOL_EXEC && argv->known == KNOWN)
		add_words(phrase, ": ", argv, '\0', room_for(phrase, kept, columns));
	if ((event->kind == EVENT_MODULE_LOAD || event->kind == EVENT_MODULE_COMING) && params->known == KNOWN &&
	    params->size)
		add_words(phrase, ", with ", params, ' ', room_for(phrase, kept, columns));
	if (event->kind == EVENT_MODULE_LOAD)
		marks_add_source(phrase, &event->source, room_for(phrase, after.columns, columns));
	marks_add(phrase, event, names);
	phrase_clear(&after);
}

void sentence_rest(struct phrase *phrase, const struct event *event, struct names *names, size_t columns)
{
	if (!has_actor(event)) {
		notes_add(phrase, event, names);
		return;
	}
	phrase_add(phrase, "by ");
	add_actor(phrase, event, names);
	if (is_call(event) && (failed(event) || shared(event))) {
		phrase_add(phrase, event->kind == EVENT_MODULE_LOAD ? ": " : ": could not unload: ");
		add_why(phrase, event);
	}
	add_details(phrase, event, names, columns);
}

void sentence_of(struct phrase *phrase, const struct event *event)
{
	static const char a_module[] = "a module"; /* where it is from follows */

	if (is_call(event) && failed(event)) {
		add_actor(phrase, event, NULL);
		phrase_add(phrase, event->kind == EVENT_MODULE_LOAD ? " could not load " : " could not unload ");
		add_name(phrase, event, a_module);
		phrase_add(phrase, ": ");
		add_why(phrase, event);
		add_details(phrase, event, NULL, SENTENCE_COLUMNS);
		return;
	}
	if (add_name(phrase, event, a_module))
		phrase_add(phrase, " ");
	if (has_actor(event))
		phrase_addf(phrase, "%s ", kinds[event->kind].done);
	sentence_rest(phrase, event, NULL, SENTENCE_COLUMNS);
}
