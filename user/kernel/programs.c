// SPDX-License-Identifier: BSD-2-Clause
#include "programs.h"
#include "../handover.h"

_Static_assert((int)PROBES <= (int)PROBES_MAX, "PROBES_MAX is too small");

#define LOSES_AUDIT "nothing: the kernel is asked for its audit rules twice a second instead"

#define PROGRAM(name, loses) [PROBE_##name] = { #name, loses, false },
#define AUDIT_PROGRAM(name) [PROBE_##name] = { #name, LOSES_AUDIT, true },
const struct program programs[PROBES] = { PROGRAMS(PROGRAM, AUDIT_PROGRAM) };
