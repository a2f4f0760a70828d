/* Sealing what is kept. Design in seal.h. */
#include "security/seal.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/config.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

static unsigned char keys[SEAL_KEYS_MAX][KEY_BYTES];
static size_t keys_count;

static void derive(unsigned char *key, struct str text)
{
    static const char purpose[] = "careerprep: sealed payloads, version 1";
    crypto_generichash(key, KEY_BYTES, (const unsigned char *)text.ptr, text.len, (const unsigned char *)purpose, sizeof purpose - 1);
}

enum err seal_init(void)
{
    struct str rest = config_text(CONFIG_PAYLOAD_KEYS), text;
    if (sodium_init() < 0) return err_set(ERR_INTERNAL, "libsodium cannot be used");
    sodium_memzero(keys, sizeof keys);
    keys_count = 0;
    while (rest.len && str_split_next(&rest, ',', &text)) {
        text = str_trim(text);
        if (text.len < SEAL_KEY_LEN_MIN) return err_set(ERR_INVALID, "PAYLOAD_KEYS: each key has at least %d bytes; `openssl rand -base64 32` makes one", SEAL_KEY_LEN_MIN);
        if (keys_count == SEAL_KEYS_MAX) return err_set(ERR_INVALID, "PAYLOAD_KEYS: at most %d keys", SEAL_KEYS_MAX);
        derive(keys[keys_count++], text);
    }
    return OK;
}

bool seal_has_keys(void) { return keys_count > 0; }

struct str seal_close(struct arena *arena, struct str plain, struct str context)
{
    assert(keys_count);
    unsigned char *bytes = arena_alloc(arena, NONCE_BYTES + plain.len + TAG_BYTES);
    unsigned long long len = 0;
    randombytes_buf(bytes, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE_BYTES, &len, (const unsigned char *)plain.ptr, plain.len, (const unsigned char *)context.ptr, context.len, NULL, bytes, keys[0]);
    return base64url(arena, (struct str){(const char *)bytes, NONCE_BYTES + (size_t)len});
}

enum err seal_open(struct arena *arena, struct str sealed, struct str context, struct str *plain)
{
    struct str bytes;
    TRY(base64url_read(arena, sealed, &bytes));
    if (bytes.len < NONCE_BYTES + TAG_BYTES) return err_set(ERR_FORBIDDEN, "what is sealed is too short");
    const unsigned char *nonce = (const unsigned char *)bytes.ptr;
    unsigned char *text = arena_alloc(arena, bytes.len - NONCE_BYTES);
    unsigned long long len = 0;
    for (size_t i = 0; i < keys_count; i++) {
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, &len, NULL, nonce + NONCE_BYTES, bytes.len - NONCE_BYTES, (const unsigned char *)context.ptr, context.len, nonce, keys[i]) != 0) continue;
        *plain = (struct str){(const char *)text, (size_t)len};
        return OK;
    }
    return err_set(ERR_FORBIDDEN, "no key of PAYLOAD_KEYS opens it");
}
