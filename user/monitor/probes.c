// SPDX-License-Identifier: BSD-2-Clause
#include "probes.h"
#include "../cleanup.h"
#include "../log.h"
#include "../options.h"
#include "clock.h"
#include "kmodwatch.skel.h"
#include "preflight.h"
#include "tools.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "../../bpf/event.h"

/* What is lost without a program. Where it goes and how, its section says (fexit/FUNCTION): not repeated here. */
static const struct {
	const char *program;
	const char *loses;
} programs[] = {
	{ "process_exec", "executions of the module tools" },
	{ "module_request", "who made the kernel ask for a module" },
	{ "read_file", "the file that finit_module loads from, and refused reads" },
	{ "load_data", "who calls init_module, until the module is accepted" },
	{ "post_read_file", "the stage and the name of loads that fail in finit_module" },
	{ "post_load_data", "the stage and the name of loads that fail in init_module" },
	{ "params_copied", "the parameters as the kernel copied them: the caller's are shown instead" },
	{ "module_load", "module_coming, and what the kernel knows of a loaded module" },
	{ "load_done", "the result of a load whose return is missed because the kernel preempted a probe" },
	{ "module_free", "what the kernel knows of an unloaded module" },
	{ "init_module_return", "loads through init_module" },
	{ "finit_module_return", "loads through finit_module, which is what insmod and modprobe call" },
	{ "delete_module_return", "unloads" },
	{ "delete_module_entry", "who unloads, should the module's exit cover its traces" },
	{ "compat_init_module_return", "loads through init_module by 32-bit callers" },
	{ "compat_finit_module_return", "loads through finit_module by 32-bit callers" },
	{ "compat_delete_module_return", "unloads by 32-bit callers" },
	{ "compat_delete_module_entry",
	  "who unloads through a 32-bit call, should the module's exit cover its traces" },
};

enum { PROBES = sizeof(programs) / sizeof(programs[0]), REASON_SIZE = 160 };

struct probe {
	struct bpf_program *program;
	struct bpf_link *link;
	char mechanism[16];
	const char *target;	  /* of the section's name */
	bool optional;		  /* nothing is lost where the kernel has no such function */
	char reason[REASON_SIZE]; /* why it is not attached */
};

struct probes {
	struct kmodwatch_bpf *skeleton;
	struct probe probes[PROBES];
	struct probe_part parts[PROBES];
	bool degraded;
};

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
	if (log_is_verbose()) /* a verifier's log has many lines, and is wanted whole */
		vfprintf(stderr, format, args);
	return 0;
}

static bool kernel_has(const struct btf *btf, const struct probe *probe)
{
	char name[128];

	if (!preflight_has_modules() && strcmp(probe->target, "sched_process_exec"))
		return false; /* firmware and the like are read too: the hooks may be there */
	if (strcmp(probe->mechanism, "tp_btf"))
		return btf__find_by_name_kind(btf, probe->target, BTF_KIND_FUNC) > 0;
	snprintf(name, sizeof(name), "btf_trace_%s", probe->target);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

static void say_missing(struct probe *probe)
{
	if (!preflight_has_modules())
		snprintf(probe->reason, REASON_SIZE, "this kernel cannot load modules (built without CONFIG_MODULES)");
	else if (probe->optional)
		snprintf(probe->reason, REASON_SIZE, "this kernel takes no 32-bit calls");
	else
		snprintf(probe->reason, REASON_SIZE, "this kernel has no %s to attach to", probe->target);
}

/* Why this kernel cannot have the probe, into its reason; nothing where it can. */
static void probe_judge(struct probe *probe, const struct btf *btf)
{
	if (!kernel_has(btf, probe))
		say_missing(probe);
	else if (strcmp(probe->mechanism, "tp_btf") && !preflight_has_ftrace())
		snprintf(probe->reason, REASON_SIZE,
			 "kernel.ftrace_enabled is 0, so it would never run: "
			 "sysctl kernel.ftrace_enabled=1, then start anew");
}

/* Finds each program of the table in the object, and turns off those that the kernel has no place for. */
static int probes_prepare(struct probes *probes, const struct btf *btf)
{
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->probes[i];
		const char *section, *slash;

		probe->program = bpf_object__find_program_by_name(probes->skeleton->obj, programs[i].program);
		if (!probe->program)
			return -ENOENT;
		section = bpf_program__section_name(probe->program);
		slash = strchr(section, '/');
		if (!slash)
			return -EINVAL;
		snprintf(probe->mechanism, sizeof(probe->mechanism), "%.*s", (int)(slash - section), section);
		probe->target = slash + 1;
		probe->optional = !strncmp(probe->target, "__ia32_", strlen("__ia32_"));
		if (!probe->reason[0])
			probe_judge(probe, btf);
		bpf_program__set_autoload(probe->program, !probe->reason[0]);
	}
	return 0;
}

