/* Reading JSON: jansson parses, and what it does not refuse by itself is looked for first.
 *
 * jansson allows 2048 levels; a pre-scan, which only has to know strings from brackets, refuses more than DEPTH_MAX before
 * anything is allocated. A NUL byte between tokens, which jansson passes over, is refused too. A `struct json` is jansson's value under our name. The detail of an error gives the place and the kind of
 * mistake and never a piece of the document, which may hold a secret.
 */
#include "json/parse.h"
#include <string.h>

/* jansson's kinds of values have the names of ours: they are renamed while its header is read. */
#define JSON_NULL JANSSON_NULL
#define JSON_REAL JANSSON_REAL
#define JSON_STRING JANSSON_STRING
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_OBJECT JANSSON_OBJECT
#include <jansson.h>
#undef JSON_NULL
#undef JSON_REAL
#undef JSON_STRING
#undef JSON_ARRAY
#undef JSON_OBJECT

#define DEPTH_MAX 32

static const json_t *inner(const struct json *value)
{
    return (const json_t *)(const void *)value;
}

static const struct json *outer(const json_t *value)
{
    return (const struct json *)(const void *)value;
}

/* The offset of the bracket that goes too deep, or STR_NPOS. */
static size_t find_too_deep(struct str text)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > DEPTH_MAX) return i;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return STR_NPOS;
}

static enum err fail_at(struct str text, size_t offset, const char *mistake)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        column++;
        if (text.ptr[i] != '\n') continue;
        line++;
        column = 1;
    }
    return err_set(ERR_INVALID, "JSON, line %zu, column %zu: %s", line, column, mistake);
}

static enum err fail_parse(const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory) return err_set(ERR_UNAVAILABLE, "JSON: out of memory");
    if (json_error_code(error) == json_error_null_character)
        return err_set(ERR_INVALID, "JSON, line %d, column %d: a NUL character", error->line, error->column);
    struct str text = str_from(error->text);
    size_t near = str_find(text, STR(" near "), 0);
    if (near != STR_NPOS) text.len = near;
    return err_set(ERR_INVALID, "JSON, line %d, column %d: %.*s", error->line, error->column, STR_ARG(text));
}

enum err json_parse_document(struct str text, size_t max, bool keeps_last, struct json **root)
{
    *root = NULL;
    if (text.len > max) return err_set(ERR_TOO_LARGE, "JSON: %zu bytes, at most %zu are read", text.len, max);
    size_t too_deep = find_too_deep(text);
    if (too_deep != STR_NPOS) return fail_at(text, too_deep, "more than 32 levels");
    const char *nul = text.len ? memchr(text.ptr, 0, text.len) : NULL;
    if (nul) return fail_at(text, (size_t)(nul - text.ptr), "a NUL byte");
    json_error_t error = {0};
    json_t *value = json_loadb(text.ptr ? text.ptr : "", text.len, (keeps_last ? 0 : JSON_REJECT_DUPLICATES) | JSON_DECODE_ANY, &error);
    if (!value) return fail_parse(&error);
    *root = (struct json *)(void *)value;
    return OK;
}

enum err json_parse(struct str text, size_t max, struct json **root) { return json_parse_document(text, max, false, root); }

void json_free(struct json *root)
{
    json_decref((json_t *)(void *)root);
}

void json_free_at(struct json **root)
{
    json_free(*root);
    *root = NULL;
}

enum json_type json_type_of(const struct json *value)
{
    if (!value) return JSON_MISSING;
    switch (json_typeof(inner(value))) {
    case JANSSON_OBJECT: return JSON_OBJECT;
    case JANSSON_ARRAY: return JSON_ARRAY;
    case JANSSON_STRING: return JSON_STRING;
    case JSON_INTEGER: return JSON_INT;
    case JANSSON_REAL: return JSON_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return JSON_BOOL;
    case JANSSON_NULL: return JSON_NULL;
    }
    return JSON_MISSING;
}

const struct json *json_get(const struct json *object, const char *member)
{
    return json_type_of(object) == JSON_OBJECT ? outer(json_object_get(inner(object), member)) : NULL;
}

size_t json_count(const struct json *array_or_object)
{
    enum json_type type = json_type_of(array_or_object);
    if (type == JSON_ARRAY) return json_array_size(inner(array_or_object));
    return type == JSON_OBJECT ? json_object_size(inner(array_or_object)) : 0;
}

const struct json *json_at(const struct json *array, size_t index)
{
    return json_type_of(array) == JSON_ARRAY ? outer(json_array_get(inner(array), index)) : NULL;
}

bool json_next_member(const struct json *object, void **iterator, struct str *name, const struct json **value)
{
    if (json_type_of(object) != JSON_OBJECT) return false;
    json_t *members = (json_t *)(uintptr_t)inner(object); /* only read, in spite of the signature */
    *iterator = *iterator ? json_object_iter_next(members, *iterator) : json_object_iter(members);
    if (!*iterator) return false;
    *name = (struct str){json_object_iter_key(*iterator), json_object_iter_key_len(*iterator)};
    *value = outer(json_object_iter_value(*iterator));
    return true;
}

struct str json_str(const struct json *value)
{
    if (json_type_of(value) != JSON_STRING) return STR("");
    return (struct str){json_string_value(inner(value)), json_string_length(inner(value))};
}

struct str json_get_str(const struct json *object, const char *member)
{
    return json_str(json_get(object, member));
}

int64_t json_int(const struct json *value)
{
    return json_type_of(value) == JSON_INT ? json_integer_value(inner(value)) : 0;
}

double json_double(const struct json *value)
{
    enum json_type type = json_type_of(value);
    return type == JSON_INT || type == JSON_REAL ? json_number_value(inner(value)) : 0;
}

bool json_bool(const struct json *value) { return json_type_of(value) == JSON_BOOL && json_is_true(inner(value)); }

int64_t json_get_int(const struct json *object, const char *member, int64_t fallback)
{
    const struct json *value = json_get(object, member);
    return json_type_of(value) == JSON_INT ? json_int(value) : fallback;
}

double json_get_double(const struct json *object, const char *member, double fallback)
{
    const struct json *value = json_get(object, member);
    enum json_type type = json_type_of(value);
    return type == JSON_INT || type == JSON_REAL ? json_number_value(inner(value)) : fallback;
}

bool json_get_bool(const struct json *object, const char *member, bool fallback)
{
    const struct json *value = json_get(object, member);
    return json_type_of(value) == JSON_BOOL ? json_is_true(inner(value)) : fallback;
}
