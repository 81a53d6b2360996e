// SPDX-License-Identifier: BSD-2-Clause
/* The file as a file: who may have made it, how it is replaced. Its lines are stateline.c's. */
#include "state.h"
#include "../cleanup.h"
#include "../log.h"
#include "../trusted.h"
#include "../clock.h"
#include "../folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum {
	APPENDED_MAX = 4096, /* lines, then the file is written anew */
	SIZE_MAX_MIB = 64,   /* of a file that is read */
	PAUSE_MS = 1000,     /* between two whole writings */
	RETRY_MS = 10000,    /* after one that failed: early at boot, the disk may be read-only for a while */
};

static const char file_name[] = "modules", new_name[] = "modules.new";

void state_init(struct state *state, const char *path, const char *boot_id)
{
	*state = (struct state) { .path = path, .boot_id = boot_id, .folder = -1, .file = -1 };
}

/* Says it, unless it was what was said last. what: "kept" in the folder, "read" from the file. Returns -err. */
static int complain(struct state *state, int err, const char *what, const char *why)
{
	bool of_file = strcmp(what, "read") == 0;

	if (state->told != err)
		log_line("the list of loaded modules is not %s (%s%s%s): %s", what, state->path, of_file ? "/" : "",
			 of_file ? file_name : "", why);
	state->told = err;
	return -err;
}

static void forget_fd(int *fd)
{
	closep(fd);
	*fd = -1;
}

static int open_folder(struct state *state)
{
	_cleanup_(closep) int fd = -1;
	struct stat st;

	if (state->folder >= 0)
		return 0;
	fd = folder_open(state->path, true);
	if (fd == -ENOTDIR || fd == -ELOOP)
		return complain(state, ENOTDIR, "kept", "it is not a folder (symbolic links are not followed)");
	if (fd < 0)
		return complain(state, -fd, "kept", strerror(-fd));
	if (fstat(fd, &st))
		return complain(state, errno, "kept", strerror(errno));
	if (distrust(&st))
		return complain(state, EPERM, "kept", distrust(&st));
	if (flock(fd, LOCK_EX | LOCK_NB))
		return complain(state, errno, "kept",
				errno == EWOULDBLOCK ? "another kmodwatch keeps its own there: name another folder"
						     : strerror(errno));
	state->folder = take_fd(&fd);
	return 0;
}

static int open_file(struct state *state, FILE **out)
{
	const char *why = NULL;
	_cleanup_(closep) int fd = trusted_open(state->folder, file_name, &why);
	struct stat st;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return complain(state, -fd, "read", why);
	if (fstat(fd, &st))
		return complain(state, errno, "read", strerror(errno));
	if (st.st_size > SIZE_MAX_MIB * 1048576ll)
		return complain(state, EFBIG, "read", "it is larger than any list that kmodwatch writes");
	*out = fdopen(fd, "r");
	if (!*out)
		return complain(state, errno, "read", strerror(errno));
	take_fd(&fd); /* the stream has it */
	return 0;
}

int state_load(struct state *state, struct loaded *set)
{
	_cleanup_(fclosep) FILE *f = NULL;
	int err;

	if (!state->path || open_folder(state) || open_file(state, &f))
		return -ENOENT;
	err = state_parse(f, state->boot_id, set);
	if (!err || err == -ESTALE || err == -ENOMEM)
		return err;
	complain(state, -err, "read",
		 err == -E2BIG || err == -EBADMSG ? "it is damaged, so a new one is begun" : strerror(-err));
	return -ENOENT;
}

static int take_line(void *ctx, struct loaded_module *module)
{
	char line[STATE_LINE_SIZE];
	size_t size = state_line(module, line);

	return fwrite(line, 1, size, ctx) == size ? 0 : -EIO;
}