/*
 * Loads all programs that have no reason against them. One that the verifier refuses gets its reason, and the rest is
 * tried again: libbpf loads all or nothing.
 */
static int probes_load(struct probes *probes, const struct options *options, const struct btf *btf)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = options->btf_path);

	for (size_t round = 0; round <= PROBES; round++) {
		size_t refused = PROBES;
		int err;

		probes->skeleton = kmodwatch_bpf__open_opts(&opts);
		if (!probes->skeleton)
			return -errno;
		err = probes_prepare(probes, btf);
		if (!err && options->ring_kib)
			err = bpf_map__set_max_entries(probes->skeleton->maps.ring, options->ring_kib * 1024);
		if (err)
			return err;
		failed_program[0] = '\0';
		err = kmodwatch_bpf__load(probes->skeleton);
		if (!err)
			return 0;
		for (size_t i = 0; i < PROBES; i++)
			if (!strcmp(programs[i].program, failed_program))
				refused = i;
		kmodwatch_bpf__destroy(probes->skeleton);
		probes->skeleton = NULL;
		if (refused == PROBES || probes->probes[refused].reason[0])
			return err;
		snprintf(probes->probes[refused].reason, REASON_SIZE,
			 "the kernel refused the program: %s; -v shows why", strerror(-err));
	}
	return -EINVAL;
}

static void probe_attach(struct probe *probe)
{
	if (probe->reason[0])
		return;
	probe->link = bpf_program__attach(probe->program);
	if (!probe->link)
		snprintf(probe->reason, REASON_SIZE, "attaching failed: %s", strerror(errno));
}

/* Calls that were under way before their return could be seen will never end for us: they must not meet a later call.
 */
static void forget_attempts(const struct probes *probes, uint64_t before)
{
	int fd = bpf_map__fd(probes->skeleton->maps.attempts);
	uint32_t key, next;
	struct attempt attempt;
	void *last = NULL;

	while (!bpf_map_get_next_key(fd, last, &next)) {
		bool stale = !bpf_map_lookup_elem(fd, &next, &attempt) && attempt.time < before;

		if (stale)
			bpf_map_delete_elem(fd, &next); /* then the walk starts anew: its place is gone */
		key = next;
		last = stale ? NULL : &key;
	}
}

/* First what begins an attempt, then what ends it: a return that never saw its call begin would pass for coalesced. */
static size_t probes_attach(struct probes *probes)
{
	uint64_t before_returns;
	size_t attached = 0;

	for (size_t i = 0; i < PROBES; i++)
		if (strcmp(probes->probes[i].mechanism, "fexit") || strstr(probes->probes[i].target, "security_"))
			probe_attach(&probes->probes[i]);
	before_returns = clock_boot_ns();
	for (size_t i = 0; i < PROBES; i++)
		if (!probes->probes[i].link)
			probe_attach(&probes->probes[i]);
	forget_attempts(probes, before_returns);
	for (size_t i = 0; i < PROBES; i++)
		attached += probes->probes[i].link != NULL;
	return attached;
}

