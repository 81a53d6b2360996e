// SPDX-License-Identifier: BSD-2-Clause
/* When the audit watch looks, with a clock of our own. What it finds on this machine does not matter. */
#include "../../user/audit/check_options.h"
#include "../../user/audit/watch.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* In front of libc's: what others do in this machine's /etc must not wake the watch. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	errno = ENOENT;
	return -1;
}

static const uint64_t start = 6000; /* ms since boot: a whole minute is far */

/* What was told last. */
static struct {
	int count;
	char outcome[16], advice[256];
} told;

static int ignore(void *ctx, struct event *event)
{
	const struct text *advice = event->advice.items;

	told.count++;
	snprintf(told.outcome, sizeof(told.outcome), "%.*s", (int)event->outcome.size, event->outcome.bytes);
	snprintf(told.advice, sizeof(told.advice), "%.*s", event->advice.count ? (int)advice->size : 0,
		 event->advice.count ? advice->bytes : "");
	return 0;
}

/* Until the look that is under way is over, on a clock that stands still. */
static void settle(struct audit_watch *watch, uint64_t ms)
{
	do {
		struct pollfd result = { .fd = audit_watch_result_fd(watch), .events = POLLIN };

		poll(&result, 1, result.fd < 0 ? 0 : 100);
		assert_int_equal(audit_watch_handle(watch, ms * 1000000, ignore, NULL), 0);
	} while (audit_watch_result_fd(watch) >= 0);
}

static int setup(void **state)
{
	static const struct check_options options = { .profile = "complete" };
	struct audit_watch *watch;
	char *why;

	assert_int_equal(audit_watch_new(&options, &watch, &why), 0);
	told.count = 0;
	assert_int_equal(audit_watch_start(watch, ignore, NULL), 0);
	settle(watch, start);
	assert_int_equal(told.count, 1);
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
	settle(watch, ms);
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

/* The look of this test's own child, by its pid: the only one there is. */
static void signal_child(int signal)
{
	char path[64], pid[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	assert_true(f && fgets(pid, sizeof(pid), f) && atoi(pid) > 0);
	fclose(f);
	assert_int_equal(kill(atoi(pid), signal), 0);
}

/* A look that does not end, be it for a dead mount, is ended; meanwhile nobody waits, and then what was is not known.
 */
static void look_that_hangs(void **state)
{
	uint64_t late = start + 30001;

	wake(*state, start);
	assert_int_equal(audit_watch_handle(*state, start * 1000000, ignore, NULL), 0);
	signal_child(SIGSTOP);
	assert_true(audit_watch_result_fd(*state) >= 0);
	assert_int_equal(audit_watch_handle(*state, (start + 29000) * 1000000, ignore, NULL), 0);
	assert_int_equal(told.count, 1);
	assert_between(audit_watch_due_ms(*state, (start + 29000) * 1000000), 1, 1001);
	assert_int_equal(audit_watch_handle(*state, late * 1000000, ignore, NULL), 0);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.outcome, "unknown");
	assert_non_null(strstr(told.advice, "not over after 30 seconds"));
	settle(*state, late);
	settle(*state, 60001); /* the next look checks again, though nothing has changed */
	assert_int_equal(told.count, 3);
	assert_null(strstr(told.advice, "not over"));
}

static void look_that_dies(void **state)
{
	wake(*state, start);
	assert_int_equal(audit_watch_handle(*state, start * 1000000, ignore, NULL), 0);
	signal_child(SIGKILL);
	settle(*state, start);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.outcome, "unknown");
	assert_non_null(strstr(told.advice, "ended before it was done"));
}

#define WITH_WATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WATCH(whole_minutes), WITH_WATCH(first_and_last),	WITH_WATCH(restless),
		WITH_WATCH(asked_often),   WITH_WATCH(look_that_hangs), WITH_WATCH(look_that_dies),
	};

	return cmocka_run_group_tests_name("audit_watch", tests, NULL, NULL);
}
