// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The maps are defined here, once; the other objects declare them extern and are joined with this one.
 *
 *   ring              what matters: loads that the kernel let through, unloads, requests, execs
 *   refused_ring      what anyone may cause in any number: calls that were refused before the kernel read a byte.
 *                     A ring of its own, so that a flood of them takes no room from the other. That the audit rules
 *                     changed comes here too: who may change them takes no room from what matters either
 *   image_ring        the bytes that the kernel was handed as a module: they take no room from the records
 *   file_passes       the program that goes on with an image from where it stopped: itself. One for each hook, since
 *   memory_passes     programs on different hooks cannot call each other (6.12, 28ead3eaabc1)
 *   attempts          the calls under way, by thread id. One whose return is not seen (an init that oopses, a program
 *                     that the kernel skips) stays: hence LRU
 *   under_way         how many attempts there are, or more: a refused call is spared the look for its own
 *   workspaces        where records are put together, some for each CPU and pool; workspace_owners says which are
 *                     taken. Neither a per-CPU map (a program can be preempted since 5.11) nor the 512 bytes of stack
 *                     would do
 *   lost              records that could not be handed over, by kind
 *   tools             the files that count as insmod, rmmod, modprobe or kmod whatever they are called, as they are now
 *   requests          module requests on their way to the process that the kernel starts for them: by the requester's
 *                     thread id, then by the address of struct subprocess_info, then by the new process's id. What
 *                     gets stuck on that way is never looked for again: hence LRU
 *   carriers          the processes that descend from what the kernel started for a request, while they live. No LRU:
 *                     what is forgotten there would pass for what no request has caused. carrier_counts says how many
 *                     there are of each share, and of all: where there are none, another's fork is spared the look
 *   limits            how much of what anyone may cause in any number there was this second, and how much of it was
 *                     only counted; at its end the sums of all. A table of our own, since the look into a hash map was
 *                     190 of the 495 instructions that a refused call cost more; limit_owners says which slots are
 *                     taken. The user side makes room
 *   control           what the user side tells the programs
 *   handover          what the user side must remember across its own end; no program touches it
 *   objects           the maps, programs and links that are ours, by the kernel's ids: who else gets at them is told
 *
 * Where the user side has no need to write, it closes the map for all of user space (user/kernel/seal.c).
 */
#define MAP
#include "maps.bpf.h"

/* Which of the programs that are attached these are: while new ones take over, both are. Set before the load. */
const volatile __u32 generation = 0;

/* How many CPUs there can be: there is a workspace of each pool for each. Set before the load, as the next. */
const volatile __u32 possible_cpus = 1;

/* The address of module_notify_list, by which the kernel tells what becomes of modules; 0: it is not
 * shown, as to a service without CAP_SYSLOG. */
const volatile __u64 module_chain = 0;

/* The hash of the limits' keys: odd, and drawn anew for each load. */
const volatile __u64 limit_factor = 0x9e3779b97f4a7c15ULL;

/* bpf_probe_read_kernel() and its like are for GPL-compatible programs only; dual licences count. */
char _license[] SEC("license") = "Dual BSD/GPL";
