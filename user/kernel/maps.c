// SPDX-License-Identifier: BSD-2-Clause
#include "maps.h"
#include "../handover.h"

_Static_assert((int)MAPS <= (int)MAPS_MAX, "MAPS_MAX is too small");

#define MAP_NAME(symbol, name) [MAP_##symbol] = #name,
const char *const map_names[MAPS] = { MAPS_OF_OBJECT(MAP_NAME) };
