/* Markup: escaping for the five places a value can stand in.
 *
 * This is the hot path of every page: runs without a special character are found sixteen bytes at a time and copied whole.
 */
#include "html/html.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define IN_TEXT 1u
#define IN_ATTRIBUTE 2u
#define IN_JSON 4u

/* In which place a byte needs care; C0 controls in JSON besides. 0xE2 may begin U+2028 or U+2029, which end a line in old JavaScript. */
static const unsigned char places[256] = {
    ['&'] = IN_TEXT | IN_ATTRIBUTE | IN_JSON,
    ['<'] = IN_TEXT | IN_ATTRIBUTE | IN_JSON,
    ['>'] = IN_TEXT | IN_ATTRIBUTE | IN_JSON,
    ['"'] = IN_ATTRIBUTE | IN_JSON,
    ['\''] = IN_ATTRIBUTE,
    ['\\'] = IN_JSON,
    [0xE2] = IN_JSON,
};

static bool is_json_special(unsigned char c) { return c < 0x20 || (places[c] & IN_JSON); }

typedef unsigned char lanes __attribute__((vector_size(16)));

/* Offset of the next & < > " ' from `at` on, or the length. */
static size_t next_special(struct str s, size_t at, unsigned place)
{
    while (s.len - at >= sizeof(lanes)) {
        lanes v;
        uint64_t half[2];
        memcpy(&v, s.ptr + at, sizeof v);
        lanes hit = (lanes)((v == '&') | (v == '<') | (v == '>') | (v == '"') | (v == '\''));
        memcpy(half, &hit, sizeof half);
        if (half[0] | half[1]) break;
        at += sizeof v;
    }
    while (at < s.len && !(places[(unsigned char)s.ptr[at]] & place)) at++;
    return at;
}

static struct str entity(char c)
{
    switch (c) {
    case '&': return STR("&amp;");
    case '<': return STR("&lt;");
    case '>': return STR("&gt;");
    case '"': return STR("&quot;");
    default: return STR("&#39;");
    }
}

static void put_escaped(struct html *out, struct str s, unsigned place)
{
    buf_reserve(&out->buf, s.len);
    for (size_t start = 0; start < s.len;) {
        size_t at = next_special(s, start, place);
        buf_append(&out->buf, s.ptr + start, at - start);
        if (at == s.len) return;
        buf_append_str(&out->buf, entity(s.ptr[at]));
        start = at + 1;
    }
}

void html_literal(struct html *out, const char *markup, size_t len) { buf_append(&out->buf, markup, len); }

void html_fragment_put(struct html *out, struct html_fragment fragment) { buf_append_str(&out->buf, fragment.markup); }

void html_text_str(struct html *out, struct str s) { put_escaped(out, s, IN_TEXT); }

void html_attribute_str(struct html *out, struct str s) { put_escaped(out, s, IN_ATTRIBUTE); }

/* The URL standard (WHATWG, 4.4 "URL parsing") strips C0 controls and spaces in front and drops tabs and line breaks
 * anywhere: `java\nscript:` is a scheme. So the scheme is read the same way. A colon behind a slash, `?` or `#` is none. */
static bool url_is_safe(struct str s)
{
    char scheme[8];
    size_t len = 0, at = 0;
    while (at < s.len && (unsigned char)s.ptr[at] <= ' ') at++;
    for (; at < s.len; at++) {
        char c = s.ptr[at];
        if (c == '\t' || c == '\n' || c == '\r') continue;
        if (c == '/' || c == '?' || c == '#' || c == '\\') return true;
        if (c == ':') {
            struct str name = {scheme, len < sizeof scheme ? len : 0};
            return str_equal_ci(name, STR("http")) || str_equal_ci(name, STR("https")) || str_equal_ci(name, STR("mailto"));
        }
        if (len < sizeof scheme) scheme[len++] = c;
    }
    return true;
}

void html_url_str(struct html *out, struct str s)
{
    if (url_is_safe(s))
        put_escaped(out, s, IN_ATTRIBUTE);
    else
        buf_append_char(&out->buf, '#');
}

void html_url_part_str(struct html *out, struct str s) { buf_append_url_part(&out->buf, s); }

/* Escapes the character at `at`; returns how many bytes it was. */
static size_t put_json_escape(struct buf *buf, struct str s, size_t at)
{
    unsigned char c = (unsigned char)s.ptr[at];
    if (c == '"' || c == '\\') {
        buf_append(buf, (char[2]){'\\', (char)c}, 2);
    } else if (c == '\n') {
        buf_append(buf, "\\n", 2);
    } else if (c == 0xE2) {
        struct str three = str_slice(s, at, at + 3);
        bool line = str_equal(three, STR("\xE2\x80\xA8")), paragraph = str_equal(three, STR("\xE2\x80\xA9"));
        if (line || paragraph) {
            buf_append(buf, line ? "\\u2028" : "\\u2029", 6);
            return 3;
        }
        buf_append_char(buf, (char)c);
    } else {
        buf_append_format(buf, "\\u%04x", c);
    }
    return 1;
}

void html_json_str(struct html *out, struct str s)
{
    size_t start = 0;
    buf_append_char(&out->buf, '"');
    for (size_t at = 0; at < s.len;) {
        if (!is_json_special((unsigned char)s.ptr[at])) {
            at++;
            continue;
        }
        buf_append(&out->buf, s.ptr + start, at - start);
        at += put_json_escape(&out->buf, s, at);
        start = at;
    }
    if (start < s.len) buf_append(&out->buf, s.ptr + start, s.len - start);
    buf_append_char(&out->buf, '"');
}

void html_int(struct html *out, int64_t value) { buf_append_int(&out->buf, value); }

void html_double(struct html *out, double value)
{
    char text[DBL_MAX_10_EXP + 8];
    if (!isfinite(value)) {
        html_literal(out, "n/a", 3);
        return;
    }
    int len = snprintf(text, sizeof text, "%.2f", value);
    while (text[len - 1] == '0') len--;
    if (text[len - 1] == '.') len--;
    bool minus_zero = len == 2 && text[0] == '-' && text[1] == '0';
    html_literal(out, text + minus_zero, (size_t)(len - minus_zero));
}
