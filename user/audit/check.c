// SPDX-License-Identifier: BSD-2-Clause
#include "check.h"
#include "field.h"
#include "judgement.h"
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool check_has_running(const struct check *check)
{
	return check->states[STATE_KERNEL].present;
}

static int judge_state(struct check *check, const struct state *state, const struct target *target,
		       struct verdict *verdict)
{
	if (state->unknown) {
		*verdict = (struct verdict) { .kind = VERDICT_UNKNOWN, .reason = state->unknown };
		return 0;
	}
	return coverage_judge(&state->coverage, target, &check->arena, verdict);
}

/* The worse of rules.d and audit.rules: one of them is what is loaded next. */
static int judge_disk(struct check *check, const struct target *target, struct verdict *out)
{
	struct state *folder = &check->states[STATE_FOLDER], *file = &check->states[STATE_FILE];
	struct verdict in_folder, in_file;
	const struct state *worse = file;
	int err = 0;

	if (folder->present)
		err = judge_state(check, folder, target, &in_folder);
	if (!err && file->present)
		err = judge_state(check, file, target, &in_file);
	if (err)
		return err;
	if (!folder->present && !file->present) {
		*out =
		    (struct verdict) { .kind = VERDICT_MISSING, .reason = "there are no rule files in " AUDIT_FOLDER };
		return 0;
	}
	if (!file->present || (folder->present && in_folder.kind >= in_file.kind))
		worse = folder;
	*out = worse == folder ? in_folder : in_file;
	if (folder->present && file->present && in_folder.kind != in_file.kind)
		out->reason = field_say(&check->arena, "in %s: %s", worse->name, out->reason ? out->reason : "covered");
	return 0;
}

/* What is on disk and not in the kernel has a reason, too. */
static void relate(struct check *check, struct target_result *result)
{
	if (result->running.kind != VERDICT_MISSING)
		return;
	if (result->disk.kind == VERDICT_NOT_LOADED) {
		result->running = result->disk;
	} else if (result->disk.kind == VERDICT_COVERED && check->kernel.enabled == 2) {
		result->running = (struct verdict) { .kind = VERDICT_NOT_LOADED, .by = result->disk.by };
		result->running.reason = "it is on disk, but the kernel's rules are locked (-e 2) until the next boot";
	} else if (result->disk.kind == VERDICT_COVERED) {
		result->running.reason = "on disk, but not loaded: run augenrules --load";
	}
}

static int judge_target(struct check *check, const struct target *target, struct target_result *result)
{
	int err = judge_disk(check, target, &result->disk);

	if (!err && check_has_running(check)) {
		err = judge_state(check, &check->states[STATE_KERNEL], target, &result->running);
		if (!err)
			relate(check, result);
	}
	return err;
}

static void count(struct check *check, const struct verdict *verdict)
{
	check->counts[verdict->kind]++;
	if (verdict->kind == VERDICT_COVERED)
		return;
	if (verdict->kind != VERDICT_UNKNOWN)
		check->outcome = OUTCOME_GAP;
	else if (check->outcome == OUTCOME_PARITY)
		check->outcome = OUTCOME_UNKNOWN;
}

int check_judge(struct check *check)
{
	int err = 0;

	memset(check->counts, 0, sizeof(check->counts));
	check->outcome = OUTCOME_PARITY;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	check->results = arena_alloc(&check->arena, check->profile.count * sizeof(*check->results));
	if (!check->results)
		return -ENOMEM;
	for (size_t i = 0; !err && i < check->profile.count; i++) {
		const struct targets *targets = &check->profile.items[i].targets;
		struct target_result *results = arena_alloc(&check->arena, targets->count * sizeof(*results));

		if (!results)
			return -ENOMEM;
		check->results[i] = results;
		for (size_t j = 0; !err && j < targets->count; j++) {
			err = judge_target(check, &targets->items[j], &results[j]);
			if (err)
				break;
			count(check, &results[j].disk);
			if (check_has_running(check))
				count(check, &results[j].running);
		}
	}
	return err;
}

static void state_free(struct state *state)
{
	coverage_free(&state->coverage);
	ruleset_free(&state->rules);
	for (size_t i = 0; i < state->source_count; i++)
		source_free(&state->sources[i]);
	free(state->sources);
	free(state->unknown);
}

void check_freep(struct check **check)
{
	if (!*check)
		return;
	for (int i = 0; i < STATES; i++)
		state_free(&(*check)->states[i]);
	profile_free(&(*check)->profile);
	path_cache_freep(&(*check)->paths);
	free((*check)->advice);
	arena_free(&(*check)->arena);
	free(*check);
	*check = NULL;
}
