/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields that are about the files of a call. */
#ifndef KMODWATCH_AUDIT_MATCH_FILES_H
#define KMODWATCH_AUDIT_MATCH_FILES_H

#include "match.h"

enum field_answer match_owner(struct field_match *match, bool group);
enum field_answer match_number(struct field_match *match);
enum field_answer match_filetype(struct field_match *match);
enum field_answer match_path(struct field_match *match);
enum field_answer match_folder(struct field_match *match);
enum field_answer match_program(struct field_match *match);

#endif
