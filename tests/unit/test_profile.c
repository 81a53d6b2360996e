// SPDX-License-Identifier: BSD-2-Clause
/* A profile's file: what it says is required, so it must be nobody else's. */
#include "../../user/audit/check_run.h"
#include "../../user/log.h"
#include "hostile.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROFILE "-a always,exit -F arch=b64 -S init_module -k modules\n"

/* As the command says it. */
static int read_profile(const char *path)
{
	char *why = NULL;
	int err = check_profile(path, &why);

	if (err)
		log_line("%s", why ? why : strerror(-err));
	free(why);
	return err;
}

static void hostile_files(void **state)
{
	assert_refuses_all(*state, PROFILE, read_profile);
}

/* What is not there is an error, and what others may move there is trusted itself or not at all. */
static void anybodys_folder(void **state)
{
	struct hostile *hostile = *state;

	assert_int_equal(chmod(hostile->folder, 0777), 0);
	hostile_put(hostile->path, PROFILE);
	assert_int_equal(hostile_run(hostile, read_profile), 0);
	unlink(hostile->path);
	assert_true(hostile_run(hostile, read_profile) < 0);
	assert_non_null(strstr(hostile->said, "cannot be read: No such file or directory"));
}

/* An auditor's own file, and root's, without being root. */
static int read_as_user(const char *path)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(setgid(12345) || setuid(12345) ? 99 : read_profile(path) ? 1 : 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void own_file(void **state)
{
	struct hostile *hostile = *state;

	if (geteuid())
		skip();
	hostile_put(hostile->path, PROFILE);
	assert_int_equal(hostile_run(hostile, read_as_user), 0);
	assert_int_equal(chown(hostile->path, 12345, 12345), 0);
	assert_int_equal(hostile_run(hostile, read_as_user), 0);
	assert_int_equal(hostile_run(hostile, read_profile), -1);
	assert_int_equal(chown(hostile->path, 12346, 12346), 0);
	assert_int_equal(hostile_run(hostile, read_as_user), 1);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, hostile_setup, hostile_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_PLACE(hostile_files),
		IN_PLACE(anybodys_folder),
		IN_PLACE(own_file),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
