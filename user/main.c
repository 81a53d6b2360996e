// SPDX-License-Identifier: BSD-2-Clause
#include "audit/command.h"
#include "log.h"
#include "monitor/monitor.h"
#include "options.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int stopping;

/*
 * The timer repeats the interruption: a write to a slow reader, or a poll, that began just after `stopping` was looked
 * at would otherwise not be disturbed.
 */
static void on_stop(int signal)
{
	static const struct itimerval again = { .it_value.tv_usec = 100000, .it_interval.tv_usec = 100000 };

	stopping = signal;
	setitimer(ITIMER_REAL, &again, NULL);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* Without SA_RESTART: a stop must interrupt what waits. */
static void handle_signals(void)
{
	struct sigaction stop = { .sa_handler = on_stop };
	struct sigaction alarm = { .sa_handler = on_alarm };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGALRM, &alarm, NULL);
	sigaction(SIGPIPE, &ignore, NULL); /* write() says EPIPE instead */
}

int main(int argc, char **argv)
{
	struct options options;
	int exit_code;

	if (!options_read(argc, argv, &options, &exit_code))
		return exit_code;
	log_set_verbose(options.verbose);
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		log_line("stdout is closed, and that is where events go: start kmodwatch with it open");
		return EXIT_NO_START;
	}
	if (options.check_audit || options.print_profile) {
		signal(SIGPIPE,
		       SIG_IGN); /* write() says EPIPE instead; the other signals end the check as they end any */
		return audit_command(&options, &stopping);
	}
	if (options.unpin)
		return monitor_unpin(&options);
	handle_signals();
	return monitor_run(&options, &stopping);
}
