// SPDX-License-Identifier: BSD-2-Clause
#include "state.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"

#include <errno.h>
#include <string.h>

enum {
	APPENDED_MAX = 4096, /* lines, then the file is written anew */
	PAUSE_MS = 1000,     /* between two whole writings */
	RETRY_MS = 10000,    /* after one that failed: early at boot, the disk may be read-only for a while */
	WAIT_MS = 1000, /* for the disk, which takes 0.05 ms or so where nothing is wrong; and the CPU may be busy */
	AGAIN_WAIT_MS = 20, /* from then on until a whole list is written */
	LAST_WAIT_MS = 2000,
};

int state_init(struct state *state, const char *path, const char *boot_id)
{
	*state = (struct state) { .boot_id = boot_id };
	if (!path)
		return 0;
	state->file = malloc(sizeof(*state->file));
	if (!state->file)
		return -ENOMEM;
	statefile_init(state->file, path);
	return 0;
}

/* Says it, unless it was what was said last. Returns err. */
static int complain(struct state *state, int err, const char *failed, const char *why, bool of_file)
{
	if (state->told != err)
		log_line("the list of loaded modules is not %s (%s%s%s): %s", failed, state->file->path,
			 of_file ? "/" : "", of_file ? statefile_name : "", why);
	state->told = err;
	return err;
}

static int explain(struct state *state, int err)
{
	return complain(state, err, state->file->failed, state->file->why, state->file->of_file);
}

/* ---- what the thread does */

static int append_bytes(void *ctx)
{
	return statefile_append(ctx);
}

static int replace_by_bytes(void *ctx)
{
	return statefile_replace(ctx);
}

static int look_at_file(void *ctx)
{
	return statefile_look(ctx);
}

static unsigned int patience(const struct state *state)
{
	return state->told == -EINPROGRESS ? AGAIN_WAIT_MS : WAIT_MS;
}

/* bytes: for what run does, taken over. Returns run's result, or -EINPROGRESS, where the whole list is wanted later. */
static int run(struct state *state, errand_fn function, char *bytes, size_t size, unsigned int wait_ms)
{
	int err = -EINPROGRESS;

	if (errand_is_busy(state->errand)) {
		free(bytes);
	} else {
		statefile_set(state->file, bytes, size);
		err = errand_run(&state->errand, function, state->file, wait_ms);
	}
	if (err == -EINPROGRESS) {
		state->wanted = true;
		state->torn = true;
		complain(state, err, "kept", "the disk that it is on does not answer", false);
	}
	return err;
}

/* ---- reading */

/*
 * In the loop's thread, since there is nothing to watch with before: what was missed is told first. A disk that does
 * not answer keeps the monitor from starting, which the service manager tells; with pins, the kernel side records
 * meanwhile.
 */
int state_load(struct state *state, struct module_set *set)
{
	_cleanup_(fclosep) FILE *f = NULL;
	int err;

	if (!state->file)
		return -ENOENT;
	err = statefile_open(state->file);
	if (!err)
		err = statefile_read(state->file, &f);
	if (err) {
		if (err != -ENOENT || state->file->folder < 0)
			explain(state, err);
		return -ENOENT;
	}
	err = state_parse(f, state->boot_id, set, &state->ended);
	if (!err || err == -ESTALE || err == -ENOMEM)
		return err;
	complain(state, err, "read",
		 err == -E2BIG || err == -EBADMSG ? "it is damaged, so a new one is begun" : strerror(-err), true);
	return -ENOENT;
}

/* ---- writing */

/* A list that lacks one line gets no further ones: it is written whole instead. */
static void append(struct state *state, const char *text, size_t size)
{
	char *line;
	int err;

	if (!state->file || state->torn)
		return;
	line = errand_is_busy(state->errand) || state->file->file < 0 ? NULL : malloc(size);
	if (!line) {
		state->wanted = state->torn = true;
		return;
	}
	memcpy(line, text, size);
	err = run(state, append_bytes, line, size, patience(state));
	if (!err) {
		state->wanted |= ++state->appended >= APPENDED_MAX;
		return;
	}
	state->wanted = state->torn = true;
	if (err != -EINPROGRESS)
		explain(state, err);
}

void state_note(struct state *state, const struct named_module *module)
{
	char line[STATE_LINE_SIZE];

	append(state, line, state_line(module, line));
}

void state_note_gone(struct state *state, const char *name)
{
	const struct named_module gone = { .name = name, .mark = -1 };

	state_note(state, &gone);
}

void state_want(struct state *state)
{
	state->wanted = true;
}

void state_look(struct state *state)
{
	if (state->file && run(state, look_at_file, NULL, 0, patience(state)) == -ESTALE)
		state->wanted = true;
}

static int save(struct state *state, const struct module_set *set, unsigned int wait_ms)
{
	char *bytes = NULL;
	size_t size = 0;
	int err;

	if (errand_is_busy(state->errand))
		return -EINPROGRESS;
	err = state_render(state->boot_id, set, &bytes, &size);
	if (err)
		return err;
	err = run(state, replace_by_bytes, bytes, size, wait_ms);
	if (err && err != -EINPROGRESS)
		explain(state, err);
	if (!err)
		state->told = 0;
	return err;
}

static void tend(struct state *state, const struct module_set *set, uint64_t now, unsigned int wait_ms)
{
	int err;

	if (!state->file || !state->wanted || now < state->not_until)
		return;
	err = save(state, set, wait_ms);
	state->wanted = err != 0;
	state->not_until = now + ms(err && err != -EINPROGRESS ? RETRY_MS : PAUSE_MS);
	if (!err) {
		state->appended = 0;
		state->torn = false;
	}
}

void state_tend(struct state *state, const struct module_set *set, uint64_t now)
{
	tend(state, set, now, patience(state));
}

int state_due_ms(const struct state *state, uint64_t now)
{
	if (!state->file || !state->wanted)
		return -1;
	return ms_until(state->not_until, now);
}

/* What still goes on keeps what it uses: the process ends, and it with that. */
void state_close(struct state *state, const struct module_set *set, uint64_t now)
{
	char line[STATE_LINE_SIZE];

	tend(state, set, UINT64_MAX, LAST_WAIT_MS);
	if (now && !state->wanted)
		append(state, line, state_end_line(now, line));
	if (!state->file || !errand_end(&state->errand, LAST_WAIT_MS))
		return;
	statefile_close(state->file);
	free(state->file);
	*state = (struct state) { .boot_id = state->boot_id };
}
