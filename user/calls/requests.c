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

/* Its place; REQUESTS_KEPT: there is none. */
static int find_request(const struct handover *handover, uint64_t time, uint32_t cpu)
{
	int i = 0;

	while (i < REQUESTS_KEPT && !(handover->requests[i].used && header_of(&handover->requests[i])->time == time &&
				      header_of(&handover->requests[i])->cpu == cpu))
		i++;
	return i;
}

void requests_note(struct handover *handover, const struct record_view *view)
{
	const struct record_header *header = &view->record->header;
	struct request *request;

	if (header->size > sizeof(request->record) || find_request(handover, header->time, header->cpu) < REQUESTS_KEPT)
		return;
	request = place(handover);
	__atomic_store_n(&request->used, 0, __ATOMIC_RELEASE);
	request->pid = 0;
	memcpy(request->record, header, header->size);
	__atomic_store_n(&request->used, 1, __ATOMIC_RELEASE);
}

void requests_serve(struct handover *handover, uint64_t time, uint32_t cpu, uint32_t pid, uint64_t start_time)
{
	int i = find_request(handover, time, cpu);

	if (i == REQUESTS_KEPT)
		return;
	handover->requests[i].start_time = start_time;
	__atomic_store_n(&handover->requests[i].pid, pid, __ATOMIC_RELEASE);
}

/* It may come from a ring that somebody wrote into. */
static uint32_t count_ancestors(const struct subject *subject)
{
	return subject->ancestor_count < ANCESTORS_MAX ? subject->ancestor_count : ANCESTORS_MAX;
}

/* How far above the process the one is that serves the request: 0: it is itself; -1: it is none of those. */
static int height_of(const struct request *request, uint32_t pid, const struct subject *subject)
{
	if (request->pid == pid && request->start_time == subject->start_time)
		return 0;
	for (uint32_t i = 0; i < count_ancestors(subject); i++)
		if (request->pid == subject->ancestors[i].pid &&
		    request->start_time == subject->ancestors[i].start_time)
			return (int)i + 1;
	return -1;
}

/*
 * The request that the process serves, or the nearest of those above it that serves one: the second witness. Each
 * request is looked at once, since mostly there are none.
 */
static const struct request *served_above(const struct handover *handover, uint32_t pid, const struct subject *subject)
{
	const struct request *nearest = NULL;
	int least = ANCESTORS_MAX + 1;

	for (int i = 0; i < REQUESTS_KEPT; i++) {
		const struct request *request = &handover->requests[i];
		int height = request->used && request->pid ? height_of(request, pid, subject) : -1;

		if (height >= 0 && height < least) {
			nearest = request;
			least = height;
		}
	}
	return nearest;
}

/* When that of its line began which PID 1 has adopted, or started. count: of its ancestors, not 0. */
static uint64_t line_began(const struct subject *subject, uint32_t count)
{
	if (subject->ancestors[count - 1].pid != 1)
		return subject->ancestors[count - 1].start_time;
	return count > 1 ? subject->ancestors[count - 2].start_time : subject->start_time;
}

/*
 * What has no living parent may have had one that the kernel started, before we watched or where the chain was cut. It
 * then has no login, no terminal, and the kernel's cgroup, unless it was moved since. What old shells below PID 1 start
 * has a requester as seldom as what we saw from its beginning.
 */
static bool may_be_adopted(const struct subject *subject, uint32_t count)
{
	uint64_t began = line_began(subject, count);
	bool is_old_orphan = count == 1 && began < subject->watched_since;

	return subject->auid == UINT32_MAX && !subject->has_tty && !subject->cgroup.size &&
	       (is_old_orphan || (subject->cut_since && began >= subject->cut_since));
}

static bool may_be_started_by_kernel(const struct subject *subject)
{
	uint32_t count = count_ancestors(subject);

	if (subject->unread || subject->request_unknown)
		return true;
	if (subject->is_kthread || !count) /* or PID 1 */
		return false;
	return subject->ancestors[count - 1].is_kthread || may_be_adopted(subject, count);
}

enum known requests_find(const struct handover *handover, uint32_t pid, const struct subject *subject,
			 const struct request **request)
{
	int i =
	    subject->request_time ? find_request(handover, subject->request_time, subject->request_cpu) : REQUESTS_KEPT;
	const struct request *found = i < REQUESTS_KEPT ? &handover->requests[i] : served_above(handover, pid, subject);

	if (found) {
		*request = found;
		return KNOWN;
	}
	return subject->request_time || may_be_started_by_kernel(subject) ? UNKNOWN : ABSENT;
}
