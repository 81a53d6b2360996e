// SPDX-License-Identifier: BSD-2-Clause
#include "targets.h"
#include "paths.h"
#include "predicate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What one call of targets_of() works with. */
struct maker {
	const struct rule *requirement;
	const struct machine *machine;
	struct path_cache *paths;
	struct arena *arena;
	struct targets *targets;
	size_t room;
	const char *why;
};

/* These calls take no path: the files behind them are open already. */
static bool names_no_file(const char *call)
{
	static const char *const calls[] = { "init_module", "finit_module", "delete_module", "create_module",
					     "query_module" };

	for (size_t i = 0; call && i < sizeof(calls) / sizeof(*calls); i++)
		if (strcmp(call, calls[i]) == 0)
			return true;
	return false;
}

static const struct set *errors(struct arena *arena)
{
	return set_range(arena, (uint32_t)-4095, UINT32_MAX);
}

static const struct set *zero(struct arena *arena)
{
	return set_range(arena, 0, 0);
}

static const variable exit_variable = (uint64_t)VARIABLE_NUMBER << 56 | (uint64_t)AUDIT_EXIT << 32;

/* Everything that the target is, before the requirement's own conditions. */
static int open_starts(const struct maker *maker, struct target *target)
{
	struct arena *arena = maker->arena;
	const struct box *all = box_all(arena);
	const struct range both[] = { { 0, 0 }, { (uint32_t)-4095, UINT32_MAX } };
	uint32_t exe;

	if (target->kind == TARGET_CALL && target->names_known)
		all = box_with(arena, all, exit_variable, set_of(arena, both, 2));
	target->starts[target->start_count++] = all;
	if (target->kind != TARGET_EXEC)
		return all ? 0 : -ENOMEM;
	/* once it has succeeded the task is the program; when it fails, any task it was */
	target->starts[0] = box_with(arena, all, exit_variable, zero(arena));
	if (target->names.exe_id_known) {
		exe = paths_exe_of(maker->paths, &target->names.exe);
		target->starts[0] = box_with(arena, target->starts[0], variable_of(VARIABLE_NUMBER, AUDIT_EXE, 0),
					     set_range(arena, exe, exe));
	}
	target->starts[target->start_count++] = box_with(arena, all, exit_variable, errors(arena));
	return target->starts[0] && target->starts[1] ? 0 : -ENOMEM;
}

/* The requirement without what the target itself stands for. */
static int conditions(const struct maker *maker, const struct target *target, struct rule *rest)
{
	const struct rule *rule = maker->requirement;

	*rest = *rule;
	rest->field_count = 0;
	rest->action = AUDIT_NEVER; /* whatever cannot be known stays a condition */
	rest->fields = arena_alloc(maker->arena, (rule->field_count + 1) * sizeof(*rest->fields));
	if (!rest->fields)
		return -ENOMEM;
	for (size_t i = 0; i < rule->field_count; i++) {
		uint32_t type = rule->fields[i].type;

		if (type == AUDIT_WATCH || type == AUDIT_DIR || type == AUDIT_ARCH || type == AUDIT_FILTERKEY)
			continue;
		if (type == AUDIT_PERM && target->kind != TARGET_CALL)
			continue;
		rest->fields[rest->field_count++] = rule->fields[i];
	}
	return 0;
}

static int close_starts(struct maker *maker, struct target *target)
{
	struct predicate predicate = { maker->arena, maker->machine, target, STAGE_EXIT, NULL, maker->paths };
	size_t kept = 0;
	struct rule rest;
	int err = conditions(maker, target, &rest);

	for (size_t i = 0; !err && i < target->start_count; i++) {
		const struct box *matched;
		struct leftovers left;
		int match = predicate_apply(&predicate, &rest, target->starts[i], &matched, &left);

		if (match < 0)
			return match;
		if (match == MATCH_SOME)
			target->starts[kept++] = matched;
	}
	if (err)
		return err;
	target->start_count = kept;
	if (kept)
		return 0;
	maker->why = "it can never match: its fields contradict each other";
	return -EINVAL;
}

