// SPDX-License-Identifier: BSD-2-Clause
#include "notes.h"
#include "marks.h"
#include "text.h"
#include "who.h"

#include <string.h>

enum { LOSSES_SHOWN = 3, TARGETS_SHOWN = 3, PATH_COLUMNS = 60 };

static void add_number(struct phrase *phrase, const struct number *number, const char *otherwise)
{
	if (number->known == KNOWN)
		phrase_addf(phrase, "%llu", (unsigned long long)number->value);
	else
		phrase_add(phrase, otherwise);
}

static bool is_lost(const struct probe_part *probes, size_t i)
{
	bool lost = probes[i].attached.known != KNOWN || !probes[i].attached.value;

	for (size_t j = 0; lost && j < i; j++) /* told once */
		lost = probes[j].loses.size != probes[i].loses.size ||
		       memcmp(probes[j].loses.bytes, probes[i].loses.bytes, probes[i].loses.size) != 0 ||
		       (probes[j].attached.known == KNOWN && probes[j].attached.value);
	return lost && probes[i].loses.known == KNOWN;
}

static void add_losses(struct phrase *phrase, const struct probe_part *probes, size_t count)
{
	size_t shown = 0, more = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_lost(probes, i))
			continue;
		if (shown++ >= LOSSES_SHOWN) {
			more++;
			continue;
		}
		phrase_add(phrase, shown == 1 ? "; not seen: " : "; ");
		phrase_ours(phrase, &probes[i].loses, "");
	}
	if (more)
		phrase_addf(phrase, "; and %zu more", more);
}

static void add_start(struct phrase *phrase, const struct event *event)
{
	const struct probe_part *probes = event->probes.items;
	size_t all = event->probes.known == KNOWN ? event->probes.count : 0, attached = 0;
	bool degraded = event->degraded.known == KNOWN && event->degraded.value;

	for (size_t i = 0; i < all; i++)
		attached += probes[i].attached.known == KNOWN && probes[i].attached.value;
	phrase_add(phrase, "kmodwatch ");
	phrase_text(phrase, &event->version, "of an unknown version");
	phrase_add(phrase, " watches kernel ");
	phrase_text(phrase, &event->kernel_release, "(unknown)");
	if (attached < all)
		phrase_addf(phrase, " with %zu of %zu probes", attached, all);
	else
		phrase_addf(phrase, " with %zu probes", all);
	if (degraded)
		add_losses(phrase, probes, all);
	if (event->resumed.known == KNOWN) {
		phrase_add(phrase, "; it continues where the last run stopped, with ");
		add_number(phrase, &event->resumed.records, "an unknown number of");
		phrase_add(phrase, " records to read");
	}
	if (event->unwatched.known == KNOWN)
		phrase_add(phrase, "; nobody watched since the last run ended");
}

static void add_switch(struct phrase *phrase, const struct number *value)
{
	phrase_add(phrase, value->known != KNOWN ? "unknown" : value->value ? "on" : "off");
}

static void add_setting(struct phrase *phrase, const struct text *name, const struct policy_part *policy)
{
	if (text_is(name, "modules_disabled")) {
		phrase_add(phrase, "kernel.modules_disabled is now ");
		add_switch(phrase, &policy->modules_disabled);
	} else if (text_is(name, "sig_enforce")) {
		phrase_add(phrase, "module.sig_enforce is now ");
		add_switch(phrase, &policy->sig_enforce);
	} else if (text_is(name, "lockdown")) {
		phrase_add(phrase, "lockdown is now ");
		phrase_text(phrase, &policy->lockdown, "unknown");
	} else {
		phrase_add(phrase, "kernel.modprobe is now ");
		if (policy->modprobe.known == KNOWN)
			phrase_path(phrase, &policy->modprobe, PATH_COLUMNS);
		else
			phrase_add(phrase, "unknown");
	}
}

static void add_policy(struct phrase *phrase, const struct event *event)
{
	const struct text *changed = event->changed.items;

	phrase_add(phrase, "the policy for loading modules changed: ");
	for (size_t i = 0; event->changed.known == KNOWN && i < event->changed.count; i++) {
		phrase_add(phrase, i ? ", " : "");
		add_setting(phrase, &changed[i], &event->policy);
	}
}