/* The whole file, at *bytes (free() it). Returns 0 or -ENOMEM. */
static int render(const struct state *state, const struct loaded *set, char **bytes, size_t *size)
{
	FILE *f = open_memstream(bytes, size);
	int err;

	if (!f)
		return -ENOMEM;
	fprintf(f, "kmodwatch-modules 1\nboot_id %s\n", state->boot_id);
	err = loaded_walk(set, take_line, f);
	return fclose(f) || err ? -ENOMEM : 0;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			size -= n;
		}
	}
	return 0;
}

/* The folder is ours alone, so what stands there under the new file's name is left over. */
static int replace(struct state *state, const char *bytes, size_t size)
{
	_cleanup_(closep) int fd = -1;
	int err;

	if (unlinkat(state->folder, new_name, 0) && errno != ENOENT)
		return -errno;
	fd = openat(state->folder, new_name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, size);
	if (!err && (fsync(fd) || renameat(state->folder, new_name, state->folder, file_name) || fsync(state->folder)))
		err = -errno;
	if (err) {
		unlinkat(state->folder, new_name, 0);
		return err;
	}
	forget_fd(&state->file);
	state->file = take_fd(&fd);
	return 0;
}

static int save(struct state *state, const struct loaded *set)
{
	_cleanup_(freep) char *bytes = NULL;
	size_t size = 0;
	int err = open_folder(state);

	if (err)
		return err;
	err = render(state, set, &bytes, &size);
	if (!err)
		err = replace(state, bytes, size);
	if (err) {
		forget_fd(&state->folder); /* another may be in its place by now, as when a disk is mounted there */
		return complain(state, -err, "kept", strerror(-err));
	}
	state->told = 0;
	return 0;
}

/*
 * A list that lacks what happened since would accuse modules that were seen: better none. Nothing here goes to the disk
 * at once: a crash of the machine ends the boot, and with it the list's use.
 */
static void append(struct state *state, const char *line, size_t size)
{
	ssize_t n;

	if (!state->path)
		return;
	if (state->file < 0) {
		state->wanted = true;
		return;
	}
	do
		n = write(state->file, line, size);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)size) {
		state->wanted |= ++state->appended >= APPENDED_MAX;
		return;
	}
	complain(state, n < 0 ? errno : ENOSPC, "kept", strerror(n < 0 ? errno : ENOSPC));
	unlinkat(state->folder, file_name, 0);
	forget_fd(&state->file);
	state->wanted = true;
}

void state_note(struct state *state, const struct loaded_module *module)
{
	char line[STATE_LINE_SIZE];

	append(state, line, state_line(module, line));
}

void state_note_gone(struct state *state, const char *name)
{
	char line[STATE_LINE_SIZE];
	const struct loaded_module gone = { .name = name, .mark = -1 };

	append(state, line, state_line(&gone, line));
}

void state_want(struct state *state)
{
	state->wanted = true;
}

void state_look(struct state *state)
{
	struct stat ours, there;

	if (state->file < 0 || fstat(state->file, &ours))
		return;
	if (fstatat(state->folder, file_name, &there, AT_SYMLINK_NOFOLLOW) || ours.st_ino != there.st_ino ||
	    ours.st_dev != there.st_dev || fstat(state->folder, &there) || !there.st_nlink) {
		forget_fd(&state->file);
		forget_fd(&state->folder);
		state->wanted = true;
	}
}

void state_tend(struct state *state, const struct loaded *set, uint64_t now)
{
	if (!state->path || !state->wanted || now < state->not_until)
		return;
	state->wanted = save(state, set) < 0;
	state->not_until = now + (state->wanted ? RETRY_MS : PAUSE_MS) * 1000000ull;
	if (!state->wanted)
		state->appended = 0;
}

int state_due_ms(const struct state *state, uint64_t now)
{
	if (!state->path || !state->wanted)
		return -1;
	return now < state->not_until ? (int)((state->not_until - now) / 1000000 + 1) : 0;
}

void state_close(struct state *state, const struct loaded *set)
{
	state_tend(state, set, UINT64_MAX);
	forget_fd(&state->file);
	forget_fd(&state->folder);
}
