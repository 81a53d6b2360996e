// SPDX-License-Identifier: BSD-2-Clause
#include "diagnosis.h"
#include "../cleanup.h"
#include "../kernel/object.h"
#include "../kernel/preflight.h"
#include "../kernel/symbol.h"
#include "../log.h"
#include "surroundings.h"

#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

struct diagnosis {
	struct kernel_side side;
	struct btf *btf; /* NULL: there is none */
	struct symbol_form forms[PROBES];
	bool symbols;	    /* the forms are known */
	bool loaded;	    /* the kernel was given the programs: what it refused has its reason */
	char why[WHY_SIZE]; /* it cannot start; "": nothing known speaks against that */
};

static void diagnosis_done(struct diagnosis *diagnosis)
{
	kernel_side_close_maps(&diagnosis->side);
	closep(&diagnosis->side.order);
	for (size_t i = 0; i < PROBES; i++)
		closep(&diagnosis->side.probes[i].program);
	btf__free(diagnosis->btf);
}

static bool is_tracepoint(const struct probe *probe)
{
	return !strcmp(probe->mechanism, "tp_btf");
}

static void read_symbols(struct diagnosis *diagnosis)
{
	_cleanup_(fclosep) FILE *list = fopen("/proc/kallsyms", "re");
	const char *names[PROBES];

	for (size_t i = 0; i < PROBES; i++)
		names[i] = diagnosis->side.probes[i].target;
	diagnosis->symbols = list && symbol_forms(list, names, PROBES, diagnosis->forms);
}

/* What of the start comes before anything is attached. Where the caller may not load, the types alone tell. */
static void try_start(struct diagnosis *diagnosis, const struct options *options)
{
	int err = preflight_capabilities(diagnosis->why);
	char why[WHY_SIZE];

	if (!err)
		err = preflight_lockdown(diagnosis->why);
	if (!err)
		err = preflight_bpf(diagnosis->why);
	if (preflight_btf(options->btf_path, &diagnosis->btf, why)) {
		if (!err)
			memcpy(diagnosis->why, why, sizeof(why));
		return;
	}
	object_judge(&diagnosis->side, diagnosis->btf);
	if (err)
		return;
	err = object_load(&diagnosis->side, options);
	if (err)
		snprintf(diagnosis->why, sizeof(diagnosis->why),
			 "the kernel did not take the programs (%s): -v shows why", strerror(-err));
	else
		diagnosis->loaded = true;
}

static bool is_in_btf(const struct btf *btf, const struct probe *probe)
{
	char name[128];

	if (!is_tracepoint(probe))
		return btf__find_by_name_kind(btf, probe->target, BTF_KIND_FUNC) > 0;
	snprintf(name, sizeof(name), "btf_trace_%s", probe->target);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

static const char *kind_of(const struct diagnosis *diagnosis, size_t i)
{
	const struct symbol_form *form = &diagnosis->forms[i];

	if (is_tracepoint(&diagnosis->side.probes[i]))
		return "tracepoint";
	if (!diagnosis->symbols)
		return "function, symbols not shown";
	return form->global ? "function" : form->local ? "static function" : "no such symbol";
}

static void write_form(FILE *out, const struct diagnosis *diagnosis, size_t i)
{
	const char *variant = diagnosis->forms[i].variant;

	fprintf(out, "%s%s%s", kind_of(diagnosis, i), *variant ? ", " : "", variant);
	if (diagnosis->btf)
		fputs(is_in_btf(diagnosis->btf, &diagnosis->side.probes[i]) ? ", in BTF" : ", not in BTF", out);
}

static void write_programs(FILE *out, const struct diagnosis *diagnosis)
{
	fprintf(out, "\nPrograms, and what this kernel has where they go:\n");
	for (size_t i = 0; i < PROBES; i++) {
		const struct probe *probe = &diagnosis->side.probes[i];

		fprintf(out, "  %-6s %-30s ", probe->mechanism, probe->target);
		write_form(out, diagnosis, i);
		fputc('\n', out);
	}
}

/* What is lost by each program that cannot be had. How many there are. */
static size_t write_lost(FILE *out, const struct diagnosis *diagnosis)
{
	size_t missing = 0;

	for (size_t i = 0; i < PROBES; i++) {
		const struct probe *probe = &diagnosis->side.probes[i];

		if (!probe->reason[0])
			continue;
		if (!missing++)
			fprintf(out, "\nNot to be had here, and what is lost by it:\n");
		fprintf(out, "  %s: %s\n    %s\n", programs[i].name,
			probe->optional && !probe->for_audit ? "nothing, since there are no such calls here"
							     : programs[i].loses,
			probe->reason);
	}
	return missing;
}

static bool is_degraded(const struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < PROBES; i++)
		if (diagnosis->side.probes[i].reason[0] && !diagnosis->side.probes[i].optional)
			return true;
	return false;
}

/* Whether the monitor can start. */
static bool write_result(FILE *out, struct diagnosis *diagnosis)
{
	size_t missing = diagnosis->btf ? write_lost(out, diagnosis) : PROBES;

	if (missing == PROBES && !*diagnosis->why)
		snprintf(diagnosis->why, sizeof(diagnosis->why), "no program has a place here");
	if (*diagnosis->why)
		fprintf(out, "\nResult: kmodwatch cannot start here: %s.\n", diagnosis->why);
	else if (!is_degraded(diagnosis))
		fprintf(out, "\nResult: kmodwatch can start here, and would see everything.\n");
	else
		fprintf(out, "\nResult: kmodwatch can start here, but would not see everything: see above.\n");
	if (!diagnosis->loaded)
		fprintf(out, "The kernel was not given the programs, so what it would refuse of them is not known.\n");
	return !*diagnosis->why;
}

int diagnose(const struct options *options)
{
	_cleanup_(diagnosis_done) struct diagnosis diagnosis = { .side.order = -1 };
	bool starts;
	int err;

	for (int i = 0; i < MAPS; i++)
		diagnosis.side.maps[i] = -1;
	for (size_t i = 0; i < PROBES; i++)
		diagnosis.side.probes[i].program = diagnosis.side.probes[i].link = -1;
	err = object_describe(&diagnosis.side);
	if (err) {
		preflight_explain_load(err);
		return EXIT_NO_START;
	}
	try_start(&diagnosis, options);
	read_symbols(&diagnosis);
	printf("kmodwatch " KMODWATCH_VERSION " diagnoses this machine; nothing is attached.\n\n");
	surroundings_line(stdout, "BTF", "%s%s", options->btf_path ? options->btf_path : "/sys/kernel/btf/vmlinux",
			  diagnosis.btf ? "" : ": cannot be read");
	surroundings_write(stdout, diagnosis.btf);
	write_programs(stdout, &diagnosis);
	starts = write_result(stdout, &diagnosis);
	return log_flushed(stdout) || !starts ? EXIT_NO_START : EXIT_ENDED;
}
