// SPDX-License-Identifier: BSD-2-Clause
#include "parity.h"
#include "../output/json.h"
#include "rule_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = LINE_MOST - 4096 };

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_PARITY] = "parity", [OUTCOME_GAP] = "gap", [OUTCOME_UNKNOWN] = "unknown"
	};

	return names[outcome];
}

static struct text text_if(const char *string)
{
	return string ? text_of(string) : (struct text) { .known = ABSENT };
}

static struct list texts(struct check *check, const char *const *strings, size_t count)
{
	struct text *items = arena_alloc(&check->arena, (count + 1) * sizeof(*items));

	for (size_t i = 0; items && i < count; i++)
		items[i] = text_of(strings[i]);
	return (struct list) { .known = items ? KNOWN : UNKNOWN, .count = items ? count : 0, .items = items };
}

static struct audit_by_part by_part(struct check *check, const struct rule *rule)
{
	const struct rule_source *source;

	if (!rule)
		return (struct audit_by_part) { .known = ABSENT };
	source = &rule->source;
	if (source->file)
		return (struct audit_by_part) { .known = KNOWN,
						.file = text_of(source->file),
						.line = number_of(source->line),
						.rule = text_of(source->text) };
	return (struct audit_by_part) { .known = KNOWN,
					.index = number_of(source->line),
					.rule = text_of(rule_print(rule, &check->arena)) };
}

static struct audit_verdict_part verdict_part(struct check *check, const struct verdict *verdict)
{
	return (struct audit_verdict_part) {
		.known = KNOWN,
		.verdict = text_of(verdict_name(verdict->kind)),
		.by = by_part(check, verdict->by),
		.reason = text_if(verdict->reason),
		.narrowed_by = texts(check, verdict->narrowed_by, verdict->narrowed_count),
	};
}

static const char *access_name(const struct target *target)
{
	if (target->kind == TARGET_EXEC || target->perm == AUDIT_PERM_EXEC)
		return "execute";
	if (target->kind != TARGET_USE)
		return NULL;
	return target->perm == AUDIT_PERM_READ	  ? "read"
	       : target->perm == AUDIT_PERM_WRITE ? "write"
	       : target->perm == AUDIT_PERM_ATTR  ? "attribute"
						  : "any";
}

static struct audit_target_part target_part(struct check *check, const struct target *target,
					    const struct target_result *result)
{
	struct audit_target_part part = {
		.known = KNOWN,
		.syscall = text_if(target->path	  ? NULL
				   : target->call ? target->call
						  : "all"),
		.path = text_if(target->path),
		.access = text_if(access_name(target)),
		.abi = text_of(target->abi),
		.disk = verdict_part(check, &result->disk),
	};

	if (check_has_running(check))
		part.running = verdict_part(check, &result->running);
	return part;
}

static int requirement_part(struct check *check, size_t i, struct audit_requirement_part *part)
{
	const struct requirement *requirement = &check->profile.items[i];
	struct audit_target_part *targets = arena_alloc(&check->arena, requirement->targets.count * sizeof(*targets));

	if (!targets)
		return -ENOMEM;
	for (size_t j = 0; j < requirement->targets.count; j++)
		targets[j] = target_part(check, &requirement->targets.items[j], &check->results[i][j]);
	*part = (struct audit_requirement_part) {
		.known = KNOWN,
		.id = text_of(requirement->id),
		.title = text_if(requirement->title),
		.refs = texts(check, requirement->refs, requirement->ref_count),
		.rule = text_of(requirement->rule.source.text),
		.targets = { .known = KNOWN, .count = requirement->targets.count, .items = targets },
	};
	return 0;
}

static bool has_gap(const struct check *check, size_t i)
{
	for (size_t j = 0; j < check->profile.items[i].targets.count; j++)
		if (check->results[i][j].disk.kind != VERDICT_COVERED ||
		    (check_has_running(check) && check->results[i][j].running.kind != VERDICT_COVERED))
			return true;
	return false;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) * 6 / 5 + 8 : 0;
}

static size_t verdict_size(const struct verdict *verdict)
{
	size_t size = 120 + text_size(verdict->reason) + verdict->narrowed_count * 16;

	if (verdict->by)
		size += 60 + text_size(verdict->by->source.file) +
			(verdict->by->source.text ? text_size(verdict->by->source.text) : 400);
	return size;
}

