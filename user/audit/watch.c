// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files are watched with inotify. The kernel's rules are asked for twice a second, over one socket: its CONFIG_CHANGE
 * records would come sooner, but with them every audit record there is. What the kernel answers is only summed up; the
 * check itself is made when the sum is another.
 */
#include "watch.h"
#include "../cleanup.h"
#include "../log.h"
#include "check.h"
#include "kernel.h"
#include "parity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

enum {
	TICK_MS = 500,
	SETTLE_MS = 250, /* a file that is being written is looked at when it has rested, at the latest with the tick */
};

static const uint32_t inotify_mask = IN_CREATE | IN_DELETE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
				     IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF;

static const char *const folders[] = { AUDIT_FOLDER, AUDIT_RULES_FOLDER };
enum { FOLDERS = sizeof(folders) / sizeof(*folders) };

struct audit_watch {
	struct check_options options;
	int epoll, inotify, timer, kernel;
	int watches[FOLDERS]; /* -1: the folder is not there */
	bool changed;
	uint64_t kernel_sum;
	char *digest; /* of the last result; NULL before the first */
	bool explained;
};

static int set_timer(struct audit_watch *watch, int first_ms)
{
	struct itimerspec when = { .it_value = { first_ms / 1000, (first_ms % 1000) * 1000000L },
				   .it_interval = { TICK_MS / 1000, (TICK_MS % 1000) * 1000000L } };

	return timerfd_settime(watch->timer, 0, &when, NULL) ? -errno : 0;
}

static int add_fd(struct audit_watch *watch, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(watch->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* A folder that comes, goes or is replaced gets another number, and that is a change too. */
static void watch_folders(struct audit_watch *watch)
{
	for (int i = 0; i < FOLDERS; i++) {
		int number = inotify_add_watch(watch->inotify, folders[i], inotify_mask);

		if (number == watch->watches[i])
			continue;
		watch->watches[i] = number;
		watch->changed = true;
	}
}

int audit_watch_new(const struct check_options *options, struct audit_watch **out, char **why)
{
	_cleanup_(audit_watch_freep) struct audit_watch *watch = calloc(1, sizeof(*watch));
	int err;

	*why = NULL;
	if (!watch)
		return -ENOMEM;
	*watch = (struct audit_watch) { .options = *options, .kernel = -1, .watches = { -1, -1 } };
	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (watch->epoll < 0 || watch->inotify < 0 || watch->timer < 0)
		return -errno;
	err = add_fd(watch, watch->inotify);
	if (!err)
		err = add_fd(watch, watch->timer);
	if (!err)
		err = set_timer(watch, TICK_MS);
	if (!err)
		err = check_profile(options->profile, why);
	if (err)
		return err;
	watch_folders(watch);
	*out = watch;
	watch = NULL;
	return 0;
}

void audit_watch_freep(struct audit_watch **watch)
{
	if (!*watch)
		return;
	closep(&(*watch)->epoll);
	closep(&(*watch)->inotify);
	closep(&(*watch)->timer);
	closep(&(*watch)->kernel);
	free((*watch)->digest);
	free(*watch);
	*watch = NULL;
}

int audit_watch_fd(const struct audit_watch *watch)
{
	return watch->epoll;
}

/* Empties the inotify queue. What exactly happened does not matter. */
static void read_inotify(struct audit_watch *watch)
{
	_Alignas(struct inotify_event) char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	bool any = false;

	while (read(watch->inotify, bytes, sizeof(bytes)) > 0)
		any = true;
	if (!any || watch->changed)
		return;
	watch->changed = true;
	set_timer(watch, SETTLE_MS);
}

/* Whether a tick is due. */
static bool read_timer(struct audit_watch *watch)
{
	uint64_t ticks;

	return read(watch->timer, &ticks, sizeof(ticks)) == sizeof(ticks);
}

static void ask_kernel(struct audit_watch *watch)
{
	uint64_t sum = kernel_sum(&watch->kernel);

	if (sum != watch->kernel_sum)
		watch->changed = true;
	watch->kernel_sum = sum;
}

static int emit_result(struct audit_watch *watch, struct check *check, audit_emit_fn emit, void *ctx)
{
	char *digest = parity_digest(check);
	struct event event;
	int err;

	if (!digest)
		return -ENOMEM;
	if (watch->digest && strcmp(watch->digest, digest) == 0) {
		free(digest);
		return 0;
	}
	free(watch->digest);
	watch->digest = digest;
	err = parity_event(check, &event);
	return err ? err : emit(ctx, &event);
}

static int check_again(struct audit_watch *watch, audit_emit_fn emit, void *ctx)
{
	_cleanup_(check_freep) struct check *check = NULL;
	_cleanup_(freep) char *why = NULL;
	int err;

	watch->changed = false;
	err = check_run(&watch->options, &check, &why);
	if (err == -ENOMEM)
		return err;
	if (!err)
		return emit_result(watch, check, emit, ctx);
	/* a profile of the user's own that can no longer be read */
	if (!watch->explained)
		log_line("the audit rules cannot be checked: %s", why ? why : strerror(-err));
	watch->explained = true;
	return 0;
}

int audit_watch_handle(struct audit_watch *watch, audit_emit_fn emit, void *ctx)
{
	read_inotify(watch);
	if (!read_timer(watch))
		return 0;
	watch_folders(watch);
	ask_kernel(watch);
	return watch->changed ? check_again(watch, emit, ctx) : 0;
}

int audit_watch_start(struct audit_watch *watch, audit_emit_fn emit, void *ctx)
{
	/* asked before the check, so that what changes meanwhile is noticed with the first tick */
	ask_kernel(watch);
	return check_again(watch, emit, ctx);
}
