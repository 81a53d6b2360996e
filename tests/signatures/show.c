// SPDX-License-Identifier: BSD-2-Clause
/* Reads a module's image from stdin, and shows its signature as `modinfo -F` would: signer, sig_key, sig_hashalgo. */
#include "../../user/calls/signature.h"

#include <stdio.h>
#include <stdlib.h>

enum { IMAGE_MAX = 64 * 1024 * 1024 };

int main(void)
{
	char *image = malloc(IMAGE_MAX);
	struct signature signature;
	const char *why;

	if (!image)
		return 2;
	why = signature_read(image, fread(image, 1, IMAGE_MAX, stdin), &signature);
	free(image);
	if (why) {
		puts(why);
		return 1;
	}
	printf("%.*s\n%s\n%s\n", (int)signature.signer_size, signature.signer, signature.key_id, signature.hash_algo);
	return 0;
}
