// SPDX-License-Identifier: BSD-2-Clause
/*
 * The kernel's order: a task that the task list takes out records nothing. At the end of a call the exit list is gone
 * through, then, file by file, the rules of that file's inode; of the two rules that match first in each, the one that
 * was added earlier decides (-A counts as earlier than all), and after the first file with a deciding rule no further
 * file is looked at. Last, the exclude list can drop the record.
 */
#include "pieces.h"
#include "../array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES_MAX = 4096, WORK_MAX = 4000000 };

struct cutter {
	const struct coverage *coverage;
	struct predicate predicate;
	struct pieces_options options;
	struct candidates candidates;
	struct pieces *done;
	size_t work;
};

/* The i-th rule that can be about the target, in the order of evaluation; NULL at the end. */
static const struct rule *rule_at(const struct cutter *cutter, size_t i)
{
	const struct ruleset *rules = cutter->coverage->rules;
	size_t at;

	if (i >= cutter->candidates.count)
		return NULL;
	at = cutter->candidates.at[i];
	if (at < rules->count)
		return rules->rules[at];
	return cutter->options.with_kept_out ? rules->kept_out[at - rules->count] : NULL;
}

static int add(struct pieces *pieces, const struct piece *piece)
{
	if (pieces->count >= PIECES_MAX)
		return -E2BIG;
	if (array_reserve(pieces->items, pieces->room, pieces->count + 1))
		return -ENOMEM;
	pieces->items[pieces->count++] = *piece;
	return 0;
}

static int finish(struct cutter *cutter, const struct piece *piece, const struct box *box, enum fate fate,
		  const struct rule *rule)
{
	struct piece end = { .box = box, .origin = piece->origin, .fate = fate, .rule = rule };

	end.unsure = box_is_unsure(box, piece->origin);
	return add(cutter->done, &end);
}

/*
 * What a match means at this stage. sink: where a matched piece goes that is not decided yet; else it is done. stop:
 * the kernel gives up at this rule.
 */
typedef int (*matched_fn)(struct cutter *cutter, const struct rule *rule, const struct piece *piece,
			  const struct box *box, bool stop, struct pieces *sink);

/* Goes over the pieces with one rule: what it matches goes to matched(), what it leaves stays. */
static int apply(struct cutter *cutter, const struct rule *rule, struct pieces *pieces, matched_fn matched,
		 struct pieces *sink)
{
	struct pieces left_over = { 0 };
	bool touched = false;
	int err = 0;

	for (size_t i = 0; !err && i < pieces->count; i++) {
		struct piece *piece = &pieces->items[i];
		const struct box *box;
		struct leftovers left;
		int match;

		if (++cutter->work > WORK_MAX) {
			err = -E2BIG;
			break;
		}
		match = predicate_apply(&cutter->predicate, rule, piece->box, &box, &left);
		if (match < 0) {
			err = match;
		} else if (match == MATCH_NONE) {
			if (touched)
				err = add(&left_over, piece);
			continue;
		} else if (!touched) {
			touched = true;
			for (size_t j = 0; !err && j < i; j++)
				err = add(&left_over, &pieces->items[j]);
		}
		for (size_t j = 0; !err && j < left.count; j++)
			err = add(&left_over, &(struct piece) { .box = left.boxes[j], .origin = piece->origin });
		if (!err)
			err = matched(cutter, rule, piece, box, match == MATCH_STOP, sink);
	}
	if (touched && !err) {
		free(pieces->items);
		*pieces = left_over;
	} else {
		free(left_over.items);
	}
	return err;
}

/* --- the stages --- */

static int matched_exit(struct cutter *cutter, const struct rule *rule, const struct piece *piece,
			const struct box *box, bool stop, struct pieces *sink)
{
	(void)stop;
	(void)sink;
	return finish(cutter, piece, box, rule->action == AUDIT_ALWAYS ? FATE_RECORDED : FATE_NEVER, rule);
}

