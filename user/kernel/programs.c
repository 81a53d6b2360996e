// SPDX-License-Identifier: BSD-2-Clause
#include "programs.h"
#include "probe.h"

_Static_assert((int)PROBES <= (int)PROBES_MAX, "PROBES_MAX is too small");
_Static_assert((int)MAPS <= (int)MAPS_MAX, "MAPS_MAX is too small");

#define LOSES_AUDIT "nothing: the kernel is asked for its audit rules twice a second instead"

#define PROGRAM(name, loses) [PROBE_##name] = { #name, loses, false },
#define AUDIT_PROGRAM(name) [PROBE_##name] = { #name, LOSES_AUDIT, true },
const struct program programs[PROBES] = { PROGRAMS(PROGRAM, AUDIT_PROGRAM) };

#define MAP_NAME(symbol, name) [MAP_##symbol] = #name,
const char *const map_names[MAPS] = { MAPS_OF_OBJECT(MAP_NAME) };
