// SPDX-License-Identifier: BSD-2-Clause
#include "explain.h"
#include "comparison.h"
#include "paths.h"

#include <stdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

/* Text that grows until it is full, and then ends with "...". */
struct phrase {
	char text[400];
	size_t used;
};

static void say(struct phrase *phrase, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct phrase *phrase, const char *format, ...)
{
	size_t room = sizeof(phrase->text) - phrase->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(phrase->text + phrase->used, room, format, args);
	va_end(args);
	if ((size_t)n < room) {
		phrase->used += (size_t)n;
		return;
	}
	memcpy(phrase->text + sizeof(phrase->text) - 4, "...", 4);
	phrase->used = sizeof(phrase->text) - 1;
}

const char *explain_source(const struct rule *rule, struct arena *arena)
{
	if (!rule->source.file)
		return field_say(arena, "rule %u in the kernel", rule->source.line);
	return field_say(arena, "%s:%u", rule->source.file, rule->source.line);
}

/* --- what is lost --- */

/* The name under which the rules speak of the variable. */
static const char *variable_name(const struct piece *piece, const struct verdict *verdict, variable v)
{
	uint32_t type = variable_type(v) & 0xffff; /* operators and the like stand above */
	uint32_t left, right;

	if (type == TYPE_CALL)
		return "syscall";
	if (type == TYPE_AGE)
		return "task";
	if (type == AUDIT_EXIT)
		for (int i = 0; i < 2; i++) {
			const struct rule *rule = i ? verdict->by : piece->rule;

			if (rule && rule_find(rule, AUDIT_SUCCESS))
				return "success";
		}
	if (type == AUDIT_FIELD_COMPARE && field_compared(variable_detail(v), &left, &right))
		return rule_field_name(left);
	return rule_field_name(type);
}

static void say_number(struct phrase *phrase, uint32_t type, uint32_t value)
{
	if (value == UINT32_MAX && (type == AUDIT_LOGINUID || type == AUDIT_SESSIONID))
		say(phrase, "unset");
	else
		say(phrase, "%u", value);
}

static void say_ranges(struct phrase *phrase, uint32_t type, const struct set *set)
{
	bool unset = set->count && set->ranges[set->count - 1].last == UINT32_MAX &&
		     (type == AUDIT_LOGINUID || type == AUDIT_SESSIONID);
	const char *before = "";

	for (uint32_t i = 0; i < set->count; i++) {
		uint32_t first = set->ranges[i].first, last = set->ranges[i].last;

		if (i == 4) {
			say(phrase, " and more");
			return;
		}
		if (unset && last == UINT32_MAX && first < last)
			last--;
		say(phrase, "%s", before);
		say_number(phrase, type, first);
		if (first < last && last >= UINT32_MAX - 1)
			say(phrase, " and above");
		else if (first < last)
			say(phrase, "-%u", last);
		if (unset && last == UINT32_MAX - 1)
			say(phrase, " and unset");
		before = i + 2 == set->count ? " and " : ", ";
	}
}

static void say_exit(struct phrase *phrase, const struct set *set)
{
	const struct range *last = &set->ranges[set->count - 1];

	if (set->count == 1 && last->first == 0 && last->last < (uint32_t)-4095)
		say(phrase, "successful calls");
	else if (set->count == 1 && last->first >= (uint32_t)-4095 && last->last == UINT32_MAX)
		say(phrase, "failed calls");
	else if (set->count == 1 && last->first == last->last)
		say(phrase, "calls that end with %d", (int32_t)last->first);
	else
		say(phrase, "some results of the call");
}

static void say_calls(struct phrase *phrase, const struct target *target, const struct set *set)
{
	const char *before = "";

	for (uint32_t i = 0; i < set->count && i < 4; i++) {
		const char *name = audit_syscall_to_name((int)set->ranges[i].first, audit_elf_to_machine(target->elf));

		if (name && set->ranges[i].first == set->ranges[i].last)
			say(phrase, "%s%s", before, name);
		else
			say(phrase, "%sother system calls", before);
		before = ", ";
	}
}

static void say_program(struct phrase *phrase, const struct coverage *coverage, const struct set *set)
{
	const char *text;
	uint32_t number;

	if (set_is_single(set, &number) && (text = paths_exe_text(coverage->paths, number)))
		say(phrase, "calls by %s", text);
	else if (set->count > 1 && (text = paths_exe_text(coverage->paths, set->ranges[0].last + 1)))
		say(phrase, "calls by any program but %s", text);
	else
		say(phrase, "calls by other programs");
}

static void say_truth(struct phrase *phrase, variable v, bool value)
{
	uint32_t type = variable_type(v) & 0xffff, left, right;

	if (type == AUDIT_FIELD_COMPARE && field_compared(variable_detail(v), &left, &right)) {
		say(phrase, "calls where %s", rule_field_name(left));
		say(phrase, " %s %s", value ? "is" : "is not", rule_field_name(right));
	} else if (type == AUDIT_GID || type == AUDIT_EGID) {
		say(phrase, "%s group %u", value ? "tasks in" : "tasks not in", variable_detail(v));
	} else {
		say(phrase, "calls that %s %s", value ? "match" : "do not match", rule_field_name(type));
	}
}

