// SPDX-License-Identifier: BSD-2-Clause
/* What is said on stderr: to somebody who reads it, and to nobody. */
#include "../../user/log.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Stderr, from where it can be read. */
struct ear {
	int from, to, saved;
	char heard[256 * 1024];
};

static struct ear ear;

static void listen_at(int from, int to)
{
	fflush(stderr);
	ear.from = from;
	ear.to = to;
	ear.saved = dup(STDERR_FILENO);
	assert_true(ear.saved >= 0 && dup2(to, STDERR_FILENO) >= 0);
	assert_int_equal(fcntl(from, F_SETFL, O_NONBLOCK), 0);
	alarm(60); /* for who waits for ever */
}

/* What waits there. */
static const char *hear(void)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(ear.from, ear.heard + used, sizeof(ear.heard) - 1 - used)) > 0)
		used += n;
	ear.heard[used] = '\0';
	return ear.heard;
}

static void stop_listening(void)
{
	alarm(0);
	dup2(ear.saved, STDERR_FILENO);
	close(ear.saved);
	close(ear.from);
	close(ear.to);
	log_never_wait(false);
}

/* Nothing more goes in, by another descriptor of the same. Afterwards that is as it was. */
static void fill(void)
{
	static const char filler[512];
	int flags = fcntl(ear.to, F_GETFL);

	assert_int_equal(fcntl(ear.to, F_SETFL, flags | O_NONBLOCK), 0);
	for (size_t size = sizeof(filler); size; size /= 2)
		while (write(ear.to, filler, size) > 0)
			;
	assert_int_equal(fcntl(ear.to, F_SETFL, flags), 0);
}

static void nobody_reads(int from, int to)
{
	int flags = fcntl(to, F_GETFL);

	listen_at(from, to);
	log_never_wait(true);
	log_line("one");
	assert_string_equal(hear(), "kmodwatch: one\n");
	fill();
	errno = ENOENT;
	for (int i = 0; i < 3; i++)
		log_line("two");
	assert_int_equal(errno, ENOENT);	     /* the caller may still want to return it */
	assert_int_equal(fcntl(to, F_GETFL), flags); /* it is everybody's */
	hear();
	log_line("three");
	log_line("four");
	hear();
	stop_listening();
	assert_string_equal(ear.heard, "kmodwatch: messages are missing before this one, since stderr did not take "
				       "them: 3\nkmodwatch: three\nkmodwatch: four\n");
}

static void full_pipe(void **state)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	nobody_reads(fds[0], fds[1]);
}

/* As journald's: a service's stderr. */
static void full_socket(void **state)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	nobody_reads(fds[0], fds[1]);
}

static void full_terminal(void **state)
{
	struct termios raw;
	int fds[2];

	assert_int_equal(openpty(&fds[0], &fds[1], NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(fds[1], &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(fds[1], TCSANOW, &raw), 0);
	nobody_reads(fds[0], fds[1]);
}

/* A command that is read by a pager says all, however long that takes. */
static void waits(void **state)
{
	static const char many[1500] = { [0 ... 1498] = 'x' };
	size_t lines = 0;
	int fds[2];
	pid_t child;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(fds[1], STDERR_FILENO);
		for (int i = 0; i < 100; i++)
			log_line("%s", many);
		_exit(0);
	}
	close(fds[1]);
	usleep(100000);
	for (char c; read(fds[0], &c, 1) == 1;)
		lines += c == '\n';
	close(fds[0]);
	assert_int_equal(lines, 100);
}

/* Names that others chose: a terminal would take a byte, or a character of C1, for a control. */
static void acts_on_nothing(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8" };
	int fds[2];

	for (size_t i = 0; i < COUNT(locales); i++) {
		assert_int_equal(setenv("LC_ALL", locales[i], 1), 0);
		assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
		listen_at(fds[0], fds[1]);
		log_line("%s", "\x1b[2J\xc2\x9b"
			       "2J\x9b\n\xe2\x80\xae");
		hear();
		stop_listening();
		assert_string_equal(ear.heard, "kmodwatch: \\x1b[2J\\xc2\\x9b"
					       "2J\\x9b\\x0a\\xe2\\x80\\xae\n");
	}
}

/* However long a message is, and whatever becomes of each byte of it, it is one line. */
static void longest(void **state)
{
	static char name[8192];
	int fds[2];

	memset(name, 1, sizeof(name) - 1);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	listen_at(fds[0], fds[1]);
	log_line("%s", name);
	hear();
	stop_listening();
	assert_true(strlen(ear.heard) > 1024 && strchr(ear.heard, '\n') == ear.heard + strlen(ear.heard) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_pipe), cmocka_unit_test(full_socket),	cmocka_unit_test(full_terminal),
		cmocka_unit_test(waits),     cmocka_unit_test(acts_on_nothing), cmocka_unit_test(longest),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
