/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records that cross the ring, which with map_values.h is all that both sides include.
 *
 * A record is a struct below, at most RECORD_FIXED bytes, followed by text. A record without text ends with its struct;
 * one with text has it at RECORD_FIXED. Texts are addressed by struct span, whose offset counts from there.
 * Kinds are numbered for good: a retired number is never used again. No struct has implicit padding.
 */
#ifndef KMODWATCH_RECORDS_H
#define KMODWATCH_RECORDS_H

#ifndef __bpf__
#include <linux/types.h>
#endif

/*
 * The number of this layout: of the records, and of what is kept in maps. Pinned maps outlive the program that made
 * them, and another program reads them only where its number is the same. Any change of these files that moves or
 * reinterprets a byte needs a new one.
 */
#ifndef KMODWATCH_LAYOUT /* the tests build another */
#define KMODWATCH_LAYOUT 9
#endif
enum { LAYOUT = KMODWATCH_LAYOUT };

enum record_kind {
	RECORD_TOOL_EXEC = 1,
	RECORD_MODULE_REQUEST = 2,
	RECORD_ATTEMPT = 3, /* a call began to do something: the kernel starts to read, or delete_module was entered */
	RECORD_MODULE_COMING = 4,     /* tracepoint module_load: accepted, init not yet run */
	RECORD_MODULE_FREE = 5,	      /* tracepoint module_free */
	RECORD_CALL_RETURN = 6,	      /* the end of an attempt */
	RECORD_CALL_ALONE = 7,	      /* a call that returned without having become an attempt: refused, or coalesced */
	RECORD_MODULE_PARAMS = 8,     /* the kernel has copied the parameters */
	RECORD_CALL_DONE = 9,	      /* the result is certain, the return may say it again: a call_return_record */
	RECORD_CANARY = 10,	      /* the self-test's: a function that only tests call was called */
	RECORD_MODULE_SIGNATURE = 11, /* what is appended to the module's bytes */
	RECORD_AUDIT_CHANGED = 12,    /* the kernel's audit rules, or its audit state, may be others now */
	RECORD_MODULE_LIVE = 13,      /* its init succeeded, and that it came was not seen: a module_record */
	RECORD_BRIEF = 14,	      /* what is left of another record where there is no workspace for it */
	RECORD_MONITOR_TOUCHED = 15,  /* somebody gets a descriptor of something that is ours */
	RECORD_KINDS,
};

enum {
	TEXT_MAX = 4096,   /* the longest single text */
	ARGV_TAIL = 1024,  /* of a text of arguments that are longer: their end, behind their beginning */
	TEXT_AREA = 16384, /* all texts of a record; a power of two */
	ANCESTORS_MAX = 8,

	COMM_SIZE = 16,	       /* TASK_COMM_LEN */
	MODULE_NAME_SIZE = 56, /* MODULE_NAME_LEN on 64-bit kernels */
	LICENSE_SIZE = 64,
	TTY_NAME_SIZE = 64,
	FS_NAME_SIZE = 16,
	OBJECT_NAME_SIZE = 32, /* of a map or a program of ours */

	INITIAL_USER_NS = 0xeffffffdU, /* PROC_USER_INIT_INO */

	IMAGE_CHUNK = 32768,
	IMAGE_MAX = 64 * 1024 * 1024, /* of one module: of the 33 * 256 steps that a program has, 2048 take a chunk and
					 the others may wait for room */
};

/* What became of the bytes that the kernel was handed, on their way over the image ring. */
enum image_state {
	IMAGE_NONE = 0, /* not wanted, or not seen */
	IMAGE_SENDING = 1,
	IMAGE_SENT = 2,
	IMAGE_TOO_BIG = 3,
	IMAGE_RING_FULL = 4,
	IMAGE_UNREADABLE = 5,
	IMAGE_STOPPED = 6, /* the next pass could not be started */
};

enum span_state {
	SPAN_ABSENT = 0,  /* does not apply */
	SPAN_UNKNOWN = 1, /* applies, could not be read */
	SPAN_KNOWN = 2,
};

enum detached {
	DETACHED_TREE = 1, /* the walk ended at a root that no name leads to: unmounted, or never attached */
	DETACHED_FILE = 2, /* the file was never in a tree, and its name is the kernel's: a memfd and its like */
};

/* Where a path leads by now, in the mount namespace that it is of. */
enum path_place {
	PLACE_FOREIGN = 1, /* that is not the caller's */
	PLACE_COVERED = 2, /* to something else, which is mounted over the file or over a folder on the way to it */
	PLACE_COVER_UNKNOWN = 4, /* to that, perhaps */
};

/* One text. Paths are stored as the kernel walks them: components from the leaf up, each with its NUL. */
struct span {
	__u16 offset;  /* from the start of the record's text */
	__u16 size;    /* bytes, without the last NUL where it is a C string */
	__u8 state;    /* enum span_state */
	__u8 cut;      /* there was more */
	__u8 detached; /* enum detached, of a path, as the next */
	__u8 place;    /* enum path_place, or-ed; whether it is covered is asked of a module's file only */
};

