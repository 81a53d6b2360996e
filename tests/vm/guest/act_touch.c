// SPDX-License-Identifier: BSD-2-Clause
// Acts against a monitor's kernel side: what root can do to maps and programs that are not his.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void describe(int fd, void *info, size_t size)
{
	union bpf_attr ask = { .info.bpf_fd = fd, .info.info = (unsigned long)info, .info.info_len = size };

	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
		die("info");
}

/* By its name, which the kernel cuts. Of several the last: an earlier one may be on its way out. */
static int find_map(const char *name, struct bpf_map_info *info)
{
	union bpf_attr next = { 0 };
	int found = -1;

	for (; !bpf(BPF_MAP_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = { .map_id = next.next_id };
		int fd = (int)bpf(BPF_MAP_GET_FD_BY_ID, &open);
		struct bpf_map_info one = { 0 };

		if (fd < 0)
			continue;
		describe(fd, &one, sizeof(one));
		if (strncmp(one.name, name, sizeof(one.name) - 1) != 0) {
			close(fd);
			continue;
		}
		close(found);
		found = fd;
		*info = one;
	}
	if (found < 0)
		die(name);
	return found;
}

static int find_program(const char *name, struct bpf_prog_info *info)
{
	union bpf_attr next = { 0 };
	int found = -1;

	for (; !bpf(BPF_PROG_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = { .prog_id = next.next_id };
		int fd = (int)bpf(BPF_PROG_GET_FD_BY_ID, &open);
		struct bpf_prog_info one = { 0 };

		if (fd < 0)
			continue;
		describe(fd, &one, sizeof(one));
		if (strncmp(one.name, name, sizeof(one.name) - 1) != 0) {
			close(fd);
			continue;
		}
		close(found);
		found = fd;
		*info = one;
	}
	if (found < 0)
		die(name);
	return found;
}

static int do_map_open(int argc, char **argv)
{
	struct bpf_map_info info;

	(void)argc;
	find_map(argv[1], &info);
	return answer(0);
}

static int do_program_open(int argc, char **argv)
{
	struct bpf_prog_info info;

	(void)argc;
	find_program(argv[1], &info);
	return answer(0);
}

/* Every link that there is, by its id. */
static int do_links_open(int argc, char **argv)
{
	union bpf_attr next = { 0 };
	long count = 0;

	(void)argc, (void)argv;
	for (; !bpf(BPF_LINK_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = { .link_id = next.next_id };

		count += bpf(BPF_LINK_GET_FD_BY_ID, &open) >= 0;
	}
	return answer(count);
}

/* The same, and how many could be detached. */
static int do_links_detach(int argc, char **argv)
{
	union bpf_attr next = { 0 };
	long count = 0;

	(void)argc, (void)argv;
	for (; !bpf(BPF_LINK_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = { .link_id = next.next_id }, detach = { 0 };

		detach.link_detach.link_fd = (unsigned int)bpf(BPF_LINK_GET_FD_BY_ID, &open);
		count += !bpf(BPF_LINK_DETACH, &detach);
	}
	return answer(count);
}

static int do_pin_open(int argc, char **argv)
{
	union bpf_attr get = { .pathname = (unsigned long)argv[1] };
	long fd = bpf(BPF_OBJ_GET, &get);

	(void)argc;
	return answer(fd < 0 ? fd : 0);
}

static int do_map_freeze(int argc, char **argv)
{
	struct bpf_map_info info;
	union bpf_attr freeze = { .map_fd = find_map(argv[1], &info) };

	(void)argc;
	return answer(bpf(BPF_MAP_FREEZE, &freeze));
}

/* The 32-bit word at OFFSET of the first entry. */
static int do_map_write(int argc, char **argv)
{
	struct bpf_map_info info;
	unsigned int key = 0;
	static char value[1 << 16];
	union bpf_attr entry = { .map_fd = find_map(argv[1], &info), .key = (unsigned long)&key };
	unsigned int offset = atoi(argv[2]), word = atoi(argv[3]);

	(void)argc;
	entry.value = (unsigned long)value;
	if (info.value_size > sizeof(value) || bpf(BPF_MAP_LOOKUP_ELEM, &entry))
		die("lookup");
	memcpy(value + offset, &word, sizeof(word));
	return answer(bpf(BPF_MAP_UPDATE_ELEM, &entry));
}

/* Every entry, one after another; the answer is how many went, or why the first did not. */
static int do_map_empty(int argc, char **argv)
{
	struct bpf_map_info info;
	char key[256];
	union bpf_attr next = { .map_fd = find_map(argv[1], &info), .next_key = (unsigned long)key };
	long count = 0;

	(void)argc;
	while (info.key_size <= sizeof(key) && !bpf(BPF_MAP_GET_NEXT_KEY, &next)) {
		union bpf_attr entry = { .map_fd = next.map_fd, .key = (unsigned long)key };

		if (bpf(BPF_MAP_DELETE_ELEM, &entry)) {
			if (errno == ENOENT) /* an array of programs lists its empty places too */
				break;
			return answer(-1);
		}
		count++;
	}
	return answer(count);
}

/* Every entry at once. */
static int do_map_empty_batch(int argc, char **argv)
{
	char keys[1 << 12] = { 0 };
	struct bpf_map_info info;
	union bpf_attr batch = { .batch.map_fd = find_map(argv[1], &info), .batch.keys = (unsigned long)keys };

	(void)argc;
	batch.batch.count = 1;
	return answer(bpf(BPF_MAP_DELETE_BATCH, &batch));
}

/* While the reader stands still, ACT is done, and the ring's position set to where the producer is then. */
static int do_ring_move(int argc, char **argv)
{
	struct bpf_map_info info;
	int fd = find_map(argv[2], &info), status;
	pid_t reader = atoi(argv[1]), child;
	unsigned long *position = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	const unsigned long *end = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);

	if (position == MAP_FAILED || end == MAP_FAILED)
		die("mmap");
	kill(reader, SIGSTOP);
	usleep(100000);
	child = fork(); /* an act may give up what this one needs */
	if (!child)
		_exit(dispatch(argc - 3, argv + 3));
	waitpid(child, &status, 0);
	*position = *end;
	kill(reader, SIGCONT);
	return WEXITSTATUS(status);
}

/* It counts until 5.11. */
static void raise_memlock(void)
{
	setrlimit(RLIMIT_MEMLOCK, &(struct rlimit) { RLIM_INFINITY, RLIM_INFINITY });
}

/* The function's id in BTF. */
static unsigned int find_function(const char *data, const char *name)
{
	const struct btf_header *header = (const void *)data;
	const char *types = data + sizeof(*header), *strings = data + header->hdr_len + header->str_off;
	unsigned int id = 1;

	for (const char *at = types; at < types + header->type_len; id++) {
		const struct btf_type *type = (const void *)at;
		unsigned int count = BTF_INFO_VLEN(type->info);

		at += sizeof(*type);
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_FUNC:
			if (!strcmp(strings + type->name_off, name))
				return id;
			break;
		case BTF_KIND_INT:
		case BTF_KIND_VAR:
		case 17: /* BTF_KIND_DECL_TAG */
			at += 4;
			break;
		case BTF_KIND_ARRAY:
			at += sizeof(struct btf_array);
			break;
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			at += count * sizeof(struct btf_member);
			break;
		case BTF_KIND_ENUM:
			at += count * sizeof(struct btf_enum);
			break;
		case 19: /* BTF_KIND_ENUM64 */
			at += count * 12;
			break;
		case BTF_KIND_FUNC_PROTO:
			at += count * sizeof(struct btf_param);
			break;
		case BTF_KIND_DATASEC:
			at += count * sizeof(struct btf_var_secinfo);
			break;
		}
	}
	errno = ENOENT;
	die(name);
}

/* The function's id in the program's own BTF, which *fd becomes a descriptor of. */
static unsigned int find_in_program(const struct bpf_prog_info *info, const char *name, int *fd)
{
	static char data[1 << 20];
	union bpf_attr open = { .btf_id = info->btf_id };
	struct bpf_btf_info btf = { .btf = (unsigned long)data, .btf_size = sizeof(data) };

	*fd = (int)bpf(BPF_BTF_GET_FD_BY_ID, &open);
	describe(*fd, &btf, sizeof(btf));
	return find_function(data, name);
}

/* A program that does nothing, at or in the place of target's function of that id in BTF. Its link, or -1. */
static int attach_to(int target, int btf, unsigned int id, enum bpf_prog_type type, char *log, size_t log_size)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_func_info function = { .type_id = id };
	union bpf_attr load = {
		.prog_type = type,
		.expected_attach_type = type == BPF_PROG_TYPE_EXT ? 0 : BPF_TRACE_FENTRY,
		.insn_cnt = 2,
		.insns = (unsigned long)nothing,
		.license = (unsigned long)"GPL",
		.log_level = 1,
		.log_size = log_size,
		.log_buf = (unsigned long)log,
		.prog_btf_fd = btf,
		.func_info_rec_size = sizeof(function),
		.func_info = (unsigned long)&function,
		.func_info_cnt = 1,
		.attach_prog_fd = target,
		.attach_btf_id = id,
		.prog_name = "nothing",
	};
	union bpf_attr attach = { .link_create.attach_type = load.expected_attach_type };
	int program, link, error;

	log[0] = '\0';
	program = (int)bpf(BPF_PROG_LOAD, &load);
	if (program < 0)
		return -1;
	attach.link_create.prog_fd = program;
	if (type == BPF_PROG_TYPE_EXT) { /* of others the kernel takes it from the load only */
		attach.link_create.target_fd = target;
		attach.link_create.target_btf_id = id;
	}
	link = (int)bpf(BPF_LINK_CREATE, &attach);
	error = errno;
	close(program);
	errno = error;
	return link;
}

static int attach_for(char **argv, enum bpf_prog_type type)
{
	struct bpf_prog_info info;
	char log[4096];
	int target = find_program(argv[1], &info), btf;
	unsigned int id = find_in_program(&info, argv[2], &btf);

	raise_memlock();
	if (attach_to(target, btf, id, type, log, sizeof(log)) < 0) {
		fprintf(stderr, "%s\n", log);
		return answer(-1);
	}
	answer(0);
	sleep(atoi(argv[3]));
	return 0;
}

/* Lets FUNCTION of PROGRAM return 0 and do nothing else, for so long. */
static int do_freplace(int argc, char **argv)
{
	(void)argc;
	return attach_for(argv, BPF_PROG_TYPE_EXT);
}

/* Is called whenever FUNCTION of PROGRAM is, for so long. Kernels take that for programs on tracepoints since 6.8. */
static int do_fentry(int argc, char **argv)
{
	(void)argc;
	return attach_for(argv, BPF_PROG_TYPE_TRACING);
}

/* Tries to replace each function of PROGRAM. The answer is how many let it be done, for a moment. */
static int do_extend(int argc, char **argv)
{
	enum { FUNCTIONS = 64 };
	struct bpf_func_info functions[FUNCTIONS];
	struct bpf_prog_info info, ask = { 0 };
	int target = find_program(argv[1], &info),
	    btf = (int)bpf(BPF_BTF_GET_FD_BY_ID, &(union bpf_attr) { .btf_id = info.btf_id });
	long replaced = 0;

	(void)argc;
	raise_memlock();
	if (info.nr_func_info < 1 || info.nr_func_info > FUNCTIONS || info.func_info_rec_size != sizeof(functions[0]))
		die("func_info");
	ask.nr_func_info = info.nr_func_info;
	ask.func_info_rec_size = sizeof(functions[0]);
	ask.func_info = (unsigned long)functions;
	describe(target, &ask, sizeof(ask));
	for (unsigned int i = 0; i < info.nr_func_info; i++) {
		char log[4096];
		int link = attach_to(target, btf, functions[i].type_id, BPF_PROG_TYPE_EXT, log, sizeof(log));

		replaced += link >= 0;
		if (link >= 0)
			fprintf(stderr, "%s: its function %u was replaced\n", argv[1], i);
		close(link);
	}
	return answer(replaced);
}

/* Lets a function of the kernel's answer -ERROR to everybody, for so long. */
static int refuse(unsigned int type, unsigned int attach_type, const char *function, char **argv)
{
	const struct bpf_insn refuse[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -atoi(argv[2]) },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = type,
		.expected_attach_type = attach_type,
		.insn_cnt = 2,
		.insns = (unsigned long)refuse,
		.license = (unsigned long)"GPL",
		.prog_name = "refuse",
	};
	union bpf_attr attach = { .raw_tracepoint.name = 0 };

	raise_memlock();
	load.attach_btf_id = find_function(read_file("/sys/kernel/btf/vmlinux").data, function);
	attach.raw_tracepoint.prog_fd = (unsigned int)bpf(BPF_PROG_LOAD, &load);
	answer(bpf(BPF_RAW_TRACEPOINT_OPEN, &attach) < 0 ? -1 : 0);
	sleep(atoi(argv[3]));
	return 0;
}

