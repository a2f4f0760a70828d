/* Parsers of form bodies: see form.h. */
#include "http/form.h"
#include <string.h>

#define PART_HEADERS_MAX 1024
#define BOUNDARY_MAX 70 /* RFC 2046, 5.1.1 */
#define FILE_NAME_MAX 200

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum err form_decode(struct arena *arena, struct str s, bool plus, struct str *decoded)
{
    *decoded = s;
    if (!memchr(s.ptr ? s.ptr : "", '%', s.len) && !(plus && memchr(s.ptr ? s.ptr : "", '+', s.len))) return OK;
    char *out = arena_alloc(arena, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            if (s.len - i < 3) return err_set(ERR_INVALID, "A percent escape is cut off.");
            int first = hex_digit(s.ptr[i + 1]), second = hex_digit(s.ptr[i + 2]);
            if (first < 0 || second < 0) return err_set(ERR_INVALID, "A percent escape is not two hexadecimal digits.");
            c = (char)(first * 16 + second);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[len++] = c;
    }
    *decoded = (struct str){out, len};
    return OK;
}

struct str form_media_type(struct str content_type)
{
    return str_trim(str_slice(content_type, 0, str_find_char(content_type, ';', 0)));
}

enum err form_read_urlencoded(struct field_set *set, struct str body)
{
    struct str rest = body, pair;
    size_t count = 0;
    while (str_split_next(&rest, '&', &pair)) {
        if (pair.len == 0) continue;
        if (++count > FORM_FIELDS_MAX) return err_set(ERR_TOO_LARGE, "The form has more than %d fields.", FORM_FIELDS_MAX);
        size_t equals = str_find_char(pair, '=', 0);
        struct str name, value = STR("");
        TRY(form_decode(set->arena, str_slice(pair, 0, equals), true, &name));
        if (equals != STR_NPOS) TRY(form_decode(set->arena, str_slice(pair, equals + 1, pair.len), true, &value));
        if (name.len > FORM_NAME_MAX) return err_set(ERR_INVALID, "A field name is longer than %d bytes.", FORM_NAME_MAX);
        if (!str_is_text(name)) return err_set(ERR_INVALID, "A field name is not well-formed text.");
        TRY(fields_put_text(set, name, value));
    }
    return OK;
}

/* Finds `name=value` or `name="value"` among the parameters of a header value. Quoted pairs (\" and \\) are undone. */
static bool header_parameter(struct arena *arena, struct str header, struct str name, struct str *value)
{
    size_t at = str_find_char(header, ';', 0);
    while (at != STR_NPOS) {
        size_t start = at + 1;
        while (start < header.len && (header.ptr[start] == ' ' || header.ptr[start] == '\t')) start++;
        size_t equals = start;
        while (equals < header.len && header.ptr[equals] != '=' && header.ptr[equals] != ';') equals++;
        if (equals >= header.len) return false;
        if (header.ptr[equals] == ';') {
            at = equals;
            continue;
        }
        bool is_it = str_equal_ci(str_trim(str_slice(header, start, equals)), name);
        char *out = arena_alloc(arena, header.len - equals);
        size_t len = 0, i = equals + 1;
        if (i < header.len && header.ptr[i] == '"') {
            for (i++; i < header.len && header.ptr[i] != '"'; i++) {
                bool is_pair = header.ptr[i] == '\\' && i + 1 < header.len && memchr("\"\\", header.ptr[i + 1], 2);
                if (is_pair) i++;
                out[len++] = header.ptr[i];
            }
            if (i >= header.len) return false; /* not closed */
            i++;
        } else {
            for (; i < header.len && header.ptr[i] != ';'; i++) out[len++] = header.ptr[i];
        }
        if (is_it) {
            *value = str_trim((struct str){out, len});
            return true;
        }
        at = str_find_char(header, ';', i);
    }
    return false;
}

struct part {
    struct str name, file_name, media_type;
    bool has_name, has_file_name;
};

