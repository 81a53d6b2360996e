// SPDX-License-Identifier: BSD-2-Clause
#include "sentence.h"
#include "fields.h"

#include <stdio.h>
#include <string.h>

enum { WORD_SIZE = 100, DIGITS_SIZE = 24 };

/* The text as it can be shown, `otherwise` where it is not known. */
static const char *word(const struct text *text, const char *otherwise, char out[static WORD_SIZE])
{
	size_t size = 0;

	if (text->known != KNOWN)
		return otherwise;
	for (; size < text->size && size < WORD_SIZE - 1; size++)
		out[size] = (char)(text->bytes[size] >= ' ' && text->bytes[size] <= '~' ? text->bytes[size] : '?');
	out[size] = '\0';
	return out;
}

/* "?" where it is not known: nobody is shown as root by mistake. */
static const char *digits(const struct number *number, char out[static DIGITS_SIZE])
{
	if (number->known != KNOWN)
		return "?";
	snprintf(out, DIGITS_SIZE, "%llu", (unsigned long long)number->value);
	return out;
}

static void who(const struct process *process, char out[static WORD_SIZE])
{
	char comm[WORD_SIZE], pid[DIGITS_SIZE], uid[DIGITS_SIZE];

	snprintf(out, WORD_SIZE, "%.32s (pid %s, uid %s)", word(&process->comm, "an unknown process", comm),
		 digits(&process->pid, pid), digits(&process->uid, uid));
}

/* "dummy loaded by modprobe (pid 1, uid 0)", "load of dummy failed with EPERM (permission), by insmod (...)" */
static void of_call(const struct event *event, const char *noun, const char *done, char *sentence)
{
	char name[WORD_SIZE], why[WORD_SIZE], stage[WORD_SIZE], process[WORD_SIZE];
	const char *module = word(&event->module.name, "a module of unknown name", name);

	who(&event->process, process);
	if (event->coalesced.known == KNOWN)
		snprintf(sentence, SENTENCE_SIZE, "%s by %s took the result of another's load of the same file: %s",
			 noun, process, word(&event->outcome, "unknown", why));
	else if (event->syscall.errno_name.known == ABSENT)
		snprintf(sentence, SENTENCE_SIZE, "%s %s by %s", module, done, process);
	else
		snprintf(sentence, SENTENCE_SIZE, "%s of %s failed with %s%s%s%s, by %s", noun, module,
			 word(&event->syscall.errno_name, "an unknown error", why),
			 event->stage.known == KNOWN ? " (" : "", word(&event->stage, "", stage),
			 event->stage.known == KNOWN ? ")" : "", process);
}

static void of_module(const struct event *event, const char *what, char *sentence)
{
	char name[WORD_SIZE];

	snprintf(sentence, SENTENCE_SIZE, "%s %s", word(&event->module.name, "a module of unknown name", name), what);
}

void sentence_of(const struct event *event, char sentence[static SENTENCE_SIZE])
{
	char first[WORD_SIZE], second[WORD_SIZE], process[WORD_SIZE];

	who(&event->process, process);
	switch (event->kind) {
	case EVENT_MODULE_LOAD:
		of_call(event, "load", "loaded", sentence);
		break;
	case EVENT_MODULE_UNLOAD:
		of_call(event, "unload", "unloaded", sentence);
		break;
	case EVENT_MODULE_PRESENT:
		of_module(event, "is loaded already", sentence);
		break;
	case EVENT_MODULE_COMING:
		of_module(event, "was accepted, and its init is about to run", sentence);
		break;
	case EVENT_MODULE_HIDDEN:
		of_module(event, "hides: it loaded, was not unloaded, and is not where the kernel lists it", sentence);
		break;
	case EVENT_MODULE_MISSED:
		snprintf(sentence, SENTENCE_SIZE, "%s was %s, and no event explains it",
			 word(&event->module.name, "a module", first), word(&event->change, "changed", second));
		break;
	case EVENT_MODULE_POLICY:
		snprintf(sentence, SENTENCE_SIZE, "what decides about loading modules changed: kernel.modprobe is %s",
			 word(&event->policy.modprobe, "unknown", first));
		break;
	case EVENT_MODULE_REQUEST:
		snprintf(sentence, SENTENCE_SIZE, "%s made the kernel ask for %s", process,
			 word(&event->alias, "an unknown module", first));
		break;
	case EVENT_TOOL_EXEC:
		snprintf(sentence, SENTENCE_SIZE, "%s executed by %s", word(&event->tool.name, "a module tool", first),
			 process);
		break;
	case EVENT_ATTEMPTS_SUPPRESSED:
		snprintf(sentence, SENTENCE_SIZE, "%s more of %s by uid %s were counted instead of shown",
			 digits(&event->count, second), word(&event->what, "something", first),
			 digits(&event->uid, process));
		break;
	case EVENT_EVENTS_LOST:
		snprintf(sentence, SENTENCE_SIZE, "%s lost: %s", digits(&event->count, second),
			 word(&event->what, "events", first));
		break;
	case EVENT_MONITOR_BLIND:
		snprintf(sentence, SENTENCE_SIZE, "%s is blind: %s", word(&event->probe, "a probe", first),
			 word(&event->reason, "for an unknown reason", second));
		break;
	case EVENT_MONITOR_RECOVERED:
		snprintf(sentence, SENTENCE_SIZE, "%s sees again", word(&event->probe, "a probe", first));
		break;
	case EVENT_AUDIT_PARITY:
		snprintf(sentence, SENTENCE_SIZE, "auditd's rules against %s: %s",
			 word(&event->profile, "the profile", first), word(&event->outcome, "unknown", second));
		break;
	case EVENT_MONITOR_START:
		snprintf(sentence, SENTENCE_SIZE, "kmodwatch %s watches%s", word(&event->version, "?", first),
			 event->degraded.value ? ", but not all: some probes are not attached" : "");
		break;
	case EVENT_MONITOR_STOP:
		snprintf(sentence, SENTENCE_SIZE, "kmodwatch ends on %s", word(&event->reason, "its own", first));
		break;
	default:
		snprintf(sentence, SENTENCE_SIZE, "%s", event_name(event->kind));
	}
}
