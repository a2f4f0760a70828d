/* Flash: one message for the next page, in a cookie "EXPIRY.HEX(kind, message).TAG".
 *
 * The tag is SipHash (base/siphash.h): a cookie that somebody planted
 * (from a neighbouring subdomain, say) without the key is ignored, so nobody can put words on another person's page. It is
 * good for a minute. The key is the same for all nodes on a store and after a restart (security/secret.h), so no message is lost.
 */
#include "base/clock.h"
#include "base/siphash.h"
#include "base/uuid.h"
#include "http/private.h"
#include <inttypes.h>
#include <string.h>

#define FLASH_SECONDS 60
#define FLASH_BYTES_MAX 200

void flash_key_take(struct server *server)
{
    const unsigned char *key = server->options.flash_key;
    if (key) memcpy(server->flash_key, key, sizeof(server->flash_key));
    else random_bytes(server->flash_key, sizeof(server->flash_key));
}

void respond_flash(struct request *request, struct response *response, bool is_error, struct str message)
{
    struct arena *arena = request->arena;
    size_t len = message.len;
    while (message.len > FLASH_BYTES_MAX || (message.len < len && ((unsigned char)message.ptr[message.len] & 0xc0) == 0x80)) {
        message.len--;
    }
    struct str plain = str_format(arena, "%c%.*s", is_error ? 'e' : 'i', STR_ARG(message));
    struct buf hex = {0};
    for (size_t i = 0; i < plain.len; i++) buf_append_format(&hex, "%02x", (unsigned)(unsigned char)plain.ptr[i]);
    struct str body = str_format(arena, "%" PRId64 ".%.*s", clock_now() / US_PER_SECOND + FLASH_SECONDS, STR_ARG(buf_str(&hex)));
    buf_dispose(&hex);
    uint64_t tag = siphash(request->private->server->flash_key, body);
    struct str value = str_format(arena, "%.*s.%016" PRIx64, STR_ARG(body), tag);
    response_cookie(request, response, &(struct cookie){.name = "flash", .value = value, .max_age = FLASH_SECONDS});
    request->private->flash_set = true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str request_flash(struct request *request, bool *is_error)
{
    struct str cookie = request_cookie(request, "flash"), none = STR("");
    *is_error = false;
    if (cookie.len == 0 || request_header(request, "HX-Request").len) return none; /* a part of a page has no place for it: it waits for the next page */
    request->private->flash_read = true; /* good or bad: the answer deletes it */
    size_t dot = str_find_char(cookie, '.', 0);
    if (dot == STR_NPOS || cookie.len < dot + 18 || cookie.ptr[cookie.len - 17] != '.') return none;
    struct str body = str_slice(cookie, 0, cookie.len - 17);
    struct str tag = str_format(request->arena, "%016" PRIx64, siphash(request->private->server->flash_key, body));
    unsigned difference = 0;
    for (size_t i = 0; i < 16; i++) difference |= (unsigned)(tag.ptr[i] ^ cookie.ptr[cookie.len - 16 + i]);
    int64_t expiry = 0;
    if (difference || str_to_int(str_slice(body, 0, dot), &expiry) != OK || expiry < clock_now() / US_PER_SECOND) return none;
    struct str hex = str_slice(body, dot + 1, body.len);
    char *plain = arena_alloc(request->arena, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) plain[i / 2] = (char)(hex_value(hex.ptr[i]) * 16 + hex_value(hex.ptr[i + 1]));
    struct str text = {plain, hex.len / 2};
    *is_error = text.len > 0 && text.ptr[0] == 'e';
    return str_slice(text, 1, text.len);
}
