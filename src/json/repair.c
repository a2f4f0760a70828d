/* Reading JSON of others, whose single mistakes must not cost the rest of a document. A document that json_parse refuses is copied with these mended, and read again:
 * what is no character (a lone surrogate, as of an emoji cut in the middle, NUL, broken UTF-8) is U+FFFD, a raw control character in a string is a space, and a number
 * that no variable holds is null.
 */
#include "json/json.h"
#include "json/parse.h"

#define REPLACEMENT STR("\xEF\xBF\xBD")
#define ESCAPE_LEN 6 /* of \uXXXX */

/* The unit of a \uXXXX at `at`, UINT32_MAX when there is none. */
static uint32_t read_unit(struct str text, size_t at)
{
    uint32_t unit = 0;
    if (at + ESCAPE_LEN > text.len || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u') return UINT32_MAX;
    for (size_t i = at + 2; i < at + ESCAPE_LEN; i++) {
        char c = text.ptr[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9') unit = unit * 16 + (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f') unit = unit * 16 + (uint32_t)(lower - 'a' + 10);
        else return UINT32_MAX;
    }
    return unit;
}

static bool is_high(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
static bool is_low(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

/* Each takes what begins at `at` and gives where it ends. */
static size_t repair_escape(struct buf *out, struct str text, size_t at)
{
    uint32_t unit = read_unit(text, at);
    size_t end = at + (unit == UINT32_MAX ? 2 : ESCAPE_LEN);
    bool is_pair = is_high(unit) && is_low(read_unit(text, end));
    if (is_pair) end += ESCAPE_LEN;
    bool is_broken = !is_pair && (unit == 0 || is_high(unit) || is_low(unit));
    buf_append_str(out, is_broken ? REPLACEMENT : str_slice(text, at, end));
    return end;
}

static size_t repair_character(struct buf *out, struct str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    size_t end = at;
    if (c == '\\') return repair_escape(out, text, at);
    bool is_broken = str_utf8_next(text, &end) == 0xFFFD; /* or it is that character, which stays so */
    buf_append_str(out, is_broken ? REPLACEMENT : c < 0x20 ? STR(" ") : str_slice(text, at, end));
    return end;
}

static size_t repair_string(struct buf *out, struct str text, size_t at)
{
    buf_append_char(out, '"');
    for (at++; at < text.len && text.ptr[at] != '"';) at = repair_character(out, text, at);
    if (at < text.len) buf_append_char(out, '"');
    return at + 1;
}

static size_t repair_number(struct buf *out, struct str text, size_t at)
{
    size_t end = at;
    bool is_integer = true;
    int64_t integer;
    double real;
    for (; end < text.len && str_find_char(STR("+-.0123456789Ee"), text.ptr[end], 0) != STR_NPOS; end++)
        is_integer &= text.ptr[end] == '-' || (text.ptr[end] >= '0' && text.ptr[end] <= '9');
    struct str number = str_slice(text, at, end);
    bool fits = (is_integer ? str_to_int(number, &integer) : str_to_double(number, &real)) == OK;
    buf_append_str(out, fits ? number : STR("null"));
    return end;
}

static void repair(struct buf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        if (c == '"') at = repair_string(out, text, at);
        else if (c == '-' || (c >= '0' && c <= '9')) at = repair_number(out, text, at);
        else buf_append_char(out, text.ptr[at++]);
    }
}

enum err json_parse_foreign(struct str text, size_t max, struct json **root)
{
    enum err parsed = json_parse(text, max, root);
    if (parsed != ERR_INVALID) return parsed;
    struct buf repaired CLEANUP(buf_dispose) = {0};
    repair(&repaired, text);
    return json_parse_document(buf_str(&repaired), repaired.len, true, root);
}
