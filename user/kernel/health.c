// SPDX-License-Identifier: BSD-2-Clause
/* Whether probes and pins are still what they were when they were made, and making them so again. */
#include "../cleanup.h"
#include "control.h"
#include "pins.h"
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

const char *probe_fault(const struct probes *probes, size_t i)
{
	const struct probe *probe = &probes->side.probes[i];

	if (probe->link < 0)
		return NULL;
	if (!link_stands(probe))
		return "its link is gone, so it is not attached any more";
	if (!probes->pins)
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
	default:
		return "its pin was replaced by something else, so it would have ended with this process";
	}
}

const char *map_fault(const struct probes *probes, size_t i)
{
	if (!probes->pins)
		return NULL;
	switch (pins_check_map(probes->pins, &probes->side, i)) {
	case 0:
		return NULL;
	case -ENOENT:
		return "its pin was removed, so what is in it would have been lost with this process";
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
		if (map_fault(probes, i))
			pins_put_map(probes->pins, &probes->side, i);
}

int probes_mend(struct probes *probes, const struct options *options)
{
	bool detached = false;
	int err = 0;

	mend_pins(probes);
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->side.probes[i];

		detached |= probe_wants_loading(probe);
		if (!probe_fault(probes, i))
			continue;
		probe->pinned = false;
		if (link_stands(probe))
			continue;
		closep(&probe->link);
		probe->link = -1;
		probe->reason[0] = '\0';
		detached = true;
	}
	if (detached)
		err = object_load(&probes->side, options);
	if (!err)
		setup_attach(probes);
	return err;
}

int probes_run_canary(const struct probes *probes, uint64_t nonce)
{
	struct bpf_test_run_opts opts = { .sz = sizeof(opts) };
	const struct probe *probe = &probes->side.probes[PROBE_canary];
	struct control control;
	int fd = probes->side.maps[MAP_CONTROL], err = control_read(fd, &control);

	if (err)
		return err;
	if (probe->program < 0)
		return -ENOENT;
	control.nonce = nonce;
	err = control_write(fd, &control);
	if (!err && bpf_prog_test_run_opts(probe->program, &opts))
		err = -errno;
	control.nonce = 0; /* whoever else calls that function has not answered us */
	control_write(fd, &control);
	return err;
}

int probes_set_tester(const struct probes *probes, uint32_t pid)
{
	int fd = probes->side.maps[MAP_CONTROL];
	struct control control;
	int err = control_read(fd, &control);

	control.tester = pid;
	return err ? err : control_write(fd, &control);
}
