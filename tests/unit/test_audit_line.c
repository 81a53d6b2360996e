// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/audit/comparison.h"
#include "../../user/audit/line.h"
#include "../../user/audit/rule_print.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int clean_up(void **state)
{
	arena_free(&arena);
	return 0;
}

static struct line parse(const char *text)
{
	char *copy = exact_copy(text, strlen(text));
	struct line line;

	assert_int_equal(line_understand(copy, strlen(text), &arena, &line), 0);
	free(copy);
	return line;
}

static void good_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"   ",
		"# a comment",
		"   # indented with spaces",
		"-D",
		"-D -k key",
		"-b 8192",
		"-e 1 -f 2",
		"-w /etc/passwd -p wa -k identity",
		"-w/etc/passwd -pwa",
		"-w /etc/passwd",
		"-w /etc/my\\ file -p wa",
		"-W /etc/passwd -p wa",
		"-a always,exit -S open",
		"-a exit,always -S open",
		"-A never,exit -F arch=b64 -S open,close -F auid>=1000 -F auid!=unset -k x",
		"-a always,exit -F arch=B64 -S OPEN",
		"-a always,exit -S 175 -S 0x10",
		"-a always,exit -S all -F exit=-EPERM",
		"-a always,exit -F path=/usr/bin/kmod -F perm=x -k m",
		"-a never,task",
		"-a never,user -F uid=0",
		"-a never,exclude -F msgtype=SYSCALL",
		"-a always,exclude -F msgtype=1300",
		"-a never,filesystem -F fstype=tracefs -k x",
		"-a always,exit -S open -C auid!=uid",
		"-a always,exit -S open -F success=0 -F a0&=3",
		"-a always,exit -S ,",
		"-d never,task",
		"-i",
		"-c",
		"-t",
		"--loginuid-immutable",
		"--backlog_wait_time 100",
		"--backlog_wait_time=100",
		"--backlog 100",
		"--reset-lost",
		"-r 100",
		"-q /mnt,/srv",
		"-a exit,possible -S open",
		"-w /x -p x -a exit,always",
		"-S open -a always,exit",
		"-a always,exit -F key=a -S open -k b",
		"-a always,exit -S open -F sessionid=junk",
		"-m hello",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line line = parse(lines[i]);

		if (line.error.column)
			fail_msg("`%s`: %u: %s", lines[i], line.error.column, line.error.what);
	}
}

static void bad_lines(void **state)
{
	static const struct {
		const char *text;
		unsigned int column;
	} lines[] = {
		{ "junk", 1 },
		{ "\t", 1 },
		{ "\t# a tab before a comment", 1 },
		{ "-", 1 },
		{ "-x", 1 },
		{ "-w", 1 },
		{ "-w /etc/passwd -p wa # note", 22 },
		{ "-w etc/passwd", 4 },
		{ "-w /etc/passwd -p wq", 19 },
		{ "-w /etc/passwd -p rwxar", 19 },
		{ "-w /etc/passwd -w /etc/group", 19 },
		{ "-w /etc/passwd -S open -F arch=b64", 27 },
		{ "-a always,exit -w /etc/passwd", 19 },
		{ "-a always", 4 },
		{ "-a always,exit,x", 4 },
		{ "-a always,nowhere", 4 },
		{ "-a exit,exit", 4 },
		{ "-a always,always", 4 },
		{ "-a always,exit -a always,exit", 19 },
		{ "-a always,exit -S no_such_call", 19 },
		{ "-a always,exit -S 2048", 19 },
		{ "-a always,exit -S open -F arch=b64", 27 },
		{ "-a always,exit -F arch=nothing -S open", 19 },
		{ "-a always,exit -F arch>b64 -S open", 19 },
		{ "-a always,exit -F auid -S open", 19 },
		{ "-a always,exit -F auid= -S open", 19 },
		{ "-a always,exit -F =5 -S open", 19 },
		{ "-a always,exit -F color=red", 19 },
		{ "-a always,exit -F auid=no_such_user", 19 },
		{ "-a always,exit -F gid=-1", 19 },
		{ "-a always,exit -F success=yes", 19 },
		{ "-a always,exit -F exit=ENOSUCH", 19 },
		{ "-a always,exit -F perm=z", 19 },
		{ "-a always,exit -F perm!=x", 19 },
		{ "-a always,exit -F msgtype=SYSCALL", 19 },
		{ "-a always,exit -F fstype=tracefs", 19 },
		{ "-a always,exit -F uid=0 -k x", 28 },
		{ "-a never,exclude -F euid=0", 21 },
		{ "-a never,exclude -S open", 21 },
		{ "-a never,task -S open", 18 },
		{ "-a never,task -F path=/x", 18 },
		{ "-a always,exit -C auid!=pid", 19 },
		{ "-a always,exit -C auid", 19 },
		{ "-F auid=0", 4 },
		{ "-k key", 4 },
		{ "-p x", 4 },
		{ "-S open", 1 },
		{ "-e 3", 4 },
		{ "-e x", 4 },
		{ "-b x", 4 },
		{ "-D -k", 1 },
		{ "-D -x y", 1 },
		{ "-D extra", 1 },
		{ "-D\r", 1 },
		{ "-i extra", 4 },
		{ "-R /etc/audit/audit.rules", 4 },
		{ "-h", 1 },
		{ "-q /mnt", 4 },
		{ "-a always,exit -F arch=b64\t-S open", 19 },
		{ "-w \"/etc/my file\" -p wa", 4 },
		/* auditctl has room for one word for three bytes */
		{ "-b 1 -f 1 -r 1 -e 1", 16 },
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line line = parse(lines[i].text);

		if (line.error.column != lines[i].column)
			fail_msg("`%s`: column %u, not %u: %s", lines[i].text, line.error.column, lines[i].column,
				 line.error.column ? line.error.what : "no error");
	}
}

