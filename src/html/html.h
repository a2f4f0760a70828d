/* Markup: `struct html` is the only thing that becomes a page, and only escaping builders (or the compiled templates,
 * which call them) can write to it.
 *
 * The template compiler (tools/htmlc.c) knows from the place of a `{{ }}` which function to call: html_text inside an
 * element, html_attribute inside a quoted attribute, html_url / html_url_part inside a URL attribute, html_json inside a
 * script element with a JSON type. The C type of the value picks the conversion (_Generic), so text is always escaped and a
 * number needs no format.
 */
#pragma once
#include "base/buf.h"

struct html {
    struct buf buf;
};

/* Markup that was built by a template before and may be put into another unescaped. */
struct html_fragment {
    struct str markup;
};

void html_literal(struct html *out, const char *markup, size_t len); /* compiled templates only */
void html_fragment_put(struct html *out, struct html_fragment fragment);

void html_text_str(struct html *out, struct str s);      /* & < > escaped */
void html_attribute_str(struct html *out, struct str s); /* & < > " ' escaped */
/* A whole URL: relative, http, https and mailto pass (escaped); any other scheme becomes "#". */
void html_url_str(struct html *out, struct str s);
/* Part of a URL after its start: percent-encodes all but RFC 3986 unreserved characters. */
void html_url_part_str(struct html *out, struct str s);
/* A JSON string with quotes, `<`, `>`, `&` and U+2028/2029 as \u escapes. */
void html_json_str(struct html *out, struct str s);
void html_int(struct html *out, int64_t value);
void html_double(struct html *out, double value); /* at most 2 decimals, no trailing zeros */

static inline void html_text_cstr(struct html *out, const char *s) { html_text_str(out, str_from(s)); }
static inline void html_attribute_cstr(struct html *out, const char *s) { html_attribute_str(out, str_from(s)); }
static inline void html_url_cstr(struct html *out, const char *s) { html_url_str(out, str_from(s)); }
static inline void html_url_part_cstr(struct html *out, const char *s) { html_url_part_str(out, str_from(s)); }
static inline void html_json_cstr(struct html *out, const char *s) { html_json_str(out, str_from(s)); }

#define HTML_BY_TYPE_(str_function, cstr_function)                                                                      \
    struct str: str_function, char *: cstr_function, const char *: cstr_function, bool: html_int, int: html_int,           \
        unsigned: html_int, long: html_int, unsigned long: html_int, long long: html_int, double: html_double
#define html_text(out, value)                                                                                          \
    _Generic((value), struct html_fragment: html_fragment_put, HTML_BY_TYPE_(html_text_str, html_text_cstr))(out, value)
#define html_attribute(out, value) _Generic((value), HTML_BY_TYPE_(html_attribute_str, html_attribute_cstr))(out, value)
#define html_url(out, value) _Generic((value), HTML_BY_TYPE_(html_url_str, html_url_cstr))(out, value)
#define html_url_part(out, value) _Generic((value), HTML_BY_TYPE_(html_url_part_str, html_url_part_cstr))(out, value)
#define html_json(out, value) _Generic((value), HTML_BY_TYPE_(html_json_str, html_json_cstr))(out, value)
