/* SPDX-License-Identifier: BSD-2-Clause */
/* Besides what the C library and libsystemd declare, the static program has this. */
#ifndef KMODWATCH_STATIC_H
#define KMODWATCH_STATIC_H

/* dlopen(3), by the linker's --wrap: NULL always. */
void *__wrap_dlopen(const char *path, int flags);

#endif
