/* Strings to read: a pointer and a length, UTF-8 unless said otherwise, not NUL-terminated.
 *
 * A struct str owns nothing. Functions that make a new string take the arena it lives in.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A growing list of strings in an arena. */
struct str_list {
    struct str *items;
    size_t count;
    size_t cap;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal) {"" literal, sizeof(literal) - 1}
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct str str_from(const char *cstring); /* NULL gives the empty string */
struct str str_slice(struct str s, size_t start, size_t end); /* clamped to the string */
struct str str_trim(struct str s);                            /* ASCII white space on both ends */

bool str_equal(struct str a, struct str b);
bool str_equal_ci(struct str a, struct str b); /* ASCII case only */
int str_compare(struct str a, struct str b);   /* byte order, like memcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
static inline bool str_empty(struct str s) { return s.len == 0; }

#define STR_NPOS ((size_t)-1)
size_t str_find(struct str s, struct str needle, size_t from); /* offset or STR_NPOS */
size_t str_find_ci(struct str s, struct str needle, size_t from);
size_t str_find_char(struct str s, char c, size_t from);
bool str_contains(struct str s, struct str needle);

/* Takes the part up to the next `separator` off the front of `*rest`. False when nothing is left: "a,,b" has three parts,
 * "a," has one, "" none. */
bool str_split_next(struct str *rest, char separator, struct str *part);

struct str str_copy(struct arena *arena, struct str s);
char *str_cstr(struct arena *arena, struct str s); /* NUL-terminated copy */
struct str str_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct str str_vformat(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
struct str str_lower(struct arena *arena, struct str s); /* ASCII letters, and Latin-1/Latin-A/Greek/Cyrillic two-byte letters */
struct str str_join(struct arena *arena, const struct str *items, size_t count, struct str separator);
void str_list_add(struct arena *arena, struct str_list *list, struct str s);

/* Whole string as a decimal number, optional '-'; ERR_INVALID on anything else or out of range. */
enum err str_to_int(struct str s, int64_t *value) MUST_CHECK;
enum err str_to_double(struct str s, double *value) MUST_CHECK;

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL and C0 controls other than \t \n \r. */
bool str_is_text(struct str s);
/* Code points of well-formed UTF-8. */
size_t str_utf8_length(struct str s);
/* The longest prefix of at most `points` code points. */
struct str str_utf8_prefix(struct str s, size_t points);
/* Decodes one code point at `*offset` and moves on; U+FFFD for a broken byte. */
uint32_t str_utf8_next(struct str s, size_t *offset);
uint64_t str_hash(struct str s); /* FNV-1a, 64 bit: tables of our own data, not of hostile keys */