/* What the verifier had to walk through: 5.16 and later; else 0. */
static uint32_t verified_insns(const struct probe *probe)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(bpf_program__fd(probe->program), &info, &size) ? 0 : info.verified_insns;
}

static void probes_describe(struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->probes[i];
		struct probe_part *part = &probes->parts[i];

		*part = (struct probe_part) {
			.known = KNOWN,
			.name = text_of(programs[i].program),
			.target = text_of(probe->target),
			.mechanism = text_of(probe->mechanism),
			.attached = number_of(probe->link != NULL),
		};
		if (probe->link) {
			log_detail("%s/%s attached, verified_insns %u", probe->mechanism, probe->target,
				   verified_insns(probe));
			continue;
		}
		part->reason = text_of(probe->reason);
		part->loses = text_of(programs[i].loses);
		probes->degraded |= !probe->optional;
		log_detail("%s/%s is not attached: %s", probe->mechanism, probe->target, probe->reason);
	}
}

int probes_open(const struct options *options, struct probes **out)
{
	_cleanup_(probes_freep) struct probes *probes = calloc(1, sizeof(*probes));
	const char *btf_path = options->btf_path;
	struct btf *btf;
	int err;

	if (!probes)
		return -ENOMEM;
	libbpf_set_print(print_libbpf);
	btf = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf();
	if (!btf) {
		err = -errno;
		preflight_explain_btf(btf_path, err);
		return err;
	}
	err = probes_load(probes, options, btf);
	btf__free(btf);
	if (err) {
		preflight_explain_load(err);
		return err;
	}
	err = tools_remember(bpf_map__fd(probes->skeleton->maps.tools));
	if (err)
		log_line("the module tools could not be looked up (%s): they are recognised by name only",
			 strerror(-err));
	if (probes_attach(probes) == 0) {
		log_line("no probe could be attached, so nothing can be watched: run with -v to see why");
		return -ENOTSUP;
	}
	probes_describe(probes);
	if (!preflight_has_modules())
		log_line(
		    "this kernel cannot load modules (built without CONFIG_MODULES), so only executions of the module "
		    "tools are shown");
	else if (probes->degraded)
		log_line(
		    "some probes are not attached, so not everything is seen: monitor_start says which, why, and what is "
		    "lost by it");
	*out = probes;
	probes = NULL;
	return 0;
}

void probes_detach(struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++) {
		bpf_link__destroy(probes->probes[i].link);
		probes->probes[i].link = NULL;
	}
}

void probes_freep(struct probes **probes)
{
	if (!*probes)
		return;
	probes_detach(*probes);
	kmodwatch_bpf__destroy((*probes)->skeleton);
	free(*probes);
	*probes = NULL;
}

struct list probes_list(const struct probes *probes)
{
	return (struct list) { .known = KNOWN, .count = PROBES, .items = probes->parts };
}

bool probes_degraded(const struct probes *probes)
{
	return probes->degraded;
}

struct bpf_map *probes_ring(const struct probes *probes)
{
	return probes->skeleton->maps.ring;
}

struct bpf_map *probes_refused_ring(const struct probes *probes)
{
	return probes->skeleton->maps.refused_ring;
}

_Static_assert((int)PROBES <= (int)PROBES_MAX, "PROBES_MAX is too small");

size_t probes_count(void)
{
	return PROBES;
}

uint64_t probe_skipped(const struct probes *probes, size_t i, const char **name)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = bpf_program__fd(probes->probes[i].program);

	*name = programs[i].program;
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) ? info.recursion_misses : 0;
}

int probes_lost(const struct probes *probes, uint64_t *counts)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_(freep) uint64_t *values = NULL;
	uint64_t sums[RECORD_KINDS] = { 0 };

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t kind = 0; kind < RECORD_KINDS; kind++) {
		if (bpf_map_lookup_elem(bpf_map__fd(probes->skeleton->maps.lost), &kind, values))
			return -errno;
		for (int cpu = 0; cpu < cpus; cpu++)
			sums[kind] += values[cpu];
	}
	memcpy(counts, sums, sizeof(sums));
	return 0;
}
