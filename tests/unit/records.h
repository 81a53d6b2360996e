/* SPDX-License-Identifier: BSD-2-Clause */
/* Records as the kernel side makes them, in memory. */
#ifndef KMODWATCH_UNIT_RECORDS_H
#define KMODWATCH_UNIT_RECORDS_H

#include "../../bpf/records.h"

#include <stddef.h>
#include <stdint.h>

/* header.text_size counts the text that is there already. */
struct made {
	union {
		union record record;
		char bytes[RECORD_MAX];
	};
};

enum { SAMPLE_CPU = 3 };

/* A record with a header and nothing else. attempt: the time that names the attempt; the record itself is later. */
void made_begin(struct made *made, enum record_kind kind, uint32_t tid, uint64_t attempt);

/* The same with all that its kind holds, texts included: insmod loads x.ko, and all goes well. */
void made_sample(struct made *made, enum record_kind kind, uint32_t tid, uint64_t attempt);

/* Add text. A path is given without its first slash and stored as a walk leaves it. */
struct span made_bytes(struct made *made, const char *bytes, size_t size);
struct span made_string(struct made *made, const char *string);
struct span made_path(struct made *made, const char *path);

/* Every record with a subject has it right after the header. */
struct subject *made_subject(struct made *made);

/* Of the kind's struct; 0: no such kind. */
size_t made_fixed_size(uint32_t kind);

/* Sets header.size, and returns it. */
size_t made_finish(struct made *made);

#endif
