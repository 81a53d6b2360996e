// SPDX-License-Identifier: BSD-2-Clause
/* What is done when journald is not there, or goes: the calls to it are answered by a script. */
#include "../../user/output/fields.h"
#include "../../user/output/journal.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

/* The socket's inode before and after a sending, 0: there is none; and what the sending says. */
struct answer {
	ino_t before, after;
	int sent;
};

static struct {
	const struct answer *next;
	size_t left;
	bool second; /* look at the socket in one answer */
	unsigned int sent, waited;
	volatile int stopping;
} script;

static void next_answer(void)
{
	script.second = false;
	if (script.left > 1) { /* the last one is for ever */
		script.next++;
		script.left--;
	}
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int stat(const char *restrict path, struct stat *restrict found)
{
	ino_t inode = script.second ? script.next->after : script.next->before;

	assert_string_equal(path, "/run/systemd/journal/socket");
	if (script.second || !inode)
		next_answer();
	else
		script.second = true;
	if (!inode)
		errno = ENOENT;
	*found = (struct stat) { .st_ino = inode };
	return inode ? 0 : -1;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int sd_journal_sendv(const struct iovec *fields, int count)
{
	int answer = script.next->sent;

	assert_true(count > 0 && fields[0].iov_len > 0);
	script.sent++;
	if (answer)
		next_answer();
	return answer;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	script.waited++;
	usleep(1000);
	return 0;
}

static int play(const struct answer *answers, size_t count)
{
	struct event event = { .kind = EVENT_MODULE_PRESENT };

	script.next = answers;
	script.left = count;
	script.second = false;
	script.sent = script.waited = 0;
	return journal_send(&event, "{}\n", 3, &(struct sink) { .stopping = &script.stopping });
}

#define assert_play(expected, sendings, waits, ...)                        \
	do {                                                               \
		static const struct answer answers[] = { __VA_ARGS__ };    \
		assert_int_equal(play(answers, COUNT(answers)), expected); \
		assert_int_equal(script.sent, sendings);                   \
		assert_int_equal(script.waited, waits);                    \
	} while (0)

static void sent_once(void **state)
{
	assert_play(0, 1, 0, { 5, 5, 0 });
}

/* sd_journal_sendv() says 0 where there is no socket. */
static void waits_for_the_socket(void **state)
{
	assert_play(0, 1, 2, { 0, 0, 0 }, { 0, 0, 0 }, { 5, 5, 0 });
}

static void went_meanwhile(void **state)
{
	assert_play(0, 2, 2, { 5, 0, 0 }, { 0, 0, 0 }, { 6, 6, 0 });
	assert_play(0, 2, 1, { 5, 6, 0 }, { 6, 6, 0 });
}

static void refused_for_a_while(void **state)
{
	assert_play(0, 4, 3, { 5, 5, -ECONNREFUSED }, { 5, 5, -EAGAIN }, { 5, 5, -ENOBUFS }, { 5, 5, 0 });
	assert_play(0, 2, 0, { 5, 5, -EINTR }, { 5, 5, 0 });
}

static void refused_for_good(void **state)
{
	assert_play(-EACCES, 1, 0, { 5, 5, -EACCES });
}

static void given_up_when_stopping(void **state)
{
	static const struct answer gone[] = { { 0, 0, 0 } };
	struct timespec from, to;

	script.stopping = 15;
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(play(gone, 1), -ECANCELED);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_between(to.tv_sec - from.tv_sec, 1, 30); /* 2, but on a busy machine */
	/* one that is taken is not given up */
	assert_play(0, 1, 0, { 5, 5, 0 });
	script.stopping = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sent_once),	    cmocka_unit_test(waits_for_the_socket),
		cmocka_unit_test(went_meanwhile),   cmocka_unit_test(refused_for_a_while),
		cmocka_unit_test(refused_for_good), cmocka_unit_test(given_up_when_stopping),
	};

	return cmocka_run_group_tests_name("journal_send", tests, NULL, NULL);
}
