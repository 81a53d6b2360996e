// SPDX-License-Identifier: BSD-2-Clause
#include "object.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../hash.h"
#include "../log.h"
#include "../options.h"
#include "extension.h"
#include "kmodwatch.skel.h"
#include "preemption.h"
#include "preflight.h"
#include "ring_memory.h"
#include "symbol.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

/* The program whose load failed, from libbpf's own message: its interface does not tell. */
static char failed_program[64];

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[256];
	va_list again;

	if (level == LIBBPF_DEBUG)
		return 0;
	va_copy(again, args);
	vsnprintf(line, sizeof(line), format, again);
	va_end(again);
	sscanf(line, "libbpf: prog '%63[^']': BPF program load failed", failed_program);
	log_verbatim(format, args); /* a verifier's log has many lines, and is wanted whole */
	return 0;
}

static void skeleton_freep(struct kmodwatch_bpf **skeleton)
{
	kmodwatch_bpf__destroy(*skeleton);
}

static void btf_freep(struct btf **btf)
{
	btf__free(*btf);
}

void object_digest(char digest[static DIGEST_SIZE])
{
	size_t size;
	const void *bytes = kmodwatch_bpf__elf_bytes(&size);

	snprintf(digest, DIGEST_SIZE, "%016llx", (unsigned long long)hash_add(HASH_START, bytes, size));
}

/* The lists of programs and maps are the object's: each name is there, and no other. */
_Static_assert(sizeof(((struct kmodwatch_bpf *)0)->progs) / sizeof(struct bpf_program *) == PROBES + 1, /* order */
	       "a program of bpf/ is not in PROGRAMS");
_Static_assert(sizeof(((struct kmodwatch_bpf *)0)->maps) / sizeof(struct bpf_map *) == MAPS + 2, /* .rodata, .bss */
	       "a map of bpf/ is not in MAPS_OF_OBJECT");

static struct bpf_program *program_of(const struct kmodwatch_bpf *skeleton, size_t i)
{
#define PROGRAM(name, ...) \
	case PROBE_##name: \
		return skeleton->progs.name;
	switch (i) {
		PROGRAMS(PROGRAM, PROGRAM)
	}
	return NULL;
}

static struct bpf_map *map_of(const struct kmodwatch_bpf *skeleton, size_t i)
{
#define MAP(symbol, name)  \
	case MAP_##symbol: \
		return skeleton->maps.name;
	switch (i) {
		MAPS_OF_OBJECT(MAP)
	}
	return NULL;
}

/*
 * Workspaces there are for each CPU that there can be. And of maps that forget what was used longest ago, each CPU
 * takes up to 128 free entries into a list of its own (LOCAL_FREE_TARGET, kernel/bpf/bpf_lru_list.c), and until
 * d4adf1c9ee77 (2025) also where few are left: with 128 CPUs all of 16,384, and what was under way was forgotten for
 * others' sake. So each CPU's come on top.
 */
static int size_by_cpus(const struct kmodwatch_bpf *skeleton)
{
	enum { HOARD = 128 };
	static const enum map hoarding[] = { MAP_ATTEMPTS, MAP_REQUESTS };
	static const enum map for_each[] = { MAP_WORKSPACES, MAP_WORKSPACE_OWNERS };
	int cpus = libbpf_num_possible_cpus(), err = cpus < 0 ? cpus : 0;

	for (size_t i = 0; !err && i < sizeof(hoarding) / sizeof(hoarding[0]); i++) {
		struct bpf_map *map = map_of(skeleton, hoarding[i]);

		err = bpf_map__set_max_entries(map, bpf_map__max_entries(map) + (uint32_t)cpus * HOARD);
	}
	for (size_t i = 0; !err && i < sizeof(for_each) / sizeof(for_each[0]); i++) {
		struct bpf_map *map = map_of(skeleton, for_each[i]);

		err = bpf_map__set_max_entries(map, bpf_map__max_entries(map) * (uint32_t)cpus);
	}
	skeleton->rodata->possible_cpus = cpus < 0 ? 1 : cpus;
	return err;
}

static int describe(struct probe *probe, const struct bpf_program *bpf_program, const struct program *program)
{
	const char *section = bpf_program__section_name(bpf_program);
	const char *slash = strchr(section, '/');

	if (!slash)
		return -EINVAL;
	snprintf(probe->mechanism, sizeof(probe->mechanism), "%.*s", (int)(slash - section), section);
	snprintf(probe->target, sizeof(probe->target), "%s", slash + 1);
	probe->for_audit = program->for_audit;
	probe->optional = probe->for_audit || !strncmp(probe->target, "__ia32_", strlen("__ia32_"));
	return 0;
}

int object_describe(struct kernel_side *side)
{
	_cleanup_(skeleton_freep) struct kmodwatch_bpf *skeleton = NULL;
	int err = 0;

	libbpf_set_print(print_libbpf);
	skeleton = kmodwatch_bpf__open();
	if (!skeleton)
		return -errno;
	for (size_t i = 0; !err && i < PROBES; i++)
		err = describe(&side->probes[i], program_of(skeleton, i), &programs[i]);
	return err;
}

