// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/options.h"
#include "unit.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS_MAX = 6, UNTOUCHED = 77 };

/* What was said to one descriptor while options were read. */
struct capture {
	int fd, saved, memory;
	char said[8192];
};

static void capture_begin(struct capture *capture, int fd)
{
	capture->fd = fd;
	capture->memory = memfd_create("said", 0);
	fflush(NULL);
	capture->saved = dup(fd);
	assert_true(dup2(capture->memory, fd) == fd);
}

static void capture_end(struct capture *capture)
{
	ssize_t size;

	fflush(NULL);
	dup2(capture->saved, capture->fd);
	size = pread(capture->memory, capture->said, sizeof(capture->said) - 1, 0);
	capture->said[size < 0 ? 0 : size] = '\0';
	close(capture->saved);
	close(capture->memory);
}

struct reading {
	struct options options;
	bool go_on;
	int exit_code;
	struct capture out, err;
};

static struct reading read_words(const char *const words[WORDS_MAX])
{
	static struct reading reading;
	char *argv[WORDS_MAX + 2] = { "kmodwatch" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)words[argc - 1];
	reading.exit_code = UNTOUCHED;
	memset(&reading.options, 0, sizeof(reading.options));
	optind = 0; /* glibc: begin anew */
	capture_begin(&reading.out, STDOUT_FILENO);
	capture_begin(&reading.err, STDERR_FILENO);
	reading.go_on = options_read(argc, argv, &reading.options, &reading.exit_code);
	capture_end(&reading.err);
	capture_end(&reading.out);
	return reading;
}

