/* SPDX-License-Identifier: BSD-2-Clause */
/* A correlator whose events are kept as their readers see them. */
#ifndef KMODWATCH_UNIT_EVENTS_H
#define KMODWATCH_UNIT_EVENTS_H

#include "../../user/calls/correlate.h"
#include "../../user/calls/settle.h"
#include "line.h"
#include "records.h"

enum { EVENTS_MAX = 16, BOOT_OFFSET = 1000 };

struct events {
	struct correlator *correlator;
	json_object *events[EVENTS_MAX];
	size_t count;
	bool empty_call;	   /* of the last */
	int answer;		   /* of emit */
	struct handover *handover; /* owned */
};

/* cmocka's setup and teardown: *state is the struct events. */
int events_setup(void **state);
int events_teardown(void **state);

/* Ends the correlator as a kill would, and begins another on the same memory. */
void events_restart(struct events *events);

/* Hands over size bytes, or a record as it is, or the sample of each kind. */
int events_take_bytes(struct events *events, const void *bytes, size_t size);
void events_take(struct events *events, struct made *made);
void events_sample(struct events *events, enum record_kind kind, uint32_t tid, uint64_t attempt);

/* Asserts that count events have come, and how the last one looks (see assert_json()). */
#define assert_last(events, count, expected) events_check_last(events, count, expected, __FILE__, __LINE__)
void events_check_last(struct events *events, size_t count, const char *expected, const char *file, int line);

void events_forget(struct events *events);

#define WITH_EVENTS(test) cmocka_unit_test_setup_teardown(test, events_setup, events_teardown)

/* Of a sample with a subject, and of one without. */
#define WHOLE_PROCESS                                                                                 \
	"{'pid':6,'tid':7,'comm':'insmod','exe':'/usr/bin/kmod','argv':['insmod','x.ko'],'uid':1000," \
	"'auid':1002,'ns':{'pid':11},'ancestors':["                                                   \
	"{'pid':900,'comm':'bash','exe':'/usr/bin/bash',"                                             \
	"'deleted':true},{'pid':1,'comm':'systemd'}]}"
#define BARE_PROCESS                                                                                       \
	"{'pid':6,'tid':7,'ppid':null,'comm':'insmod','exe':null,'argv':null,'cwd':null,'uid':1000,'gid':" \
	"null,'auid':null,'ns':null,'ancestors':null}"

#endif