bool object_fits(const struct kernel_side *side)
{
	_cleanup_(skeleton_freep) struct kmodwatch_bpf *skeleton = kmodwatch_bpf__open();

	if (!skeleton || size_by_cpus(skeleton))
		return false;
	for (int i = 0; i < MAPS; i++) {
		const struct bpf_map *map = map_of(skeleton, i);
		struct bpf_map_info info = { 0 };
		uint32_t size = sizeof(info);

		if (bpf_obj_get_info_by_fd(side->maps[i], &info, &size) || info.type != bpf_map__type(map) ||
		    info.key_size != bpf_map__key_size(map) || info.value_size != bpf_map__value_size(map))
			return false;
		if (info.type != BPF_MAP_TYPE_RINGBUF && info.max_entries != bpf_map__max_entries(map))
			return false;
	}
	return true;
}

/* Firmware and the like are read too: the hooks may be there without modules. */
static bool is_for_modules(const struct probe *probe)
{
	return strcmp(probe->target, "sched_process_exec") && strcmp(probe->target, "bpf_fentry_test1") &&
	       !probe->for_audit;
}

static bool kernel_has(const struct btf *btf, const struct probe *probe)
{
	char name[128];

	if (!preflight_has_modules() && is_for_modules(probe))
		return false;
	if (strcmp(probe->mechanism, "tp_btf"))
		return btf__find_by_name_kind(btf, probe->target, BTF_KIND_FUNC) > 0;
	snprintf(name, sizeof(name), "btf_trace_%s", probe->target);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

static void say_missing(struct probe *probe)
{
	if (symbol_exists(probe->target)) /* static functions are missing in 5.10's BTF on arm64 */
		snprintf(probe->reason, REASON_SIZE,
			 "this kernel's BTF does not describe %s, so no program can be attached to it", probe->target);
	else if (probe->for_audit)
		snprintf(probe->reason, REASON_SIZE, "this kernel has no audit system");
	else if (!preflight_has_modules())
		snprintf(probe->reason, REASON_SIZE, "this kernel cannot load modules (built without CONFIG_MODULES)");
	else if (probe->optional)
		snprintf(probe->reason, REASON_SIZE, "this kernel takes no 32-bit calls");
	else
		snprintf(probe->reason, REASON_SIZE, "this kernel has no %s to attach to", probe->target);
}

/* Why this kernel cannot have the probe, into its reason; nothing where it can. */
static void judge(struct probe *probe, const struct btf *btf)
{
	probe->reason[0] = '\0';
	if (!kernel_has(btf, probe))
		say_missing(probe);
	else if (strcmp(probe->mechanism, "tp_btf") && !preflight_has_ftrace())
		snprintf(probe->reason, REASON_SIZE,
			 "kernel.ftrace_enabled is 0, so it would never run: "
			 "run sysctl kernel.ftrace_enabled=1, then start kmodwatch again");
}

/* PROBES: it was none of ours. */
static size_t number_of_failed(void)
{
	size_t i = 0;

	while (i < PROBES && strcmp(programs[i].name, failed_program) != 0)
		i++;
	return i;
}

/* Of the hash of the limits' keys: odd, nobody's to guess, and one for all programs of this process. */
static uint64_t limit_factor(void)
{
	static uint64_t factor;

	if (!factor && getrandom(&factor, sizeof(factor), GRND_NONBLOCK) != sizeof(factor))
		factor = clock_boot_ns() * 0x9e3779b97f4a7c15; /* so early in the boot, there is nobody to guess */
	factor |= 1;
	return factor;
}

/* Turns off the programs that are not wanted, and gives the object the maps that there are. */
static int prepare(struct kmodwatch_bpf *skeleton, const struct kernel_side *side, const struct options *options,
		   const struct btf *btf)
{
	const struct preemption preemption = preemption_find(btf);
	int err = size_by_cpus(skeleton);

	skeleton->rodata->generation = side->generation;
	skeleton->rodata->module_chain = symbol_address("module_notify_list");
	skeleton->rodata->limit_factor = limit_factor();
	if (!err)
		err = extension_prepare(bpf_object__btf(skeleton->obj));
	for (size_t i = 0; !err && i < PROBES; i++) {
		bpf_program__set_autoload(program_of(skeleton, i),
					  side->probes[i].link < 0 && !side->probes[i].reason[0]);
		err = preemption_prepare(program_of(skeleton, i), &preemption);
	}
	bpf_program__set_autoload(skeleton->progs.order, side->order < 0);
	for (int i = 0; !err && i < MAPS; i++)
		if (side->maps[i] >= 0)
			err = bpf_map__reuse_fd(map_of(skeleton, i), side->maps[i]);
	if (!err && options->ring_kib && side->maps[MAP_RING] < 0)
		err = bpf_map__set_max_entries(skeleton->maps.ring, options->ring_kib * 1024);
	if (!err && options->image_ring_kib && side->maps[MAP_IMAGE_RING] < 0)
		err = bpf_map__set_max_entries(skeleton->maps.image_ring, options->image_ring_kib * 1024);
	return err;
}

/*
 * The kernel's own BTF by name too: for types that it does not have, libbpf 1.1 would else ask for the modules' BTF,
 * which takes CAP_SYS_ADMIN.
 */
static struct kmodwatch_bpf *open_skeleton(const struct options *options)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts,
		    .btf_custom_path = options->btf_path ? options->btf_path : "/sys/kernel/btf/vmlinux");

	return kmodwatch_bpf__open_opts(&opts);
}