enum abi {
	ABI_UNKNOWN = 0,
	ABI_X86_64 = 1,
	ABI_I386 = 2,
	ABI_X32 = 3,
	ABI_AARCH64 = 4,
	ABI_ARM = 5,
};

enum module_call {
	CALL_UNKNOWN = 0,
	CALL_INIT_MODULE = 1,
	CALL_FINIT_MODULE = 2,
	CALL_DELETE_MODULE = 3,
};

/* What every record starts with. (time, cpu) names the record within a boot; an attempt is named by its first record.
 */
struct record_header {
	__u32 kind;
	__u32 size; /* of the whole record */
	__u64 time; /* ns since boot, suspend included (CLOCK_BOOTTIME) */
	__u64 attempt_time;
	__u32 cpu;
	__u32 attempt_cpu;
	__u32 pid; /* in the initial pid namespace */
	__u32 tid;
	__u32 uid;
	__u32 text_size;
	char comm[COMM_SIZE];
};

/* Which file it is, whatever its path leads to by now. Read where that is known. */
struct exe_file {
	__u64 inode;
	__u32 dev;     /* the kernel's: major << 20 | minor */
	__u32 deleted; /* the name in its path does not lead to it any more */
};

struct ancestor {
	__u32 pid;
	__u32 is_kthread;
	__u64 start_time; /* ns since boot */
	char comm[COMM_SIZE];
	struct span exe;
	struct exe_file exe_file;
};

/* Who acts: read from the current task, at the event. */
struct subject {
	__u32 ppid;
	__u32 uid, gid, euid, egid;
	__u32 auid, ses; /* (u32)-1: unset */
	__u8 cap_sys_module;
	__u8 is_kthread;
	__u8 has_tty;
	__u8 ancestor_count;
	__u32 pid_ns, mnt_ns, user_ns; /* inode numbers; 0: could not be read */
	__u16 unread;		       /* nothing of this is known, but for start_time where that is not 0 */
	__u16 cwd_deleted;	       /* its name does not lead to it any more */
	__u64 start_time;	       /* ns since boot */
	/*
	 * With request_cpu, the name of the request that it descends from; 0: none, or request_unknown: the kernel
	 * started what it descends from, and why is not known. What began before watched_since, or since cut_since
	 * (0: never), may descend from a request all the same. ns since boot
	 */
	__u64 request_time;
	__u32 request_cpu;
	__u32 request_unknown;
	__u64 watched_since;
	__u64 cut_since;
	struct span exe, argv, cwd, root, cgroup;
	__u32 argv_length; /* bytes of all arguments */
	__u32 argv_gap;	   /* what is missing of them was before this byte of argv; 0: behind the last */
	struct exe_file exe_file;
	struct ancestor ancestors[ANCESTORS_MAX];
	char tty[TTY_NAME_SIZE];
};

/* As in every Unix. */
enum file_type {
	FILE_PIPE = 1,
	FILE_REGULAR = 8,
	FILE_SOCKET = 12,
};

struct source_file {
	__u64 inode;
	__u64 size;
	__s64 mtime_sec, ctime_sec;
	__u32 mtime_nsec, ctime_nsec;
	__u32 dev; /* the kernel's: major << 20 | minor */
	__u8 present;
	__u8 unlinked; /* the name in path does not lead to it any more */
	__u8 type;     /* the upper four bits of its mode: enum file_type */
	__u8 pad;
	struct span path;
	char fs[FS_NAME_SIZE];
};

/* Whether something is appended to the module's bytes. */
enum appended {
	APPENDED_UNKNOWN = 0,
	APPENDED_NOTHING = 1,
	APPENDED_SIGNATURE = 2, /* sent before */
};

/* What is known of how a call ended. */
enum call_end {
	END_RETURNED = 0, /* ret is the kernel's word */
	END_SUCCESS = 1,  /* the kernel notified of it; that the call returned was not seen, as in the two below */
	END_FAILURE = 2,
	END_UNSEEN = 3,
};

/* A call as it returned, or as far as that is known. */
struct call {
	__s64 ret;
	__u64 flags;	   /* finit_module's or delete_module's */
	__u64 duration_ns; /* from the attempt's first record; 0 where there was none */
	__u8 module_call;  /* enum module_call */
	__u8 abi;
	__u8 read_refused;  /* an LSM refused the read */
	__u8 read_done;	    /* the kernel had all bytes */
	__u8 module_seen;   /* the module came (or, for delete_module, went) */
	__u8 name_read;	    /* name is what the caller or the image gave, be it "" */
	__u8 params_copied; /* the kernel has a copy of the parameters: sent before */
	__u8 loads_shared;  /* this kernel can give a caller the result of another's load */
	__u8 image;	    /* enum image_state */
	__u8 appended;	    /* enum appended */
	__u8 end;	    /* enum call_end */
	__u8 empty;	    /* of a call alone: it is about no byte, no descriptor, no name, and so can do nothing */
	__u8 filtered;	    /* of a call alone: a seccomp filter refused it; what the caller passed is not known */
	__u8 brief;	    /* made of a brief record: how far the call came is not known */
	__u8 license_read;  /* license is what the image says, be it "" */
	__u8 pad[1];
	__u64 image_size;	     /* bytes that the kernel was handed; 0 where it had not all */
	struct span params;	     /* the caller's, where the kernel has no copy */
	char name[MODULE_NAME_SIZE]; /* delete_module: the caller's; else from the image, "" where it was not found */
	char license[LICENSE_SIZE];
};

