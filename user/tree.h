/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees of tsearch(3). */
#ifndef KMODWATCH_TREE_H
#define KMODWATCH_TREE_H

typedef void (*tree_fn)(void *ctx, void *item);

/* All items in their order. twalk_r(3) came with glibc 2.30 only. take may walk this tree and others, and change none.
 */
void tree_walk(const void *root, tree_fn take, void *ctx);

#endif
