/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields that are about the files of a call. */
#ifndef KMODWATCH_AUDIT_MATCH_FILES_H
#define KMODWATCH_AUDIT_MATCH_FILES_H

#include "wish.h"

enum field_match match_owner(struct wish *wish, bool group);
enum field_match match_number(struct wish *wish);
enum field_match match_filetype(struct wish *wish);
enum field_match match_path(struct wish *wish);
enum field_match match_folder(struct wish *wish);
enum field_match match_program(struct wish *wish);

#endif
