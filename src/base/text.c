/* What of a text can be seen. Design in text.h. */
#include "base/text.h"

struct span {
    uint32_t first, last;
};

static bool is_in(uint32_t point, const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (point >= spans[i].first && point <= spans[i].last) return true;
    return false;
}

struct str text_visible(struct arena *arena, struct str text)
{
    /* Controls of direction (Unicode Standard Annex 9), soft hyphen, zero-width blank and joiner of words, byte order mark. */
    static const struct span dropped[] = {{0xad, 0xad}, {0x61c, 0x61c}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x2066, 0x206f}, {0xfeff, 0xfeff}};
    /* Blanks, and letters that are drawn as nothing. The zero-width joiners are needed inside Persian and Indic names. */
    static const struct span blanks[] = {{0, 0x20},           {0x7f, 0xa0},         {0x34f, 0x34f},   {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5},
                                         {0x180b, 0x180e},    {0x2000, 0x200a},     {0x200c, 0x200d}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f},
                                         {0x2800, 0x2800},    {0x3000, 0x3000},     {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xffa0, 0xffa0}};
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0, seen = 0; /* seen: the length up to the last character to see */
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t point = str_utf8_next(text, &at);
        bool is_blank = is_in(point, blanks, COUNT_OF(blanks));
        if (is_in(point, dropped, COUNT_OF(dropped)) || (is_blank && !len)) continue;
        for (size_t i = start; i < at; i++) out[len++] = text.ptr[i];
        if (!is_blank) seen = len;
    }
    return (struct str){out, seen};
}

struct str text_like(struct arena *arena, struct str words)
{
    struct str lower = str_lower(arena, words);
    char *out = arena_alloc(arena, lower.len * 2 + 2);
    size_t len = 0;
    out[len++] = '%';
    for (size_t i = 0; i < lower.len; i++) {
        char c = lower.ptr[i];
        if (c == '%' || c == '_' || c == TEXT_LIKE_ESCAPE[0]) out[len++] = TEXT_LIKE_ESCAPE[0];
        out[len++] = c;
    }
    out[len++] = '%';
    return (struct str){out, len};
}
