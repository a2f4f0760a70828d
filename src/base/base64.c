/* By libsodium; see base64.h. */
#include "base/base64.h"
#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct str base64url(struct arena *arena, struct str bytes)
{
    size_t max = sodium_base64_encoded_len(bytes.len, VARIANT);
    char *text = arena_alloc(arena, max);
    sodium_bin2base64(text, max, (const unsigned char *)bytes.ptr, bytes.len, VARIANT);
    return (struct str){text, max - 1};
}

enum err base64url_read(struct arena *arena, struct str text, struct str *bytes)
{
    unsigned char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    const char *end = NULL;
    if (!text.len || sodium_base642bin(out, text.len, text.ptr, text.len, NULL, &len, &end, VARIANT) != 0 || end != text.ptr + text.len)
        return err_set(ERR_INVALID, "not base64url");
    *bytes = (struct str){(const char *)out, len};
    return OK;
}
