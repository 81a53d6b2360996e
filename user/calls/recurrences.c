// SPDX-License-Identifier: BSD-2-Clause
#include "recurrences.h"
#include "../arena.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../output/fields.h"
#include "../output/parcel.h"
#include "../output/text.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static const uint64_t MINUTE_NS = 60ull * NS_PER_S;

/* ---- what makes two failures the same */

/* What differs from one attempt to the next, whoever makes it. */
static const char *const passing[] = { "pid", "tid", "ppid", "start_time", "ancestors", "duration_ns", "requested_by" };

static bool is_passing(const char *key)
{
	for (size_t i = 0; i < COUNT(passing); i++)
		if (!strcmp(key, passing[i]))
			return true;
	return false;
}

static void add(EVP_MD_CTX *hash, const void *bytes, size_t size)
{
	EVP_DigestUpdate(hash, &size, sizeof(size)); /* so that no two lists of values are one */
	EVP_DigestUpdate(hash, bytes, size);
}

static void add_text(EVP_MD_CTX *hash, const struct text *text)
{
	add(hash, &text->known, sizeof(text->known));
	if (text->known == KNOWN)
		add(hash, text->bytes, text->size);
}

static void add_fields(EVP_MD_CTX *hash, const struct field *fields, const void *part);

static void add_field(EVP_MD_CTX *hash, const struct field *field, const char *value)
{
	const struct number *number = (const void *)value;
	const struct list *list = (const void *)value;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_ARGV:
		add_text(hash, (const void *)value);
		return;
	case FIELD_OBJECT:
		add(hash, value, sizeof(enum known));
		if (*(const enum known *)value == KNOWN)
			add_fields(hash, field->fields, value);
		return;
	case FIELD_TEXTS:
	case FIELD_LIST:
		add(hash, &list->known, sizeof(list->known));
		for (size_t i = 0; list->known == KNOWN && i < list->count; i++) {
			const void *item = (const char *)list->items + i * field->item_size;

			if (field->type == FIELD_TEXTS)
				add_text(hash, item);
			else
				add_fields(hash, field->fields, item);
		}
		return;
	case FIELD_COUNTS:
		return;
	default:
		add(hash, &number->known, sizeof(number->known));
		add(hash, &number->value, sizeof(number->value));
	}
}

static void add_fields(EVP_MD_CTX *hash, const struct field *fields, const void *part)
{
	for (const struct field *field = fields; field->key; field++)
		if (!is_passing(field->key))
			add_field(hash, field, (const char *)part + field->offset);
}

/* Of all that the line says of more than this one attempt. False: no memory. */
static bool sum_up(const struct event *event, unsigned char digest[static SHA256_DIGEST_LENGTH])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	bool made = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);

	if (made) {
		add_fields(hash, event_fields(event->kind), event);
		made = EVP_DigestFinal_ex(hash, digest, NULL);
	}
	EVP_MD_CTX_free(hash);
	return made;
}

/*
 * Who interrupts, or how much memory there is: the next may fare otherwise. EEXIST and EBUSY are udev's own doing,
 * whose workers load one module for many devices at once.
 */
static bool is_of_the_moment(const struct text *error)
{
	static const char *const passing_errors[] = { "EINTR", "EAGAIN", "ENOMEM" };
	static const char restart[] = "ERESTART";

	for (size_t i = 0; i < COUNT(passing_errors); i++)
		if (text_is(error, passing_errors[i]))
			return true;
	return error->known == KNOWN && error->size > strlen(restart) &&
	       !memcmp(error->bytes, restart, strlen(restart));
}

