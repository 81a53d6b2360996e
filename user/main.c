// SPDX-License-Identifier: BSD-2-Clause
#include "audit/command.h"
#include "log.h"
#include "monitor/diagnosis.h"
#include "monitor/monitor.h"
#include "options.h"
#include "monitor/options_check.h"
#include "output/outlet.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int stopping;

static const struct itimerval often = { .it_value.tv_usec = 100000, .it_interval.tv_usec = 100000 };
static const struct itimerval never;

/*
 * The timer repeats the interruption: a write to a slow reader, or a poll, that began just after `stopping` was looked
 * at would otherwise not be disturbed.
 */
static void on_stop(int signal)
{
	if (stopping == 0 || stopping == SIGHUP) /* an end is not taken back */
		stopping = signal;
	setitimer(ITIMER_REAL, &often, NULL);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* Without SA_RESTART: a stop must interrupt what waits. */
static void handle_signals(void)
{
	struct sigaction hangup;
	struct sigaction stop = { .sa_handler = on_stop };
	struct sigaction alarm = { .sa_handler = on_alarm };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	/* nohup(1) means that it goes on */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGALRM, &alarm, NULL);
	sigaction(SIGPIPE, &ignore, NULL); /* write() says EPIPE instead */
}

/* Forgets a SIGHUP; an end that came after it stays. */
static void go_on(void)
{
	sigset_t hup_and_ends, before;

	sigemptyset(&hup_and_ends);
	sigaddset(&hup_and_ends, SIGHUP);
	sigaddset(&hup_and_ends, SIGINT);
	sigaddset(&hup_and_ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &hup_and_ends, &before);
	if (stopping == SIGHUP) {
		stopping = 0;
		setitimer(ITIMER_REAL, &never, NULL);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* What goes on in the old folder would never be read. */
static bool keeps_pin(const struct options *options, const struct options *again)
{
	if (again->pin && !strcmp(options->pin, again->pin))
		return true;
	log_line("--pin cannot change while kmodwatch runs, since what is recorded in %s would never be read: stop it, "
		 "run kmodwatch --unpin --pin %s, and start it again",
		 options->pin, options->pin);
	return false;
}

/*
 * Runs the monitor, and after a SIGHUP again with what the options say by then: the kernel side is pinned, so nothing
 * is missed meanwhile. Options that will not do change nothing.
 */
static int run(int argc, char **argv, struct options options)
{
	struct options tried = options, again;
	bool anew = false;
	int code, unused;

	for (;;) {
		log_set_verbose(tried.verbose);
		code = monitor_run(&tried, &stopping);
		if ((code == EXIT_NO_START || code == EXIT_TRY_AGAIN) && anew) {
			log_line(
			    "the options that were read again cannot be used: kmodwatch goes on with the old ones");
			tried = options;
			anew = false;
			continue;
		}
		if (code != EXIT_ENDED || stopping != SIGHUP || !options.pin)
			return code;
		go_on();
		options = tried;
		anew = options_read(argc, argv, &again, &unused) && keeps_pin(&tried, &again);
		if (anew)
			tried = again;
		else
			log_line("the options were not read again: kmodwatch goes on with the old ones");
	}
}

/* EXIT_TRY_AGAIN is said to a service manager only (sd_notify(3)). */
static int exit_code_for(int code)
{
	return code == EXIT_TRY_AGAIN && !getenv("NOTIFY_SOCKET") ? EXIT_NO_START : code;
}

/* Where it is closed, the next file that is opened would be stderr, and get the messages. */
static void keep_stderr(void)
{
	int null;

	if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	null = open("/dev/null", O_WRONLY);
	if (null < 0 || null == STDERR_FILENO)
		return;
	dup2(null, STDERR_FILENO);
	close(null);
}

int main(int argc, char **argv)
{
	static struct options options; /* what it owns is kept until the end */
	int exit_code;

	prctl(PR_SET_NAME, "kmodwatch"); /* for other monitors, whatever the file is called: see test_call_is() */
	keep_stderr();
	outlet_append(STDERR_FILENO);
	if (!options_read(argc, argv, &options, &exit_code))
		return exit_code;
	log_set_verbose(options.verbose);
	if (options.check_options)
		return options_check(&options);
	if (options.output != OUTPUT_JOURNAL && fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		log_line("stdout is closed, and that is where events go: start kmodwatch with it open");
		return EXIT_NO_START;
	}
	if (options.check_audit || options.print_profile || options.diagnose) {
		signal(SIGPIPE,
		       SIG_IGN); /* write() says EPIPE instead; the other signals end the check as they end any */
		if (options.diagnose)
			return diagnose(&options);
		return audit_command(&options, &stopping);
	}
	if (options.unpin)
		return monitor_unpin(&options);
	handle_signals();
	return exit_code_for(run(argc, argv, options));
}
