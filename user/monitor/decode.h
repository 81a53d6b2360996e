/* SPDX-License-Identifier: BSD-2-Clause */
/* From a record's bytes to the parts of an event. Nothing in a record is trusted: sizes and offsets are checked. */
#ifndef KMODWATCH_DECODE_H
#define KMODWATCH_DECODE_H

#include "../../bpf/event.h"
#include "../output/event.h"

/* A record that was checked: its struct is whole, its text is what text_size says. */
struct record_view {
	const union record *record;
	const char *text; /* text_size bytes */
};

/*
 * Memory for what an event's texts need beyond the records (paths put in order, numbers in words): reset for each
 * event. Large enough for all texts of the three records that an event is made from.
 */
struct arena {
	size_t used;
	char bytes[3 * (TEXT_AREA + TEXT_MAX) + 4096];
	struct ancestor_part ancestors[ANCESTORS_MAX];
	struct text flags[64];
	struct text taints[32];
};

/* Checks size bytes at bytes (8-byte aligned). Returns 0, or -EBADMSG where they are no record of ours. */
int record_view(const void *bytes, size_t size, struct record_view *view);

/* The parts. What they point to lives in the record and the arena. boot_offset: clock_boot_offset(). */
void decode_process(const struct record_view *view, const struct subject *subject, uint64_t boot_offset,
		    struct arena *arena, struct process *process);
/* Of a record without a subject: what its header says, all else unknown. */
void decode_bare_process(const struct record_header *header, struct process *process);
void decode_source(const struct record_view *view, const struct source_file *source, struct arena *arena,
		   struct source_part *part);
void decode_module(const struct record_view *view, const struct module_info *info, struct arena *arena,
		   struct module_part *part);
void decode_call(const struct call *call, struct arena *arena, struct syscall_part *part);
/* A module that never came to be: its name as the caller or the image gave it. */
void decode_called_module(const struct call *call, struct module_part *part);
struct text decode_text(const struct record_view *view, const struct span *span);

/* The taint letters of /proc/modules and their meanings, from the bits of module->taints. */
void taints_of_bits(uint64_t bits, struct arena *arena, struct module_part *part);
/* The meanings, from the letters. */
void taints_of_letters(const char *letters, struct arena *arena, struct module_part *part);

#endif
