// SPDX-License-Identifier: BSD-2-Clause
#include "advice.h"
#include "../array.h"
#include "../cleanup.h"
#include "explain.h"
#include "field.h"
#include "judgement.h"
#include "line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Adds the sentence, once. */
static int __attribute__((format(printf, 2, 3))) advise(struct check *check, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < check->advice_count; i++)
		if (strcmp(check->advice[i], text) == 0)
			return 0;
	if (array_reserve(check->advice, check->advice_room, check->advice_count + 1))
		return -ENOMEM;
	check->advice[check->advice_count] = arena_text(&check->arena, text, strlen(text));
	return check->advice[check->advice_count++] ? 0 : -ENOMEM;
}

static bool is_judged(const struct state *state)
{
	return state->present && !state->unknown;
}

static int advise_problems(struct check *check)
{
	int err = 0;

	for (int i = 0; !err && i < STATES; i++) {
		const struct ruleset *rules = &check->states[i].rules;
		const struct load_problem *problem = rules->stop.file ? &rules->stop : &rules->first_problem;

		if (!is_judged(&check->states[i]) || !problem->file)
			continue;
		if (problem->column == 0)
			err = advise(check, "%s: %s", problem->file, problem->what);
		else
			err = advise(check, "%s, line %u, column %u: %s%s", problem->file, problem->line,
				     problem->column, problem->what,
				     rules->stop.file ? "; auditctl stops there, and nothing after it is loaded"
						      : "; auditctl skips the line (-i or -c came before)");
		if (!err && rules->problem_count > 1)
			err = advise(check, "%s: %zu lines are wrong; the first is line %u", problem->file,
				     rules->problem_count, rules->first_problem.line);
	}
	return err;
}

/* Two states that should be one. */
static int advise_differences(struct check *check)
{
	const struct state *folder = &check->states[STATE_FOLDER], *file = &check->states[STATE_FILE];
	const struct state *kernel = &check->states[STATE_KERNEL];
	const struct state *disk = is_judged(folder) ? folder : file;
	int err = 0;

	if (!check_has_running(check))
		return 0;
	if (is_judged(folder) && is_judged(file) && !ruleset_same(&folder->rules, &file->rules))
		err = advise(check,
			     "%s (%zu rules) and %s (%zu rules) differ: augenrules --load makes the second from "
			     "the first",
			     AUDIT_RULES_FOLDER, folder->rules.count, AUDIT_RULES_FILE, file->rules.count);
	else if (is_judged(folder) && !file->present)
		err = advise(check, "%s is not there: augenrules --load makes it from %s", AUDIT_RULES_FILE,
			     AUDIT_RULES_FOLDER);
	if (!err && is_judged(disk) && is_judged(kernel) && !ruleset_same(&disk->rules, &kernel->rules))
		err = advise(check, "the kernel's rules (%zu) are not those of %s (%zu)", kernel->rules.count,
			     disk->name, disk->rules.count);
	return err;
}

/* kmod loads by finit_module: a text that only names init_module misses every real insmod. */
static int advise_finit(struct check *check)
{
	static const char line[] = "-a always,exit -F arch=b64 -S finit_module";
	bool wants_init = false, wants_finit = false;
	const struct state *state = NULL;
	struct verdict verdict = { .kind = VERDICT_UNKNOWN };
	struct targets targets;
	struct line read;
	const char *why;
	int err;

	for (size_t i = 0; i < check->profile.count; i++) {
		const struct targets *all = &check->profile.items[i].targets;

		for (size_t j = 0; j < all->count; j++) {
			wants_init |= all->items[j].call && strcmp(all->items[j].call, "init_module") == 0;
			wants_finit |= all->items[j].call && strcmp(all->items[j].call, "finit_module") == 0;
		}
	}
	for (int i = 0; i < STATES; i++)
		if (is_judged(&check->states[i]))
			state = &check->states[i];
	if (!wants_init || wants_finit || !state || !check->machine.is64)
		return 0;
	err = line_understand(line, sizeof(line) - 1, &check->arena, &read);
	if (!err)
		err = targets_of(&read.rule, &check->machine, check->paths, &check->arena, &targets, &why);
	if (!err)
		err = coverage_judge(&state->coverage, &targets.items[0], &check->arena, &verdict);
	if (err || verdict.kind == VERDICT_COVERED)
		return err;
	return advise(check,
		      "a real insmod or modprobe calls finit_module, which this profile does not ask for and the "
		      "rules do not fully record (%s): profile complete asks for it",
		      verdict_name(verdict.kind));
}

