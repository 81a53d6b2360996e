// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/child.h"
#include "../../user/clock.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONG_SIZE = 300000, SECOND = 1000000000 };

static const char *word = "word";

static int say_word(void *ctx, int fd)
{
	return child_write(fd, word, strlen(word));
}

static int say_nothing(void *ctx, int fd)
{
	return 0;
}

/* More than a pipe takes. */
static int say_much(void *ctx, int fd)
{
	for (int i = 0; i < LONG_SIZE; i++)
		if (child_write(fd, &(char) { (char)i }, 1))
			return -1;
	return 0;
}

static int break_off(void *ctx, int fd)
{
	child_write(fd, word, strlen(word));
	return -EIO;
}

static int crash(void *ctx, int fd)
{
	child_write(fd, word, strlen(word));
	return raise(SIGKILL);
}

static int hang(void *ctx, int fd)
{
	child_write(fd, word, strlen(word));
	while (pause())
		;
	return 0;
}

/* As when somebody stops it: it can still be killed. */
static int stop(void *ctx, int fd)
{
	raise(SIGSTOP);
	return 0;
}

/* What of a monitor's it still has. */
static int say_descriptors(void *ctx, int fd)
{
	char found[256] = "";

	for (int i = 0; i < 100; i++)
		if (i != fd && fcntl(i, F_GETFD) >= 0)
			sprintf(found + strlen(found), "%d ", i);
	return child_write(fd, found, strlen(found));
}

static int take(struct child *child)
{
	int err;

	while ((err = child_take(child, clock_boot_ns())) == -EAGAIN)
		poll(&(struct pollfd) { .fd = child->fd, .events = POLLIN }, 1, 50);
	return err;
}

static int start(struct child *child, child_fn run)
{
	return child_start(child, run, NULL, clock_boot_ns() + 60ull * SECOND);
}

static void what_it_writes(void **state)
{
	struct child child = CHILD_NONE;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(start(&child, say_word), 0);
		assert_true(child_is_busy(&child));
		assert_int_equal(take(&child), 0);
		assert_false(child_is_busy(&child));
		assert_int_equal(child.size, 4);
		assert_memory_equal(child.bytes, "word", 4);
	}
	assert_int_equal(start(&child, say_nothing), 0);
	assert_int_equal(take(&child), 0);
	assert_int_equal(child.size, 0);
	assert_int_equal(start(&child, say_much), 0);
	assert_int_equal(take(&child), 0);
	assert_int_equal(child.size, LONG_SIZE);
	for (int i = 0; i < LONG_SIZE; i++)
		assert_int_equal(child.bytes[i], (char)i);
	child_stop(&child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none is left, no zombie either */
}

static void without_an_end(void **state)
{
	struct child child = CHILD_NONE;

	assert_int_equal(start(&child, break_off), 0);
	assert_int_equal(take(&child), -ECHILD);
	assert_int_equal(start(&child, crash), 0);
	assert_int_equal(take(&child), -ECHILD);
	child_stop(&child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void out_of_time(void **state)
{
	static const child_fn runs[] = { hang, stop };

	for (size_t i = 0; i < COUNT(runs); i++) {
		struct child child = CHILD_NONE;
		uint64_t start_at = clock_boot_ns();

		assert_int_equal(child_start(&child, runs[i], NULL, start_at + SECOND / 2), 0);
		assert_int_equal(child_take(&child, start_at), -EAGAIN);
		assert_int_equal(take(&child), -ETIMEDOUT);
		assert_between(clock_boot_ns() - start_at, SECOND / 2, 30ll * SECOND);
		assert_false(child_is_busy(&child));
		child_stop(&child);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

static void stopped(void **state)
{
	struct child child = CHILD_NONE;

	child_stop(&child);
	assert_int_equal(start(&child, hang), 0);
	child_stop(&child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(start(&child, say_word), 0);
	assert_int_equal(take(&child), 0);
	child_stop(&child);
}

/* The lock on the pins, above all. */
static void holds_nothing_of_ours(void **state)
{
	int lock = open("/tmp", O_RDONLY | O_DIRECTORY), other = fcntl(lock, F_DUPFD, 50);
	struct child child = CHILD_NONE;

	assert_int_equal(start(&child, say_descriptors), 0);
	assert_int_equal(take(&child), 0);
	assert_int_equal(child.size, 6);
	assert_memory_equal(child.bytes, "0 1 2 ", 6);
	child_stop(&child);
	close(lock);
	close(other);
}

/* It must not go on for nobody. */
static void ends_with_its_parent(void **state)
{
	int fds[2], status;
	char byte;
	pid_t parent;

	assert_int_equal(pipe(fds), 0);
	parent = fork();
	if (!parent) {
		struct child child = CHILD_NONE;

		if (start(&child, hang))
			_exit(1);
		poll(&(struct pollfd) { .fd = child.fd, .events = POLLIN }, 1, 30000);
		child_write(fds[1], &child.pid, sizeof(child.pid));
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &status, sizeof(status)), sizeof(status));
	assert_true(status > 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	for (int i = 0; i < 300 && !kill(status, 0); i++)
		usleep(100000); /* until init has reaped it */
	byte = kill(status, 0) == 0;
	if (byte) { /* where nobody reaps: a zombie is an end */
		char path[64], state_of = 0;
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%d/stat", status);
		stat = fopen(path, "re");
		assert_true(!stat || fscanf(stat, "%*d (%*[^)]) %c", &state_of) == 1);
		assert_true(!stat || state_of == 'Z');
		if (stat)
			fclose(stat);
	}
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_writes),	 cmocka_unit_test(without_an_end),
		cmocka_unit_test(out_of_time),		 cmocka_unit_test(stopped),
		cmocka_unit_test(holds_nothing_of_ours), cmocka_unit_test(ends_with_its_parent),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