static enum err part_read_headers(struct arena *arena, struct str headers, struct part *part)
{
    struct str line;
    *part = (struct part){.media_type = STR("text/plain")};
    while (str_split_next(&headers, '\n', &line)) {
        line = str_trim(line);
        size_t colon = str_find_char(line, ':', 0);
        if (line.len == 0) continue;
        if (colon == STR_NPOS) return err_set(ERR_INVALID, "A part of the form has a broken header.");
        struct str name = str_slice(line, 0, colon), value = str_trim(str_slice(line, colon + 1, line.len));
        if (str_equal_ci(name, STR("Content-Disposition"))) {
            if (!str_equal_ci(form_media_type(value), STR("form-data"))) return err_set(ERR_INVALID, "A part is not form data.");
            part->has_name = header_parameter(arena, value, STR("name"), &part->name);
            part->has_file_name = header_parameter(arena, value, STR("filename"), &part->file_name);
        } else if (str_equal_ci(name, STR("Content-Type"))) {
            part->media_type = value;
        } else if (str_equal_ci(name, STR("Content-Transfer-Encoding")) && !str_equal_ci(value, STR("binary")) &&
                   !str_equal_ci(value, STR("8bit")) && !str_equal_ci(value, STR("7bit"))) {
            return err_set(ERR_INVALID, "A part of the form has a transfer encoding we do not read.");
        }
    }
    if (!part->has_name) return err_set(ERR_INVALID, "A part of the form has no name.");
    if (part->name.len > FORM_NAME_MAX) return err_set(ERR_INVALID, "A field name is longer than %d bytes.", FORM_NAME_MAX);
    if (!str_is_text(part->name)) return err_set(ERR_INVALID, "A field name is not well-formed text.");
    return OK;
}

/* Base name without control characters, cut to FILE_NAME_MAX bytes at a character's end. */
static enum err file_name_clean(struct arena *arena, struct str raw, struct str *name)
{
    size_t start = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] == '/' || raw.ptr[i] == '\\') start = i + 1;
    }
    raw = str_slice(raw, start, raw.len);
    char *out = arena_alloc(arena, raw.len);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c == 0) return err_set(ERR_INVALID, "A file name contains a NUL character.");
        if (c >= 0x20 && c != 0x7f) out[len++] = raw.ptr[i];
    }
    *name = (struct str){out, len};
    if (!str_is_text(*name)) return err_set(ERR_INVALID, "A file name is not well-formed UTF-8 text.");
    while (name->len > FILE_NAME_MAX || (name->len < len && ((unsigned char)out[name->len] & 0xc0) == 0x80)) name->len--;
    return OK;
}

static enum err part_put(struct field_set *set, const struct part *part, struct str content)
{
    if (!part->has_file_name) return fields_put_text(set, part->name, content);
    struct upload file = {.content = content, .media_type = part->media_type};
    if (file.media_type.len > 100 || !str_is_text(file.media_type)) file.media_type = STR("application/octet-stream");
    TRY(file_name_clean(set->arena, part->file_name, &file.file_name));
    return fields_put_file(set, part->name, &file);
}

enum err form_read_multipart(struct field_set *set, struct str content_type, struct str body)
{
    struct str boundary;
    if (!header_parameter(set->arena, content_type, STR("boundary"), &boundary) || boundary.len == 0 ||
        boundary.len > BOUNDARY_MAX) {
        return err_set(ERR_INVALID, "The multipart form has no proper boundary.");
    }
    struct str delimiter = str_format(set->arena, "\r\n--%.*s", STR_ARG(boundary));
    struct str first = str_slice(delimiter, 2, delimiter.len);
    size_t at = first.len, count = 0;
    if (!str_starts(body, first)) {
        size_t preamble = str_find(body, delimiter, 0);
        if (preamble == STR_NPOS) return err_set(ERR_INVALID, "The multipart form does not start with its boundary.");
        at = preamble + delimiter.len;
    }
    for (;;) { /* `at` stands right behind a boundary */
        if (str_starts(str_slice(body, at, body.len), STR("--"))) return OK;
        while (at < body.len && (body.ptr[at] == ' ' || body.ptr[at] == '\t')) at++;
        if (!str_starts(str_slice(body, at, body.len), STR("\r\n"))) break;
        if (++count > FORM_FIELDS_MAX) return err_set(ERR_TOO_LARGE, "The form has more than %d fields.", FORM_FIELDS_MAX);
        struct str window = str_slice(body, at, at + PART_HEADERS_MAX);
        size_t headers_end = str_find(window, STR("\r\n\r\n"), 0);
        if (headers_end == STR_NPOS) return err_set(ERR_INVALID, "The headers of a part are cut off or too long.");
        struct part part;
        TRY(part_read_headers(set->arena, str_slice(window, 0, headers_end), &part));
        size_t content = at + headers_end + 4, end = str_find(body, delimiter, content - 2);
        if (end == STR_NPOS) break;
        TRY(part_put(set, &part, str_slice(body, content, end < content ? content : end)));
        at = end + delimiter.len;
    }
    return err_set(ERR_INVALID, "The multipart form is cut off.");
}

enum err form_read(struct field_set *set, struct str content_type, struct str body)
{
    struct str media_type = form_media_type(content_type);
    if (str_equal_ci(media_type, STR("application/x-www-form-urlencoded"))) return form_read_urlencoded(set, body);
    if (str_equal_ci(media_type, STR("multipart/form-data"))) return form_read_multipart(set, content_type, body);
    return err_set(ERR_UNSUPPORTED, "This address reads forms and JSON, not this content type.");
}
