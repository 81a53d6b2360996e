/* SPDX-License-Identifier: BSD-2-Clause */
/* Options from a file, as a service's are kept: /etc/default/kmodwatch. */
#ifndef KMODWATCH_OPTIONS_FILE_H
#define KMODWATCH_OPTIONS_FILE_H

/*
 * The command line with each `--options FILE` replaced by the words of FILE's KMODWATCH_OPTIONS="...". Words are
 * separated by blanks; '...', "..." and \ quote as in a shell, and nothing is expanded. A file that is not there has no
 * words, but its folder must be there; one that somebody else could have written, or could replace, is refused.
 * *argv_out and its strings are never freed: options point into them. Returns 0, or a negative errno after having
 * logged why.
 */
int options_expand(int argc, char **argv, int *argc_out, char ***argv_out);

#endif