static void rules(void **state)
{
	struct line line = parse("-A exit,never -F arch=b32 -S init_module -F auid>=1000 -F auid!=-1 -k a -k b");

	assert_int_equal(line.verb, LINE_ADD);
	assert_true(line.rule.prepend);
	assert_int_equal(line.rule.list, AUDIT_FILTER_EXIT);
	assert_int_equal(line.rule.action, AUDIT_NEVER);
	assert_true(rule_has_call(&line.rule, 128));
	assert_false(rule_has_call(&line.rule, 175));
	assert_int_equal(line.rule.field_count, 4);
	assert_int_equal(line.rule.fields[0].value, AUDIT_ARCH_I386);
	assert_int_equal(line.rule.fields[1].op, AUDIT_GREATER_THAN_OR_EQUAL);
	assert_int_equal(line.rule.fields[2].value, UINT32_MAX);
	assert_string_equal(line.rule.fields[3].text, "a\001b");

	line = parse("-w /nowhere/x/ -k k -p x");
	assert_string_equal(line.rule.fields[0].text, "/nowhere/x");
	assert_int_equal(line.rule.fields[0].type, AUDIT_WATCH);
	assert_int_equal(line.rule.fields[1].value, AUDIT_PERM_EXEC);
	assert_true(rule_has_all_calls(&line.rule));

	line = parse("-w /usr");
	assert_int_equal(line.rule.fields[0].type, AUDIT_DIR);

	/* without an arch, and with !=, the table is the native one's and the named one's */
	line = parse("-a always,exit -F arch!=b32 -S init_module");
	assert_true(rule_has_call(&line.rule, 128));
	line = parse("-w /a\\ b\\\\c -p x");
	assert_string_equal(line.rule.fields[0].text, "/a b\\c");
}

/* An option's work is done even where a later word makes the line an error. */
static void effects(void **state)
{
	struct line line = parse("-e 2 junk");

	assert_true(line.error.column > 0);
	assert_int_equal(line.effects.enabled, 2);
	line = parse("-D -k some");
	assert_true(line.effects.delete_all);
	assert_string_equal(line.effects.delete_key, "some");
	line = parse("-i");
	assert_true(line.effects.ignore_errors);
	/* what follows -i is never looked at */
	line = parse("-a always,exit -S open -i");
	assert_int_equal(line.verb, LINE_NOTHING);
	assert_int_equal(line.error.column, 0);
}

