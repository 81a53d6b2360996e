// SPDX-License-Identifier: BSD-2-Clause
#include "control.h"
#include "../cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

int control_read(int fd, struct control *control)
{
	uint32_t key = 0;

	return bpf_map_lookup_elem(fd, &key, control) ? -errno : 0;
}

int control_order(int program, enum order order, uint64_t a, uint64_t b)
{
	uint64_t words[] = { order, a, b };
	struct bpf_test_run_opts opts = { .sz = sizeof(opts), .ctx_in = words, .ctx_size_in = sizeof(words) };

	if (program < 0)
		return -ENOENT;
	if (bpf_prog_test_run_opts(program, &opts))
		return -errno;
	return opts.retval ? -EPERM : 0;
}

int control_peek(int fd, struct control *control)
{
	_cleanup_(freep) struct control *value = NULL;
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info), key = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	if (info.type != BPF_MAP_TYPE_ARRAY || info.value_size < offsetof(struct control, alone))
		return -EINVAL;
	value = calloc(1, sizeof(*value) + info.value_size);
	if (!value)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &key, value))
		return -errno;
	*control = *value;
	return 0;
}