static void say_bound(struct phrase *phrase, const struct coverage *coverage, const struct target *target,
		      const struct bound *bound)
{
	uint32_t type = variable_type(bound->variable);

	if (variable_kind(bound->variable) == VARIABLE_TRUTH || variable_kind(bound->variable) == VARIABLE_UNKNOWN) {
		say_truth(phrase, bound->variable, bound->set->ranges[0].first);
		return;
	}
	switch (type) {
	case AUDIT_EXIT:
		say_exit(phrase, bound->set);
		return;
	case AUDIT_EXE:
		say_program(phrase, coverage, bound->set);
		return;
	case TYPE_CALL:
		say_calls(phrase, target, bound->set);
		return;
	case TYPE_AGE:
		say(phrase, "tasks that were there before the rule");
		return;
	}
	if (variable_kind(bound->variable) == VARIABLE_FORKED)
		say(phrase, "tasks made with ");
	say(phrase, "%s ", rule_field_name(type));
	say_ranges(phrase, type, bound->set);
}

static void note_name(struct verdict *verdict, const char *name, struct arena *arena)
{
	for (size_t i = 0; i < verdict->narrowed_count; i++)
		if (strcmp(verdict->narrowed_by[i], name) == 0)
			return;
	if (verdict->narrowed_count == sizeof(verdict->narrowed_by) / sizeof(*verdict->narrowed_by))
		return;
	name = arena_text(arena, name, strlen(name)); /* some names are made on the spot */
	if (name)
		verdict->narrowed_by[verdict->narrowed_count++] = name;
}

/* A comparison narrows by both of its fields. */
static void note_variable(const struct piece *piece, struct verdict *verdict, variable v, struct arena *arena)
{
	uint32_t left, right;

	note_name(verdict, variable_name(piece, verdict, v), arena);
	if ((variable_type(v) & 0xffff) == AUDIT_FIELD_COMPARE && field_compared(variable_detail(v), &left, &right))
		note_name(verdict, rule_field_name(right), arena);
}

static void say_piece(struct phrase *phrase, const struct coverage *coverage, const struct target *target,
		      const struct piece *piece)
{
	const char *before = phrase->used ? "; " : "";

	for (uint32_t i = 0; i < piece->box->count; i++) {
		const struct bound *bound = &piece->box->bounds[i];

		if (!box_is_cut(piece->origin, bound))
			continue;
		say(phrase, "%s", before);
		say_bound(phrase, coverage, target, bound);
		before = " with ";
	}
}

static const char *fate_words(const struct piece *piece, struct arena *arena)
{
	switch (piece->fate) {
	case FATE_NEVER:
		return field_say(arena, " (the never rule %s comes first)", explain_source(piece->rule, arena));
	case FATE_TASK:
		return field_say(arena, " (task list: %s)", explain_source(piece->rule, arena));
	case FATE_EXCLUDE:
		return field_say(arena, " (exclude list: %s)", explain_source(piece->rule, arena));
	default:
		return "";
	}
}

/*
 * The same variable in several pieces (after several rules) is told once, as one set, where it alone was cut.
 */
static bool same_only_bound(const struct piece *a, const struct piece *b, variable *v)
{
	const struct bound *only[2] = { NULL, NULL };

	for (int side = 0; side < 2; side++) {
		const struct piece *piece = side ? b : a;

		for (uint32_t i = 0; i < piece->box->count; i++) {
			if (!box_is_cut(piece->origin, &piece->box->bounds[i]))
				continue;
			if (only[side])
				return false;
			only[side] = &piece->box->bounds[i];
		}
	}
	if (!only[0] || !only[1] || only[0]->variable != only[1]->variable || a->fate != b->fate || a->rule != b->rule)
		return false;
	*v = only[0]->variable;
	return true;
}

static const struct set *set_or(struct arena *arena, const struct set *a, const struct set *b)
{
	const struct set *all = set_range(arena, 0, UINT32_MAX);

	return set_without(arena, all, set_without(arena, set_without(arena, all, a), b));
}

/* Merges into the first what can be told with it; true: b needs no word of its own. */
static bool merge(struct piece *a, const struct piece *b, struct arena *arena)
{
	const struct set *both;
	variable v;

	if (!same_only_bound(a, b, &v))
		return false;
	both = set_or(arena, box_get(arena, a->box, v), box_get(arena, b->box, v));
	both = both ? set_and(arena, both, variable_domain(arena, v)) : NULL;
	if (!both || !box_with(arena, a->box, v, both))
		return false;
	a->box = box_with(arena, a->box, v, both);
	return true;
}

void explain_loss(const struct coverage *coverage, const struct target *target, const struct pieces *pieces,
		  bool unsure, struct arena *arena, struct verdict *verdict)
{
	struct piece told[3];
	struct phrase phrase = { .used = 0 };
	size_t count = 0, more = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		bool merged = false;

		if (piece->fate == FATE_RECORDED || piece->unsure != unsure)
			continue;
		for (uint32_t j = 0; j < piece->box->count; j++) {
			const struct bound *bound = &piece->box->bounds[j];

			if (box_is_cut(piece->origin, bound) &&
			    (!unsure || variable_kind(bound->variable) == VARIABLE_UNKNOWN))
				note_variable(piece, verdict, bound->variable, arena);
		}
		for (size_t j = 0; j < count && !merged; j++)
			merged = merge(&told[j], piece, arena);
		if (!merged && count < sizeof(told) / sizeof(*told))
			told[count++] = *piece;
		else if (!merged)
			more++;
	}
	for (size_t i = 0; i < count; i++) {
		size_t used = phrase.used;

		say_piece(&phrase, coverage, target, &told[i]);
		if (phrase.used == used) /* a whole start: an exec that failed, or one that did not */
			say(&phrase, "%s%s", used ? "; " : "",
			    told[i].origin == target->starts[0] ? "successful calls" : "failed calls");
		say(&phrase, "%s", fate_words(&told[i], arena));
	}
	if (more)
		say(&phrase, "; and more");
	verdict->reason = field_say(arena, "not recorded: %s", phrase.text);
}
