// SPDX-License-Identifier: BSD-2-Clause
#include "marks.h"
#include "text.h"
#include "who.h"

#include <string.h>

void marks_add_source(struct phrase *phrase, const struct source_part *source, size_t columns)
{
	const char *words = text_is(&source->kind, "memfd")	? ", from a memfd, "
			    : text_is(&source->kind, "deleted") ? ", from the deleted file "
			    : text_is(&source->kind, "pipe")	? ", from the pipe "
								: ", from ";

	if (source->known == ABSENT)
		return;
	if (text_is(&source->kind, "memory")) {
		phrase_add(phrase, ", from memory");
		return;
	}
	if (source->known == KNOWN && source->path.known == ABSENT) {
		phrase_add(phrase,
			   text_is(&source->kind, "pipe") ? ", from a pipe" : ", from something that is no file");
		return;
	}
	if (source->known != KNOWN || source->path.known != KNOWN) {
		phrase_add(phrase, ", from an unknown file");
		return;
	}
	phrase_add(phrase, words);
	phrase_path(phrase, &source->path, columns > strlen(words) ? columns - strlen(words) : 0);
	if (source->path.detached && text_is(&source->kind, "file"))
		phrase_add(phrase, ", which no path leads to");
	if (source->path_foreign.known == KNOWN)
		phrase_add(phrase, " in another mount namespace");
	if (source->path_covered.known == KNOWN)
		phrase_add(phrase, ", over which something else is mounted");
}

size_t marks_source_columns(const struct event *event)
{
	struct phrase shortest = { 0 };
	size_t columns;

	if (event->kind != EVENT_MODULE_LOAD)
		return 0;
	marks_add_source(&shortest, &event->source, 0);
	columns = shortest.columns;
	phrase_clear(&shortest);
	return columns;
}

/* One more of a list that begins with "; ". */
static void mark(struct phrase *phrase, bool *any, const char *words)
{
	phrase_add(phrase, *any ? ", " : "; ");
	phrase_add(phrase, words);
	*any = true;
}

/* Who did not sign these bytes is not said to have signed them. */
static void add_claim(struct phrase *phrase, const struct event *event, bool *any)
{
	mark(phrase, any, "it claims to be signed by ");
	phrase_text(phrase, &event->signature.signer, "an unknown signer");
	if (event->signature.verified.known != KNOWN)
		phrase_add(phrase, ", which the kernel did not check");
	else if (text_is(&event->outcome, "failure"))
		phrase_add(phrase, ", which the kernel refused");
	else
		phrase_add(phrase, ", which the kernel did not accept");
}

static void add_signature(struct phrase *phrase, const struct event *event, bool *any)
{
	const struct number *accepted = &event->module.is_signed, *verified = &event->signature.verified;
	bool refused = verified->known == KNOWN && !verified->value,
	     is_unsigned = accepted->known == KNOWN && !accepted->value;

	if (event->signature.known == UNKNOWN)
		mark(phrase, any, "its signature cannot be read");
	if (event->signature.known == KNOWN && (refused || is_unsigned))
		add_claim(phrase, event, any);
	else if (is_unsigned)
		mark(phrase, any, "unsigned");
}

static void add_module(struct phrase *phrase, const struct event *event, bool *any)
{
	const struct text *names = event->module.taint_names.items;

	add_signature(phrase, event, any);
	for (size_t i = 0; event->module.taint_names.known == KNOWN && i < event->module.taint_names.count; i++) {
		if (text_is(&names[i], "unsigned") && event->module.is_signed.known == KNOWN)
			continue; /* told */
		mark(phrase, any, "");
		phrase_text(phrase, &names[i], "an unknown taint");
	}
}

static void add_requester(struct phrase *phrase, const struct requested_by_part *by, struct names *names)
{
	if (by->known == ABSENT)
		return;
	phrase_add(phrase, "; requested by ");
	if (by->known == UNKNOWN) {
		phrase_add(phrase, "an unknown process");
		return;
	}
	who_process(phrase, &by->process, names);
	phrase_add(phrase, " (");
	phrase_text(phrase, &by->alias, "an unknown alias");
	phrase_add(phrase, ")");
}

static void add_touched(struct phrase *phrase, const struct text *what, bool *any)
{
	if (text_is(what, "extension")) {
		mark(phrase, any,
		     "a program was loaded that can take the place of a function of this one, which is the "
		     "monitor's own");
		return;
	}
	mark(phrase, any, "the monitor's own ");
	phrase_text(phrase, what, "(unknown)");
}

void marks_add(struct phrase *phrase, const struct event *event, struct names *names)
{
	bool any = false;

	if (event->kind == EVENT_MODULE_COMING)
		mark(phrase, &any, "its init runs next");
	if (event->kind == EVENT_MONITOR_TOUCHED)
		add_touched(phrase, &event->what, &any);
	if (event->module.known == KNOWN)
		add_module(phrase, event, &any);
	add_requester(phrase, &event->requested_by, names);
}
