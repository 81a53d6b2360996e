/* SPDX-License-Identifier: BSD-2-Clause */
/* What is appended to a signed module: PKCS#7, struct module_signature, and the mark
 * (include/linux/module_signature.h). */
#ifndef KMODWATCH_SIGNATURE_H
#define KMODWATCH_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

/* Who signed: as `modinfo` shows it. */
struct signature {
	bool has_signer;  /* else it names the key only, or a name with a NUL in it */
	char signer[256]; /* the issuer's common name, UTF-8; longer ones are cut */
	size_t signer_size;
	bool signer_cut;
	char key_id[256];   /* the certificate's serial number, or the subject key identifier: AB:CD:... */
	char hash_algo[32]; /* sha256 */
};

/*
 * Reads the end of a module's image, at least from where the signature begins if it is well-formed. Returns NULL, or
 * why it is malformed, for the user; then out is left as it was. Nothing is verified: the kernel does that, and says so
 * in `signed`.
 */
const char *signature_read(const void *bytes, size_t size, struct signature *out);

#endif
