// SPDX-License-Identifier: BSD-2-Clause
#include "check_run.h"
#include "../cleanup.h"
#include "advice.h"
#include "paths.h"
#include "root.h"
#include "rulesd.h"

#include <errno.h>
#include <sys/stat.h>

/* What auditctl -R insists on in the system's own file. */
static const char *refused(const char *path)
{
	struct stat status;

	if (!path || root_stat(path, &status))
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
		err = rules_read(paths[state->source_count], &state->sources[state->source_count], why);
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
	return err || root_is_set() ? err : gather_kernel(check);
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
	*out = TAKE_PTR(check);
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