static const char *key_of(const struct rule *rule)
{
	const struct rule_field *key = rule ? rule_find(rule, AUDIT_FILTERKEY) : NULL;

	return key ? key->text : NULL;
}

static int advise_keys(struct check *check)
{
	int err = 0;

	for (size_t i = 0; !err && i < check->profile.count; i++) {
		const struct requirement *requirement = &check->profile.items[i];
		const char *wanted = key_of(&requirement->rule);

		for (size_t j = 0; !err && wanted && j < requirement->targets.count; j++) {
			const struct verdict *verdict =
			    check_has_running(check) ? &check->results[i][j].running : &check->results[i][j].disk;
			const char *key = key_of(verdict->by);

			if (verdict->kind == VERDICT_COVERED && verdict->by && (!key || strcmp(key, wanted)))
				err = advise(check,
					     "%s is recorded by a rule with %s%s (%s), not with key %s: searches "
					     "for that key will not find it",
					     requirement->id, key ? "key " : "no key", key ? key : "",
					     explain_source(verdict->by, &check->arena), wanted);
		}
	}
	return err;
}

/* The name of a loaded module stands in a record of its own. */
static int advise_module_records(struct check *check)
{
	int err = 0;

	for (int i = 0; !err && i < STATES; i++) {
		const struct ruleset *rules = &check->states[i].rules;

		for (size_t j = 0; !err && is_judged(&check->states[i]) && j < rules->count; j++) {
			const struct rule *rule = rules->rules[j];
			const struct rule_field *type = rule_find(rule, AUDIT_MSGTYPE);

			if (rule->list == AUDIT_FILTER_EXCLUDE && type && type->op == AUDIT_EQUAL &&
			    type->value == AUDIT_KERN_MODULE)
				err = advise(check,
					     "%s drops KERN_MODULE records: calls are recorded without the "
					     "module's name",
					     explain_source(rule, &check->arena));
		}
	}
	return err;
}

static bool booted_with_audit(void)
{
	_cleanup_(fclosep) FILE *f = fopen("/proc/cmdline", "re");
	char line[8192] = "";

	if (!f || !fgets(line, sizeof(line), f))
		return true; /* not known: say nothing */
	return strstr(line, "audit=1") || strstr(line, "audit=on");
}

static int advise_kernel(struct check *check)
{
	const struct kernel_status *kernel = &check->kernel;
	int err = 0;

	if (!is_judged(&check->states[STATE_KERNEL]))
		return 0;
	if (kernel->rate_limit)
		err = advise(check, "the kernel drops records above %u a second (auditctl -r)", kernel->rate_limit);
	if (!err && kernel->lost)
		err = advise(check, "the kernel has lost %u records since boot", kernel->lost);
	if (!err && !kernel->auditd_pid)
		err = advise(check, "no auditd is running: records only reach the kernel's log");
	if (!err && kernel->enabled && !booted_with_audit())
		err = advise(check,
			     "the kernel was not booted with audit=1: processes that were started before auditing was "
			     "first enabled are not recorded");
	if (!err && kernel->enabled == 2 && check->outcome == OUTCOME_GAP)
		err = advise(check, "the kernel's rules are locked (-e 2): changes need a reboot");
	return err;
}

int advice_gather(struct check *check)
{
	int err = advise_problems(check);

	if (!err)
		err = advise_differences(check);
	if (!err)
		err = advise_finit(check);
	if (!err)
		err = advise_keys(check);
	if (!err)
		err = advise_module_records(check);
	return err ? err : advise_kernel(check);
}
