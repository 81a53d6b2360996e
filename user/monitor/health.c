// SPDX-License-Identifier: BSD-2-Clause
/* Whether the probes are still what they were when they were attached, and making them so again. */
#include "../cleanup.h"
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

	if (probe->was_gone)
		return "its link was gone when the monitor started";
	if (probe->link < 0)
		return NULL;
	if (!link_stands(probe))
		return "its link is gone, so it is not attached any more";
	if (!probe->pinned)
		return NULL;
	switch (pins_check_probe(probes->pins, &probes->side, probes->digest, i)) {
	case 0:
		return NULL;
	case -ENOENT:
		return "its pin was removed, so it would have ended with this process";
	default:
		return "its pin was replaced by something else, so it would have ended with this process";
	}
}

const char *probe_function(const struct probes *probes, size_t i)
{
	const struct probe *probe = &probes->side.probes[i];

	return probe->link < 0 || !strcmp(probe->mechanism, "tp_btf") ? NULL : probe->target;
}

int probes_mend(struct probes *probes, const struct options *options)
{
	bool detached = false;
	int err = 0;

	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->side.probes[i];

		probe->was_gone = false;
		detached |= probe_is_missing(probe);
		if (!probe_fault(probes, i))
			continue;
		probe->pinned = false;
		if (link_stands(probe))
			continue;
		closep(&probe->link);
		probe->link = -1;
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
	const struct probe *probe = &probes->side.probes[PROBE_CANARY];
	struct control control;
	int err = control_read(probes, &control);

	if (err)
		return err;
	if (probe->program < 0)
		return -ENOENT;
	control.nonce = nonce;
	err = control_write(probes, &control);
	if (!err && bpf_prog_test_run_opts(probe->program, &opts))
		err = -errno;
	return err;
}