/* The same field, read by libaudit's own parser. */
static void fields_as_libaudit(void **state)
{
	static const char *const names[] = { "pid",	 "uid",	      "euid",	  "suid",      "fsuid",
					     "gid",	 "egid",      "sgid",	  "fsgid",     "auid",
					     "loginuid", "pers",      "msgtype",  "subj_type", "ppid",
					     "obj_type", "sessionid", "devmajor", "devminor",  "inode",
					     "exit",	 "success",   "path",	  "perm",      "dir",
					     "filetype", "fstype",    "obj_uid",  "obj_gid",   "field_compare",
					     "a0",	 "a3",	      "exe",	  "saddr_fam", "nothing" };
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=", "&", "&=", "" };
	static const char *const values[] = { "0",    "1000",	 "-1",	     "4294967295", "unset",
					      "root", "0x10",	 "010",	     "EPERM",	   "-EPERM",
					      "rwx",  "x",	 "/usr/bin", "file",	   "12abc",
					      "",     "tracefs", "SYSCALL",  "99999999999" };
	static const int lists[] = { AUDIT_FILTER_EXIT, AUDIT_FILTER_TASK, AUDIT_FILTER_EXCLUDE, AUDIT_FILTER_USER };
	unsigned int same = 0;

	for (size_t n = 0; n < COUNT(names); n++)
		for (size_t o = 0; o < COUNT(ops); o++)
			for (size_t v = 0; v < COUNT(values); v++)
				for (size_t l = 0; l < COUNT(lists); l++) {
					struct audit_rule_data *theirs = audit_rule_create_data();
					struct field_context context = { .list = lists[l], .arena = &arena };
					struct rule_field field = { 0 };
					const char *wrong;
					char pair[128], again[128];
					int rc;

					/* libaudit asks the running kernel for these, and may be told no */
					if (!strcmp(names[n], "exe") || !strcmp(names[n], "sessionid") ||
					    (lists[l] == AUDIT_FILTER_EXCLUDE && strcmp(names[n], "msgtype"))) {
						audit_rule_free_data(theirs);
						continue;
					}
					snprintf(pair, sizeof(pair), "%s%s%s", names[n], ops[o], values[v]);
					strcpy(again, pair);
					rc = audit_rule_fieldpair_data(&theirs, again, lists[l]);
					wrong = field_parse(pair, &context, &field);
					if (!rc != !wrong)
						fail_msg("%s in list %d: libaudit %d, here: %s", pair, lists[l], rc,
							 wrong ? wrong : "fine");
					if (!rc &&
					    (theirs->fields[0] != field.type || theirs->fieldflags[0] != field.op ||
					     (!field.text && theirs->values[0] != field.value)))
						fail_msg("%s: %u %x %u, not %u %x %u", pair, field.type, field.op,
							 field.value, theirs->fields[0], theirs->fieldflags[0],
							 theirs->values[0]);
					same++;
					audit_rule_free_data(theirs);
					arena_free(&arena);
				}
	assert_true(same > 10000);
}

static void comparisons_as_libaudit(void **state)
{
	static const char *const names[] = { "uid",   "euid", "suid",	 "fsuid",   "gid", "egid", "sgid",
					     "fsgid", "auid", "obj_uid", "obj_gid", "pid", "exit" };

	for (size_t a = 0; a < COUNT(names); a++)
		for (size_t b = 0; b < COUNT(names); b++) {
			struct audit_rule_data *theirs = audit_rule_create_data();
			struct field_context context = { .list = AUDIT_FILTER_EXIT, .arena = &arena };
			struct rule_field field = { 0 };
			char pair[64], again[64];
			const char *wrong;
			int rc;

			snprintf(pair, sizeof(pair), "%s%s%s", names[a], (a + b) % 2 ? "=" : "!=", names[b]);
			strcpy(again, pair);
			rc = audit_rule_interfield_comp_data(&theirs, again, AUDIT_FILTER_EXIT);
			wrong = field_parse_comparison(pair, &context, &field);
			if (!rc != !wrong ||
			    (!rc && (theirs->values[0] != field.value || theirs->fieldflags[0] != field.op)))
				fail_msg("-C %s: libaudit %d value %u, here %s value %u", pair, rc, theirs->values[0],
					 wrong ? wrong : "fine", field.value);
			audit_rule_free_data(theirs);
		}
}

/* What is printed is read back as the same rule. */
static void printed_and_read(void **state)
{
	static const char *const lines[] = {
		"-w /etc/my\\ file -p wa -k identity",
		"-A never,exit -F arch=b64 -S open,close -F auid>=1000 -F auid!=unset -k x",
		"-a always,exit -F arch=b32 -S init_module -C auid!=uid -F exit=-EPERM -F a0&=3 -k a -k b",
		"-a always,exit -F path=/usr/bin/kmod -F perm=x",
		"-a always,exit -S all -F uid=0",
		"-a always,exit -F perm=wa -F dir=/usr",
		"-a never,exclude -F msgtype=KERN_MODULE",
		"-a never,task -F uid=0",
		"-a never,filesystem -F fstype=0x858458f6",
		"-a always,exit -S 175,313 -F filetype=file -F sessionid=unset -F obj_uid=0",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line first = parse(lines[i]), again;
		char *text = rule_print(&first.rule, &arena);

		again = parse(text);
		if (again.error.column || !rule_equal(&first.rule, &again.rule) ||
		    first.rule.prepend != again.rule.prepend)
			fail_msg("`%s` becomes `%s`: %s", lines[i], text,
				 again.error.column ? again.error.what : "another");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(good_lines, clean_up),
		cmocka_unit_test_teardown(bad_lines, clean_up),
		cmocka_unit_test_teardown(rules, clean_up),
		cmocka_unit_test_teardown(effects, clean_up),
		cmocka_unit_test_teardown(fields_as_libaudit, clean_up),
		cmocka_unit_test_teardown(comparisons_as_libaudit, clean_up),
		cmocka_unit_test_teardown(printed_and_read, clean_up),
	};

	return cmocka_run_group_tests_name("audit_line", tests, NULL, NULL);
}
