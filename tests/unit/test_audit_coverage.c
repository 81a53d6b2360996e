// SPDX-License-Identifier: BSD-2-Clause
/* Verdicts by hand; tests/vm/audit holds them against kernels. Paths are in a folder of our own: %s stands for it. */
#include "../../user/audit/judgement.h"
#include "../../user/audit/line.h"
#include "../../user/audit/paths.h"
#include "../../user/audit/targets.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS "-S init_module,finit_module,delete_module"
#define M64 "-a always,exit -F arch=b64 " CALLS " -k modules\n"
#define M32 "-a always,exit -F arch=b32 " CALLS " -k modules\n"
#define INIT64 "-a always,exit -F arch=b64 -S init_module"
#define DELETE64 "-a always,exit -F arch=b64 -S delete_module"
#define INIT32 "-a always,exit -F arch=b32 -S init_module"

static char folder[] = "/tmp/kmodwatch-unit-XXXXXX";
static struct machine machine;
static struct verdict last;
static char last_reason[2048], last_names[512];

/* %s in the text becomes the folder. */
static char *expand(const char *text, struct arena *arena)
{
	char *out = arena_alloc(arena, strlen(text) + 4096), *at = out;

	for (; *text; text++) {
		if (text[0] == '%' && text[1] == 's') {
			at = stpcpy(at, folder);
			text++;
		} else {
			*at++ = *text;
		}
	}
	return out;
}

static void load(const char *text, struct arena *arena, struct ruleset *rules)
{
	struct source_line *lines = arena_alloc(arena, 64 * sizeof(*lines));
	struct load_part part = { .lines = lines, .file = "t" };

	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		lines[part.count] =
		    (struct source_line) { "t", (unsigned int)part.count + 1, text, (size_t)(end - text) };
		part.count++;
	}
	assert_int_equal(ruleset_load(&part, 1, rules), 0);
}

/* The verdict on the requirement's target number `which`. */
static const char *judge(const char *rules_text, const char *requirement, size_t which)
{
	struct path_cache *paths = NULL;
	struct coverage coverage;
	struct targets targets;
	struct arena arena = { 0 };
	struct ruleset rules;
	struct line line;
	const char *why = "", *text = expand(requirement, &arena);

	assert_int_equal(path_cache_new(&paths), 0);
	load(expand(rules_text, &arena), &arena, &rules);
	assert_int_equal(line_understand(text, strlen(text), &arena, &line), 0);
	if (line.error.column)
		fail_msg("%s: %s", requirement, line.error.what);
	if (targets_of(&line.rule, &machine, paths, &arena, &targets, &why))
		fail_msg("%s: %s", requirement, why);
	assert_true(which < targets.count);
	assert_int_equal(coverage_init(&coverage, &machine, paths, &rules), 0);
	assert_int_equal(coverage_judge(&coverage, &targets.items[which], &arena, &last), 0);
	snprintf(last_reason, sizeof(last_reason), "%s", last.reason ? last.reason : "");
	*last_names = '\0';
	for (size_t i = 0; i < last.narrowed_count; i++)
		snprintf(last_names + strlen(last_names), sizeof(last_names) - strlen(last_names), "%s%s", i ? " " : "",
			 last.narrowed_by[i]);
	coverage_free(&coverage);
	ruleset_free(&rules);
	arena_free(&arena);
	path_cache_freep(&paths);
	return verdict_name(last.kind);
}

#define assert_verdict(rules, requirement, expected)                                                             \
	do {                                                                                                     \
		const char *got = judge(rules, requirement, 0);                                                  \
		if (strcmp(got, expected))                                                                       \
			fail_msg("%s\nfor %s: %s (%s), not %s", rules, requirement, got, last_reason, expected); \
	} while (0)

