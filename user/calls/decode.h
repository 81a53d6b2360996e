/* SPDX-License-Identifier: BSD-2-Clause */
/* From records to the parts of an event. */
#ifndef KMODWATCH_DECODE_H
#define KMODWATCH_DECODE_H

#include "record.h"
#include "taints.h"

/*
 * Memory for what an event's texts need beyond the records (paths put in order, numbers in words): reset for each
 * event. Large enough for all texts of the three records that an event is made from.
 */
struct decode_buffer {
	size_t used;
	char bytes[3 * (TEXT_AREA + TEXT_MAX) + 4096];
	struct ancestor_part ancestors[ANCESTORS_MAX];
	struct text flags[64];
	struct taints taints;
};

/* Text that is made up; the buffer is sized so that it always fits, and what would not is unknown. */
struct text decode_text(struct decode_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The record's name within a boot, as the event's id. The first text in its buffer, which is emptied. */
struct text decode_id(const struct record_header *header, struct decode_buffer *buffer);

/* The parts. What they point to lives in the record and the buffer. boot_offset: clock_boot_offset(). */
void decode_process(const struct record_view *view, const struct subject *subject, uint64_t boot_offset,
		    struct decode_buffer *buffer, struct process *process);
/* Of a record without a subject: what its header says, all else unknown. */
void decode_bare_process(const struct record_header *header, struct process *process);
void decode_source(const struct record_view *view, const struct source_file *source, struct decode_buffer *buffer,
		   struct source_part *part);
void decode_module(const struct record_view *view, const struct module_info *info, struct decode_buffer *buffer,
		   struct module_part *part);
/* What is ours in the kernel; NULL: it is no such thing. */
const char *decode_object(enum object object);
/* A module that never came to be: its name as the caller or the image gave it. */
void decode_called_module(const struct call *call, struct module_part *part);

#endif
