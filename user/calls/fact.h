/* SPDX-License-Identifier: BSD-2-Clause */
/* What the records of the kernel side add up to: what became of a module, and the line that says so. */
#ifndef KMODWATCH_FACT_H
#define KMODWATCH_FACT_H

#include "../../bpf/records.h"

#include <stdint.h>

struct event;

/* Of the module: what is loaded goes by these, and by nothing that was rendered. */
enum fact_kind {
	FACT_OTHER,  /* nothing about what is loaded */
	FACT_COMING, /* it is complete and in the kernel's lists, its init has not run */
	FACT_LIVE,   /* its init succeeded */
	FACT_GONE,   /* freed: unloaded, or its init failed */
};

/* The same fact may come twice: from another witness, or from a record that a kill made come again. */
struct fact {
	enum fact_kind kind;
	const struct record_header *record; /* that it was made from, valid during the call: names the fact */
	uint64_t time;			    /* ns since boot: when it happened */
	uint64_t address;		    /* of struct module, which names this load of it; 0: not known */
	char name[MODULE_NAME_SIZE];	    /* ends with a NUL; "": not known */
	struct event *event;		    /* its line; NULL: another fact has it. Its texts live during the call */
};

/* Returns 0, or a negative errno that ends the run. */
typedef int (*fact_fn)(void *ctx, const struct fact *fact);

#endif
