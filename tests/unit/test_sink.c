// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/sink.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE_SIZE = 60000,
	PAGE = 4096,
	PATIENCE_S = 30, /* it takes two seconds, but on a busy machine */
};

static volatile int stopping;
static char line[LINE_SIZE];

/* One answer of write(), instead of the kernel's. */
struct answer {
	ssize_t n;
	int error;
};

static struct {
	const struct answer *next;
	size_t left;
} script;

/* In front of libc's: what is scripted, then the real one. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t write(int fd, const void *bytes, size_t size)
{
	const struct answer *answer;

	if (!script.left)
		return syscall(SYS_write, fd, bytes, size);
	script.left--;
	answer = script.next++;
	errno = answer->error;
	return answer->n > 0 ? syscall(SYS_write, fd, bytes, answer->n) : answer->n;
}

/* A pipe of one page, and a thread that reads it. */
struct reader {
	int fds[2];
	pthread_t thread;
	useconds_t pause;
	size_t size;
	char bytes[LINE_SIZE * 2];
};

static struct reader reader;

static void *read_all(void *arg)
{
	ssize_t n;

	(void)arg;
	while ((n = read(reader.fds[0], reader.bytes + reader.size, 1500)) > 0) {
		reader.size += n;
		usleep(reader.pause);
	}
	return NULL;
}

static void pipe_open(int flags)
{
	assert_int_equal(pipe2(reader.fds, O_CLOEXEC), 0);
	assert_int_equal(fcntl(reader.fds[1], F_SETPIPE_SZ, PAGE), PAGE);
	assert_int_equal(fcntl(reader.fds[1], F_SETFL, flags), 0);
}

