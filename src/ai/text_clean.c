/* Design in text_clean.h. */
#include "ai/text_clean.h"

void text_append_point(struct buf *out, uint32_t point)
{
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) point = 0xFFFD;
    if (point < 0x80) {
        buf_append_char(out, (char)point);
        return;
    }
    char bytes[4];
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    bytes[0] = (char)((0xF00U >> len & 0xF0U) | point);
    buf_append(out, bytes, len);
}

static bool is_space(uint32_t c)
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_invisible(uint32_t c)
{
    return c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFD) || (c >= 0x7F && c < 0xA0) || c >= 0xE0000;
}

/* Private-use points of Symbol and Wingdings that stand for bullets. */
static bool is_symbol_bullet(uint32_t c)
{
    return c == 0xF0B7 || c == 0xF0A7 || c == 0xF0D8 || c == 0xF076 || c == 0xF0FC || c == 0xF0A8 || c == 0xF06E;
}

static const char *ligature(uint32_t c)
{
    static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    return c >= 0xFB00 && c <= 0xFB06 ? letters[c - 0xFB00] : NULL;
}

static void clean_point(struct buf *out, uint32_t c)
{
    if (ligature(c)) buf_append_str(out, str_from(ligature(c)));
    else if (is_symbol_bullet(c)) text_append_point(out, 0x2022);
    else if (is_space(c)) buf_append_char(out, ' ');
    else if (c == 0x2028 || c == 0x2029 || c == 0x85) buf_append_char(out, '\n');
    else if (c == 0x2010 || c == 0x2011) buf_append_char(out, '-');
    else if (!is_invisible(c) && !(c >= 0xE000 && c <= 0xF8FF)) text_append_point(out, c);
}

void text_clean(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80) {
            clean_point(out, str_utf8_next(text, &i));
            continue;
        }
        i++;
        if (c == '\r') {
            if (i >= text.len || text.ptr[i] != '\n') buf_append_char(out, '\n');
        } else if (c == '\f' || c == '\v') {
            buf_append_char(out, '\n');
        } else if ((c >= ' ' && c != 0x7F) || c == '\t' || c == '\n') {
            buf_append_char(out, (char)c);
        }
    }
}

static void decode_utf16(struct buf *out, struct str bytes, bool big_endian)
{
    for (size_t i = 2; i + 1 < bytes.len; i += 2) {
        const unsigned char *b = (const unsigned char *)bytes.ptr + i;
        uint32_t unit = big_endian ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < bytes.len) {
            uint32_t low = big_endian ? (uint32_t)b[2] << 8 | b[3] : (uint32_t)b[3] << 8 | b[2];
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if (unit) text_append_point(out, unit);
    }
}

/* Windows-1252 where it differs from Latin-1 (0x80 to 0x9F); 0: not assigned. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
                                          0x2039, 0x152,  0,      0x17D,  0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                          0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0,      0x17E,  0x178};

static void decode_windows_1252(struct buf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        uint32_t point = c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c;
        if (point) text_append_point(out, point);
    }
}

static bool is_utf8(struct str bytes)
{
    for (size_t i = 0; i < bytes.len;) {
        size_t before = i;
        if ((unsigned char)bytes.ptr[i] < 0x80) i++;
        else if (str_utf8_next(bytes, &i) == 0xFFFD && str_compare(str_slice(bytes, before, i), STR("\xEF\xBF\xBD")) != 0) return false;
    }
    return true;
}

bool text_decode(struct buf *out, struct str bytes)
{
    if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF"))) {
        decode_utf16(out, bytes, bytes.ptr[0] == '\xFE');
        return true;
    }
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) bytes = str_slice(bytes, 3, bytes.len);
    size_t controls = 0, high = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == 0) return false;
        controls += c < ' ' && !(c >= '\t' && c <= '\r');
        high += c >= 0x80;
    }
    if (controls > 2 && controls * 100 > bytes.len) return false; /* a stray one is dropped later */
    if (is_utf8(bytes)) {
        buf_append_str(out, bytes);
        return true;
    }
    if (controls || high * 3 > bytes.len) return false;
    decode_windows_1252(out, bytes);
    return true;
}
