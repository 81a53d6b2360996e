// SPDX-License-Identifier: BSD-2-Clause
/* What is appended to a module: any bytes, each run's in a block of exactly their size. */
#include "../../user/calls/signature.h"

#include <openssl/err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct signature signature, before;
	const char *why;

	memset(&signature, 0x5a, sizeof(signature));
	before = signature;
	why = signature_read(bytes, size, &signature);
	if (why && memcmp(&signature, &before, sizeof(before)))
		abort(); /* left as it was */
	if (!why && (signature.signer_size > sizeof(signature.signer) ||
		     !memchr(signature.key_id, 0, sizeof(signature.key_id)) ||
		     !memchr(signature.hash_algo, 0, sizeof(signature.hash_algo))))
		abort();
	if (ERR_peek_error())
		abort();
	return 0;
}
