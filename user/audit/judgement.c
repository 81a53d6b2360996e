// SPDX-License-Identifier: BSD-2-Clause
#include "judgement.h"
#include "../cleanup.h"
#include "explain.h"
#include "field.h"
#include "inert_rule.h"
#include "pieces.h"

#include <errno.h>

/* How much of the target has which fate. */
struct tally {
	bool recorded, recorded_surely, lost, lost_surely;
	bool only_disabled; /* everything is lost to the task and exclude lists */
	const struct rule *recorder, *disabler;
};

static struct tally count(const struct pieces *pieces)
{
	struct tally tally = { .only_disabled = true };

	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];

		if (piece->fate == FATE_RECORDED) {
			tally.recorded = true;
			tally.recorded_surely |= !piece->unsure;
			if (!tally.recorder)
				tally.recorder = piece->rule;
		} else {
			tally.lost = true;
			tally.lost_surely |= !piece->unsure;
		}
		if (piece->fate != FATE_TASK && piece->fate != FATE_EXCLUDE)
			tally.only_disabled = false;
		else if (!tally.disabler)
			tally.disabler = piece->rule;
	}
	return tally;
}

static int cut_again(const struct coverage *coverage, const struct target *target, struct pieces_options options,
		     struct arena *arena, struct tally *tally)
{
	_cleanup_(pieces_free) struct pieces pieces = { 0 };
	int err = pieces_cut(coverage, target, options, arena, &pieces);

	if (!err)
		*tally = count(&pieces);
	return err;
}

static const struct rule *first_never(const struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++)
		if (pieces->items[i].fate == FATE_NEVER)
			return pieces->items[i].rule;
	return NULL;
}

/* Nothing is recorded, and it is not switched off: why? */
static int judge_nothing(const struct coverage *coverage, const struct target *target, const struct pieces *pieces,
			 struct arena *arena, struct verdict *verdict)
{
	const struct rule *never = first_never(pieces), *inert;
	struct tally tally;
	int err;

	if (never) {
		err = cut_again(coverage, target, (struct pieces_options) { .without_never = true }, arena, &tally);
		if (err)
			return err;
		if (tally.recorded) {
			*verdict = (struct verdict) { .kind = VERDICT_SHADOWED, .by = never };
			verdict->reason = field_say(arena, "this never rule comes before %s, and the first match wins",
						    explain_source(tally.recorder, arena));
			return 0;
		}
	}
	*verdict = (struct verdict) { .kind = VERDICT_INERT };
	inert = inert_rule_of(coverage, target, arena, &verdict->reason);
	verdict->by = inert;
	if (inert)
		return 0;
	*verdict = (struct verdict) { .kind = VERDICT_MISSING, .reason = "no rule matches" };
	if (target->kind == TARGET_CALL && coverage->machine->abi_count > 1 &&
	    target->elf != coverage->machine->abis[0].elf)
		verdict->reason = "no rule matches: 32-bit programs are not seen";
	return 0;
}

/* Would it be better if every line that is on disk were loaded? */
static int judge_kept_out(const struct coverage *coverage, const struct target *target, struct arena *arena,
			  struct verdict *verdict)
{
	const struct ruleset *rules = coverage->rules;
	const struct load_problem *problem = rules->stop.file ? &rules->stop : &rules->first_problem;
	struct tally tally;
	int err;

	if (!rules->kept_out_count || verdict->kind < VERDICT_NARROWED)
		return 0;
	err = cut_again(coverage, target, (struct pieces_options) { .with_kept_out = true }, arena, &tally);
	if (err || !tally.recorded)
		return err;
	if (verdict->kind == VERDICT_NARROWED) {
		if (!tally.lost)
			verdict->reason =
			    field_say(arena, "%s; a rule that would record all is on disk, but %s:%u is wrong",
				      verdict->reason, problem->file, problem->line);
		return 0;
	}
	*verdict = (struct verdict) { .kind = VERDICT_NOT_LOADED, .by = tally.recorder };
	verdict->reason = field_say(arena, "it is on disk, but %s:%u is wrong: %s%s", problem->file, problem->line,
				    problem->what, rules->stop.file ? "; auditctl stops there" : "");
	return 0;
}

static int judge_pieces(const struct coverage *coverage, const struct target *target, const struct pieces *pieces,
			struct arena *arena, struct verdict *verdict)
{
	struct tally tally = count(pieces);
	struct verdict read = { .by = tally.recorder };
	int err = 0;

	if (!tally.lost) {
		read.kind = VERDICT_COVERED;
	} else if (tally.only_disabled) {
		read = (struct verdict) { .kind = VERDICT_DISABLED, .by = tally.disabler };
		read.reason = tally.disabler->list == AUDIT_FILTER_TASK
				  ? "the task list lets tasks made from now on record nothing"
				  : "the exclude list drops the record";
	} else if (!tally.lost_surely) {
		read.kind = VERDICT_UNKNOWN;
		explain_loss(coverage, target, pieces, true, arena, &read);
		read.reason = field_say(arena, "it cannot be told here what matches %s",
					read.narrowed_count ? read.narrowed_by[0] : "this");
	} else if (tally.recorded) {
		read.kind = VERDICT_NARROWED;
		explain_loss(coverage, target, pieces, false, arena, &read);
	} else {
		err = judge_nothing(coverage, target, pieces, arena, &read);
	}
	if (!err)
		err = judge_kept_out(coverage, target, arena, &read);
	read.by_never = first_never(pieces) != NULL;
	if (!err)
		*verdict = read;
	return err;
}

int coverage_judge(const struct coverage *coverage, const struct target *target, struct arena *arena,
		   struct verdict *verdict)
{
	_cleanup_(pieces_free) struct pieces pieces = { 0 };
	int err;

	if (coverage->rules->enabled == 0) {
		*verdict = (struct verdict) { .kind = VERDICT_DISABLED, .reason = "auditing is off (-e 0)" };
		return 0;
	}
	if (target->wrong) {
		*verdict = (struct verdict) { .kind = VERDICT_UNKNOWN };
		verdict->reason = field_say(arena, "%s cannot be looked at: %s", target->path, target->wrong);
		verdict->narrowed_by[verdict->narrowed_count++] = "path";
		return 0;
	}
	err = pieces_cut(coverage, target, (struct pieces_options) { 0 }, arena, &pieces);
	if (!err)
		err = judge_pieces(coverage, target, &pieces, arena, verdict);
	if (err != -E2BIG)
		return err;
	*verdict = (struct verdict) { .kind = VERDICT_UNKNOWN };
	verdict->reason = "the rules narrow each other in too many ways to be judged";
	return 0;
}
