/* Buffer to build bytes in: grows, with a hard maximum, so that a growth bug or a hostile input is an error and not
 * memory exhaustion. Once the maximum is passed the buffer keeps what it had, `overflow` is set and further appends do
 * nothing: check it once at the end.
 */
#pragma once
#include "base/str.h"

struct buf {
    char *ptr; /* heap; NULL in a zeroed, valid, empty buffer */
    size_t len;
    size_t cap;
    size_t max; /* 0 means BUF_MAX_DEFAULT */
    bool overflow;
};

#define BUF_MAX_DEFAULT ((size_t)64 << 20)

void buf_init(struct buf *buf, size_t max);
void buf_dispose(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_append_str(struct buf *buf, struct str s);
void buf_append_char(struct buf *buf, char c);
void buf_append_int(struct buf *buf, int64_t value);
void buf_append_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Part of a URL: percent-encodes all but the unreserved characters of RFC 3986. */
void buf_append_url_part(struct buf *buf, struct str s);
/* Room for `extra` more bytes, or overflow and false. */
bool buf_reserve(struct buf *buf, size_t extra);
static inline struct str buf_str(const struct buf *buf) { return (struct str){buf->ptr, buf->len}; }
/* Hands the heap memory to the caller (free()); the buffer is empty after it. */
char *buf_take(struct buf *buf, size_t *len);
