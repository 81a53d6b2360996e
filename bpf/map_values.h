/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What lies in maps, and both sides know: keys and values. As the records, they are a part of the layout, whose number
 * is in records.h.
 */
#ifndef KMODWATCH_MAP_VALUES_H
#define KMODWATCH_MAP_VALUES_H

#include "records.h"

/* Key of the map of known tools: the files that `kmod` and its like are, whatever name they are started by. */
struct file_id {
	__u64 inode;
	__u64 dev; /* the kernel's numbering */
};

enum { TOOLS_KEPT = 64 };

/* What that file is like. A number is used again once its file is gone: then it is another's. */
struct tool_file {
	__u32 tool; /* enum tool */
	__u32 mtime_nsec;
	__s64 mtime_sec;
	__u64 size;
};

/* Names a module_request. */
struct request_id {
	__u64 time;
	__u32 cpu;
	__u32 uid;
	__u32 suppressed;
	__u32 share; /* enum share: whose room is taken by what descends from it */
};

/*
 * What the kernel starts for a request carries it, and so does all that descends from that: by process id. A request
 * without time: the kernel started it, and why is not known.
 */
struct carrier {
	__u64 start_time; /* of the process: its id may be another's by now */
	struct request_id request;
};

/*
 * Anyone can make requests, and what is started for them may go on for long: so there is room for some of each user's,
 * and more for root's. Users who meet in a share have that one together.
 */
enum share {
	SHARE_ROOT = 0,	      /* root of the initial user namespace */
	SHARE_NAMESPACES = 1, /* all that comes from other user namespaces */
	SHARE_UNKNOWN = 2,    /* what the kernel started without a request that is known */
	SHARE_USERS = 3,
	USERS_SHARES = 16, /* a power of two */
	SHARES = SHARE_USERS + USERS_SHARES,
	SHARES_ROOM = 32, /* the next power of two */
	CARRIERS_OF_ROOT = 4096,
	CARRIERS_OF_SHARE = 1024,
	CARRIERS_MAX = CARRIERS_OF_ROOT + (SHARES - 1) * CARRIERS_OF_SHARE,
};

struct carrier_counts {
	__u64 of[SHARES_ROOM];
	__u64 all;
	__u64 cut; /* ns since boot: when first there was no room for one; 0: never */
};

/* What anyone may cause in any number. */
enum limited {
	LIMITED_REFUSED = 1, /* calls that were refused before the kernel read a byte */
	LIMITED_TOOL_EXEC = 2,
	LIMITED_MODULE_REQUEST = 3,
	LIMITED_REPEATED = 4, /* loads that fail for requests: the user side counts them */
};

/*
 * How much of it becomes lines in a period of about a second; the rest is counted. Root is the initial user
 * namespace's. Twice as much can fall into one second: at the end of a period and at the beginning of the next.
 */
enum {
	LIMIT_LINES = 20,	/* of one key */
	LIMIT_LINES_ROOT = 200, /* of one key of root's that is no refused call */
	LIMIT_LINES_ALL = 100,	/* of all who are not root together */
	LIMIT_BYTES_ALL = 96 * 1024,
	LIMIT_BYTES_ROOT = 1024 * 1024,
	LIMIT_LINE_MAX = 64 * 1024, /* bytes of the longest line */
};

/* Where what is limited stands in its table. Root has slots of his own: nobody else can take them. */
enum {
	LIMITS_ANY = 1024, /* of users who are not root; a power of two, as the next */
	LIMITS_ROOT = 256,
	LIMITS_MAX = LIMITS_ANY + LIMITS_ROOT,
	LIMIT_REST_ANY = LIMITS_MAX - 1, /* from the next on: of what found no room, by enum limited */
	LIMIT_REST_ROOT = LIMIT_REST_ANY + LIMITED_MODULE_REQUEST,
	LIMIT_SUM_ANY = LIMIT_REST_ROOT + LIMITED_MODULE_REQUEST + 1, /* has no key: what all have together */
	LIMIT_SUM_ROOT,
	LIMIT_SLOTS,
	LIMIT_ANY_UID = (__u32)-1, /* the user of what found no room and is not root's */
};

struct limit_key {
	__u32 uid;
	__u8 what; /* enum limited */
	__u8 module_call;
	__u16 error; /* errno */
};

/* A key in one word, which is what a global function can be given on 5.10. */
union limit_word {
	struct limit_key key;
	__u64 word; /* 0: none */
};

struct limit {
	union limit_word of;
	__u64 began;	  /* ns since boot: when it came up after two seconds without */
	__u64 last;	  /* ns since boot: when it came up first in the period */
	__u64 period;	  /* one more than the control's: 0 is none */
	__s64 left;	  /* lines, of that period */
	__u64 suppressed; /* since the map was made */
	__u64 lines;	  /* of a sum only: in the period */
	__u64 bytes;	  /* of a sum only: of lines in the period, and what was too much before it */
};

