// SPDX-License-Identifier: BSD-2-Clause
#include "build.h"

#include <stddef.h>

const char build_lacks[] = "";
const char *const build_no_journal = NULL;
