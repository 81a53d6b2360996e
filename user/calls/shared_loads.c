// SPDX-License-Identifier: BSD-2-Clause
#include "shared_loads.h"

#include <stddef.h>

/* Who waited may have to wait for a CPU too. */
static const uint64_t JUST_BEFORE_NS = 10000000000;

/* NULL: it is not known. */
static const struct source_file *source_of(const struct open_attempt *open)
{
	const struct attempt_record *record = open ? open->attempt : NULL;

	return record && record->source.present ? &record->source : NULL;
}

void shared_loads_note(struct shared_loads *shared, const struct open_attempt *open, const struct call *call,
		       uint64_t time)
{
	const struct source_file *source = source_of(open);
	bool known = call->end == END_RETURNED || call->end == END_SUCCESS;

	if (!source || !known || call->module_call == CALL_DELETE_MODULE)
		return;
	shared->kept[shared->count++ % SHARED_KEPT] = (struct shared_load) {
		.inode = source->inode,
		.dev = source->dev,
		.tid = open->tid,
		.time = time,
		.ret = call->end == END_SUCCESS ? 0 : call->ret,
	};
}

struct search {
	const struct source_file *source;
	uint32_t tid; /* nobody waits for himself */
	bool found;
};

static void look(struct open_attempt *open, void *ctx)
{
	const struct source_file *source = source_of(open);
	struct search *search = ctx;

	if (source && open->tid != search->tid && source->inode == search->source->inode &&
	    source->dev == search->source->dev)
		search->found = true;
}

bool shared_loads_have(const struct shared_loads *shared, const struct attempts *attempts,
		       const struct record_header *header, const struct call *call, const struct source_file *source)
{
	struct search search = { .source = source, .tid = header->tid };

	if (!source->present)
		return false;
	for (size_t i = 0; i < SHARED_KEPT; i++) {
		const struct shared_load *load = &shared->kept[i];

		if (load->time && load->tid != header->tid && load->inode == source->inode &&
		    load->dev == source->dev && load->ret == call->ret && load->time + JUST_BEFORE_NS >= header->time)
			return true;
	}
	attempts_walk(attempts, look, &search);
	return search.found;
}
