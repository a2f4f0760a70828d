/* Strings: searching, splitting, copying, numbers and UTF-8.
 *
 * An empty string may have a NULL pointer, so no function hands `ptr` to the C library before it has looked at `len`.
 */
#include "base/str.h"
#include "base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static unsigned char lower(char c) { return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : (unsigned char)c; }

struct str str_from(const char *cstring)
{
    return cstring ? (struct str){cstring, strlen(cstring)} : (struct str){"", 0};
}

struct str str_slice(struct str s, size_t start, size_t end)
{
    if (end > s.len) end = s.len;
    if (start > end) start = end;
    return (struct str){s.ptr ? s.ptr + start : "", end - start};
}

struct str str_trim(struct str s)
{
    size_t start = 0, end = s.len;
    while (start < end && is_space(s.ptr[start])) start++;
    while (end > start && is_space(s.ptr[end - 1])) end--;
    return str_slice(s, start, end);
}

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool equal_ci(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

bool str_equal_ci(struct str a, struct str b) { return a.len == b.len && equal_ci(a.ptr, b.ptr, a.len); }

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order) return order < 0 ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.len || needle.len > s.len - from) return STR_NPOS;
    if (needle.len == 0) return from;
    const char *found = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return found ? (size_t)(found - s.ptr) : STR_NPOS;
}

size_t str_find_ci(struct str s, struct str needle, size_t from)
{
    if (from > s.len || needle.len > s.len - from) return STR_NPOS;
    if (needle.len == 0) return from;
    for (size_t at = from; at <= s.len - needle.len; at++)
        if (equal_ci(s.ptr + at, needle.ptr, needle.len)) return at;
    return STR_NPOS;
}

size_t str_find_char(struct str s, char c, size_t from)
{
    if (from >= s.len) return STR_NPOS;
    const char *found = memchr(s.ptr + from, c, s.len - from);
    return found ? (size_t)(found - s.ptr) : STR_NPOS;
}

bool str_contains(struct str s, struct str needle) { return str_find(s, needle, 0) != STR_NPOS; }

bool str_split_next(struct str *rest, char separator, struct str *part)
{
    if (rest->len == 0) return false;
    size_t at = str_find_char(*rest, separator, 0);
    if (at == STR_NPOS) {
        *part = *rest;
        *rest = (struct str){"", 0};
    } else {
        *part = str_slice(*rest, 0, at);
        *rest = str_slice(*rest, at + 1, rest->len);
    }
    return true;
}

char *str_cstr(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    return copy;
}

struct str str_copy(struct arena *arena, struct str s) { return (struct str){str_cstr(arena, s), s.len}; }

struct str str_vformat(struct arena *arena, const char *format, va_list args)
{
    char short_text[256]; /* most texts fit: one pass */
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(short_text, sizeof short_text, format, args);
    if (len < 0) log_fatal("a text cannot be formatted");
    size_t size = (size_t)len + 1;
    char *text = arena_alloc(arena, size);
    if (size <= sizeof short_text)
        memcpy(text, short_text, size);
    else
        vsnprintf(text, size, format, again);
    va_end(again);
    return (struct str){text, size - 1};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str result = str_vformat(arena, format, args);
    va_end(args);
    return result;
}

/* Runs of letters whose small form lies `shift` behind the capital; `pairs`: capital and small alternate. Unicode 15,
 * UnicodeData.txt, the simple mappings from two bytes to two bytes. */
static const struct {
    uint16_t first, last;
    int16_t shift;
    bool pairs;
} small_letters[] = {
    {0x00C0, 0x00D6, 32, false}, {0x00D8, 0x00DE, 32, false}, {0x0100, 0x012F, 1, true},   {0x0132, 0x0137, 1, true},
    {0x0139, 0x0148, 1, true},   {0x014A, 0x0177, 1, true},   {0x0178, 0x0178, -121, false}, {0x0179, 0x017E, 1, true},
    {0x0386, 0x0386, 38, false}, {0x0388, 0x038A, 37, false}, {0x038C, 0x038C, 64, false}, {0x038E, 0x038F, 63, false},
    {0x0391, 0x03A1, 32, false}, {0x03A3, 0x03AB, 32, false}, {0x0400, 0x040F, 80, false}, {0x0410, 0x042F, 32, false},
    {0x0460, 0x0481, 1, true},   {0x048A, 0x04BF, 1, true},   {0x04C1, 0x04CE, 1, true},   {0x04D0, 0x052F, 1, true},
};

static uint32_t lower_point(uint32_t point)
{
    for (size_t i = 0; i < COUNT_OF(small_letters); i++) {
        if (point < small_letters[i].first) return point;
        if (point > small_letters[i].last) continue;
        if (small_letters[i].pairs && (point - small_letters[i].first) % 2) return point;
        return (uint32_t)((int32_t)point + small_letters[i].shift);
    }
    return point;
}

