// SPDX-License-Identifier: BSD-2-Clause
#include "tree.h"

#include <search.h>
#include <stddef.h>

struct walk {
	tree_fn take;
	void *ctx;
};

/* twalk(3) hands nothing on to its visitor. */
static __thread const struct walk *walking;

static void visit(const void *node, VISIT order, int depth)
{
	(void)depth;
	if (order == postorder || order == leaf)
		walking->take(walking->ctx, *(void *const *)node);
}

void tree_walk(const void *root, tree_fn take, void *ctx)
{
	const struct walk *outer = walking;
	struct walk walk = { take, ctx };

	walking = &walk;
	twalk(root, visit);
	walking = outer;
}
