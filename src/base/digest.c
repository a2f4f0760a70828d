/* Digests. Design in digest.h. */
#include "base/digest.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

struct digest digest_of(struct str bytes)
{
    struct digest digest;
    unsigned char out[sizeof digest.parts];
    static_assert(sizeof out >= crypto_generichash_BYTES_MIN, "BLAKE2b gives 16 bytes at least");
    crypto_generichash(out, sizeof out, (const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len, NULL, 0);
    memcpy(digest.parts, out, sizeof out);
    return digest;
}
