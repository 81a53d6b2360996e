// SPDX-License-Identifier: BSD-2-Clause
#include "health.h"
#include "../cleanup.h"
#include "control.h"
#include "ours.h"
#include "pins.h"
#include "seal.h"
#include "renew.h"
#include "setup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

static bool link_stands(const struct probe *probe)
{
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);

	return !bpf_obj_get_info_by_fd(probe->link, &info, &size) && info.id == probe->link_id;
}

/* The programs look at the code of what is opened. Where it is not pinned, that takes CAP_SYS_ADMIN. */
static void open_program(const struct probes *probes, size_t i)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd;

	if (probes->pins) {
		pins_check_program(probes->pins, &probes->side, probes->digest, i);
		return;
	}
	if (bpf_obj_get_info_by_fd(probes->side.probes[i].program, &info, &size))
		return;
	fd = bpf_prog_get_fd_by_id(info.id);
	closep(&fd);
}

/*
 * Another program can be attached to a function of a program, or (before 5.12, see bpf/extension.bpf.h) take its place,
 * with link and pins as they were. The kernel refuses the latter for fentry and fexit, so the look at the code, which
 * is such a program, cannot be replaced.
 */
static bool code_stands(const struct probes *probes, size_t i)
{
	uint64_t *before = &probes->handover->probes[i].code, now;

	if (probes->side.probes[i].program < 0)
		return true;
	open_program(probes, i);
	now = ours_code(&probes->side, i);
	if (!*before)
		*before = now;
	return !now || now == *before;
}

const char *probe_fault(const struct probes *probes, size_t i)
{
	const struct probe *probe = &probes->side.probes[i];

	if (probe->link < 0)
		return NULL;
	if (!link_stands(probe))
		return "its link is gone, so it is not attached any more";
	if (!code_stands(probes, i))
		return "another program was attached to it or took the place of a function of it: it is loaded anew";
	return NULL;
}

const char pin_unknown[] = "its pin cannot be looked at, since this process may open no more files or has no memory";

const char *probe_pin_fault(const struct probes *probes, size_t i)
{
	const struct probe *probe = &probes->side.probes[i];

	if (probe->link < 0 || !probes->pins)
		return NULL;
	if (!probe->pinned)
		return "it cannot be pinned, so it will end with this process";
	switch (pins_check_link(probes->pins, &probes->side, probes->digest, i)) {
	case 0:
		return pins_check_program(probes->pins, &probes->side, probes->digest, i)
			   ? "its program's pin is gone, so the next monitor could not have taken it over"
			   : NULL;
	case -ENOENT:
		return "its pin was removed, so it would have ended with this process";
	case -EAGAIN:
		return pin_unknown;
	default:
		return "its pin was replaced by something else, so it would have ended with this process";
	}
}

static bool is_as_told(const struct probes *probes)
{
	const struct control *told = &probes->told;
	struct control now;

	return !control_read(probes->side.maps[MAP_CONTROL], &now) && now.layout == told->layout &&
	       now.generation == told->generation && now.alone == told->alone && now.patience == told->patience &&
	       now.image_limit == told->image_limit && now.reader == told->reader &&
	       now.reader_start == told->reader_start && now.all_tools == told->all_tools;
}

/* What a lookup in an array of programs gives is the program's id. */
static bool goes_on_with(const struct probes *probes, enum map map, enum program_number program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info), key = 0, id = 0;
	int fd = probes->side.probes[program].program;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return true;
	return !bpf_map_lookup_elem(probes->side.maps[map], &key, &id) && id == info.id;
}

