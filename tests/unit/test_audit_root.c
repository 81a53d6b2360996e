// SPDX-License-Identifier: BSD-2-Clause
/* The check of a system that lies below a folder: its rules, its links, its tools, and nothing from outside. */
#include "../../user/audit/check_run.h"
#include "../../user/audit/root.h"
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char base[] = "/tmp/kmodwatch-root-XXXXXX";
static char tree[64];	 /* the system */
static char outside[64]; /* what its links must not lead to */

static void put(const char *in, const char *path, const char *text)
{
	char whole[512];
	FILE *f;

	snprintf(whole, sizeof(whole), "%s%s", in, path);
	for (char *slash = whole + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	f = fopen(whole, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(whole, 0755);
}

static void put_link(const char *path, const char *to)
{
	char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", tree, path);
	unlink(whole);
	assert_int_equal(symlink(to, whole), 0);
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	return remove(path);
}

static int make(void **state)
{
	assert_non_null(mkdtemp(base));
	snprintf(tree, sizeof(tree), "%s/tree", base);
	snprintf(outside, sizeof(outside), "%s/outside", base);
	put(tree, "/usr/bin/kmod", "kmod");
	put(tree, "/usr/sbin/other", "");
	put(tree, "/etc/passwd", "root:x:0:0::/:/bin/sh\nonly-there:x:4242:1::/:/bin/sh\n");
	put(tree, "/etc/group", "root:x:0:\nonly-theirs:x:4343:\n");
	put(tree, "/srv/x", "");
	put_link("/bin", "/usr/bin");  /* absolute: the root's */
	put_link("/sbin", "usr/sbin"); /* relative */
	put_link("/usr/sbin/insmod", "/bin/kmod");
	put_link("/usr/sbin/rmmod", "../../../../../../../../bin/kmod"); /* as high as there is */
	put_link("/usr/sbin/modprobe", "../bin/kmod");
	put(outside, "/rules.d/10.rules", "-a always,exit -F arch=b64 -S init_module -k outside\n");
	return 0;
}

static int clear(void **state)
{
	root_set(NULL);
	return nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static enum outcome judge(const char *profile, const char *root)
{
	const struct check_options options = { .profile = profile };
	struct check *check = NULL;
	enum outcome outcome;
	char *why = NULL;

	assert_int_equal(root_set(root), 0);
	if (check_run(&options, &check, &why))
		fail_msg("%s", why ? why : "?");
	assert_false(check->states[STATE_KERNEL].present);
	outcome = check->outcome;
	check_freep(&check);
	return outcome;
}

#define CALLS                                                                                   \
	"-a always,exit -F arch=b64 -S init_module,delete_module,finit_module -F key=modules\n" \
	"-a always,exit -F arch=b32 -S init_module,delete_module,finit_module -F key=modules\n"
#define TOOL "-a always,exit -F path=/usr/bin/kmod -F perm=x -F key=modules\n"

static void its_rules_and_tools(void **state)
{
	put(tree, "/etc/audit/rules.d/10.rules", CALLS TOOL);
	put(tree, "/etc/audit/audit.rules", CALLS TOOL);
	if (geteuid() == 0) /* else auditctl would not read it */
		assert_int_equal(judge("complete", tree), OUTCOME_PARITY);
	put(tree, "/etc/audit/audit.rules", CALLS);
	assert_int_equal(judge("complete", tree), OUTCOME_GAP);
}

/* The folder of the rules is a link, and so are the files in it. */
static void links(void **state)
{
	static const char *const ways[] = { "/srv/rules", "../../srv/rules", "../../../../../../srv/rules",
					    "/srv/../../srv/./rules" };
	char whole[512];

	snprintf(whole, sizeof(whole), "%s/etc/audit/audit.rules", tree);
	unlink(whole);
	snprintf(whole, sizeof(whole), "%s/etc/audit/rules.d/10.rules", tree);
	unlink(whole);
	snprintf(whole, sizeof(whole), "%s/etc/audit/rules.d", tree);
	rmdir(whole);
	put(tree, "/srv/rules/real", CALLS TOOL);
	put_link("/srv/rules/10.rules", "/srv/rules/real");
	for (size_t i = 0; i < COUNT(ways); i++) {
		put_link("/etc/audit/rules.d", ways[i]);
		assert_int_equal(judge("complete", tree), OUTCOME_PARITY);
	}
	/* what is outside is not there */
	snprintf(whole, sizeof(whole), "%s/rules.d", outside);
	put_link("/etc/audit/rules.d", whole);
	assert_int_equal(judge("complete", tree), OUTCOME_GAP);
	put_link("/etc/audit/rules.d", "../../../outside/rules.d");
	assert_int_equal(judge("complete", tree), OUTCOME_GAP);
}

static void paths(void **state)
{
	char real[PATH_MAX];
	struct stat status, kmod;
	uint32_t magic;

	assert_int_equal(root_set(tree), 0);
	assert_true(root_real("/sbin/insmod", real));
	assert_string_equal(real, "/usr/bin/kmod");
	assert_true(root_real("/sbin/../../../sbin/rmmod", real));
	assert_string_equal(real, "/usr/bin/kmod");
	assert_true(root_real("/..", real));
	assert_string_equal(real, "/");
	assert_int_equal(root_stat("/sbin/insmod", &status), 0);
	assert_int_equal(root_lstat("/usr/bin/kmod", &kmod), 0);
	assert_true(status.st_ino == kmod.st_ino);
	assert_int_equal(root_lstat("/sbin/insmod", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_true(root_magic("/sbin", &magic));
	assert_int_equal(root_stat(outside, &status), -1);
	assert_int_equal(errno, ENOENT);
	put_link("/around", "/around");
	assert_int_equal(root_open("/around", 0), -1);
	assert_int_equal(errno, ELOOP);
	assert_false(root_real("/around/x", real));
	assert_int_equal(root_set("/nowhere/at/all"), -ENOENT);
	assert_int_equal(root_set("/etc/passwd"), -ENOTDIR);
	assert_true(root_is_set()); /* as before */
	assert_int_equal(root_set("/"), 0);
	assert_true(root_real("/etc/passwd", real));
	assert_string_equal(real, "/etc/passwd");
	assert_int_equal(root_set(NULL), 0);
	assert_false(root_is_set());
}

/* The names in rules are those of its own users. */
static void users(void **state)
{
	assert_int_equal(root_set(tree), 0);
	assert_int_equal(root_user("only-there")->pw_uid, 4242);
	assert_int_equal(root_group("only-theirs")->gr_gid, 4343);
	assert_null(root_user("nobody"));
	assert_null(root_group("nogroup"));
	assert_int_equal(root_set(NULL), 0);
	assert_null(root_user("only-there"));
	assert_int_equal(root_user("root")->pw_uid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(users),
		cmocka_unit_test(its_rules_and_tools),
		cmocka_unit_test(links),
	};

	return cmocka_run_group_tests_name("audit root", tests, make, clear);
}
