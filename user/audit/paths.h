/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts in rules as numbers: paths are looked up once, equal texts get equal numbers. */
#ifndef KMODWATCH_AUDIT_PATHS_H
#define KMODWATCH_AUDIT_PATHS_H

#include "files.h"

/* Files that rules name are looked up once. */
struct path_cache;

int path_cache_new(struct path_cache **cache);
void path_cache_freep(struct path_cache **cache);

/* What the path of the rule's field leads to; NULL where that cannot be told. */
const struct file_name *path_cache_find(struct path_cache *cache, const char *path);

/* The text's number; equal texts have the same. */
uint32_t paths_number(struct path_cache *cache, const char *text);

/* The number of the program that an exe field names: programs that are one file have the same. */
uint32_t paths_exe(struct path_cache *cache, const char *text);

/* The number of a program by its file. */
uint32_t paths_exe_of(struct path_cache *cache, const struct file_inode *id);

/* The text behind a program's number; NULL for one that only paths_exe_of() was asked for. */
const char *paths_exe_text(const struct path_cache *cache, uint32_t number);

#endif
