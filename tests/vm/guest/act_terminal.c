// SPDX-License-Identifier: BSD-2-Clause
// Acts with a terminal: as its reader, who pauses, or goes away.
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* The terminal's name; *master is its reader's end. Raw, so that it adds nothing to what is written. */
static const char *terminal_open(int *master)
{
	struct termios settings;
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0 || grantpt(*master) || unlockpt(*master) || !(name = ptsname(*master)))
		die("posix_openpt");
	if (tcgetattr(*master, &settings))
		die("tcgetattr");
	cfmakeraw(&settings);
	if (tcsetattr(*master, TCSANOW, &settings))
		die("tcsetattr");
	return name;
}

static pid_t start_on(const char *terminal, char **command)
{
	int fd = open(terminal, O_RDWR | O_NOCTTY);
	pid_t child = fork();

	if (fd < 0 || child < 0)
		die(terminal);
	if (!child) {
		dup2(fd, STDOUT_FILENO);
		close(fd);
		execvp(command[0], command);
		die(command[0]);
	}
	close(fd);
	return child;
}

/* Until the last who could write has gone: EIO. */
static void copy(int from, int to)
{
	char bytes[4096];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, got) != got)
			die("write");
}

static int status_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Ends as the command did. */
static int do_terminal(int argc, char **argv)
{
	int master, copied = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	pid_t child = start_on(terminal_open(&master), argv + 3);

	(void)argc;
	if (copied < 0)
		die(argv[2]);
	while (access(argv[1], F_OK))
		usleep(50000);
	copy(master, copied);
	return status_of(child);
}

static int do_hangup(int argc, char **argv)
{
	int master, seconds = atoi(argv[1]);
	pid_t child = start_on(terminal_open(&master), argv + 2);

	(void)argc;
	sleep(seconds);
	close(master);
	return status_of(child);
}

const struct act terminal_acts[] = {
	{ "terminal", "GO FILE COMMAND...: its stdout is a terminal, paused until GO is there, then goes to FILE", 3,
	  do_terminal },
	{ "hangup", "SECONDS COMMAND...: its stdout is a terminal that is gone after so long", 2, do_hangup },
	{ 0 },
};