/* By systemd's names, since 252 and before, and eudev's. */
static bool is_udev(const struct text *comm)
{
	static const char *const names[] = { "(udev-worker)", "systemd-udevd", "udevd" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (text_is(comm, names[i]))
			return true;
	return false;
}

static bool is_by_udev(const struct process *process)
{
	const struct ancestor_part *ancestors = process->ancestors.items;

	for (size_t i = 0; process->ancestors.known == KNOWN && i < process->ancestors.count; i++)
		if (is_udev(&ancestors[i].comm))
			return true;
	return is_udev(&process->comm);
}

/*
 * Of other users' requests it is repeated.h's to decide. Of bytes without a hash nobody knows that it is the same
 * driver again; those of a compressed module come from memory.
 */
static bool can_recur(const struct event *event)
{
	const struct number *requester = &event->requester;

	return event->kind == EVENT_MODULE_LOAD && text_is(&event->outcome, "failure") &&
	       !is_of_the_moment(&event->syscall.errno_name) && event->source.sha256.known == KNOWN &&
	       event->process.known == KNOWN && is_by_udev(&event->process) && event->module.name.known == KNOWN &&
	       event->module.name.size < MODULE_NAME_SIZE &&
	       (requester->known == ABSENT || (requester->known == KNOWN && requester->value == 0));
}

/* ---- the failures of the last minute */

/* Mostly there are none, and each turn of the loop asks. */
static void find_end(struct recurrences *recurrences)
{
	recurrences->end = RECURRENCES_MAX;
	while (recurrences->end && !recurrences->kept->list[recurrences->end - 1].began)
		recurrences->end--;
}

static bool is_over(const struct recurrence *one, uint64_t time)
{
	return one->began && time >= one->began + MINUTE_NS;
}

static struct recurrence *find(const struct recurrences *recurrences, size_t offset, const unsigned char *digest,
			       uint64_t time)
{
	for (size_t i = 0; i < recurrences->end; i++) {
		struct recurrence *one = &recurrences->kept->list[i];

		if (one->began && time >= one->began && !is_over(one, time) &&
		    !memcmp((const char *)one + offset, digest, SHA256_DIGEST_LENGTH))
			return one;
	}
	return NULL;
}

#define FIND(recurrences, member, digest, time) find(recurrences, offsetof(struct recurrence, member), digest, time)

/* The count is set, not raised: the same record, which a kill may bring again, sets it to the same again. */
static void count(struct kept_recurrences *kept, struct recurrence *one, const struct record_header *record)
{
	if (kept->time != record->time || kept->cpu != record->cpu) {
		__atomic_store_n(&kept->time, 0, __ATOMIC_RELEASE);
		kept->count = one->count + 1;
		kept->cpu = record->cpu;
		__atomic_store_n(&kept->time, record->time, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&one->count, kept->count, __ATOMIC_RELEASE);
}

/* Said in the same words by the next monitor, where a kill comes after the line. */
static int tell(const struct recurrence *one, size_t i, uint64_t time, emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_ATTEMPTS_SUPPRESSED };
	char id[48];

	snprintf(id, sizeof(id), "r%llx-%zx", (unsigned long long)one->began, i);
	event.id = text_of(id);
	event.time = number_of(clock_wall(time));
	event.boot_ns = number_of(time);
	event.what = text_of("repeated");
	event.count = number_of(one->count);
	event.uid = number_of(one->uid);
	event.since = number_of(clock_wall(one->began));
	event.syscall.known = KNOWN;
	event.syscall.name = text_of(one->call);
	event.syscall.errno_name = text_of(one->error[0] ? one->error : NULL);
	event.module.known = KNOWN;
	event.module.name = (struct text) { .known = KNOWN, .bytes = one->module, .size = one->module_size };
	return emit(ctx, &event);
}

static int end_one(struct recurrences *recurrences, size_t i, uint64_t time, emit_fn emit, void *ctx)
{
	struct recurrence *one = &recurrences->kept->list[i];
	int err = one->count ? tell(one, i, time, emit, ctx) : 0;

	if (!err)
		__atomic_store_n(&one->began, 0, __ATOMIC_RELEASE);
	find_end(recurrences);
	return err;
}

/* Those whose minute was over at that time. */
static int end_those_over(struct recurrences *recurrences, uint64_t time, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < recurrences->end; i++)
		if (is_over(&recurrences->kept->list[i], time))
			err = end_one(recurrences, i, recurrences->kept->list[i].began + MINUTE_NS, emit, ctx);
	return err;
}

/* ---- comings that are held */

static struct attempt_id id_of(const struct record_header *record)
{
	return (struct attempt_id) { record->attempt_time, record->attempt_cpu, record->tid };
}

static bool is_same(const struct attempt_id *a, const struct attempt_id *b)
{
	return a->time == b->time && a->cpu == b->cpu && a->tid == b->tid;
}

static void drop(struct held *held)
{
	free(held->bytes);
	*held = (struct held) { 0 };
}

static struct held *held_of(struct recurrences *recurrences, const struct attempt_id *attempt)
{
	for (size_t i = 0; i < HELD_MAX; i++)
		if (recurrences->held[i].bytes && is_same(&recurrences->held[i].attempt, attempt))
			return &recurrences->held[i];
	return NULL;
}

static void note_coming(struct recurrences *recurrences, const struct attempt_id *attempt, const unsigned char *digest)
{
	size_t i = recurrences->coming_count++ % COMINGS_KEPT;

	recurrences->comings[i].attempt = *attempt;
	memcpy(recurrences->comings[i].digest, digest, SHA256_DIGEST_LENGTH);
}

/* Whether there was room, or memory: else it is shown, which is never wrong. */
static bool hold(struct recurrences *recurrences, const struct fact *fact, uint64_t now)
{
	struct held *held = NULL;

	for (size_t i = 0; !held && i < HELD_MAX; i++)
		if (!recurrences->held[i].bytes)
			held = &recurrences->held[i];
	if (!held || fact->event->id.known != KNOWN || fact->event->id.size >= sizeof(held->id) ||
	    parcel_pack(fact->event, &held->bytes, &held->size))
		return false;
	memcpy(held->id, fact->event->id.bytes, fact->event->id.size);
	held->id[fact->event->id.size] = '\0';
	held->time = fact->event->time.value;
	held->boot_ns = fact->event->boot_ns.value;
	held->attempt = id_of(fact->record);
	held->since = now;
	return true;
}

static void freep_arena(struct arena *arena)
{
	arena_free(arena);
}