static void numbers_and_abis(void **state)
{
	assert_verdict(M64 M32, INIT64, "covered");
	assert_verdict(M64 M32, INIT32, "covered");
	assert_verdict(M64, INIT32, "missing");
	assert_verdict("-a exit,always -F key=x -F arch=x86_64 -S 175 -S 313 -S 176\n", INIT64, "covered");
	assert_verdict("-a always,exit " CALLS "\n", INIT64, "covered");
	assert_verdict("-a always,exit " CALLS "\n", INIT32, "missing");
	assert_verdict("-a always,exit -F arch!=b32 -S init_module\n", INIT64, "missing");
	assert_verdict("-a always,exit -F arch!=b32 -S 175\n", INIT64, "covered");
	assert_verdict("-a always,exit -S all\n", INIT32, "covered");
}

static void first_match_wins(void **state)
{
	assert_verdict("-a never,exit -F arch=b64 -S delete_module\n" M64, DELETE64, "shadowed");
	assert_verdict("-a never,exit -F arch=b64 -S delete_module\n" M64, INIT64, "covered");
	assert_verdict(M64 "-a never,exit -F arch=b64 -S delete_module\n", DELETE64, "covered");
	assert_verdict(M64 "-A never,exit -F arch=b64 -S delete_module\n", DELETE64, "shadowed");
	assert_verdict("-a never,exit -F arch=b64 -S delete_module\n", DELETE64, "missing");
	assert_verdict("-a never,exit -S all -F auid=-1\n" M64, INIT64, "narrowed");
	assert_string_equal(last_names, "auid");
	assert_non_null(strstr(last_reason, "auid unset"));
	assert_verdict("-a never,exit -F exe=%s/usr/bin/kmod\n" M64, INIT64, "narrowed");
	assert_string_equal(last_names, "exe");
	/* a link never runs */
	assert_verdict("-a never,exit -F exe=%s/usr/sbin/insmod\n" M64, INIT64, "covered");
}

