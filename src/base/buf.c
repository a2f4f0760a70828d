/* Growable bytes: capacity doubles; one byte more than `cap` is always allocated, so that printf's NUL needs no care. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAP ((size_t)256)

void buf_init(struct buf *buf, size_t max) { *buf = (struct buf){.max = max}; }

void buf_dispose(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
}

bool buf_reserve(struct buf *buf, size_t extra)
{
    if (buf->overflow) return false;
    if (extra <= buf->cap - buf->len && buf->ptr) return true;
    size_t max = buf->max ? buf->max : BUF_MAX_DEFAULT;
    if (buf->len > max || extra > max - buf->len) {
        buf->overflow = true;
        return false;
    }
    size_t need = buf->len + extra;
    size_t cap = buf->cap ? buf->cap : BUF_FIRST_CAP;
    while (cap < need) cap = cap > max / 2 ? max : cap * 2;
    if (cap > max) cap = max;
    buf->ptr = mem_resize(buf->ptr, cap + 1);
    buf->cap = cap;
    return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || !buf_reserve(buf, len)) return;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

void buf_append_str(struct buf *buf, struct str s) { buf_append(buf, s.ptr, s.len); }

void buf_append_char(struct buf *buf, char c)
{
    if (!buf_reserve(buf, 1)) return;
    buf->ptr[buf->len++] = c;
}

void buf_append_int(struct buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) digits[--at] = '-';
    buf_append(buf, digits + at, sizeof digits - at);
}

void buf_append_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len <= 0 || !buf_reserve(buf, (size_t)len)) return;
    va_start(args, format);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

char *buf_take(struct buf *buf, size_t *len)
{
    if (!buf->ptr) buf->ptr = mem_alloc(1);
    buf->ptr[buf->len] = '\0';
    if (len) *len = buf->len;
    char *taken = buf->ptr;
    *buf = (struct buf){.max = buf->max};
    return taken;
}

/* RFC 3986, section 2.3 */
static bool is_unreserved(unsigned char c)
{
    unsigned char letter = c | 0x20;
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void buf_append_url_part(struct buf *buf, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t start = 0;
    for (size_t at = 0; at < s.len; at++) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (is_unreserved(c)) continue;
        buf_append(buf, s.ptr + start, at - start);
        buf_append(buf, (char[3]){'%', hex[c >> 4], hex[c & 15]}, 3);
        start = at + 1;
    }
    if (start < s.len) buf_append(buf, s.ptr + start, s.len - start);
}
