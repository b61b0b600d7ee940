#include "lapse/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "lapse/alloc.h"

struct lapse_sha1 {
	EVP_MD_CTX *ctx;
};

/* libcrypto's SHA-1 fails only without memory. */
static void
require(int ok)
{
	if (!ok)
		lapse_out_of_memory();
}

struct lapse_sha1 *
lapse_sha1_new(void)
{
	struct lapse_sha1 *sha = lapse_alloc(1, sizeof(*sha));

	sha->ctx = EVP_MD_CTX_new();
	require(sha->ctx != NULL);
	require(EVP_DigestInit_ex(sha->ctx, EVP_sha1(), NULL) == 1);
	return sha;
}

void
lapse_sha1_add(struct lapse_sha1 *sha, const void *data, size_t len)
{
	require(EVP_DigestUpdate(sha->ctx, data, len) == 1);
}

void
lapse_sha1_end(struct lapse_sha1 *sha, unsigned char out[LAPSE_SHA1_LEN])
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