static void accepted(void **state)
{
	static const struct {
		const char *const words[WORDS_MAX];
		struct options options;
	} rows[] = {
		{ { NULL }, { .snapshot = true } },
		{ { "--format", "json" }, { .snapshot = true, .output = OUTPUT_JSON } },
		{ { "--format=json" }, { .snapshot = true, .output = OUTPUT_JSON } },
		{ { "--format=text" }, { .snapshot = true, .output = OUTPUT_TEXT } },
		{ { "--color", "always" }, { .snapshot = true, .colour = COLOUR_ALWAYS } },
		{ { "--color=never", "--format=json" },
		  { .snapshot = true, .output = OUTPUT_JSON, .colour = COLOUR_NEVER } },
		{ { "--journal", "--color=auto" }, { .snapshot = true, .output = OUTPUT_JOURNAL } },
		{ { "--journal", "--format", "text" }, { .snapshot = true, .output = OUTPUT_TEXT } },
		{ { "--format=json", "--journal" }, { .snapshot = true, .output = OUTPUT_JOURNAL } },
		{ { "--no-snapshot" }, { 0 } },
		{ { "--btf", "/x" }, { .snapshot = true, .btf_path = "/x" } },
		{ { "--btf=/x", "--btf=/y" }, { .snapshot = true, .btf_path = "/y" } },
		{ { "-v" }, { .snapshot = true, .verbose = true } },
		{ { "--verbose" }, { .snapshot = true, .verbose = true } },
		{ { "--ring-size", "64" }, { .snapshot = true, .ring_kib = 64 } },
		{ { "--ring-size=1048576" }, { .snapshot = true, .ring_kib = 1048576 } },
		{ { "--state", "/var/lib/x" }, { .snapshot = true, .state = "/var/lib/x" } },
		{ { "-v", "--no-snapshot", "--btf", "/x", "--" }, { .verbose = true, .btf_path = "/x" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading reading = read_words(rows[i].words);

		if (!reading.go_on)
			fail_msg("row %zu: %s", i, reading.err.said);
		assert_int_equal(reading.exit_code, UNTOUCHED);
		assert_int_equal(reading.options.snapshot, rows[i].options.snapshot);
		assert_int_equal(reading.options.verbose, rows[i].options.verbose);
		assert_int_equal(reading.options.output, rows[i].options.output);
		assert_int_equal(reading.options.colour, rows[i].options.colour);
		assert_int_equal(reading.options.ring_kib, rows[i].options.ring_kib);
		if (rows[i].options.state)
			assert_string_equal(reading.options.state, rows[i].options.state);
		else
			assert_null(reading.options.state);
		if (rows[i].options.btf_path)
			assert_string_equal(reading.options.btf_path, rows[i].options.btf_path);
		else
			assert_null(reading.options.btf_path);
		assert_string_equal(reading.out.said, "");
		assert_string_equal(reading.err.said, "");
	}
}

/* A log daemon takes 8,000 bytes; the result of a check goes to who asked for it. */
static void line_bounds(void **state)
{
	static const struct {
		const char *const words[WORDS_MAX];
		unsigned int line_max;
	} rows[] = {
		{ { NULL }, 8000 },
		{ { "--check-audit" }, 65536 },
		{ { "--line-max", "2048", "--check-audit" }, 2048 },
		{ { "--line-max", "65536" }, 65536 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(read_words(rows[i].words).options.line_max, rows[i].line_max);
}

/* Each error is explained on stderr, names what is wrong, and leaves stdout to the events. */
static void refused(void **state)
{
	static const struct {
		const char *const words[WORDS_MAX];
		const char *said;
	} rows[] = {
		{ { "--format", "xml" }, "xml" },
		{ { "--format=" }, "--format" },
		{ { "--color", "blue" }, "--color blue" },
		{ { "--color" }, "--color" },
		{ { "--journal", "--print-rules" }, "--journal" },
		{ { "--journal", "--check-audit" }, "--journal" },
		{ { "--format" }, "--format" },
		{ { "--btf" }, "kmodwatch: --btf needs a value: " },
		{ { "--no-snapshot=1" }, "kmodwatch: --no-snapshot takes no value: " },
		{ { "--verbose=1" }, "kmodwatch: --verbose takes no value: " },
		{ { "--nonsense" }, "kmodwatch: --nonsense is not an option" },
		{ { "--capture-m", "--nonsense=\x1b[2J\xc2\x9b\x9b" },
		  "kmodwatch: --capture-max --nonsense=\\x1b[2J\\xc2\\x9b\\x9b cannot be used" },
		{ { "--nonsense=\x1b[2J\xc2\x9b\x9b" },
		  "kmodwatch: --nonsense=\\x1b[2J\\xc2\\x9b\\x9b is not an option" },
		{ { "--ca" }, "kmodwatch: --ca is not an option, or could be several" },
		{ { "-x" }, "kmodwatch: -x is not an option" },
		{ { "-v\x1b" }, "kmodwatch: -\\x1b is not an option" },
		{ { "-v\x9b" }, "kmodwatch: -\\x9b is not an option" },
		{ { "extra" }, "extra" },
		{ { "-v", "--", "-v" }, "`-v`" },
		{ { "--diagnose", "--format=json" }, "--diagnose prints text" },
		{ { "--diagnose", "--journal" }, "--diagnose prints text" },
		{ { "--diagnose=1" }, "--diagnose takes no value" },
		{ { "--state" }, "--state" },
		{ { "--state=" }, "--state needs" },
		{ { "--root", "/mnt" }, "--root needs --check-audit or --print-rules" },
		{ { "--check-audit", "--root=" }, "--root needs a folder" },
		{ { "--running", "1" }, "--running needs --check-options" },
		{ { "--check-options", "--running", "0" }, "--running 0 is not the number of a process" },
		{ { "--ring-size" }, "--ring-size" },
		{ { "--ring-size=" }, "--ring-size" },
		{ { "--ring-size", "0" }, "--ring-size 0" },
		{ { "--ring-size", "32" }, "32" },
		{ { "--ring-size", "65" }, "65" },
		{ { "--ring-size", "2097152" }, "2097152" },
		{ { "--ring-size", "64k" }, "64k" },
		{ { "--ring-size", "99999999999999999999" }, "99999999999999999999" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading reading = read_words(rows[i].words);

		if (reading.go_on || reading.exit_code != EXIT_NO_START)
			fail_msg("row %zu: exit code %d", i, reading.exit_code);
		if (!strstr(reading.err.said, rows[i].said))
			fail_msg("row %zu: %s", i, reading.err.said);
		if (strchr(reading.err.said, '\n') != reading.err.said + strlen(reading.err.said) - 1)
			fail_msg("row %zu is not one sentence: %s", i, reading.err.said);
		assert_string_equal(reading.out.said, "");
	}
}

/* Each that is wrong is named, and help is no way out. */
static void all_that_is_wrong(void **state)
{
	struct reading reading = read_words(
	    (const char *const[WORDS_MAX]) { "--nonsense", "--ring-size=5", "--help", "--format=xml", "more" });
	static const char *const said[] = { "--nonsense is not", "--ring-size 5 cannot", "--format xml is not",
					    "`more`" };
	const char *at = reading.err.said;

	assert_false(reading.go_on);
	assert_int_equal(reading.exit_code, EXIT_NO_START);
	assert_string_equal(reading.out.said, "");
	for (size_t i = 0; i < COUNT(said); i++) {
		at = strstr(at, said[i]);
		if (!at)
			fail_msg("%s: %s", said[i], reading.err.said);
	}
}

/* A service whose options file asks for something else than to watch would do that once a second. */
static void alone_in_a_file(void **state)
{
	static const struct {
		const char *options, *said;
	} rows[] = {
		{ "--check-audit", "--check-audit does not watch" },
		{ "--help", "--help does not watch" },
		{ "-v -V", "--version does not watch" },
		{ "-vh", "--help does not watch" },
		{ "--print-prof=cis-v2", "--print-profile does not" },
		{ "--unpin", "--unpin does not watch" },
		{ "--diagnose", "--diagnose does not watch" },
		{ "--root=/mnt", "--root does not watch" },
		{ "--check-options", "--check-options does not" },
	};
	char path[] = "/tmp/kmodwatch-options-XXXXXX", line[128];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading reading;
		int size = snprintf(line, sizeof(line), "KMODWATCH_OPTIONS=\"%s\"\n", rows[i].options);

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, line, size, 0), size);
		reading = read_words((const char *const[WORDS_MAX]) { "-v", "--options", path });
		if (reading.go_on || reading.exit_code != EXIT_NO_START || !strstr(reading.err.said, rows[i].said))
			fail_msg("%s: %s", rows[i].options, reading.err.said);
		assert_string_equal(reading.out.said, "");
		reading = read_words((const char *const[WORDS_MAX]) { "--check-audit", "--options", path });
		assert_false(reading.go_on);
	}
	close(fd);
	unlink(path);
}

/* Who reads the same words a second time, at a reload, is told as much, whatever another user of getopt has set. */
static void told_again(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct reading reading = read_words((const char *const[WORDS_MAX]) { "-v", "--nonsense" });

		assert_non_null(strstr(reading.err.said, "--nonsense is not an option"));
		opterr = 0;
	}
}

/* What was asked for does not get there. */
static void full_disk(void **state)
{
	static const char *const words[][2] = { { "--help" }, { "--version" } };

	for (size_t i = 0; i < COUNT(words); i++) {
		char *argv[] = { "kmodwatch", (char *)words[i][0], NULL };
		int out = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY), exit_code = UNTOUCHED;
		struct capture err;
		struct options options;

		fflush(stdout);
		assert_true(out >= 0 && full >= 0 && dup2(full, STDOUT_FILENO) >= 0);
		capture_begin(&err, STDERR_FILENO);
		assert_false(options_read(2, argv, &options, &exit_code));
		capture_end(&err);
		dup2(out, STDOUT_FILENO);
		clearerr(stdout);
		close(out);
		close(full);
		assert_int_equal(exit_code, EXIT_NO_START);
		assert_non_null(strstr(err.said, "could not be written to stdout: No space left on device"));
	}
}

static void shown(void **state)
{
	static const struct {
		const char *const words[WORDS_MAX];
		const char *said;
	} rows[] = {
		{ { "-h" }, "Usage: kmodwatch" },
		{ { "--help" }, "--no-snapshot" },
		{ { "-V" }, "kmodwatch " KMODWATCH_VERSION "\n" },
		{ { "--version" }, "kmodwatch " KMODWATCH_VERSION "\n" },
		{ { "--help", "extra" }, "Usage" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading reading = read_words(rows[i].words);

		assert_false(reading.go_on);
		assert_int_equal(reading.exit_code, EXIT_ENDED);
		assert_non_null(strstr(reading.out.said, rows[i].said));
		assert_string_equal(reading.err.said, "");
	}
}

static void exit_codes(void **state)
{
	assert_int_equal(EXIT_ENDED, 0);
	assert_int_equal(EXIT_STOPPED, 1);
	assert_int_equal(EXIT_NO_START, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),	     cmocka_unit_test(line_bounds),
		cmocka_unit_test(refused),	     cmocka_unit_test(told_again),
		cmocka_unit_test(all_that_is_wrong), cmocka_unit_test(alone_in_a_file),
		cmocka_unit_test(full_disk),	     cmocka_unit_test(shown),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
