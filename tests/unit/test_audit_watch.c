// SPDX-License-Identifier: BSD-2-Clause
/* When the audit watch looks, with a clock of our own. What it finds on this machine does not matter. */
#include "../../user/audit/check_options.h"
#include "../../user/audit/watch.h"
#include "unit.h"

#include <errno.h>
#include <sys/inotify.h>

/* In front of libc's: what others do in this machine's /etc must not wake the watch. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	errno = ENOENT;
	return -1;
}

static const uint64_t start = 6000; /* ms since boot: a whole minute is far */

static int ignore(void *ctx, struct event *event)
{
	return 0;
}

static int setup(void **state)
{
	static const struct check_options options = { .profile = "complete" };
	struct audit_watch *watch;
	char *why;

	assert_int_equal(audit_watch_new(&options, &watch, &why), 0);
	assert_int_equal(audit_watch_start(watch, ignore, NULL), 0);
	assert_int_equal(audit_watch_handle(watch, start * 1000000, ignore, NULL), 0);
	*state = watch;
	return 0;
}

static int teardown(void **state)
{
	struct audit_watch *watch = *state;

	audit_watch_freep(&watch);
	return 0;
}

/* How long it waits from there on, once what is due is done. */
static int wait_at(struct audit_watch *watch, uint64_t ms)
{
	assert_int_equal(audit_watch_handle(watch, ms * 1000000, ignore, NULL), 0);
	return audit_watch_due_ms(watch, ms * 1000000) - 1; /* it rounds up */
}

static void wake(struct audit_watch *watch, uint64_t ms)
{
	audit_watch_wake(watch, ms * 1000000);
}

static void whole_minutes(void **state)
{
	assert_int_equal(wait_at(*state, start), 54000);
	assert_int_equal(wait_at(*state, 60001), 59999);
}

/* With the first change, and when the last has rested. */
static void first_and_last(void **state)
{
	wake(*state, start);
	assert_int_equal(audit_watch_due_ms(*state, start * 1000000), 0);
	assert_int_equal(wait_at(*state, start), 250);
	wake(*state, start + 100);
	assert_int_equal(wait_at(*state, start + 100), 250);
	assert_int_equal(wait_at(*state, start + 350), 53650);
	wake(*state, start + 700); /* soon after a look: when it has rested is soon enough */
	assert_int_equal(audit_watch_due_ms(*state, (start + 700) * 1000000), 251);
	assert_int_equal(wait_at(*state, start + 950), 53050);
	wake(*state, start + 1950);
	assert_int_equal(audit_watch_due_ms(*state, (start + 1950) * 1000000), 0);
}

/* What does not rest is looked at every second, and once more when it does. */
static void restless(void **state)
{
	for (uint64_t ms = 0; ms < 1000; ms += 100) {
		wake(*state, start + ms);
		assert_between(wait_at(*state, start + ms), 100, 250);
	}
	assert_int_equal(audit_watch_due_ms(*state, (start + 1000) * 1000000), 0);
	assert_int_equal(wait_at(*state, start + 1000), 150);
	assert_int_equal(wait_at(*state, start + 1150), 52850);
}

static void asked_often(void **state)
{
	audit_watch_ask(*state, true, start * 1000000);
	assert_int_equal(wait_at(*state, start), 500);
	assert_int_equal(wait_at(*state, start + 500), 500);
	audit_watch_ask(*state, false, (start + 600) * 1000000);
	assert_int_equal(audit_watch_due_ms(*state, (start + 600) * 1000000), 0);
	assert_int_equal(wait_at(*state, start + 600), 53400);
}

#define WITH_WATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WATCH(whole_minutes),
		WITH_WATCH(first_and_last),
		WITH_WATCH(restless),
		WITH_WATCH(asked_often),
	};

	return cmocka_run_group_tests_name("audit_watch", tests, NULL, NULL);
}
