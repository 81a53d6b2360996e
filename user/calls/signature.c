// SPDX-License-Identifier: BSD-2-Clause
#include "signature.h"
#include "../cleanup.h"

#include <ctype.h>
#include <endian.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdint.h>
#include <string.h>

static const char mark[] = "~Module signature appended~\n";

enum { ID_TYPE_PKCS7 = 2 };

struct signature_end {
	uint8_t algo, hash, id_type, signer_len, key_id_len, pad[3];
	uint32_t sig_len; /* big-endian */
};

static void cms_freep(CMS_ContentInfo **cms)
{
	CMS_ContentInfo_free(*cms);
}

static void openssl_freep(unsigned char **bytes)
{
	OPENSSL_free(*bytes);
}

/* AB:CD:...; a longer one than any key's is cut. */
static void hex_text(const ASN1_STRING *bytes, char *text, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	const unsigned char *data = ASN1_STRING_get0_data(bytes);
	size_t length = ASN1_STRING_length(bytes), at = 0;

	for (size_t i = 0; i < length && 3 * i + 3 < size; i++) {
		if (i)
			text[at++] = ':';
		text[at++] = digits[data[i] >> 4];
		text[at++] = digits[data[i] & 15];
	}
	text[at] = '\0';
}

static void read_signer(const X509_NAME *name, struct signature *signature)
{
	_cleanup_(openssl_freep) unsigned char *text = NULL;
	int at = X509_NAME_get_index_by_NID((X509_NAME *)name, NID_commonName, -1);
	const X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
	int size = entry ? ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry)) : -1;

	if (size < 0 || memchr(text, '\0', size))
		return;
	signature->has_signer = true;
	signature->signer_cut = (size_t)size > sizeof(signature->signer);
	signature->signer_size = signature->signer_cut ? sizeof(signature->signer) : (size_t)size;
	memcpy(signature->signer, text, signature->signer_size);
}

static void read_hash_algo(CMS_SignerInfo *signer, struct signature *signature)
{
	const ASN1_OBJECT *object = NULL;
	X509_ALGOR *algorithm = NULL;
	int nid;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &algorithm, NULL);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	nid = OBJ_obj2nid(object);
	if (nid == NID_undef)
		OBJ_obj2txt(signature->hash_algo, sizeof(signature->hash_algo), object, 1);
	else
		snprintf(signature->hash_algo, sizeof(signature->hash_algo), "%s", OBJ_nid2sn(nid));
	for (char *c = signature->hash_algo; *c; c++)
		*c = tolower((unsigned char)*c);
}

static const char *read_message(const unsigned char *der, size_t size, struct signature *out)
{
	const unsigned char *at = der;
	_cleanup_(cms_freep) CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;
	struct signature signature = { 0 };
	ASN1_OCTET_STRING *key = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;

	if (!cms)
		return "its PKCS#7 message is malformed";
	if (at != der + size)
		return "there is something behind its PKCS#7 message";
	if (!signers || sk_CMS_SignerInfo_num(signers) < 1)
		return "its PKCS#7 message has no signer";
	/* of several the first, as modinfo shows it */
	if (!CMS_SignerInfo_get0_signer_id(sk_CMS_SignerInfo_value(signers, 0), &key, &issuer, &serial))
		return "its PKCS#7 message does not name the signer";
	if (issuer)
		read_signer(issuer, &signature);
	hex_text(serial ? serial : key, signature.key_id, sizeof(signature.key_id));
	read_hash_algo(sk_CMS_SignerInfo_value(signers, 0), &signature);
	*out = signature;
	return NULL;
}

const char *signature_read(const void *bytes, size_t size, struct signature *out)
{
	struct signature_end end;
	size_t length, rest = size;
	const char *why;

	if (rest < strlen(mark) + sizeof(end) || memcmp((const char *)bytes + rest - strlen(mark), mark, strlen(mark)))
		return "its end is missing";
	rest -= strlen(mark) + sizeof(end);
	memcpy(&end, (const char *)bytes + rest, sizeof(end));
	length = be32toh(end.sig_len);
	/* as the kernel's mod_check_sig() */
	if (end.id_type != ID_TYPE_PKCS7)
		return "it is not PKCS#7";
	if (end.algo || end.hash || end.signer_len || end.key_id_len || end.pad[0] || end.pad[1] || end.pad[2])
		return "its fields are not zero, as PKCS#7 has them";
	if (!length || length > rest)
		return "its length is wrong, or it is larger than 16 KiB";
	why = read_message((const unsigned char *)bytes + rest - length, length, out);
	ERR_clear_error();
	return why;
}