static uint64_t size_of_rings(const struct kmodwatch_bpf *skeleton)
{
	return (uint64_t)bpf_map__max_entries(skeleton->maps.ring) + bpf_map__max_entries(skeleton->maps.refused_ring) +
	       bpf_map__max_entries(skeleton->maps.image_ring);
}

/*
 * Loads what has no reason against it. A program that the verifier refuses gets its reason, and the rest is tried
 * again: libbpf loads all or nothing.
 */
static int load(struct kernel_side *side, const struct options *options, const struct btf *btf,
		struct kmodwatch_bpf **out)
{
	for (size_t round = 0; round <= PROBES; round++) {
		_cleanup_(skeleton_freep) struct kmodwatch_bpf *skeleton = open_skeleton(options);
		size_t refused;
		int err;

		if (!skeleton)
			return -errno;
		err = prepare(skeleton, side, options, btf);
		if (err)
			return err;
		failed_program[0] = '\0';
		err = kmodwatch_bpf__load(skeleton);
		if (!err) {
			*out = TAKE_PTR(skeleton);
			return 0;
		}
		refused = number_of_failed();
		if (refused == PROBES || side->probes[refused].reason[0])
			return ring_memory_judge(size_of_rings(skeleton), err);
		snprintf(side->probes[refused].reason, REASON_SIZE, "the kernel refused the program: %s; -v shows why",
			 strerror(-err));
	}
	return -EINVAL;
}

static int take_order(struct kernel_side *side, const struct kmodwatch_bpf *skeleton)
{
	int fd = bpf_program__fd(skeleton->progs.order);

	if (fd < 0 || side->order >= 0)
		return 0;
	side->order = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return side->order < 0 ? -errno : 0;
}

/* What was loaded, as descriptors of our own: the object need not stay. */
static int take_descriptors(struct kernel_side *side, struct kmodwatch_bpf *skeleton)
{
	for (int i = 0; i < MAPS; i++) {
		if (side->maps[i] >= 0)
			continue;
		side->maps[i] = fcntl(bpf_map__fd(map_of(skeleton, i)), F_DUPFD_CLOEXEC, 0);
		if (side->maps[i] < 0)
			return -errno;
	}
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &side->probes[i];
		int fd = bpf_program__fd(program_of(skeleton, i));

		if (fd < 0 || probe->link >= 0)
			continue;
		closep(&probe->program);
		probe->program = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (probe->program < 0)
			return -errno;
	}
	return take_order(side, skeleton);
}

void object_judge(struct kernel_side *side, const struct btf *btf)
{
	for (size_t i = 0; i < PROBES; i++)
		if (side->probes[i].link < 0)
			judge(&side->probes[i], btf);
}

int object_load(struct kernel_side *side, const struct options *options)
{
	_cleanup_(skeleton_freep) struct kmodwatch_bpf *skeleton = NULL;
	_cleanup_(btf_freep) struct btf *btf = NULL;
	char why[WHY_SIZE];
	int err;

	err = preflight_btf(options->btf_path, &btf, why);
	if (err) {
		log_line("%s", why);
		return err;
	}
	object_judge(side, btf);
	err = load(side, options, btf, &skeleton);
	if (!err)
		err = take_descriptors(side, skeleton);
	if (err && err != -EFBIG)
		preflight_explain_load(err);
	return err;
}

int object_load_order(struct kernel_side *side, const struct options *options)
{
	_cleanup_(skeleton_freep) struct kmodwatch_bpf *skeleton = open_skeleton(options);
	int err = 0;

	if (!skeleton)
		return -errno;
	skeleton->rodata->generation = side->generation;
	for (size_t i = 0; i < PROBES; i++)
		bpf_program__set_autoload(program_of(skeleton, i), false);
	for (int i = 0; !err && i < MAPS; i++)
		err = side->maps[i] >= 0 ? bpf_map__reuse_fd(map_of(skeleton, i), side->maps[i])
					 : bpf_map__set_autocreate(map_of(skeleton, i), false);
	if (!err)
		err = kmodwatch_bpf__load(skeleton);
	return err ? err : take_order(side, skeleton);
}