/* Calls of these numbers stand where preemption is kept out: see bpf/preempt.bpf.h. No kernel has such helpers. */
enum { PREEMPTION_OFF = 0x6b6d00, PREEMPTION_ON = 0x6b6d01 };

/*
 * The bytes of a line that a record with so much text may become: what is not text, and each byte of text escaped, in
 * a text that is shown in hex too. So much is charged for the record until its line is written.
 */
static inline __u64 limit_line_bytes(__u64 text_size)
{
	const __u64 bytes = 2048 + 8 * text_size;

	return bytes < LIMIT_LINE_MAX ? bytes : LIMIT_LINE_MAX;
}

struct object_id {
	__u32 object; /* enum object */
	__u32 id;
};

/* Something of ours in the kernel. */
struct object_state {
	char name[OBJECT_NAME_SIZE];
	__u64 told; /* ns since boot: when it was touched last and that was sent */
	__u32 told_pid;
	__u32 functions; /* of a program: how many code covers */
	__u64
	    code; /* of a program: a sum over where its functions begin, as the reader opened it last; 0: it has not */
};

/*
 * What the user side tells the programs, by running a program (bpf/order.bpf.c): for itself the map is closed.
 */
struct control {
	__u32 layout;	  /* LAYOUT of who made the maps */
	__u32 generation; /* of the programs that are to work; 0: none yet */
	__u32 alone;	  /* the same for calls whose beginning was not seen: set a moment later, so that those that had
			     begun before do not pass for such */
	__u32 patience; /* ms that a loader waits for room on the image ring; 0 where nobody can make room meanwhile */
	__u64 nonce;	/* what the next canary record is to carry */
	__u64 period;	/* counts up; for each, so many lines go on */
	__u64 began;	/* ns since boot: when programs worked first; what was before, nobody saw */
	__u64 image_limit; /* images above that many bytes are not sent; 0: none is */
	/* the process whose refused calls are sent whatever the limit says, while it makes the self-test's; else 0 */
	__u32 tester;
	__u32 reader;	    /* the process that reads, */
	__u64 reader_start; /* and when it started: ns since boot */
	__u64 all_tools;    /* those too that only read */
};

/* What can be told so: the order's number comes first, then up to two values. Only the reader gives the others. */
enum order {
	ORDER_READ = 1,	  /* this process reads */
	ORDER_WORK = 2,	  /* the programs of the order's generation work; image_limit, patience */
	ORDER_ALONE = 3,  /* for calls whose beginning was not seen too */
	ORDER_CANARY = 4, /* the nonce */
	ORDER_TEST = 5,	  /* 1: this process makes the self-test's calls; 0: no more */
	ORDER_PERIOD = 6, /* the next one */
	ORDER_PATIENCE = 7,
	ORDER_TOOLS = 8, /* all_tools */
};

/*
 * How far a call is known to have come. Each arrow has a second witness, since a kernel that preempts may skip the
 * first:
 *
 *   BEGUN -- module_load, or do_init_module() entered --> COMING -- LIVE is notified --> LIVE
 *     |                                                     `------ GOING is notified, or module_free --> FAILED
 *     `-- GOING is notified without a reference left, or module_free (delete_module) --> GONE
 *
 * LIVE and GONE return 0, FAILED an error: a return that says another thing is another call's.
 */
enum attempt_state {
	ATTEMPT_BEGUN = 0,
	ATTEMPT_COMING = 1,
	ATTEMPT_LIVE = 2,
	ATTEMPT_FAILED = 3,
	ATTEMPT_GONE = 4,
};

/* What is kept between the hooks of one call, by thread id. */
struct attempt {
	__u64 time;   /* of its first record: with cpu, its name */
	__u64 module; /* address of struct module, once seen */
	__u64 image_size;
	__u32 cpu;
	__u8 read_refused;
	__u8 read_done;
	__u8 params_copied;
	__u8 state;	  /* enum attempt_state */
	__u64 start_time; /* of the thread: its id may be another's by now */
	__u8 module_call;
	__u8 abi;	  /* delete_module's, as flags: at its end they are not at hand */
	__u8 described;	  /* its first record, who and from where, was sent */
	__u8 result_sent; /* RECORD_CALL_DONE was */
	__u32 flags;
	__s64 ret; /* load_module()'s, once done */
	__u64 done;
	__u64 handle;	  /* finit_module's struct file, delete_module's name: tell this call from the thread's next */
	__u64 params;	  /* the caller's */
	__u64 image;	  /* the kernel's buffer */
	__u64 image_sent; /* bytes */
	__u64 image_state;
	__u64 image_full_since; /* ns; 0: there was room */
	__u64 appended;
	char image_name[MODULE_NAME_SIZE];
	char license[LICENSE_SIZE];
	__u64 license_read; /* license is what the image says, be it "" */
	struct {	    /* where the search in the image stands */
		__u64 image, size, sections, names, count;
		__u64 at, end; /* in .modinfo */
		__u64 midway;  /* what stands at `at` is not the beginning of a string */
	} scan;
};

#endif
