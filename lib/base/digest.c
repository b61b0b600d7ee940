#include "lapse/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "lapse/alloc.h"

struct lapse_sha1 {
	EVP_MD_CTX *ctx;
};

struct lapse_sha256 {
	EVP_MD_CTX *ctx;
};

/* libcrypto's digests fail only without memory. */
static void
require(int ok)
{
	if (!ok)
		lapse_out_of_memory();
}

static EVP_MD_CTX *
begin(const EVP_MD *algorithm)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	require(ctx != NULL);
	require(EVP_DigestInit_ex(ctx, algorithm, NULL) == 1);
	return ctx;
}

struct lapse_sha1 *
lapse_sha1_new(void)
{
	struct lapse_sha1 *sha = lapse_alloc(1, sizeof(*sha));

	sha->ctx = begin(EVP_sha1());
	return sha;
}

struct lapse_sha256 *
lapse_sha256_new(void)
{
	struct lapse_sha256 *sha = lapse_alloc(1, sizeof(*sha));

	sha->ctx = begin(EVP_sha256());
	return sha;
}

void
lapse_sha1_add(struct lapse_sha1 *sha, const void *data, size_t len)
{
	require(EVP_DigestUpdate(sha->ctx, data, len) == 1);
}

void
lapse_sha256_add(struct lapse_sha256 *sha, const void *data, size_t len)
{
	require(EVP_DigestUpdate(sha->ctx, data, len) == 1);
}

void
lapse_sha1_end(struct lapse_sha1 *sha, unsigned char out[LAPSE_SHA1_LEN])
{
	require(EVP_DigestFinal_ex(sha->ctx, out, NULL) == 1);
}

void
lapse_sha256_end(struct lapse_sha256 *sha, unsigned char out[LAPSE_SHA256_LEN])
{
	require(EVP_DigestFinal_ex(sha->ctx, out, NULL) == 1);
}

void
lapse_sha1_free(struct lapse_sha1 *sha)
{
	if (sha == NULL)
		return;
	EVP_MD_CTX_free(sha->ctx);
	free(sha);
}

void
lapse_sha256_free(struct lapse_sha256 *sha)
{
	if (sha == NULL)
		return;
	EVP_MD_CTX_free(sha->ctx);
	free(sha);
}

char *
lapse_sha256_hex(char *out, const void *data, size_t len)
{
	unsigned char digest[LAPSE_SHA256_LEN];
	struct lapse_sha256 *sha = lapse_sha256_new();

	lapse_sha256_add(sha, data, len);
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	return lapse_hex_format(out, digest, sizeof(digest));
}

char *
lapse_hex_format(char *out, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}