/* What the requirement takes in a line of JSON, or rather more. */
static size_t requirement_size(const struct check *check, size_t i)
{
	const struct requirement *requirement = &check->profile.items[i];
	size_t size =
	    120 + text_size(requirement->id) + text_size(requirement->title) + text_size(requirement->rule.source.text);

	for (size_t j = 0; j < requirement->ref_count; j++)
		size += text_size(requirement->refs[j]);
	for (size_t j = 0; j < requirement->targets.count; j++) {
		const struct target *target = &requirement->targets.items[j];

		size += 100 + text_size(target->path) + text_size(target->call) +
			verdict_size(&check->results[i][j].disk) +
			(check_has_running(check) ? verdict_size(&check->results[i][j].running) : 0);
	}
	return size;
}

/* Gaps first, since a line that is too long loses the last ones. Within each, the profile's order. */
static int requirements_part(struct check *check, struct event *event)
{
	struct audit_requirement_part *parts = arena_alloc(&check->arena, check->profile.count * sizeof(*parts));
	size_t used = 2000, count = 0;

	if (!parts)
		return -ENOMEM;
	for (size_t i = 0; i < check->advice_count; i++)
		used += text_size(check->advice[i]);
	for (int covered = 0; covered <= 1; covered++) {
		for (size_t i = 0; i < check->profile.count && used <= ROOM; i++) {
			if (has_gap(check, i) == covered)
				continue;
			used += requirement_size(check, i);
			if (used > ROOM && count)
				break;
			if (requirement_part(check, i, &parts[count++]))
				return -ENOMEM;
		}
	}
	event->requirements = (struct list) {
		.known = KNOWN,
		.truncated = count < check->profile.count,
		.total = check->profile.count,
		.count = count,
		.items = parts,
	};
	return 0;
}

static struct audit_kernel_part kernel_part(const struct check *check)
{
	const struct kernel_status *kernel = &check->kernel;

	if (!check_has_running(check))
		return (struct audit_kernel_part) { .known = ABSENT };
	if (check->states[STATE_KERNEL].unknown)
		return (struct audit_kernel_part) { .known = UNKNOWN };
	return (struct audit_kernel_part) {
		.known = KNOWN,
		.enabled = number_of(kernel->enabled != 0),
		.immutable = number_of(kernel->enabled == 2),
		.failure = number_of(kernel->failure),
		.rate_limit = number_of(kernel->rate_limit),
		.backlog_limit = number_of(kernel->backlog_limit),
		.lost = number_of(kernel->lost),
		.auditd_pid = number_of(kernel->auditd_pid),
		.rules = number_of(check->states[STATE_KERNEL].rules.count),
	};
}

int parity_event(struct check *check, struct event *out)
{
	struct event event = { .kind = EVENT_AUDIT_PARITY };
	struct count_part *counts = arena_alloc(&check->arena, (VERDICT_DISABLED + 1) * sizeof(*counts));
	size_t kinds = 0;
	int err;

	if (!counts)
		return -ENOMEM;
	for (int i = 0; i <= VERDICT_DISABLED; i++)
		if (check->counts[i])
			counts[kinds++] = (struct count_part) { verdict_name((enum verdict_kind)i), check->counts[i] };
	event.profile = text_of(check->profile.name);
	event.outcome = text_of(outcome_name(check->outcome));
	event.audit = kernel_part(check);
	event.verdicts = (struct list) { .known = KNOWN, .count = kinds, .items = counts };
	event.advice = texts(check, check->advice, check->advice_count);
	err = requirements_part(check, &event);
	if (!err)
		*out = event;
	return err;
}

struct event parity_unknown(const char *profile, const struct text *advice)
{
	return (struct event) {
		.kind = EVENT_AUDIT_PARITY,
		.profile = text_of(profile),
		.outcome = text_of(outcome_name(OUTCOME_UNKNOWN)),
		.verdicts = { .known = UNKNOWN },
		.audit = { .known = UNKNOWN },
		.requirements = { .known = UNKNOWN },
		.advice = { .known = KNOWN, .count = 1, .items = advice },
	};
}

char *parity_digest(const struct event *event)
{
	struct event without = *event;
	size_t size;
	char *line;

	/* rises by itself, and says nothing about the rules */
	without.audit.lost = (struct number) { .known = ABSENT };
	return json_render(&without, SIZE_MAX, &line, &size) ? NULL : line;
}