/* Kept for later: an exit rule decides only when no file's rule does. */
static int matched_later(struct cutter *cutter, const struct rule *rule, const struct piece *piece,
			 const struct box *box, bool stop, struct pieces *sink)
{
	(void)cutter;
	(void)rule;
	(void)stop;
	return add(sink, &(struct piece) { .box = box, .origin = piece->origin });
}

static bool skipped(const struct cutter *cutter, const struct rule *rule)
{
	return rule->list != AUDIT_FILTER_EXIT || (cutter->options.without_never && rule->action == AUDIT_NEVER);
}

static int cut_exit(struct cutter *cutter, struct pieces *pieces)
{
	const struct rule *rule;
	int err = 0;

	cutter->predicate.stage = STAGE_EXIT;
	for (size_t i = 0; !err && pieces->count && (rule = rule_at(cutter, i)); i++)
		if (!skipped(cutter, rule) && !predicate_is_for_inode(rule))
			err = apply(cutter, rule, pieces, matched_exit, NULL);
	for (size_t i = 0; !err && i < pieces->count; i++)
		err = finish(cutter, &pieces->items[i], pieces->items[i].box, FATE_NO_RULE, NULL);
	return err;
}

static int append(struct pieces *to, const struct pieces *from)
{
	int err = 0;

	for (size_t i = 0; !err && i < from->count; i++)
		err = add(to, &from->items[i]);
	return err;
}

/* Whether rule number i can be about this file: cheap, so that 100,000 watches of other files cost little. */
static bool may_be_about(const struct cutter *cutter, size_t i, const struct file_name *name)
{
	const struct place *place = &cutter->coverage->places[cutter->candidates.at[i]];

	if (place->kind == PLACE_NONE || place->kind == PLACE_OTHER || cutter->predicate.target->whole_folder)
		return place->kind != PLACE_NONE;
	if (place->kind == PLACE_FILE)
		return name->exists && place->id.dev == name->id.dev && place->id.ino == name->id.ino;
	return !name->exists;
}

/* Mostly no rule is, and the exit list need not be gone through for the file. */
static bool name_has_rules(const struct cutter *cutter, const struct file_name *name)
{
	for (size_t i = 0; rule_at(cutter, i); i++)
		if (may_be_about(cutter, i, name))
			return true;
	return false;
}

static int cut_name(struct cutter *cutter, const struct file_name *name, struct pieces *pieces)
{
	struct pieces later = { 0 };
	const struct rule *rule;
	int err = 0;

	cutter->predicate.name = name;
	for (size_t i = 0; !err && pieces->count && (rule = rule_at(cutter, i)); i++) {
		bool inode = predicate_is_for_inode(rule);

		if (skipped(cutter, rule) || (inode && !may_be_about(cutter, i, name)))
			continue;
		cutter->predicate.stage = inode ? STAGE_NAME : STAGE_EXIT;
		err = apply(cutter, rule, pieces, inode ? matched_exit : matched_later, &later);
	}
	if (!err)
		err = append(pieces, &later);
	free(later.items);
	return err;
}

bool pieces_hides(const struct rule *rule, const struct file_name *name)
{
	if (rule->list != AUDIT_FILTER_FS || rule->action != AUDIT_NEVER)
		return false;
	for (size_t i = 0; i < rule->field_count; i++) {
		const struct rule_field *field = &rule->fields[i];

		if (field->type == AUDIT_FSTYPE && (field->value == name->magic) == (field->op == AUDIT_EQUAL))
			return true;
	}
	return false;
}

static bool name_is_hidden(const struct cutter *cutter, const struct file_name *name)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(cutter, i)); i++)
		if (pieces_hides(rule, name))
			return true;
	return false;
}

static int matched_task(struct cutter *cutter, const struct rule *rule, const struct piece *piece,
			const struct box *box, bool stop, struct pieces *sink)
{
	variable age = variable_of(VARIABLE_NUMBER, TYPE_AGE, 0);
	const struct box *after, *before;
	int err;

	(void)stop;
	if (rule->action == AUDIT_NEVER)
		return finish(cutter, piece, box, FATE_TASK, rule);
	/* always: all calls of a task made since are recorded, whatever the other rules say */
	after = box_with(cutter->predicate.arena, box, age, set_range(cutter->predicate.arena, 1, 1));
	before = box_with(cutter->predicate.arena, box, age, set_range(cutter->predicate.arena, 0, 0));
	if (!after || !before)
		return -ENOMEM;
	err = finish(cutter, piece, after, FATE_RECORDED, rule);
	return err ? err : add(sink, &(struct piece) { .box = before, .origin = piece->origin });
}