static void narrowing(void **state)
{
	static const struct {
		const char *fields, *verdict, *names;
	} rows[] = {
		{ "-F auid>=1000 -F auid!=unset", "narrowed", "auid" },
		{ "-F auid>=1000", "narrowed", "auid" },
		{ "-F auid>=0", "covered", "" },
		{ "-F uid>=0", "covered", "" },
		{ "-F uid!=0", "narrowed", "uid" },
		{ "-F success=1", "narrowed", "success" },
		{ "-F success=0", "narrowed", "success" },
		{ "-F exit>=0", "covered", "" }, /* compared as unsigned */
		{ "-F exit<0", "inert", "" },
		{ "-F exit!=-EPERM", "narrowed", "exit" },
		{ "-F success=1 -F exit=-EPERM", "inert", "" },
		{ "-F auid=0 -F auid=1", "inert", "" },
		{ "-F auid=unset -F auid!=unset", "inert", "" },
		{ "-F auid>1000 -F auid>=1000", "narrowed", "auid" },
		{ "-F a0&0", "inert", "" },
		{ "-F a0&=0", "covered", "" },
		{ "-F a0=5", "narrowed", "a0" },
		{ "-F a2&1", "narrowed", "a2" },
		{ "-C auid!=uid", "narrowed", "uid auid" },
		{ "-C uid=obj_uid", "inert", "" },
		{ "-F perm=x", "inert", "" },
		{ "-F perm=wa", "inert", "" },
		{ "-F dir=/", "inert", "" },
		{ "-F obj_uid=0", "inert", "" },
		{ "-F filetype=file", "inert", "" },
		{ "-F filetype!=file", "covered", "" },
		{ "-F inode!=1", "inert", "" },
		{ "-F saddr_fam=2", "inert", "" },
		{ "-F exe=/no/program", "not_loaded", "" },
		{ "-F exe=/usr/bin/no_program", "narrowed", "exe" },
		{ "-F pid!=0", "covered", "" },
		{ "-F pers=0", "narrowed", "pers" },
		{ "-F sessionid=unset", "narrowed", "sessionid" },
		{ "-F subj_type=init_t", "unknown", "subj_type" },
		{ "-F uid=0 -F subj_type=init_t", "narrowed", "uid" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char rule[256];

		snprintf(rule, sizeof(rule), "-a always,exit -F arch=b64 -S init_module %s\n", rows[i].fields);
		assert_verdict(rule, INIT64, rows[i].verdict);
		if (strncmp(last_names, rows[i].names, strlen(rows[i].names)))
			fail_msg("%s: narrowed by `%s`, not `%s`", rows[i].fields, last_names, rows[i].names);
	}
}

/* Rules that are narrow one by one, and whole together; and a requirement that asks for less. */
static void together(void **state)
{
#define R INIT64 " "
	assert_verdict(R "-F auid<1000\n" R "-F auid>=1000 -F auid!=unset\n" R "-F auid=unset\n", INIT64, "covered");
	assert_verdict(R "-F auid<1000\n" R "-F auid>=1000 -F auid!=unset\n", INIT64, "narrowed");
	assert_verdict(R "-F success=0\n" R "-F success=1\n", INIT64, "covered");
	assert_verdict(R "-C auid=uid\n" R "-C auid!=uid\n", INIT64, "covered");
	assert_verdict(R "-F gid=5\n" R "-F gid!=5\n", INIT64, "covered");
	assert_verdict(R "-F gid=5\n" R "-F gid=6\n", INIT64, "narrowed");
	assert_verdict(R "-F subj_type=a\n" R "-F subj_type!=a\n", INIT64, "unknown");
	assert_verdict(R "-F exe=%s/usr/bin/kmod\n" R "-F exe!=%s/usr/bin/kmod\n", INIT64, "covered");
	assert_verdict(R "-F auid>=1000 -F auid!=unset\n", INIT64 " -F auid>=1000 -F auid!=unset", "covered");
	assert_verdict(R "-F auid>=500 -F auid!=unset\n", INIT64 " -F auid>=1000 -F auid!=unset", "covered");
	assert_verdict(R "-F auid>=2000\n", INIT64 " -F auid>=1000 -F auid!=unset", "narrowed");
	assert_verdict(R "-F auid=0\n", INIT64 " -F auid>=1000", "missing");
	assert_verdict(R "-F subj_type=a\n", INIT64 " -F subj_type=a", "covered");
	assert_verdict(R "-F uid=0\n", INIT64 " -C uid=euid -F euid=0", "narrowed");
#undef R
}

static void lists(void **state)
{
	assert_verdict(M64 "-a never,task\n", INIT64, "disabled");
	assert_verdict(M64 "-a never,task\n", INIT32, "disabled");
	assert_verdict(M64 "-a never,task -F uid=1000\n", INIT64, "narrowed");
	assert_verdict("-a always,task\n", INIT64, "narrowed");
	assert_verdict(M64 "-a always,task\n", INIT64, "covered");
	assert_verdict("-a always,task\n-a never,task\n" M64, INIT64, "covered");
	assert_verdict("-a never,task\n-a always,task\n" M64, INIT64, "disabled");
	assert_verdict(M64 "-a never,exclude -F msgtype=SYSCALL\n", INIT64, "disabled");
	assert_verdict(M64 "-a always,exclude -F msgtype=SYSCALL\n", INIT64, "disabled");
	assert_verdict(M64 "-a always,exclude -F msgtype=KERN_MODULE\n", INIT64, "covered");
	assert_verdict(M64 "-a always,exclude -F msgtype>=1300\n", INIT64, "disabled");
	assert_verdict(M64 "-a always,exclude\n", INIT64, "covered");
	assert_verdict(M64 "-a always,exclude -F uid=0\n", INIT64, "narrowed");
	assert_verdict(M64 "-a always,exclude -F uid=0\n", INIT64 " -F uid=5", "covered");
	assert_verdict(M64 "-a never,user -F uid=0\n", INIT64, "covered");
	assert_verdict(M64 "-e 0\n", INIT64, "disabled");
	assert_verdict(M64 "-e 2\n", INIT64, "covered");
}

static void not_loaded(void **state)
{
	assert_verdict("-w /etc/passwd -p wa\n-w /etc/passwd -p wa\n" M64, INIT64, "not_loaded");
	assert_verdict("-i\n-w /etc/passwd -p wa\n-w /etc/passwd -p wa\n" M64, INIT64, "covered");
	assert_verdict("-a always,exit -F arch=b64 -S finit_module -k modules # note\n",
		       "-a always,exit -F arch=b64 -S finit_module", "not_loaded");
	assert_verdict("-e 2\n" M64, INIT64, "not_loaded");
	assert_verdict("junk\n" M64, INIT32, "missing");
	assert_verdict("junk\n" M64 "-a never,task\n", INIT64, "missing");
	assert_verdict(INIT64 " -F uid=0\njunk\n" M64, INIT64, "narrowed");
	assert_verdict(M64 "junk\n", INIT64, "covered");
}

#define INSMOD "-w %s/sbin/insmod -p x"

static void programs(void **state)
{
	assert_verdict("-w %s/sbin/insmod -p x\n", INSMOD, "inert");
	assert_non_null(strstr(last_reason, "link"));
	assert_verdict("-w %s/usr/bin/kmod -p x\n", INSMOD, "covered");
	assert_verdict("-w %s/bin/kmod -p x\n", INSMOD, "covered");
	assert_verdict("-w %s/usr/bin/hardlink -p x\n", INSMOD, "covered");
	assert_verdict("-w %s/usr/bin/other -p x\n", INSMOD, "missing");
	assert_verdict("-w %s/usr/bin/kmod -p wa\n", INSMOD, "missing");
	assert_verdict("-a always,exit -F dir=%s/sbin -F perm=x\n", INSMOD, "inert");
	assert_verdict("-a always,exit -F dir=%s/usr/sbin -F perm=x\n", INSMOD, "inert");
	assert_verdict("-a always,exit -F dir=%s/usr/bin -F perm=x\n", INSMOD, "covered");
	assert_verdict("-a always,exit -F dir=%s -F perm=x\n", INSMOD, "covered");
	assert_verdict("-a always,exit -F path=%s/usr/bin/kmod -F perm=x -S delete_module\n", INSMOD, "inert");
	assert_verdict("-a always,exit -F path=%s/usr/bin/kmod -F perm=x -S delete_module\n", DELETE64, "inert");
	assert_verdict("-a always,exit -F arch=b64 -F path=%s/usr/bin/kmod -F perm=x\n", INSMOD, "covered");
	assert_string_equal(judge("-a always,exit -F arch=b64 -F path=%s/usr/bin/kmod -F perm=x\n", INSMOD, 1),
			    "missing");
	assert_verdict("-a always,exit -F arch=b64 -S execve\n", INSMOD, "narrowed");
	assert_string_equal(last_names, "syscall");
	assert_verdict("-a always,exit -F arch=b64 -S execve,execveat\n", INSMOD, "covered");
	assert_verdict("-a always,exit -F path=%s/usr/bin/kmod -F perm=x -F success=1\n", INSMOD, "narrowed");
	assert_verdict("-a never,exit -F path=%s/usr/bin/kmod\n-w %s/usr/bin/kmod -p x\n", INSMOD, "shadowed");
	assert_verdict("-w %s/usr/bin/kmod -p x\n-a never,exit -F path=%s/usr/bin/kmod\n", INSMOD, "covered");
	assert_verdict("-w %s/usr/bin/kmod -p x\n-A never,exit -F arch=b64 -S all\n", INSMOD, "shadowed");
	assert_verdict("-w %s/usr/bin/kmod -p x\n-a never,exit -F arch=b64 -S all\n", INSMOD, "covered");
	/* a program that is not there yet: by its name */
	assert_verdict("-w %s/usr/sbin/missing -p x\n", "-w %s/sbin/missing -p x", "covered");
	assert_verdict("-w %s/usr/bin/missing -p x\n", "-w %s/sbin/missing -p x", "missing");
	/* what runs then is the file behind the link */
	assert_verdict("-a always,exit -F arch=b64 -S execve,execveat -F exe=%s/usr/bin/kmod -F success=1\n"
		       "-a always,exit -F arch=b64 -S execve,execveat -F success=0\n",
		       INSMOD, "covered");
}

static void contexts(void **state)
{
	machine.lsm.selinux = false;
	machine.lsm.apparmor = true;
	assert_verdict(INIT64 " -F subj_type=a\n", INIT64, "inert");
	assert_verdict(INIT64 " -F subj_type!=a\n", INIT64, "inert");
	assert_verdict(INIT64 " -F subj_role=a\n", INIT64, "unknown");
	machine.lsm.apparmor = false;
	assert_verdict("-a never,exit -S all -F subj_role!=a\n" M64, INIT64, "covered");
	machine.lsm.selinux = true;
	assert_verdict("-a never,exit -S all -F subj_role!=a\n" M64, INIT64, "unknown");
}

static void tomoyo(void **state)
{
	machine.lsm.tomoyo = true;
	assert_verdict("-w %s/sbin/insmod -p x\n", INSMOD, "covered");
	assert_verdict("-a always,exit -F dir=%s/usr/sbin -F perm=x\n", INSMOD, "covered");
	machine.lsm.tomoyo = false;
	machine.lsm.known = false;
	assert_verdict("-w %s/sbin/insmod -p x\n", INSMOD, "unknown");
	assert_verdict("-w %s/usr/bin/kmod -p x\n", INSMOD, "covered");
	machine.lsm.known = true;
}

static void other_files(void **state)
{
	assert_verdict("-w %s/usr/bin/other -p wa\n", "-w %s/usr/bin/other -p wa", "covered");
	assert_verdict("-w %s/usr/bin/other -p w\n", "-w %s/usr/bin/other -p wa", "covered");
	assert_string_equal(judge("-w %s/usr/bin/other -p w\n", "-w %s/usr/bin/other -p a", 0), "narrowed");
	assert_verdict("-w %s/usr/bin -p wa\n", "-w %s/usr/bin/other -p wa", "covered");
	assert_verdict("-w %s/usr -p wa\n", "-w %s/usr/bin -p wa", "covered");
	assert_verdict("-w %s/usr/bin/kmod -p wa\n", "-w %s/usr/bin -p wa", "narrowed");
	assert_verdict("-w %s/usr/bin -p wa -k x\n-A never,exit -F path=%s/usr/bin/other\n", "-w %s/usr/bin -p wa",
		       "narrowed");
}

static int set_up(void **state)
{
	char command[1024];

	machine_read(&machine);
	machine.lsm = (struct lsm_list) { .known = true, .selinux = true };
	if (!mkdtemp(folder))
		return -1;
	snprintf(
	    command, sizeof(command),
	    "cd %s && mkdir -p usr/bin usr/sbin && ln -s usr/bin bin && ln -s usr/sbin sbin && cp /bin/true usr/bin/kmod && "
	    "ln usr/bin/kmod usr/bin/hardlink && touch usr/bin/other && ln -s ../bin/kmod usr/sbin/insmod",
	    folder);
	return system(command);
}

static int tear_down(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_abis),
		cmocka_unit_test(first_match_wins),
		cmocka_unit_test(narrowing),
		cmocka_unit_test(together),
		cmocka_unit_test(lists),
		cmocka_unit_test(not_loaded),
		cmocka_unit_test(programs),
		cmocka_unit_test(contexts),
		cmocka_unit_test(tomoyo),
		cmocka_unit_test(other_files),
	};

#ifndef __x86_64__
	return 0; /* numbers and ABIs are x86's */
#endif
	return cmocka_run_group_tests_name("audit_coverage", tests, set_up, tear_down);
}