static int add_target(struct maker *maker, struct target *target)
{
	int err = open_starts(maker, target);

	if (!err && target->kind == TARGET_EXEC) {
		int machine = audit_elf_to_machine(target->elf);
		int exec = audit_name_to_syscall("execve", machine), at = audit_name_to_syscall("execveat", machine);
		struct range calls[] = { { (uint32_t)exec, (uint32_t)exec }, { (uint32_t)at, (uint32_t)at } };
		const struct set *both = at < 0 ? set_of(maker->arena, calls, 1) : set_of(maker->arena, calls, 2);

		for (size_t i = 0; i < target->start_count; i++)
			target->starts[i] =
			    box_with(maker->arena, target->starts[i], variable_of(VARIABLE_NUMBER, TYPE_CALL, 0), both);
	}
	target->open_count = target->start_count;
	memcpy(target->open, target->starts, sizeof(target->open));
	if (!err)
		err = close_starts(maker, target);
	if (err)
		return err;
	if (maker->targets->count == maker->room) {
		size_t room = maker->room ? maker->room * 2 : 8;
		struct target *more = arena_alloc(maker->arena, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		if (maker->targets->count)
			memcpy(more, maker->targets->items, maker->targets->count * sizeof(*more));
		maker->targets->items = more;
		maker->room = room;
	}
	maker->targets->items[maker->targets->count++] = *target;
	return 0;
}

/* The target before is mostly another use, or another ABI's, of the same path: the file is looked up once for all. */
static const struct target *looked_up(const struct maker *maker, const struct target *target)
{
	const struct target *last = maker->targets->count ? &maker->targets->items[maker->targets->count - 1] : NULL;

	return last && last->path && (last->kind == TARGET_EXEC) == (target->kind == TARGET_EXEC) &&
		       !strcmp(last->path, target->path)
		   ? last
		   : NULL;
}

static int find_names(struct maker *maker, struct target *target)
{
	const struct target *same = looked_up(maker, target);
	int err = 0;

	if (same)
		target->names = same->names;
	else if (target->kind == TARGET_EXEC)
		err = file_names_of_exec(target->path, maker->machine->lsm.tomoyo || !maker->machine->lsm.known,
					 maker->arena, &target->names);
	else
		err = file_names_of_path(target->path, true, maker->arena, &target->names);
	target->names_known = target->kind == TARGET_EXEC;
	if (target->names.wrong)
		target->wrong = target->names.wrong;
	return err;
}

/* A path or a folder, for each kind of use that is meant. */
static int make_place(struct maker *maker, const struct rule_field *place, const char *abi, uint32_t elf)
{
	static const uint32_t kinds[] = { AUDIT_PERM_EXEC, AUDIT_PERM_WRITE, AUDIT_PERM_READ, AUDIT_PERM_ATTR };
	const struct rule_field *perm = rule_find(maker->requirement, AUDIT_PERM);
	struct target target = { .path = place->text, .abi = abi, .elf = elf };
	int err = 0;

	target.whole_folder = place->type == AUDIT_DIR;
	if (!perm) {
		target.kind = TARGET_USE;
		err = find_names(maker, &target);
		return err ? err : add_target(maker, &target);
	}
	for (size_t i = 0; !err && i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct target one = target;

		if (!(perm->value & kinds[i]))
			continue;
		one.kind = kinds[i] == AUDIT_PERM_EXEC && !target.whole_folder ? TARGET_EXEC : TARGET_USE;
		one.perm = kinds[i];
		err = find_names(maker, &one);
		if (!err)
			err = add_target(maker, &one);
	}
	return err;
}

static int make_calls(struct maker *maker, const char *abi, uint32_t elf)
{
	struct target target = { .kind = TARGET_CALL, .abi = abi, .elf = elf };
	char number[16];
	int err = 0;

	if (rule_has_all_calls(maker->requirement))
		return add_target(maker, &target);
	for (unsigned int nr = 0; !err && nr < AUDIT_BITMASK_SIZE * 32; nr++) {
		struct target one = target;

		if (!rule_has_call(maker->requirement, nr))
			continue;
		one.nr = nr;
		one.call = audit_syscall_to_name((int)nr, audit_elf_to_machine(elf));
		if (!one.call) {
			snprintf(number, sizeof(number), "%u", nr);
			one.call = arena_text(maker->arena, number, strlen(number));
		}
		one.names_known = names_no_file(one.call);
		err = one.call ? add_target(maker, &one) : -ENOMEM;
	}
	return err;
}

int targets_of(const struct rule *requirement, const struct machine *machine, struct path_cache *paths,
	       struct arena *arena, struct targets *out, const char **why)
{
	const struct rule_field *place = rule_find(requirement, AUDIT_WATCH);
	struct targets targets = { 0 };
	struct maker maker = { .requirement = requirement,
			       .machine = machine,
			       .paths = paths,
			       .arena = arena,
			       .targets = &targets,
			       .why = "it asks for no system call of this machine" };
	int err = 0;

	if (!place)
		place = rule_find(requirement, AUDIT_DIR);
	for (size_t i = 0; !err && i < machine->abi_count; i++) {
		if (!rule_fits_arch(requirement, machine->abis[i].elf))
			continue;
		/* numbers without an arch are the native ones: what they are elsewhere is not what was asked for */
		if (i > 0 && !place && !rule_find(requirement, AUDIT_ARCH) && !rule_has_all_calls(requirement))
			continue;
		err = place ? make_place(&maker, place, machine->abis[i].name, machine->abis[i].elf)
			    : make_calls(&maker, machine->abis[i].name, machine->abis[i].elf);
	}
	if (!err && targets.count == 0)
		err = -EINVAL;
	if (err == -EINVAL)
		*why = maker.why;
	if (!err)
		*out = targets;
	return err;
}