/* Its line comes after all. */
static int release(struct recurrences *recurrences, struct held *held, emit_fn emit, void *ctx)
{
	_cleanup_(freep_arena) struct arena arena = { 0 };
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct event event = { 0 };
	int err = parcel_unpack(held->bytes, held->size, &arena, &event);

	if (err)
		return err;
	event.kind = EVENT_MODULE_COMING;
	event.id = text_of(held->id);
	event.time = number_of(held->time);
	event.boot_ns = number_of(held->boot_ns);
	err = emit(ctx, &event);
	if (err)
		return err;
	if (sum_up(&event, digest))
		note_coming(recurrences, &held->attempt, digest);
	drop(held);
	return 0;
}

/* ---- the outside */

void recurrences_open(struct recurrences *recurrences, struct kept_recurrences *kept)
{
	*recurrences = (struct recurrences) { .kept = kept };
	find_end(recurrences);
}

void recurrences_close(struct recurrences *recurrences)
{
	for (size_t i = 0; i < HELD_MAX; i++)
		drop(&recurrences->held[i]);
}

int recurrences_take(struct recurrences *recurrences, const struct fact *fact, uint64_t now, emit_fn emit, void *ctx,
		     bool *taken)
{
	const struct record_header *record = fact->record;
	struct attempt_id attempt = id_of(record);
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct recurrence *one = NULL;
	struct held *held;
	int err = end_those_over(recurrences, record->time, emit, ctx);

	*taken = false;
	if (err)
		return err;
	if (fact->event->kind == EVENT_MODULE_COMING) {
		*taken = sum_up(fact->event, digest) && FIND(recurrences, coming, digest, record->time) &&
			 hold(recurrences, fact, now);
		return 0;
	}
	held = held_of(recurrences, &attempt);
	if (can_recur(fact->event) && sum_up(fact->event, digest))
		one = FIND(recurrences, cause, digest, record->time);
	if (!one)
		return held ? release(recurrences, held, emit, ctx) : 0;
	if (held)
		drop(held);
	count(recurrences->kept, one, record);
	*taken = true;
	return 0;
}

static void take_text(char *to, size_t size, const struct text *text)
{
	size_t taken = text->known == KNOWN && text->size < size ? text->size : 0;

	memcpy(to, text->known == KNOWN ? text->bytes : "", taken);
	to[taken] = '\0';
}

void recurrences_note(struct recurrences *recurrences, const struct fact *fact)
{
	struct attempt_id attempt = id_of(fact->record);
	struct recurrence *one = recurrences->kept->list;
	const struct event *event = fact->event;
	unsigned char digest[SHA256_DIGEST_LENGTH];

	if (event->kind == EVENT_MODULE_COMING && sum_up(event, digest))
		note_coming(recurrences, &attempt, digest);
	if (!can_recur(event) || event->process.uid.known != KNOWN || !sum_up(event, digest))
		return;
	while (one < recurrences->kept->list + RECURRENCES_MAX && one->began)
		one++;
	if (one == recurrences->kept->list + RECURRENCES_MAX)
		return;
	*one = (struct recurrence) { .uid = (uint32_t)event->process.uid.value };
	memcpy(one->cause, digest, sizeof(one->cause));
	for (size_t i = 0; i < COMINGS_KEPT; i++)
		if (is_same(&recurrences->comings[i].attempt, &attempt))
			memcpy(one->coming, recurrences->comings[i].digest, sizeof(one->coming));
	take_text(one->call, sizeof(one->call), &event->syscall.name);
	take_text(one->error, sizeof(one->error), &event->syscall.errno_name);
	one->module_size = (uint32_t)event->module.name.size;
	memcpy(one->module, event->module.name.bytes, event->module.name.size);
	__atomic_store_n(&one->began, fact->record->time, __ATOMIC_RELEASE);
	find_end(recurrences);
}

int recurrences_check(struct recurrences *recurrences, uint64_t now, bool drained, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < HELD_MAX; i++)
		if (recurrences->held[i].bytes && now >= recurrences->held[i].since + ms(HELD_MS))
			err = release(recurrences, &recurrences->held[i], emit, ctx);
	return err || !drained ? err : end_those_over(recurrences, now, emit, ctx);
}

int recurrences_due_ms(const struct recurrences *recurrences, uint64_t now)
{
	uint64_t due = UINT64_MAX;

	for (size_t i = 0; i < HELD_MAX; i++)
		if (recurrences->held[i].bytes && recurrences->held[i].since + ms(HELD_MS) < due)
			due = recurrences->held[i].since + ms(HELD_MS);
	for (size_t i = 0; i < recurrences->end; i++)
		if (recurrences->kept->list[i].began && recurrences->kept->list[i].began + MINUTE_NS < due)
			due = recurrences->kept->list[i].began + MINUTE_NS;
	return due == UINT64_MAX ? -1 : ms_until(due, now);
}

int recurrences_finish(struct recurrences *recurrences, bool stays, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < HELD_MAX; i++)
		if (recurrences->held[i].bytes)
			err = release(recurrences, &recurrences->held[i], emit, ctx);
	for (size_t i = 0; !err && !stays && i < RECURRENCES_MAX; i++)
		if (recurrences->kept->list[i].began)
			err = end_one(recurrences, i, clock_boot_ns(), emit, ctx);
	return err;
}
