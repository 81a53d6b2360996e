// SPDX-License-Identifier: BSD-2-Clause
#include "check.h"
#include "../cleanup.h"
#include "field.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

bool check_has_running(const struct check *check)
{
	return check->states[STATE_KERNEL].present;
}

int check_advise(struct check *check, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < check->advice_count; i++)
		if (strcmp(check->advice[i], text) == 0)
			return 0;
	if (check->advice_count == check->advice_room) {
		size_t room = check->advice_room ? check->advice_room * 2 : 16;
		const char **more = realloc(check->advice, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		check->advice = more;
		check->advice_room = room;
	}
	check->advice[check->advice_count] = arena_text(&check->arena, text, strlen(text));
	return check->advice[check->advice_count++] ? 0 : -ENOMEM;
}

/* --- gathering --- */

/* What auditctl -R insists on in the system's own file. */
static const char *refused(const char *path)
{
	struct stat status;

	if (!path || stat(path, &status))
		return NULL;
	if (status.st_uid != 0)
		return "the file is not owned by root, so auditctl does not read it";
	if (status.st_mode & S_IWOTH)
		return "anyone can write to the file, so auditctl does not read it";
	return NULL;
}

static int load(struct check *check, struct state *state, bool system_file)
{
	_cleanup_(freep) struct load_part *parts = calloc(state->source_count + 1, sizeof(*parts));
	int err;

	if (!parts)
		return -ENOMEM;
	for (size_t i = 0; i < state->source_count; i++) {
		parts[i] = (struct load_part) { .lines = state->sources[i].lines,
						.count = state->sources[i].count,
						.file = state->sources[i].path };
		if (system_file)
			parts[i].refused = refused(parts[i].file);
	}
	err = ruleset_load(parts, state->source_count, &state->rules);
	if (!err)
		err = coverage_init(&state->coverage, &check->machine, check->paths, &state->rules);
	return err;
}

static int read_sources(struct state *state, const char *const *paths, size_t count, char **why)
{
	int err = 0;

	state->sources = calloc(count, sizeof(*state->sources));
	if (!state->sources)
		return -ENOMEM;
	while (!err && state->source_count < count) {
		err = source_read(paths[state->source_count], &state->sources[state->source_count], why);
		if (!err)
			state->source_count++;
	}
	return err;
}

static int gather_given(struct check *check, char **why)
{
	struct state *state = &check->states[STATE_FILE];
	int err;

	state->name = "the rules";
	state->present = true;
	err = read_sources(state, check->options.rules, check->options.rules_count, why);
	return err ? err : load(check, state, false);
}

/* One of the system's two places. That it is not there is an answer; that it cannot be read is none. */
static int gather_system(struct check *check, struct state *state, const char *name, const char *path)
{
	char *why;
	int err;

	state->name = name;
	err = read_sources(state, &path, 1, &why);
	if (err == -ENOMEM)
		return err;
	if (err == -ENOENT || err == -ENOTDIR) {
		free(why);
		return 0;
	}
	state->present = true;
	if (err) {
		state->unknown = why;
		return 0;
	}
	/* augenrules does nothing with an empty folder */
	if (state == &check->states[STATE_FOLDER] && state->sources[0].files == 0) {
		state->present = false;
		return 0;
	}
	return load(check, state, state == &check->states[STATE_FILE]);
}

static int gather_kernel(struct check *check)
{
	struct state *state = &check->states[STATE_KERNEL];
	int err;

	state->name = "the kernel";
	state->present = true;
	err = kernel_read(&check->kernel, &state->rules, &state->unknown);
	if (err == -ENOMEM || err)
		return err == -ENOMEM ? err : 0;
	for (size_t i = 0; i < state->rules.count; i++) {
		struct rule *rule = state->rules.rules[i];

		rule->source.text = NULL; /* printed where it is shown */
	}
	return coverage_init(&state->coverage, &check->machine, check->paths, &state->rules);
}

static int gather(struct check *check, char **why)
{
	int err;

	if (check->options.rules_count)
		return gather_given(check, why);
	err = gather_system(check, &check->states[STATE_FOLDER], "rules.d", AUDIT_RULES_FOLDER);
	if (!err)
		err = gather_system(check, &check->states[STATE_FILE], "audit.rules", AUDIT_RULES_FILE);
	return err ? err : gather_kernel(check);
}

/* --- judging --- */

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

int check_run(const struct check_options *options, struct check **out, char **why)
{
	_cleanup_(check_freep) struct check *check = calloc(1, sizeof(*check));
	int err;

	*why = NULL;
	if (!check)
		return -ENOMEM;
	check->options = *options;
	err = machine_read(&check->machine);
	if (err && asprintf(why, "libaudit does not know this machine's architecture") < 0)
		*why = NULL;
	if (!err)
		err = path_cache_new(&check->paths);
	if (!err)
		err = profile_read(options->profile, &check->machine, check->paths, &check->profile, why);
	if (!err)
		err = gather(check, why);
	if (!err)
		err = check_judge(check);
	if (!err)
		err = advice_gather(check);
	if (err)
		return err;
	*out = check;
	check = NULL;
	return 0;
}

int check_profile(const char *name, char **why)
{
	_cleanup_(path_cache_freep) struct path_cache *paths = NULL;
	struct profile profile;
	struct machine machine;
	int err = machine_read(&machine);

	*why = NULL;
	if (!err)
		err = path_cache_new(&paths);
	if (!err)
		err = profile_read(name, &machine, paths, &profile, why);
	if (!err)
		profile_free(&profile);
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