static void reader_begin(useconds_t pause)
{
	sigset_t alarm, before;

	reader.size = 0;
	reader.pause = pause;
	/* the timer is for the writer */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm, &before);
	assert_int_equal(pthread_create(&reader.thread, NULL, read_all, NULL), 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void reader_end(void)
{
	close(reader.fds[1]);
	pthread_join(reader.thread, NULL);
	close(reader.fds[0]);
}

static int setup(void **state)
{
	stopping = 0;
	script.left = 0;
	for (size_t i = 0; i < LINE_SIZE; i++)
		line[i] = (char)('!' + i * 7 % 89 + i / PAGE % 3);
	return 0;
}

static int write_line(int fd, size_t size)
{
	return sink_write(&(struct sink) { .outlet.fd = fd, .stopping = &stopping }, line, size);
}

static void close_pipe(void)
{
	close(reader.fds[0]);
	close(reader.fds[1]);
}

static void on_alarm(int number)
{
	(void)number;
}

/* Interrupts what blocks, as main's does while stopping; 0: no more. */
static void interrupt_each(suseconds_t microseconds)
{
	const struct itimerval timer = { .it_value.tv_usec = microseconds, .it_interval.tv_usec = microseconds };
	const struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void slow_reader(void **state)
{
	static const struct {
		int flags;
		suseconds_t interrupt;
	} rows[] = { { 0, 0 }, { O_NONBLOCK, 0 }, { 0, 500 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		pipe_open(rows[i].flags);
		reader_begin(2000);
		interrupt_each(rows[i].interrupt);
		assert_int_equal(write_line(reader.fds[1], LINE_SIZE), 0);
		interrupt_each(0);
		reader_end();
		assert_int_equal(reader.size, LINE_SIZE);
		assert_memory_equal(reader.bytes, line, LINE_SIZE);
	}
}

static void every_answer(void **state)
{
	static const struct answer answers[] = {
		{ -1, EINTR }, { 1, 0 },      { 0, 0 },	      { -1, EAGAIN }, { -1, ENOSPC },
		{ 10, 0 },     { -1, EINTR }, { -1, EDQUOT }, { 20, 0 },
	};

	pipe_open(0);
	script.next = answers;
	script.left = COUNT(answers);
	assert_int_equal(write_line(reader.fds[1], 100), 0);
	assert_int_equal(script.left, 0);
	assert_int_equal(read(reader.fds[0], reader.bytes, sizeof(reader.bytes)), 100);
	assert_memory_equal(reader.bytes, line, 100);
	close(reader.fds[0]);
	close(reader.fds[1]);
}

static void nothing_to_write(void **state)
{
	assert_int_equal(write_line(-1, 0), 0);
}

static void hopeless(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	signal(SIGPIPE, SIG_IGN);
	pipe_open(0);
	close(reader.fds[0]);
	assert_int_equal(write_line(reader.fds[1], 100), -EPIPE);
	stopping = SIGTERM;
	assert_int_equal(write_line(reader.fds[1], 100), -EPIPE);
	close(reader.fds[1]);
	assert_int_equal(write_line(fd, 100), -EBADF);
	close(fd);
}

static void assert_gives_up(int fd)
{
	double start = seconds_now(), took;

	assert_int_equal(write_line(fd, 100), -ECANCELED);
	took = seconds_now() - start;
	if (took < 0.9 || took > PATIENCE_S)
		fail_msg("gave up after %.2f s", took);
}

static void *stop_soon(void *arg)
{
	(void)arg;
	usleep(700000);
	stopping = SIGTERM;
	return NULL;
}

/* Waits for as long as nobody wants to stop. */
static void full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	double start = seconds_now();
	pthread_t thread;

	pthread_create(&thread, NULL, stop_soon, NULL);
	assert_int_equal(write_line(fd, 100), -ECANCELED);
	pthread_join(thread, NULL);
	assert_true(seconds_now() - start >= 1.6 && seconds_now() - start <= PATIENCE_S);
	close(fd);
}

static void full_disk_while_stopping(void **state)
{
	int fd = open("/dev/full", O_WRONLY);

	stopping = SIGTERM;
	assert_gives_up(fd);
	close(fd);
}

/* A command's: nothing comes back. */
static void full_disk_of_a_command(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct sink sink;

	sink_open(&sink, fd, &stopping);
	sink.gives_up = true;
	assert_int_equal(sink_write(&sink, "line\n", 5), -ENOSPC);
	sink_close(&sink);
	close(fd);
}

static void stuck_reader_while_stopping(void **state)
{
	pipe_open(0);
	assert_int_equal(write_line(reader.fds[1], PAGE), 0);
	stopping = SIGTERM;
	interrupt_each(100000);
	assert_gives_up(reader.fds[1]);
	interrupt_each(0);
	close(reader.fds[0]);
	close(reader.fds[1]);
}

/* What is done while a reader stands still; the last time, it goes on. */
struct meanwhile {
	int times, last;
	int signal; /* comes with the first; 0: none */
	bool reads; /* the reader goes on then */
};

static void meanwhile(void *ctx)
{
	struct meanwhile *done = ctx;

	if (!done->times++)
		stopping = done->signal;
	if (done->times == done->last && done->reads)
		reader_begin(0);
	else if (done->times == done->last)
		stopping = SIGTERM;
}

/* A pipe that others have too, its writing blocks, and it is full but for `room` bytes. */
static struct sink full_pipe(struct meanwhile *done, size_t room)
{
	struct sink sink;

	pipe_open(0);
	assert_int_equal(write_line(reader.fds[1], PAGE - room), 0);
	sink_open(&sink, reader.fds[1], &stopping);
	sink.meanwhile = meanwhile;
	sink.ctx = done;
	return sink;
}

static void does_things_meanwhile(void **state)
{
	struct meanwhile done = { .last = 3, .reads = true };
	struct sink sink = full_pipe(&done, 0);
	double start = seconds_now();

	assert_int_equal(sink_write(&sink, line, LINE_SIZE), 0);
	assert_true(done.times >= 3 && seconds_now() - start < PATIENCE_S);
	assert_int_equal(fcntl(reader.fds[1], F_GETFL) & O_NONBLOCK, 0); /* it is everybody's */
	sink_close(&sink);
	reader_end();
	assert_int_equal(reader.size, PAGE + LINE_SIZE);
	assert_memory_equal(reader.bytes + PAGE, line, LINE_SIZE);
}

/* Where the pipe cannot be opened anew. */
static void may_block(void **state)
{
	struct meanwhile done = { .last = 3, .reads = true };
	struct sink sink;

	pipe_open(0);
	assert_int_equal(write_line(reader.fds[1], PAGE), 0);
	sink = (struct sink) { .outlet = { .fd = reader.fds[1], .may_block = true },
			       .stopping = &stopping,
			       .meanwhile = meanwhile,
			       .ctx = &done };
	assert_int_equal(sink_write(&sink, line, LINE_SIZE), 0);
	reader_end();
	assert_int_equal(reader.size, PAGE + LINE_SIZE);
	assert_memory_equal(reader.bytes + PAGE, line, LINE_SIZE);
}

static void socket_that_is_full(void **state)
{
	struct meanwhile done = { .last = 3, .reads = true };
	struct sink sink;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, reader.fds), 0);
	assert_int_equal(setsockopt(reader.fds[1], SOL_SOCKET, SO_SNDBUF, &(int) { 0 }, sizeof(int)), 0);
	sink_open(&sink, reader.fds[1], &stopping);
	sink.meanwhile = meanwhile;
	sink.ctx = &done;
	assert_int_equal(sink_write(&sink, line, LINE_SIZE), 0);
	assert_true(done.times >= 3);
	sink_close(&sink);
	reader_end();
	assert_int_equal(reader.size, LINE_SIZE);
	assert_memory_equal(reader.bytes, line, LINE_SIZE);
}

