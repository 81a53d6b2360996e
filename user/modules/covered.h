/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a path of the kernel's own file systems still leads to what the kernel has there. */
#ifndef KMODWATCH_COVERED_H
#define KMODWATCH_COVERED_H

/*
 * folder: of the file system whose f_type is magic; name: in it. Returns NULL, or why what is there is not the
 * kernel's: for the user, valid until the next call.
 */
const char *covered(const char *folder, const char *name, long magic);

#endif
