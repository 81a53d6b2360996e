// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rules that would close the gaps. A rule goes in front (-A) where a never rule stands in its way, and where an
 * equal one is loaded somewhere already: at the end that would be a duplicate, and end the reading of the file.
 */
#include "closing_rules.h"
#include "../array.h"
#include "../cleanup.h"
#include "../output/format.h"
#include "../output/text.h"
#include "pieces.h"
#include "rule_print.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct fixes {
	struct check *check;
	FILE *out;
	size_t count, room;
	const char **lines;
};

static int add_line(struct fixes *fixes, const char *line)
{
	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < fixes->count; i++)
		if (strcmp(fixes->lines[i], line) == 0)
			return 0;
	if (array_reserve(fixes->lines, fixes->room, fixes->count + 1))
		return -ENOMEM;
	fixes->lines[fixes->count++] = line;
	return 0;
}

static bool is_gap(const struct verdict *verdict)
{
	return verdict->kind > VERDICT_UNKNOWN;
}

static bool has_gap(const struct check *check, const struct target_result *result)
{
	return is_gap(&result->disk) || (check_has_running(check) && is_gap(&result->running));
}

static bool never_in_the_way(const struct target_result *result)
{
	return result->disk.by_never || result->running.by_never;
}

/* Whether some state has a rule that this one would repeat at its end. */
static bool repeats(const struct check *check, const struct rule *rule)
{
	for (int i = 0; i < STATES; i++) {
		const struct ruleset *rules = &check->states[i].rules;

		for (size_t j = 0; j < rules->count; j++)
			if (rule_equal(rules->rules[j], rule))
				return true;
		for (size_t j = 0; j < rules->kept_out_count; j++)
			if (rule_equal(rules->kept_out[j], rule))
				return true;
	}
	return false;
}

/* The requirement, with the file behind a link instead of the link. */
static int make_rule(struct fixes *fixes, const struct requirement *requirement, const struct target *target,
		     struct rule *out)
{
	struct arena *arena = &fixes->check->arena;
	struct rule rule = requirement->rule;

	rule.fields = arena_alloc(arena, (rule.field_count + 1) * sizeof(*rule.fields));
	if (!rule.fields)
		return -ENOMEM;
	memcpy(rule.fields, requirement->rule.fields, rule.field_count * sizeof(*rule.fields));
	for (size_t i = 0; i < rule.field_count; i++) {
		struct rule_field *field = &rule.fields[i];

		if ((field->type == AUDIT_WATCH || field->type == AUDIT_DIR) && target->names.count)
			field->text = (char *)target->names.names[0]->path;
	}
	*out = rule;
	return 0;
}

static int fix_requirement(struct fixes *fixes, size_t i)
{
	const struct requirement *requirement = &fixes->check->profile.items[i];
	const struct target *first = NULL;
	bool in_front = false;
	struct rule rule;
	int err;

	for (size_t j = 0; j < requirement->targets.count; j++) {
		const struct target_result *result = &fixes->check->results[i][j];

		if (!has_gap(fixes->check, result))
			continue;
		in_front |= never_in_the_way(result);
		if (!first)
			first = &requirement->targets.items[j];
	}
	if (!first)
		return 0;
	err = make_rule(fixes, requirement, first, &rule);
	if (err)
		return err;
	rule.prepend = in_front || repeats(fixes->check, &rule);
	return add_line(fixes, rule_print(&rule, &fixes->check->arena));
}

static bool hides(const struct rule *rule, const struct target *target)
{
	for (size_t i = 0; i < target->names.count; i++)
		if (pieces_hides(rule, target->names.names[i]))
			return true;
	return false;
}

/* Whether the rule of the task, exclude or filesystem list takes anything of what is required. */
static bool takes(const struct fixes *fixes, const struct rule *rule)
{
	const struct check *check = fixes->check;

	for (size_t i = 0; i < check->profile.count; i++) {
		const struct targets *targets = &check->profile.items[i].targets;

		for (size_t j = 0; j < targets->count; j++) {
			const struct target *target = &targets->items[j];
			struct predicate predicate = { .arena = &fixes->check->arena,
						       .machine = &check->machine,
						       .target = target,
						       .paths = check->paths };

			if (rule->list == AUDIT_FILTER_FS) {
				if (hides(rule, target))
					return true;
				continue;
			}
			predicate.stage = rule->list == AUDIT_FILTER_TASK ? STAGE_FORK : STAGE_RECORD;
			for (size_t k = 0; k < target->start_count; k++) {
				const struct box *matched;
				struct leftovers left;

				if (predicate_apply(&predicate, rule, target->starts[k], &matched, &left) == MATCH_SOME)
					return true;
			}
		}
	}
	return false;
}

/* Rules that take records away can only be deleted; the gaps behind them are looked for as if they were. */
static int fix_lists(struct fixes *fixes)
{
	struct arena *arena = &fixes->check->arena;
	int err = 0;

	for (int i = 0; i < STATES; i++) {
		struct ruleset *rules = &fixes->check->states[i].rules;

		for (size_t j = 0; !err && j < rules->count; j++) {
			struct rule *rule = rules->rules[j];
			char *text;

			if (rule->list != AUDIT_FILTER_EXCLUDE &&
			    ((rule->list != AUDIT_FILTER_TASK && rule->list != AUDIT_FILTER_FS) ||
			     rule->action != AUDIT_NEVER))
				continue;
			if (!takes(fixes, rule))
				continue;
			text = rule_print(rule, arena);
			if (text)
				text[1] = 'd';
			err = add_line(fixes, text);
			rule->list = AUDIT_FILTER_USER;
		}
	}
	return err;
}

static int fix_off(struct fixes *fixes)
{
	int err = 0;

	for (int i = 0; !err && i < STATES; i++) {
		struct state *state = &fixes->check->states[i];

		if (!state->present || state->unknown || state->rules.enabled != 0)
			continue;
		state->rules.enabled = 1;
		err = add_line(fixes, "-e 1");
	}
	return err;
}

/* For augenrules byte for byte; for a person at a terminal nothing that acts on it. */
static int write_lines(const struct fixes *fixes, size_t first, size_t end)
{
	bool to_person = isatty(fileno(fixes->out)), utf8 = locale_is_utf8();

	for (size_t i = first; i < end; i++) {
		const char *line = fixes->lines[i];
		size_t size = strlen(line), room = size * 4 + 2;
		_cleanup_(freep) char *visible = to_person ? malloc(room) : NULL;

		if (to_person && !visible)
			return -ENOMEM;
		if (visible)
			text_make_visible(line, size, utf8, visible, room);
		fprintf(fixes->out, "%s\n", visible ? visible : line);
	}
	return 0;
}

int closing_rules_write(struct check *check, FILE *out)
{
	struct fixes fixes = { .check = check, .out = out };
	size_t last;
	int err = fix_lists(&fixes);

	if (!err)
		err = fix_off(&fixes);
	last = fixes.count;
	if (!err)
		err = check_judge(check);
	for (size_t i = 0; !err && i < check->profile.count; i++)
		err = fix_requirement(&fixes, i);
	/* a deletion can fail one day, and ends the reading then: after all else */
	if (!err)
		err = write_lines(&fixes, last, fixes.count);
	if (!err)
		err = write_lines(&fixes, 0, last);
	free(fixes.lines);
	return err;
}
