/* JSON: reading untrusted documents (jansson) and writing straight into a buffer.
 *
 * Reading has limits on size, depth (32 unless told) and duplicate keys are refused; the values stay valid until json_free.
 * Accessors never fail: a missing member or another type gives the empty value, so that validation stands in one place.
 */
#pragma once
#include "base/buf.h"

struct json; /* one value of a parsed document */

enum json_type { JSON_MISSING, JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Parses exactly one document of at most `max` bytes; ERR_INVALID names line and column, ERR_TOO_LARGE. Strings are
 * checked to be UTF-8 without NUL. Free the root with json_free. */
enum err json_parse(struct str text, size_t max, struct json **root) MUST_CHECK;
/* The same for what others wrote and nobody here can mend: in a document that json_parse refuses, lone surrogates, NUL and broken UTF-8 become U+FFFD, raw control characters
 * of strings spaces, numbers out of range null, and of members with one name the last counts. ERR_INVALID when it is no JSON even so. */
enum err json_parse_foreign(struct str text, size_t max, struct json **root) MUST_CHECK;
void json_free(struct json *root);
void json_free_at(struct json **root); /* for CLEANUP */

enum json_type json_type_of(const struct json *value); /* NULL gives JSON_MISSING */
const struct json *json_get(const struct json *object, const char *member);
size_t json_count(const struct json *array_or_object);
const struct json *json_at(const struct json *array, size_t index);
/* Walks an object: false at the end. Start with *iterator = NULL. */
bool json_next_member(const struct json *object, void **iterator, struct str *name, const struct json **value);
struct str json_str(const struct json *value);          /* "" unless a string; lives as long as the root */
struct str json_get_str(const struct json *object, const char *member);
int64_t json_get_int(const struct json *object, const char *member, int64_t fallback);
double json_get_double(const struct json *object, const char *member, double fallback); /* integers too */
bool json_get_bool(const struct json *object, const char *member, bool fallback);
int64_t json_int(const struct json *value);
double json_double(const struct json *value); /* integers too; 0 for another type */
bool json_bool(const struct json *value);

/* Writer: commas and escapes are its business. Wrong nesting asserts. */
struct json_writer {
    struct buf *out;
    uint64_t has_items; /* one bit a level */
    int depth;          /* at most 60 */
    bool after_key;
};
void json_begin(struct json_writer *writer, struct buf *out);
void json_object_open(struct json_writer *writer);
void json_object_close(struct json_writer *writer);
void json_array_open(struct json_writer *writer);
void json_array_close(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *name);
void json_write_str(struct json_writer *writer, struct str value); /* broken UTF-8 becomes U+FFFD */
void json_write_int(struct json_writer *writer, int64_t value);
void json_write_double(struct json_writer *writer, double value); /* shortest that reads back; not finite: null */
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
void json_write_raw(struct json_writer *writer, struct str json); /* a document we made ourselves */
/* Member in one call. */
void json_member_str(struct json_writer *writer, const char *name, struct str value);
void json_member_int(struct json_writer *writer, const char *name, int64_t value);
void json_member_double(struct json_writer *writer, const char *name, double value);
void json_member_bool(struct json_writer *writer, const char *name, bool value);
void json_member_time(struct json_writer *writer, const char *name, int64_t us); /* RFC 3339; null for 0 */

/* A list made item by item, as statements walk it ({each} and {each_text} in SQL):
 *     struct json_list list CLEANUP(json_list_dispose) = {0};
 *     json_list_open(&list);
 *     for (…) json_write_int(&list.writer, ids[i]);
 *     TRY(db_exec(db, &sql_mark_many, DB_ARGS(db_json(json_list_str(&list)))));
 * buf_init(&list.text, max) before it is opened sets a limit. */
struct json_list {
    struct buf text;
    struct json_writer writer; /* of its items */
};
void json_list_open(struct json_list *list);
/* The whole list, which takes nothing more; valid until it is disposed of. */
struct str json_list_str(struct json_list *list);
bool json_list_overflows(struct json_list *list); /* whether it is longer than its limit; it takes nothing more */
void json_list_dispose(struct json_list *list);