static int matched_exclude(struct cutter *cutter, const struct rule *rule, const struct piece *piece,
			   const struct box *box, bool stop, struct pieces *sink)
{
	(void)sink;
	if (stop) /* kept */
		return add(cutter->done, &(struct piece) { .box = box, .origin = piece->origin, .rule = rule });
	return finish(cutter, piece, box, FATE_EXCLUDE, rule);
}

static int cut_list(struct cutter *cutter, uint32_t list, enum stage stage, matched_fn matched, struct pieces *pieces)
{
	struct pieces sink = { 0 };
	const struct rule *rule;
	int err = 0;

	cutter->predicate.stage = stage;
	for (size_t i = 0; !err && pieces->count && (rule = rule_at(cutter, i)); i++)
		if (rule->list == list)
			err = apply(cutter, rule, pieces, matched, &sink);
	if (!err)
		err = append(pieces, &sink);
	free(sink.items);
	return err;
}

/* The pieces that the exclude list gave up on go on as if it had let them pass. */
static int cut_exclude(struct cutter *cutter, struct pieces *pieces)
{
	struct pieces decided = { 0 }, *done = cutter->done;
	int err;

	cutter->done = &decided;
	err = cut_list(cutter, AUDIT_FILTER_EXCLUDE, STAGE_RECORD, matched_exclude, pieces);
	cutter->done = done;
	for (size_t i = 0; !err && i < decided.count; i++)
		err = add(decided.items[i].fate == FATE_EXCLUDE ? done : pieces, &decided.items[i]);
	free(decided.items);
	return err;
}

/* The target as the filters see it. */
static void hide_names(const struct cutter *cutter, struct target *target)
{
	size_t kept = 0, link_at = SIZE_MAX;

	for (size_t i = 0; i < target->names.count; i++) {
		if (name_is_hidden(cutter, target->names.names[i]))
			continue;
		if (i == target->names.link_at)
			link_at = kept;
		target->names.names[kept++] = target->names.names[i];
	}
	target->names.count = kept;
	target->names.link_at = link_at;
}

static int cut(struct cutter *cutter, struct pieces *pieces)
{
	const struct target *target = cutter->predicate.target;
	int err = cut_list(cutter, AUDIT_FILTER_TASK, STAGE_FORK, matched_task, pieces);

	if (!err)
		err = cut_exclude(cutter, pieces);
	for (size_t i = 0; !err && i < target->names.count; i++)
		if (name_has_rules(cutter, target->names.names[i]))
			err = cut_name(cutter, target->names.names[i], pieces);
	return err ? err : cut_exit(cutter, pieces);
}

int pieces_cut(const struct coverage *coverage, const struct target *target, struct pieces_options options,
	       struct arena *arena, struct pieces *out)
{
	struct pieces done = { 0 }, pieces = { 0 };
	struct cutter cutter = { .coverage = coverage, .options = options, .done = &done };
	struct target seen = *target;
	int err = 0;

	err = candidates_of(coverage->candidates, coverage->rules, target, &cutter.candidates);
	if (err)
		return err;
	hide_names(&cutter, &seen);
	cutter.predicate = (struct predicate) { arena, coverage->machine, &seen, STAGE_EXIT, NULL, coverage->paths };
	for (size_t i = 0; !err && i < target->start_count; i++)
		err = add(&pieces, &(struct piece) { .box = target->starts[i], .origin = target->starts[i] });
	if (!err)
		err = cut(&cutter, &pieces);
	free(pieces.items);
	if (err)
		pieces_free(&done);
	else
		*out = done;
	return err;
}

void pieces_free(struct pieces *pieces)
{
	free(pieces->items);
	*pieces = (struct pieces) { 0 };
}
