// SPDX-License-Identifier: BSD-2-Clause
#include "requests.h"
#include "../handover.h"

#include <stdbool.h>
#include <string.h>

static const struct record_header *header_of(const struct request *request)
{
	return (const struct record_header *)request->record;
}

/*
 * Whose it counts as. In the initial user namespace nobody has more users than himself; one's own namespaces have as
 * many as subordinate ids were given, so all that comes from any of those counts as one user's.
 */
static uint32_t owner_of(const struct request *request)
{
	const struct module_request_record *record = (const struct module_request_record *)request->record;

	return record->subject.user_ns == INITIAL_USER_NS ? record->header.uid : (uint32_t)-1;
}

static int count_of(const struct handover *handover, uint32_t owner)
{
	int count = 0;

	for (int i = 0; i < REQUESTS_KEPT; i++)
		count += owner_of(&handover->requests[i]) == owner;
	return count;
}

static struct request *least_wanted(struct handover *handover)
{
	struct request *worst = NULL;
	int most = 0;

	for (int i = 0; i < REQUESTS_KEPT; i++) {
		struct request *request = &handover->requests[i];
		bool same = worst && owner_of(worst) == owner_of(request); /* a flood is mostly one's */
		int count = same ? most : count_of(handover, owner_of(request));

		if (count > most || (count == most && header_of(request)->time < header_of(worst)->time))
			worst = request;
		if (count > most)
			most = count;
	}
	return worst;
}

static struct request *place(struct handover *handover)
{
	for (int i = 0; i < REQUESTS_KEPT; i++)
		if (!handover->requests[i].used)
			return &handover->requests[i];
	return least_wanted(handover);
}

static struct request *find_request(struct handover *handover, uint64_t time, uint32_t cpu)
{
	for (int i = 0; i < REQUESTS_KEPT; i++) {
		struct request *request = &handover->requests[i];

		if (request->used && header_of(request)->time == time && header_of(request)->cpu == cpu)
			return request;
	}
	return NULL;
}

void requests_note(struct handover *handover, const struct record_view *view)
{
	const struct record_header *header = &view->record->header;
	struct request *request;

	if (header->size > sizeof(request->record) || find_request(handover, header->time, header->cpu))
		return;
	request = place(handover);
	__atomic_store_n(&request->used, 0, __ATOMIC_RELEASE);
	request->pid = 0;
	memcpy(request->record, header, header->size);
	__atomic_store_n(&request->used, 1, __ATOMIC_RELEASE);
}

void requests_serve(struct handover *handover, uint64_t time, uint32_t cpu, uint32_t pid, uint64_t start_time)
{
	struct request *request = find_request(handover, time, cpu);

	if (!request)
		return;
	request->start_time = start_time;
	__atomic_store_n(&request->pid, pid, __ATOMIC_RELEASE);
}

static const struct request *served_by(const struct handover *handover, uint32_t pid, uint64_t start_time)
{
	for (int i = 0; pid && i < REQUESTS_KEPT; i++) {
		const struct request *request = &handover->requests[i];

		if (request->used && request->pid == pid && request->start_time == start_time)
			return request;
	}
	return NULL;
}

const struct request *requests_find(const struct handover *handover, uint32_t pid, const struct subject *subject)
{
	const struct request *request = served_by(handover, pid, subject->start_time);

	for (uint32_t i = 0; !request && i < subject->ancestor_count && i < ANCESTORS_MAX; i++)
		request = served_by(handover, subject->ancestors[i].pid, subject->ancestors[i].start_time);
	return request;
}