/* A reload waits for the line that was begun, however long; an end does not. */
static void begun_at_a_reload(void **state)
{
	static const struct {
		struct meanwhile meanwhile;
		bool resumes;
		size_t room, size;
		int result;
		bool cut;
	} rows[] = {
		{ { .last = 8, .signal = SIGHUP, .reads = true }, true, 0, LINE_SIZE, -ECANCELED, false },
		{ { .last = 2, .signal = SIGHUP, .reads = true }, true, 0, LINE_SIZE, 0, false },
		{ { .last = 8, .signal = SIGTERM, .reads = true }, true, 0, LINE_SIZE, -ECANCELED, false },
		{ { .last = 8, .signal = SIGHUP }, true, PAGE, LINE_SIZE, -ECANCELED, true },
		{ { .last = 8, .signal = SIGHUP, .reads = true }, true, PAGE, LINE_SIZE, 0, false },
		{ { .last = 8, .signal = SIGHUP, .reads = true }, false, PAGE, LINE_SIZE, -ECANCELED, true },
		{ { .last = 8, .signal = SIGTERM, .reads = true }, true, PAGE, LINE_SIZE, -ECANCELED, true },
		/* what fits into a page is written as a whole, or not at all */
		{ { .last = 8, .signal = SIGTERM, .reads = true }, true, PAGE / 2, PAGE, -ECANCELED, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct meanwhile done = rows[i].meanwhile;
		struct sink sink = full_pipe(&done, rows[i].room);
		int result;

		sink.resumes = rows[i].resumes;
		result = sink_write(&sink, line, rows[i].size);
		if (result != rows[i].result || sink.cut != rows[i].cut)
			fail_msg("row %zu: %d, %s", i, result, sink.cut ? "cut" : "not cut");
		sink_close(&sink);
		stopping = 0;
		if (done.reads && done.times >= done.last) {
			reader_end();
			assert_int_equal(reader.size, PAGE - rows[i].room + rows[i].size);
		} else {
			close_pipe();
		}
	}
}

/* What an earlier process left in a file; where it is appended to, and where not. */
static void ends_a_cut_line(void **state)
{
	static const struct {
		const char *before, *after;
		int flags;
		bool cut; /* as was said: the file knows better */
	} rows[] = {
		{ "", "", 0, true },
		{ "{}\n", "{}\n", O_APPEND, true },
		{ "{}\n{\"a", "{}\n{\"a\n", O_APPEND, false },
		{ "{}\n{\"a", "{}\n{\"a\n", 0, true },
	};
	char path[] = "/tmp/kmodwatch-sink-XXXXXX", found[32];
	int made = mkstemp(path);

	assert_true(made >= 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = open(path, O_WRONLY | O_TRUNC | rows[i].flags);
		struct sink sink;
		ssize_t n;

		assert_int_equal(write(fd, rows[i].before, strlen(rows[i].before)), strlen(rows[i].before));
		sink_open(&sink, fd, &stopping);
		assert_int_equal(sink_end_cut(&sink, rows[i].cut), 0);
		sink_close(&sink);
		close(fd);
		n = pread(made, found, sizeof(found) - 1, 0);
		found[n < 0 ? 0 : n] = '\0';
		assert_string_equal(found, rows[i].after);
	}
	close(made);
	unlink(path);
}

/* As logrotate's copytruncate does it: the next line stands at the beginning, not behind a hole of NULs. */
static void file_that_is_cut(void **state)
{
	char path[] = "/tmp/kmodwatch-sink-XXXXXX", found[32];
	int made = mkstemp(path), fd = open(path, O_WRONLY), other = dup(fd);
	struct sink sink;
	ssize_t n;

	assert_true(made >= 0 && fd >= 0 && other >= 0);
	sink_open(&sink, fd, &stopping);
	assert_int_equal(sink_write(&sink, "first\n", 6), 0);
	assert_int_equal(ftruncate(made, 0), 0);
	assert_int_equal(sink_write(&sink, "second\n", 7), 0);
	sink_close(&sink);
	assert_int_equal(write(other, "shell\n", 6), 6); /* who else has the file does not write over ours */
	n = pread(made, found, sizeof(found) - 1, 0);
	found[n < 0 ? 0 : n] = '\0';
	assert_string_equal(found, "second\nshell\n");
	close(other);
	close(fd);
	close(made);
	unlink(path);
}

static void ends_a_cut_line_in_a_pipe(void **state)
{
	struct sink sink;

	pipe_open(0);
	sink_open(&sink, reader.fds[1], &stopping);
	assert_int_equal(sink_end_cut(&sink, false), 0);
	assert_int_equal(sink_end_cut(&sink, true), 0);
	assert_int_equal(read(reader.fds[0], reader.bytes, sizeof(reader.bytes)), 1);
	assert_int_equal(reader.bytes[0], '\n');
	sink_close(&sink);
	close_pipe();
}

#define WITH_LINE(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_LINE(slow_reader),
		WITH_LINE(every_answer),
		WITH_LINE(nothing_to_write),
		WITH_LINE(hopeless),
		WITH_LINE(full_disk),
		WITH_LINE(full_disk_of_a_command),
		WITH_LINE(full_disk_while_stopping),
		WITH_LINE(stuck_reader_while_stopping),
		WITH_LINE(does_things_meanwhile),
		WITH_LINE(may_block),
		WITH_LINE(socket_that_is_full),
		WITH_LINE(begun_at_a_reload),
		WITH_LINE(ends_a_cut_line),
		WITH_LINE(file_that_is_cut),
		WITH_LINE(ends_a_cut_line_in_a_pipe),
	};

	return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
