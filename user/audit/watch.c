// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files are watched with inotify. That the kernel's rules may have changed says the kernel side (bpf/audit.bpf.c): the
 * kernel's own CONFIG_CHANGE records would too, but with them every audit record there is. What the kernel answers,
 * when asked for its rules, is only summed up; the check itself is made when the sum is another.
 *
 * A set is loaded or removed rule by rule, and a file written piece by piece: what has changed is looked at when it has
 * rested. The kernel's rules are looked at with the first change too, or nobody would know that they had been away for
 * a moment. And all is looked at every minute, for what came unseen.
 */
#include "watch.h"
#include "../cleanup.h"
#include "../log.h"
#include "../clock.h"
#include "check.h"
#include "kernel.h"
#include "parity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>

enum {
	REST_MS = 250,	  /* more than the kernel side keeps silent after a record (pause_ns, bpf/audit.bpf.c) */
	LATEST_MS = 1000, /* what does not come to rest is looked at that often */
	OFTEN_MS = 500,
};

/* The folder above is there for the first, which may come later. */
enum folder { FOLDER_ABOVE, FOLDER_AUDIT, FOLDER_RULES, FOLDERS };

enum {
	OF_FOLDER = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	OF_RULES = OF_FOLDER | IN_CLOSE_WRITE | IN_ATTRIB | IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF,
};

static const struct {
	const char *path;
	uint32_t mask;
} folders[FOLDERS] = {
	[FOLDER_ABOVE] = { "/etc", OF_FOLDER },
	[FOLDER_AUDIT] = { AUDIT_FOLDER, OF_RULES },
	[FOLDER_RULES] = { AUDIT_RULES_FOLDER, OF_RULES },
};

struct audit_watch {
	struct check_options options;
	int inotify, kernel;
	int watches[FOLDERS]; /* -1: the folder is not there */
	bool often;	      /* the kernel is asked twice a second */
	bool at_once;	      /* a change is to be looked at now */
	bool changed;	      /* something is not what it was at the last check */
	uint64_t since;	 /* ns since boot: the first change that is to be looked at when at rest; 0: there is none */
	uint64_t last;	 /* the last */
	uint64_t looked; /* when a change was last looked at */
	uint64_t due;	 /* when to look whatever happens */
	uint64_t kernel_sum;
	char *digest; /* of the last result; NULL before the first */
	bool explained;
};

static uint64_t ms(uint64_t value)
{
	return value * 1000000;
}

/* A folder that comes, goes or is replaced gets another number, and that is a change too. */
static void watch_folders(struct audit_watch *watch)
{
	for (int i = 0; i < FOLDERS; i++) {
		int number = inotify_add_watch(watch->inotify, folders[i].path, folders[i].mask);

		if (number == watch->watches[i])
			continue;
		if (watch->watches[i] >= 0)
			inotify_rm_watch(watch->inotify, watch->watches[i]);
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
	*watch = (struct audit_watch) { .options = *options, .kernel = -1, .watches = { -1, -1, -1 } };
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->inotify < 0)
		return -errno;
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
	closep(&(*watch)->inotify);
	closep(&(*watch)->kernel);
	free((*watch)->digest);
	free(*watch);
	*watch = NULL;
}

int audit_watch_fd(const struct audit_watch *watch)
{
	return watch->inotify;
}

/* When what has changed is to be looked at. */
static uint64_t rest_due(const struct audit_watch *watch)
{
	uint64_t rested = watch->last + ms(REST_MS), latest = watch->since + ms(LATEST_MS);

	if (!watch->since)
		return UINT64_MAX;
	return rested < latest ? rested : latest;
}

int audit_watch_due_ms(const struct audit_watch *watch, uint64_t now)
{
	uint64_t due = rest_due(watch) < watch->due ? rest_due(watch) : watch->due;

	return watch->at_once || now >= due ? 0 : (int)((due - now) / ms(1) + 1);
}

static void note_change(struct audit_watch *watch, uint64_t now)
{
	if (!watch->since)
		watch->since = now;
	watch->last = now;
}

void audit_watch_wake(struct audit_watch *watch, uint64_t now)
{
	note_change(watch, now);
	watch->at_once |= now >= watch->looked + ms(LATEST_MS);
}

void audit_watch_ask(struct audit_watch *watch, bool often, uint64_t now)
{
	if (often != watch->often)
		watch->due = now;
	watch->often = often;
}

static bool is_about_rules(const struct audit_watch *watch, const struct inotify_event *event)
{
	return event->wd != watch->watches[FOLDER_ABOVE] || (event->len && !strcmp(event->name, "audit"));
}

/* Empties the inotify queue. What exactly happened does not matter. */
static void read_inotify(struct audit_watch *watch, uint64_t now)
{
	_Alignas(struct inotify_event) char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	const struct inotify_event *event;
	bool any = false;
	ssize_t n;

	while ((n = read(watch->inotify, bytes, sizeof(bytes))) > 0)
		for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const struct inotify_event *)&bytes[at];
			any |= is_about_rules(watch, event);
		}
	watch->changed |= any;
	if (any)
		note_change(watch, now);
}

static void ask_kernel(struct audit_watch *watch)
{
	uint64_t sum = kernel_sum(&watch->kernel);

	if (sum != watch->kernel_sum)
		watch->changed = true;
	watch->kernel_sum = sum;
}

static int emit_result(struct audit_watch *watch, struct check *check, emit_fn emit, void *ctx)
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

static int check_again(struct audit_watch *watch, emit_fn emit, void *ctx)
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

/* Whether it is time to look, and when it will be again. What goes on changing is not over by being looked at. */
static bool is_time(struct audit_watch *watch, uint64_t now)
{
	bool change = watch->at_once || now >= rest_due(watch);
	bool late = now >= watch->due;

	if (change)
		watch->looked = now;
	if (late)
		watch->due = watch->often ? now + ms(OFTEN_MS) : clock_next_minute(now);
	if (watch->since)
		watch->since = now >= watch->last + ms(REST_MS) ? 0 : change ? now : watch->since;
	watch->at_once = false;
	return change || late;
}

int audit_watch_handle(struct audit_watch *watch, uint64_t now, emit_fn emit, void *ctx)
{
	read_inotify(watch, now);
	if (!is_time(watch, now))
		return 0;
	watch_folders(watch);
	ask_kernel(watch);
	return watch->changed ? check_again(watch, emit, ctx) : 0;
}

int audit_watch_start(struct audit_watch *watch, emit_fn emit, void *ctx)
{
	/* asked before the check, so that what changes meanwhile is noticed with the first look */
	ask_kernel(watch);
	return check_again(watch, emit, ctx);
}
