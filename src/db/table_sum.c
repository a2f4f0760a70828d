/* Canonical rows and their digests. Design in table_sum.h. */
#include "db/table_sum.h"
#include "base/digest.h"
#include "json/json.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSON_MAX ((size_t)64 << 20)
#define WHOLE_MAX 9007199254740992.0 /* 2^53: whole numbers up to here are exact as doubles */

static void append_bytes(struct buf *out, char kind, struct str bytes)
{
    uint64_t len = bytes.len;
    buf_append_char(out, kind);
    buf_append(out, &len, sizeof len);
    buf_append_str(out, bytes);
}

static void append_integer(struct buf *out, int64_t value)
{
    buf_append_char(out, 'i');
    buf_append(out, &value, sizeof value);
}

static void append_real(struct buf *out, double value)
{
    if (value == 0) value = 0; /* SQLite keeps no negative zero */
    buf_append_char(out, 'r');
    buf_append(out, &value, sizeof value);
}

/* ---- JSON ---- */

struct member {
    struct str name;
    const struct json *value;
};

static int compare_members(const void *a, const void *b) { return str_compare(((const struct member *)a)->name, ((const struct member *)b)->name); }

static void append_json(struct buf *out, const struct json *value);

static void append_object(struct buf *out, const struct json *object)
{
    size_t count = json_count(object), at = 0;
    struct member *members = mem_alloc((count + 1) * sizeof *members);
    void *iterator = NULL;
    while (at < count && json_next_member(object, &iterator, &members[at].name, &members[at].value)) at++;
    qsort(members, at, sizeof *members, compare_members);
    append_integer(out, (int64_t)at);
    for (size_t i = 0; i < at; i++) {
        append_bytes(out, 'm', members[i].name);
        append_json(out, members[i].value);
    }
    free(members);
}

/* 1e2 and 100 are one number to jsonb. */
static void append_number(struct buf *out, double value)
{
    bool is_whole = fabs(value) <= WHOLE_MAX && value == floor(value);
    if (is_whole) append_integer(out, (int64_t)value);
    else append_real(out, value);
}

static void append_json(struct buf *out, const struct json *value)
{
    switch (json_type_of(value)) {
    case JSON_OBJECT:
        buf_append_char(out, '{');
        append_object(out, value);
        break;
    case JSON_ARRAY:
        buf_append_char(out, '[');
        append_integer(out, (int64_t)json_count(value));
        for (size_t i = 0; i < json_count(value); i++) append_json(out, json_at(value, i));
        break;
    case JSON_STRING: append_bytes(out, 's', json_str(value)); break;
    case JSON_INT: append_integer(out, json_int(value)); break;
    case JSON_REAL: append_number(out, json_double(value)); break;
    case JSON_BOOL: buf_append_char(out, json_bool(value) ? 't' : 'f'); break;
    default: buf_append_char(out, 'n'); break;
    }
}

/* What is no JSON that we read is compared by its bytes. */
static void append_document(struct buf *out, struct str text)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (json_parse(text, JSON_MAX, &root) == OK) append_json(out, root);
    else append_bytes(out, 'b', text);
}

/* ---- rows ---- */

static void append_value(struct buf *out, enum db_type type, const struct db_value *value)
{
    switch (value->type) {
    case DB_NULL: buf_append_char(out, 'n'); break;
    case DB_REAL: append_real(out, value->real); break;
    case DB_INT:
    case DB_BOOL:
    case DB_TIME:
        if (type == DB_REAL) append_real(out, (double)value->integer);
        else append_integer(out, value->integer);
        break;
    default:
        if (type == DB_JSON) append_document(out, value->text);
        else append_bytes(out, 'b', value->text);
    }
}

void table_sum_add(struct table_sum *sum, const enum db_type *types, const struct db_value *values, size_t count)
{
    buf_clear(&sum->scratch);
    for (size_t i = 0; i < count; i++) append_value(&sum->scratch, types[i], &values[i]);
    struct digest digest = digest_of(buf_str(&sum->scratch));
    sum->rows++;
    sum->parts[0] += digest.parts[0];
    sum->parts[1] += digest.parts[1];
}

bool table_sum_equal(const struct table_sum *a, const struct table_sum *b)
{
    return a->rows == b->rows && a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1];
}

struct str table_sum_text(struct arena *arena, const struct table_sum *sum)
{
    return str_format(arena, "%016" PRIx64 "%016" PRIx64, sum->parts[0], sum->parts[1]);
}

void table_sum_dispose(struct table_sum *sum) { buf_dispose(&sum->scratch); }
