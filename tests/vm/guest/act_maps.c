// SPDX-License-Identifier: BSD-2-Clause
// Acts about what the kernel side keeps: what is in its maps, of whoever they are.
#define _GNU_SOURCE
#include "act.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

/* The map behind *id, which becomes that map's (0: the first); -1: there is no more. The descriptor is the caller's. */
static int next_map(unsigned int *id, struct bpf_map_info *info)
{
	union bpf_attr next = { .start_id = *id };

	for (; !bpf(BPF_MAP_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = { .map_id = next.next_id };
		union bpf_attr ask = { 0 };
		int fd = (int)bpf(BPF_MAP_GET_FD_BY_ID, &open);

		memset(info, 0, sizeof(*info));
		ask.info.bpf_fd = fd;
		ask.info.info_len = sizeof(*info);
		ask.info.info = (unsigned long)info;
		*id = next.next_id;
		if (fd >= 0 && !bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
			return fd;
		close(fd);
	}
	return -1;
}

static unsigned long count_entries(int map, size_t key_size)
{
	char before[256], key[256] = { 0 };
	union bpf_attr next = { .map_fd = map, .next_key = (unsigned long)key };
	unsigned long count = 0;

	while (key_size <= sizeof(key) && !bpf(BPF_MAP_GET_NEXT_KEY, &next)) {
		memcpy(before, key, key_size);
		next.key = (unsigned long)before;
		count++;
	}
	return count;
}

/* What each hash holds: NAME=COUNT. */
static int do_maps(int argc, char **argv)
{
	struct bpf_map_info info;
	unsigned int id = 0;
	int fd;

	(void)argc, (void)argv;
	while ((fd = next_map(&id, &info)) >= 0) {
		if (info.type == BPF_MAP_TYPE_HASH || info.type == BPF_MAP_TYPE_LRU_HASH)
			printf("%s=%lu\n", info.name, count_entries(fd, info.key_size));
		close(fd);
	}
	return 0;
}

static int find_map(const char *name)
{
	struct bpf_map_info info;
	unsigned int id = 0;
	int fd;

	while ((fd = next_map(&id, &info)) >= 0) {
		if (!strcmp(info.name, name))
			return fd;
		close(fd);
	}
	die(name);
}

/* How many bytes the kernel side has put into a ring so far. */
static int do_produced(int argc, char **argv)
{
	const unsigned long *position = mmap(NULL, 4096, PROT_READ, MAP_SHARED, find_map(argv[1]), 4096);

	(void)argc;
	if (position == MAP_FAILED)
		die("mmap");
	printf("%lu\n", *position);
	return 0;
}

static int do_freeze(int argc, char **argv)
{
	union bpf_attr attributes = { .map_fd = find_map(argv[1]) };

	(void)argc;
	return answer(bpf(BPF_MAP_FREEZE, &attributes));
}

const struct act maps_acts[] = {
	{ "maps", ": how many entries the BPF hashes have", 0, do_maps },
	{ "freeze", "MAP: nobody may write to it by system calls any more", 1, do_freeze },
	{ "produced", "RING: how many bytes have been put into that BPF ring", 1, do_produced },
	{ 0 },
};
