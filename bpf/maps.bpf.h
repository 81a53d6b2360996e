/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps, as every program object declares them; maps.bpf.c is where they are defined, and says what each is for. */
#ifndef KMODWATCH_MAPS_BPF_H
#define KMODWATCH_MAPS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "extension.bpf.h"
#include "map_values.h"

#ifndef MAP
#define MAP extern
#endif

enum {
	ATTEMPTS_MAX = 16384,
	WORKSPACES = 8, /* of one CPU: the user side makes as many as the machine may have CPUs */
	REQUESTS_MAX = 4096,
	SUSPECTS_MAX = 4, /* a power of two */
	OBJECTS_MAX = 512,
	RING_SIZE = 4 * 1024 * 1024, /* the default; the user side may set another before the load */
	REFUSED_RING_SIZE = 1024 * 1024,
	IMAGE_RING_SIZE = 8 * 1024 * 1024, /* as RING_SIZE */
	WAITS_UNREAD = 16 * 1024,	   /* bytes on the ring that need wake nobody: a quarter of the smallest */
	HANDOVER_PIECE = 4 * 1024 * 1024,  /* the most that a value may have before 6.13 or so */
	HANDOVER_PIECES = 2,
	BPF_F_MMAPABLE_ = 1 << 10, /* uapi/linux/bpf.h, an enumerator there too */
};

/*
 * Whose workspaces. A thread that is preempted in the midst of a program keeps its workspace, and anyone can be that:
 * so who may load modules, and what the kernel does for them, has some of its own.
 */
enum pool { POOL_PRIVILEGED, POOL_ANYONE, POOLS };
enum { POOL_DEPTH = WORKSPACES / POOLS };

/* Where a record is put together before it goes out with just the bytes it needs. */
struct workspace {
	union record record;
	__u8 text[TEXT_AREA + TEXT_MAX];
	__u64 text_used;
	/* path_walk()'s and cgroup_walk()'s argument and result */
	struct {
		__u64 dentry, mnt;
		struct span span;
		__u32 crossed; /* it came to where it stands through the mount that is there */
		__u32 suspects_wanted;
		__u64 suspect_count;
		struct suspect {
			__u64 dentry, mnt;
		} suspects[SUSPECTS_MAX]; /* of the path: where something may be mounted over it */
		__u64 child;		  /* cover_step()'s: a struct list_head, */
		__u64 undecided;	  /* and how many suspects are no longer or not yet known to be none */
	} walk;
	__u64 ancestor; /* the task that ancestor_step() goes on from */
};

struct ring_map {
	int (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[RING_SIZE];
};

struct refused_ring_map {
	int (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[REFUSED_RING_SIZE];
};

struct image_ring_map {
	int (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[IMAGE_RING_SIZE];
};

struct passes_map {
	int (*type)[BPF_MAP_TYPE_PROG_ARRAY];
	int (*max_entries)[1];
	int (*key_size)[sizeof(__u32)];
	int (*value_size)[sizeof(__u32)];
};

struct attempts_map {
	int (*type)[BPF_MAP_TYPE_LRU_HASH];
	int (*max_entries)[ATTEMPTS_MAX];
	__u32 *key; /* thread id */
	struct attempt *value;
};

struct workspaces_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[WORKSPACES];
	__u32 *key;
	struct workspace *value;
};

struct workspace_owners_map {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[WORKSPACES];
	__u32 *key;
	__u32 *value;
};

struct lost_map {
	int (*type)[BPF_MAP_TYPE_PERCPU_ARRAY];
	int (*max_entries)[RECORD_KINDS];
	__u32 *key;
	__u64 *value;
};

struct tools_map {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[TOOLS_KEPT];
	struct file_id *key;
	struct tool_file *value;
};

struct requests_map {
	int (*type)[BPF_MAP_TYPE_LRU_HASH];
	int (*max_entries)[REQUESTS_MAX];
	__u64 *key;
	struct request_id *value;
};

struct carriers_map {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[CARRIERS_MAX];
	__u32 *key; /* process id */
	struct carrier *value;
};

struct carrier_counts_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[1];
	__u32 *key;
	struct carrier_counts *value;
};

struct limits_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[LIMIT_SLOTS];
	int (*map_flags)[BPF_F_MMAPABLE_];
	__u32 *key;
	struct limit *value;
};

struct limit_owners_map {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[LIMITS_MAX];
	__u32 *key;
	__u64 *value; /* the word it was taken for */
};

struct under_way_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[1];
	__u32 *key;
	__u64 *value;
};

struct objects_map {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[OBJECTS_MAX];
	struct object_id *key;
	struct object_state *value;
};

struct handover_bytes {
	__u8 bytes[HANDOVER_PIECE];
};

struct handover_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[HANDOVER_PIECES];
	int (*map_flags)[BPF_F_MMAPABLE_];
	__u32 *key;
	struct handover_bytes *value;
};

struct control_map {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[1];
	__u32 *key;
	struct control *value;
};

MAP struct ring_map ring SEC(".maps");
MAP struct refused_ring_map refused_ring SEC(".maps");
MAP struct image_ring_map image_ring SEC(".maps");
MAP struct passes_map file_passes SEC(".maps");
MAP struct passes_map memory_passes SEC(".maps");
MAP struct attempts_map attempts SEC(".maps");
MAP struct workspaces_map workspaces SEC(".maps");
MAP struct workspace_owners_map workspace_owners SEC(".maps");
MAP struct lost_map lost SEC(".maps");
MAP struct tools_map tools SEC(".maps");
MAP struct requests_map requests SEC(".maps");
MAP struct carriers_map carriers SEC(".maps");
MAP struct carrier_counts_map carrier_counts SEC(".maps");
MAP struct under_way_map under_way SEC(".maps");
MAP struct limits_map limits SEC(".maps");
MAP struct limit_owners_map limit_owners SEC(".maps");
MAP struct control_map control SEC(".maps");
MAP struct handover_map handover SEC(".maps");
MAP struct objects_map objects SEC(".maps");

#endif