static void add_suppressed(struct phrase *phrase, const struct event *event, struct names *names)
{
	add_number(phrase, &event->count, "an unknown number of");
	if (text_is(&event->what, "refused")) {
		phrase_add(phrase, " more refused calls of ");
		phrase_text(phrase, &event->syscall.name, "several kinds");
		phrase_add(phrase, " (");
		phrase_text(phrase, &event->syscall.errno_name, "several errors");
		phrase_add(phrase, ")");
	} else if (text_is(&event->what, "tool_exec")) {
		phrase_add(phrase, " more executions of module tools");
	} else if (text_is(&event->what, "module_request")) {
		phrase_add(phrase, " more requests for modules");
	} else if (event->module.known == KNOWN) {
		phrase_add(phrase, " more loads of ");
		phrase_text(phrase, &event->module.name, "a module");
		phrase_add(phrase, " that failed in the same way (");
		phrase_text(phrase, &event->syscall.errno_name, "several errors");
		phrase_add(phrase, ")");
	} else if (text_is(&event->what, "repeated")) {
		phrase_add(phrase, " more steps of loads that failed before, on request");
	} else {
		phrase_add(phrase, " more events of an unknown kind");
	}
	phrase_add(phrase, " by ");
	if (event->uid.known == KNOWN)
		who_uid(phrase, &event->uid, names);
	else
		phrase_add(phrase, "several users");
	phrase_add(phrase, " were counted instead of shown");
}

/* `what`, and how many of what are missing. */
static const struct {
	const char *what, *words;
} losses[] = {
	{ "tool_exec", "executions of module tools" },
	{ "module_request", "requests for modules" },
	{ "module_coming", "beginnings of loads" },
	{ "module_load or module_unload", "ends of loads or unloads" },
	{ "refused call", "refused calls" },
	{ "process", "descriptions of who did it" },
	{ "module", "descriptions of unloaded modules" },
	{ "params", "parameters of modules" },
	{ "signature", "signatures of modules" },
	{ "result", "results that are reported twice (nothing is missing)" },
	{ "captured image", "images that were not kept" },
	{ "self-test", "events of the self-test" },
	{ "monitor_touched", "reports of who got at the monitor" },
	{ "undecodable record", "records that could not be read" },
	{ "pinned record of another version", "records that another version left" },
	{ "pinned record", "records in pins that somebody removed in part" },
	{ "module table", "loaded modules that are not kept track of" },
	{ "overwritten record", "records that were written over since somebody moved a ring's position" },
};

static void add_lost(struct phrase *phrase, const struct event *event)
{
	size_t i = 0;

	if (text_is(&event->what, "skipped probe")) {
		phrase_add(phrase, "the kernel skipped the probe ");
		phrase_text(phrase, &event->probe, "(unknown)");
		phrase_add(phrase, " ");
		add_number(phrase, &event->count, "an unknown number of");
		phrase_add(phrase, " times, and what it would have seen may be missing");
		return;
	}
	if (text_is(&event->what, "module list")) {
		phrase_add(phrase,
			   "what is loaded is not known: the kernel's list of modules cannot be read, or not all "
			   "of it");
		return;
	}
	while (i < sizeof(losses) / sizeof(losses[0]) && !text_is(&event->what, losses[i].what))
		i++;
	add_number(phrase, &event->count, "an unknown number of");
	phrase_addf(phrase, " %s",
		    i < sizeof(losses) / sizeof(losses[0]) ? losses[i].words : "events of an unknown kind");
	phrase_add(phrase, ": there was no room for them, or they could not be obtained");
}

static void add_hidden(struct phrase *phrase, const struct event *event)
{
	const struct text *places = event->missing_from.items;

	phrase_add(phrase, "is hidden: it was loaded and not unloaded, but is missing from ");
	for (size_t i = 0; event->missing_from.known == KNOWN && i < event->missing_from.count; i++) {
		phrase_add(phrase, i ? " and " : "");
		phrase_text(phrase, &places[i], "an unknown place");
	}
}

/* Whether auditd would record it, as the rules on disk say and those in the kernel. */
static bool has_verdict(const struct audit_target_part *target, const char *verdict)
{
	return text_is(&target->disk.verdict, verdict) || text_is(&target->running.verdict, verdict);
}

static bool is_recorded(const struct audit_target_part *target)
{
	const struct text *disk = &target->disk.verdict, *running = &target->running.verdict;

	return text_is(disk, "covered") && (running->known == ABSENT || text_is(running, "covered"));
}

static void add_target(struct phrase *phrase, const struct audit_target_part *target)
{
	if (target->path.known == KNOWN) {
		phrase_path(phrase, &target->path, PATH_COLUMNS);
		return;
	}
	phrase_text(phrase, &target->syscall, "an unknown call");
	if (target->abi.known == KNOWN) {
		phrase_add(phrase, " (");
		phrase_text(phrase, &target->abi, "");
		phrase_add(phrase, ")");
	}
}