static int do_fmod_ret(int argc, char **argv)
{
	(void)argc;
	return refuse(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, argv[1], argv);
}

static int do_lsm(int argc, char **argv)
{
	char function[128];

	(void)argc;
	snprintf(function, sizeof(function), "bpf_lsm_%s", argv[1]);
	return refuse(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, function, argv);
}

static int do_flock(int argc, char **argv)
{
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC), held = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);

	(void)argc;
	answer(held);
	sleep(held ? 0 : atoi(argv[2]));
	return 0;
}

const struct act touch_acts[] = {
	{ "map-open", "MAP: by its name", 1, do_map_open },
	{ "map-freeze", "MAP", 1, do_map_freeze },
	{ "map-write", "MAP OFFSET WORD: in its first entry", 3, do_map_write },
	{ "map-empty", "MAP: all entries", 1, do_map_empty },
	{ "map-empty-batch", "MAP: all entries, by one call", 1, do_map_empty_batch },
	{ "links-detach", ": all; how many the kernel let go", 0, do_links_detach },
	{ "program-open", "PROGRAM: by its name", 1, do_program_open },
	{ "links-open", ": all, by their ids", 0, do_links_open },
	{ "pin-open", "PATH", 1, do_pin_open },
	{ "ring-move", "PID RING ACT...: past what comes while PID stands still", 3, do_ring_move },
	{ "freplace", "PROGRAM FUNCTION SECONDS: by one that does nothing", 3, do_freplace },
	{ "fentry", "PROGRAM FUNCTION SECONDS: by one that does nothing", 3, do_fentry },
	{ "extend", "PROGRAM: each of its functions, for a moment; how many the kernel let be replaced", 1, do_extend },
	{ "fmod-ret", "FUNCTION ERRNO SECONDS: a function of the kernel's refuses", 3, do_fmod_ret },
	{ "lsm", "HOOK ERRNO SECONDS: a BPF program that is a security module refuses there", 3, do_lsm },
	{ "flock", "PATH SECONDS", 2, do_flock },
	{ 0 },
};
