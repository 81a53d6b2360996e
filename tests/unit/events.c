// SPDX-License-Identifier: BSD-2-Clause
#include "events.h"
#include "../../user/handover.h"
#include "../../user/output/fields.h"

#include <stdlib.h>

static int keep_event(void *ctx, const struct fact *fact)
{
	struct events *events = ctx;
	struct event *event = fact->event;

	if (events->answer)
		return events->answer;
	if (!event)
		return 0;
	assert_true(events->count < EVENTS_MAX);
	event->kind_name = text_of(event_name(event->kind));
	events->empty_call = event->empty_call;
	events->events[events->count++] = line_of(event, NULL);
	return 0;
}

int events_setup(void **state)
{
	struct events *events = calloc(1, sizeof(*events));

	*state = events;
	if (!events)
		return -1;
	events->handover = calloc(1, sizeof(*events->handover));
	return events->handover ? correlator_new(keep_event, events, events->handover, NULL, &events->correlator) : -1;
}

void events_forget(struct events *events)
{
	while (events->count)
		json_object_put(events->events[--events->count]);
}

void events_restart(struct events *events)
{
	correlator_freep(&events->correlator);
	assert_int_equal(correlator_new(keep_event, events, events->handover, NULL, &events->correlator), 0);
}

int events_teardown(void **state)
{
	struct events *events = *state;

	events_forget(events);
	correlator_freep(&events->correlator);
	free(events->handover);
	free(events);
	return 0;
}

int events_take_bytes(struct events *events, const void *bytes, size_t size)
{
	void *copy = exact_copy(bytes, size);
	int err = correlator_take(events->correlator, copy, size, BOOT_OFFSET);

	free(copy);
	return err;
}

void events_take(struct events *events, struct made *made)
{
	size_t size = made_finish(made);

	assert_int_equal(events_take_bytes(events, made, size), 0);
}

void events_sample(struct events *events, enum record_kind kind, uint32_t tid, uint64_t attempt)
{
	struct made made;

	made_sample(&made, kind, tid, attempt);
	events_take(events, &made);
}

void events_check_last(struct events *events, size_t count, const char *expected, const char *file, int line)
{
	_assert_int_equal(events->count, count, file, line);
	check_json(events->events[count - 1], expected, file, line);
}