struct module_info {
	__u64 address; /* of struct module: names this load, never shown */
	__u64 taints;
	__u64 size;	   /* without the init part: what /proc/modules shows once it is live */
	__u32 state;	   /* enum module_state */
	__s8 sig_ok;	   /* -1: the kernel has no CONFIG_MODULE_SIG */
	__u8 license_read; /* as in struct call */
	__u8 pad[2];
	struct span version, srcversion;
	char name[MODULE_NAME_SIZE];
	char license[LICENSE_SIZE]; /* from the image: the kernel keeps only what it makes of it, the taints */
};

enum matched_by {
	MATCHED_BY_NAME = 1,
	MATCHED_BY_INODE = 2,
	MATCHED_BY_REQUEST = 3, /* the kernel started it for a request, whatever it is */
};

enum tool {
	TOOL_KMOD = 1,
	TOOL_INSMOD = 2,
	TOOL_RMMOD = 3,
	TOOL_MODPROBE = 4,
	/* those that only read: records by option */
	TOOL_LSMOD = 5,
	TOOL_MODINFO = 6,
	TOOL_DEPMOD = 7,
};

struct tool_exec_record {
	struct record_header header;
	struct subject subject;
	__u32 tool;
	__u32 matched_by;
	struct span path;   /* as it was given to execve */
	__u64 request_time; /* with request_cpu, the name of the request that the kernel started it for; 0: none */
	__u32 request_cpu;
	__u32 suppressed; /* its request was */
};

struct module_request_record {
	struct record_header header;
	struct subject subject;
	struct span alias;
	__u32 wait;
	__u32 suppressed; /* beyond the limit: no line, but what comes of it is to name its requester */
};

struct attempt_record {
	struct record_header header;
	struct subject subject;
	struct source_file source;
	__u64 module_call; /* enum module_call */
};

struct module_record { /* RECORD_MODULE_COMING, RECORD_MODULE_LIVE, RECORD_MODULE_FREE */
	struct record_header header;
	struct module_info module;
};

struct module_params_record {
	struct record_header header;
	struct span params;
};

struct call_return_record { /* RECORD_CALL_RETURN, RECORD_CALL_DONE */
	struct record_header header;
	struct call call;
};

struct call_alone_record {
	struct record_header header;
	struct subject subject;
	struct source_file source; /* the file behind finit_module's descriptor, unread */
	struct call call;
};

struct canary_record {
	struct record_header header;
	__u64 nonce;
};

struct module_signature_record {
	struct record_header header;
	struct span appended; /* from the signature to the image's end; cut: the end of that */
};

enum { BRIEF_END = 1 << 20 }; /* no system call returns that */

struct brief_record {
	struct record_header header;
	__u32 of_kind;	  /* enum record_kind: what it stands for */
	__u8 module_call; /* enum module_call; of a tool_exec: enum tool */
	__u8 abi;	  /* enum abi, of a call */
	__u8 pad[2];
	__s64 ret;		     /* BRIEF_END + enum call_end where that is not what the call returned */
	__u64 address;		     /* of struct module; 0: none */
	char name[MODULE_NAME_SIZE]; /* the module's */
};

struct audit_changed_record {
	struct record_header header; /* of it only what every record needs: who did it is no concern */
};

/* What is ours in the kernel: the kernel has ids of their own for each of these. */
enum object {
	OBJECT_MAP = 1,
	OBJECT_PROGRAM = 2,
	OBJECT_LINK = 3,
	OBJECT_EXTENSION = 4, /* only in a record: a program that can take the place of a function of the named one */
};

struct monitor_touched_record {
	struct record_header header;
	struct subject subject;
	__u8 object; /* enum object */
	__u8 pad[7];
	char name[OBJECT_NAME_SIZE];
};

/*
 * A piece of the bytes that the kernel was handed. It travels over the image ring, and is none of the records above:
 * an image's chunks come in order, and are visible before the attempt's next record is.
 */
struct image_chunk {
	__u64 attempt_time;
	__u32 attempt_cpu;
	__u32 tid;
	__u64 image_size;
	__u64 offset;
	__u32 size;
	__u32 pad;
	__u8 bytes[IMAGE_CHUNK];
};

union record {
	struct record_header header;
	struct tool_exec_record tool_exec;
	struct module_request_record module_request;
	struct attempt_record attempt;
	struct module_record module;
	struct module_params_record module_params;
	struct module_signature_record module_signature;
	struct call_return_record call_return;
	struct call_alone_record call_alone;
	struct canary_record canary;
	struct audit_changed_record audit_changed;
	struct brief_record brief;
	struct monitor_touched_record monitor_touched;
};

enum {
	RECORD_FIXED = sizeof(union record),
	RECORD_MAX = RECORD_FIXED + TEXT_AREA + TEXT_MAX,
};

#endif
