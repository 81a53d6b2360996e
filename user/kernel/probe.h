/* SPDX-License-Identifier: BSD-2-Clause */
/* What we have in the kernel: the maps, and the programs with the places they are attached to. */
#ifndef KMODWATCH_PROBE_H
#define KMODWATCH_PROBE_H

#include "../handover.h"
#include "maps.h"
#include "programs.h"

#include <stdbool.h>
#include <stdint.h>

struct probe {
	int program, link; /* descriptors; -1: none */
	uint32_t link_id;
	char mechanism[16]; /* the section's name, mechanism/target */
	char target[48];
	bool for_audit; /* as its program is */
	bool optional;	/* nothing is lost where the kernel has no such function */
	bool pinned;
	bool complained;	  /* that it cannot be pinned */
	char reason[REASON_SIZE]; /* why it is not attached */
};

struct kernel_side {
	int maps[MAPS]; /* descriptors; -1: none */
	struct probe probes[PROBES];
	int order;	     /* the program of bpf/order.bpf.c; -1: none */
	uint32_t generation; /* of the programs */
};

void kernel_side_close_maps(struct kernel_side *side);
/* A probe that should be there is not. */
bool kernel_side_is_degraded(const struct kernel_side *side);
/* This one. */
bool probe_is_missing(const struct probe *probe);
/* It is not attached, and there is nothing that speaks against trying it again. */
bool probe_wants_loading(const struct probe *probe);
/* 0: it cannot be told. */
uint32_t map_id(int fd);

#endif