const char *map_fault(const struct probes *probes, size_t i)
{
	bool whole = true;

	if (seal_is_foreign(&probes->side, i))
		return "somebody froze it, so nothing can be written there any more: it is made anew";
	switch (i) {
	case MAP_CONTROL:
		if (!is_as_told(probes))
			return "somebody changed it, so the programs may have stopped to work: it is set again, or new "
			       "programs take their place";
		break;
	case MAP_FILE_PASSES:
		whole = goes_on_with(probes, i, PROBE_post_read_file);
		break;
	case MAP_MEMORY_PASSES:
		whole = goes_on_with(probes, i, PROBE_post_load_data);
		break;
	case MAP_TOOLS:
		if (!tools_are_whole(&probes->tools))
			return "somebody changed it, so tools under other names may not have been seen: it is filled "
			       "again";
		break;
	case MAP_OBJECTS:
		if (!ours_are_whole(&probes->side))
			return "somebody changed it, so who got at the monitor may have gone unsaid: it is filled again";
		break;
	}
	return whole ? NULL : "somebody changed it, so large modules may not have been taken whole: it is set again";
}

const char *map_pin_fault(const struct probes *probes, size_t i)
{
	if (!probes->pins)
		return NULL;
	switch (pins_check_map(probes->pins, &probes->side, i)) {
	case 0:
		return NULL;
	case -ENOENT:
		return "its pin was removed, so what is in it would have been lost with this process";
	case -EAGAIN:
		return pin_unknown;
	default:
		return "its pin was replaced by something else, so what is in it would have been lost with this process";
	}
}

const char *probe_function(const struct probes *probes, size_t i)
{
	const struct probe *probe = &probes->side.probes[i];

	return probe->link < 0 || !strcmp(probe->mechanism, "tp_btf") ? NULL : probe->target;
}

/* What cannot be pinned stays a fault, and is tried again. */
static void mend_pins(const struct probes *probes)
{
	if (!probes->pins || pins_restore(probes->pins))
		return;
	for (size_t i = 0; i < MAPS; i++)
		if (map_pin_fault(probes, i))
			pins_put_map(probes->pins, &probes->side, i);
}

/* Returns whether everything has to be made anew. */
static bool mend_maps(struct probes *probes, const struct options *options)
{
	bool anew = false;

	for (int i = 0; i < MAPS; i++)
		anew |= seal_is_foreign(&probes->side, i);
	if (!is_as_told(probes)) {
		struct control told = probes->told, now;

		anew |= control_read(probes->side.maps[MAP_CONTROL], &now) || now.layout != told.layout ||
			now.generation != told.generation || setup_activate(probes, options);
	}
	if (!ours_are_whole(&probes->side))
		ours_enter(&probes->side);
	if (!tools_are_whole(&probes->tools))
		tools_fill(&probes->tools);
	setup_passes(probes);
	return anew;
}

/* It has to be loaded again. */
static void drop_program(struct probes *probes, size_t i)
{
	struct probe *probe = &probes->side.probes[i];

	closep(&probe->link);
	probe->link = -1;
	probe->reason[0] = '\0';
	probes->handover->probes[i].code = 0;
}

int probes_mend(struct probes *probes, const struct options *options)
{
	bool detached = false;
	int err = 0;

	if (mend_maps(probes, options))
		return renew_programs(probes, options);
	mend_pins(probes);
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->side.probes[i];

		detached |= probe_wants_loading(probe);
		if (!probe_fault(probes, i) && !probe_pin_fault(probes, i))
			continue;
		probe->pinned = false;
		if (link_stands(probe) && code_stands(probes, i))
			continue;
		drop_program(probes, i);
		detached = true;
	}
	if (detached)
		err = object_load(&probes->side, options);
	if (!err)
		setup_attach(probes);
	if (!err && detached) {
		setup_passes(probes);
		err = ours_enter(&probes->side);
	}
	return err;
}

int probes_run_canary(const struct probes *probes, uint64_t nonce)
{
	struct bpf_test_run_opts opts = { .sz = sizeof(opts) };
	const struct probe *probe = &probes->side.probes[PROBE_canary];
	int order = probes->side.order, err = control_order(order, ORDER_CANARY, nonce, 0);

	if (err)
		return err;
	if (probe->program < 0)
		return -ENOENT;
	if (bpf_prog_test_run_opts(probe->program, &opts))
		err = -errno;
	control_order(order, ORDER_CANARY, 0, 0); /* whoever else calls that function has not answered us */
	return err;
}

int probes_set_tester(const struct probes *probes, bool tests)
{
	return control_order(probes->side.order, ORDER_TEST, tests, 0);
}