static bool is_same(const struct text *a, const struct text *b)
{
	return a->known == b->known &&
	       (a->known != KNOWN || (a->size == b->size && !memcmp(a->bytes, b->bytes, a->size)));
}

/* A file's, for each ABI or access, is one for a reader; they stand side by side. */
static bool are_one(const struct audit_target_part *a, const struct audit_target_part *b)
{
	return is_same(&a->path, &b->path) && is_same(&a->syscall, &b->syscall) &&
	       (a->path.known == KNOWN || is_same(&a->abi, &b->abi));
}

/* The first of those that are not covered, or may not be. Returns how many there are. */
static size_t add_targets(struct phrase *phrase, const struct list *requirements, bool unknown)
{
	const struct audit_requirement_part *requirement = requirements->items;
	const struct audit_target_part *last = NULL;
	size_t count = 0, shown = 0;

	for (size_t i = 0; requirements->known == KNOWN && i < requirements->count; i++) {
		const struct audit_target_part *targets = requirement[i].targets.items;

		for (size_t j = 0; requirement[i].targets.known == KNOWN && j < requirement[i].targets.count; j++) {
			if (is_recorded(&targets[j]) || has_verdict(&targets[j], "unknown") != unknown ||
			    (last && are_one(last, &targets[j])))
				continue;
			last = &targets[j];
			if (count++ >= TARGETS_SHOWN)
				continue;
			phrase_add(phrase, shown++ ? ", " : ": ");
			add_target(phrase, &targets[j]);
		}
	}
	if (count > shown)
		phrase_addf(phrase, " and %zu more", count - shown);
	return count;
}

static void add_parity(struct phrase *phrase, const struct event *event)
{
	bool parity = text_is(&event->outcome, "parity"), gap = text_is(&event->outcome, "gap");
	size_t count;

	phrase_add(phrase, parity || gap ? "auditd's rules " : "it is not known whether auditd's rules ");
	phrase_add(phrase, gap ? "do not cover " : "cover ");
	phrase_text(phrase, &event->profile, "an unknown profile");
	if (parity)
		return;
	count = add_targets(phrase, &event->requirements, !gap);
	if (gap && count)
		phrase_add(phrase, count == 1 ? " is not recorded" : " are not recorded");
	phrase_add(phrase, "; kmodwatch --check-audit says why");
}

static void add_stop(struct phrase *phrase, const struct event *event)
{
	if (event->reload) {
		phrase_add(phrase, "kmodwatch reads its options again, and goes on");
		return;
	}
	phrase_add(phrase, "kmodwatch was stopped by ");
	phrase_text(phrase, &event->reason, "something unknown");
}

void notes_add(struct phrase *phrase, const struct event *event, struct names *names)
{
	switch (event->kind) {
	case EVENT_MONITOR_START:
		add_start(phrase, event);
		break;
	case EVENT_MODULE_PRESENT:
		phrase_add(phrase, "is already loaded");
		marks_add(phrase, event, names);
		break;
	case EVENT_MODULE_POLICY:
		add_policy(phrase, event);
		break;
	case EVENT_MODULE_MISSED:
		phrase_add(phrase, "was ");
		phrase_ours(phrase, &event->change, "loaded or unloaded");
		phrase_add(phrase, " unseen");
		marks_add(phrase, event, names);
		break;
	case EVENT_MODULE_HIDDEN:
		add_hidden(phrase, event);
		marks_add(phrase, event, names);
		break;
	case EVENT_ATTEMPTS_SUPPRESSED:
		add_suppressed(phrase, event, names);
		break;
	case EVENT_EVENTS_LOST:
		add_lost(phrase, event);
		break;
	case EVENT_MONITOR_BLIND:
		phrase_add(phrase, "is blind: ");
		phrase_ours(phrase, &event->reason, "for an unknown reason");
		break;
	case EVENT_MONITOR_RECOVERED:
		phrase_add(phrase, "sees again");
		if (event->blind_ns.known == KNOWN)
			phrase_addf(phrase, ", after %llu s", (unsigned long long)event->blind_ns.value / 1000000000);
		break;
	case EVENT_AUDIT_PARITY:
		add_parity(phrase, event);
		break;
	case EVENT_MONITOR_STOP:
		add_stop(phrase, event);
		break;
	default:
		break;
	}
}