struct str str_lower(struct arena *arena, struct str s)
{
    char *text = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x80) {
            text[i] = (char)lower(text[i]);
        } else if (c >= 0xC3 && c <= 0xD4 && i + 1 < s.len && ((unsigned char)text[i + 1] & 0xC0) == 0x80) {
            uint32_t point = lower_point((uint32_t)(c & 0x1F) << 6 | ((unsigned char)text[i + 1] & 0x3F));
            text[i] = (char)(0xC0 | point >> 6);
            text[++i] = (char)(0x80 | (point & 0x3F));
        }
    }
    return (struct str){text, s.len};
}

struct str str_join(struct arena *arena, const struct str *items, size_t count, struct str separator)
{
    size_t total = count > 1 ? separator.len * (count - 1) : 0;
    for (size_t i = 0; i < count; i++) total += items[i].len;
    char *text = arena_alloc(arena, total + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && separator.len) {
            memcpy(text + at, separator.ptr, separator.len);
            at += separator.len;
        }
        if (items[i].len) memcpy(text + at, items[i].ptr, items[i].len);
        at += items[i].len;
    }
    return (struct str){text, total};
}

void str_list_add(struct arena *arena, struct str_list *list, struct str s)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        struct str *items = arena_array(arena, struct str, cap);
        if (list->count) memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = s;
}

enum err str_to_int(struct str s, int64_t *value)
{
    bool negative = s.len && s.ptr[0] == '-';
    int64_t result = 0;
    if (s.len == (size_t)negative) return err_set(ERR_INVALID, "a whole number is expected");
    for (size_t i = negative; i < s.len; i++) {
        if (!is_digit(s.ptr[i])) return err_set(ERR_INVALID, "a whole number is expected");
        int digit = s.ptr[i] - '0'; /* summed up below zero: INT64_MIN has no positive twin */
        if (__builtin_mul_overflow(result, 10, &result) || __builtin_sub_overflow(result, digit, &result))
            return err_set(ERR_INVALID, "the number is too large");
    }
    if (!negative && __builtin_sub_overflow(0, result, &result)) return err_set(ERR_INVALID, "the number is too large");
    *value = result;
    return OK;
}

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && is_digit(s.ptr[at])) at++;
    return at;
}

/* -?digits[.digits][e[+-]digits], as JSON writes numbers, leading zeros allowed. */
static bool is_decimal(struct str s)
{
    size_t start = s.len && s.ptr[0] == '-';
    size_t at = skip_digits(s, start);
    if (at == start) return false;
    if (at < s.len && s.ptr[at] == '.') {
        start = at + 1;
        if ((at = skip_digits(s, start)) == start) return false;
    }
    if (at < s.len && lower(s.ptr[at]) == 'e') {
        start = at + 1;
        if (start < s.len && (s.ptr[start] == '-' || s.ptr[start] == '+')) start++;
        if ((at = skip_digits(s, start)) == start) return false;
    }
    return at == s.len;
}

enum err str_to_double(struct str s, double *value)
{
    char text[128];
    if (s.len >= sizeof text || !is_decimal(s)) return err_set(ERR_INVALID, "a decimal number is expected");
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    double result = strtod(text, NULL);
    if (!isfinite(result)) return err_set(ERR_INVALID, "the number is too large");
    *value = result;
    return OK;
}

/* Length of the well-formed sequence at `p` (RFC 3629, section 4) and its code point; 0 when it is broken. */
static size_t utf8_decode(const unsigned char *p, size_t len, uint32_t *point)
{
    if (p[0] < 0x80) {
        *point = p[0];
        return 1;
    }
    size_t size = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
    if (size == 0 || size > len) return 0;
    uint32_t value = p[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    if (size == 3 && (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF))) return 0;
    if (size == 4 && (value < 0x10000 || value > 0x10FFFF)) return 0;
    *point = value;
    return size;
}

bool str_is_text(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t at = 0;
    while (at < s.len) {
        uint64_t word;
        while (s.len - at >= sizeof word) { /* eight printable ASCII characters at a time */
            memcpy(&word, p + at, sizeof word);
            uint64_t below_space = (word - UINT64_C(0x2020202020202020)) & ~word;
            if ((word | below_space) & UINT64_C(0x8080808080808080)) break;
            at += sizeof word;
        }
        if (at == s.len) break;
        uint32_t point;
        size_t size = utf8_decode(p + at, s.len - at, &point);
        if (size == 0 || (point < 0x20 && point != '\t' && point != '\n' && point != '\r')) return false;
        at += size;
    }
    return true;
}

size_t str_utf8_length(struct str s)
{
    size_t points = 0;
    for (size_t i = 0; i < s.len; i++) points += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return points;
}

struct str str_utf8_prefix(struct str s, size_t points)
{
    size_t at = 0;
    while (points-- && at < s.len) str_utf8_next(s, &at);
    return str_slice(s, 0, at);
}

uint32_t str_utf8_next(struct str s, size_t *offset)
{
    uint32_t point = 0xFFFD;
    if (*offset >= s.len) return point;
    size_t size = utf8_decode((const unsigned char *)s.ptr + *offset, s.len - *offset, &point);
    *offset += size ? size : 1;
    return point;
}

uint64_t str_hash(struct str s)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(1099511628211);
    return hash;
}
