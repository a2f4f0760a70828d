/* Values of PostgreSQL in the binary formats of the protocol: big-endian integers, times as microseconds since 2000, uuids as 16 bytes,
 * jsonb as its version and the text (src/backend/utils/adt: int8.c, timestamp.c, uuid.c, jsonb.c).
 */
#include "base/uuid.h"
#include "db/postgres.h"
#include <endian.h>
#include <inttypes.h>
#include <string.h>

/* pg_type.dat */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_JSON = 114,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_VARCHAR = 1043,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_UUID = 2950,
    TYPE_JSONB = 3802,
    TYPE_VECTOR = POSTGRES_TYPE_VECTOR,
};

/* From 1970, where we count from, to 2000. */
#define EPOCH_US (INT64_C(946684800) * 1000000)
#define UUID_BYTES 16
#define UUID_TEXT 36
#define VECTOR_HEADER 4
#define VECTOR_DIMENSIONS_MAX 16000

/* ---- encoding ---- */

static struct str big_endian(struct arena *arena, uint64_t value, size_t bytes)
{
    char *out = arena_alloc(arena, bytes);
    for (size_t i = 0; i < bytes; i++) out[i] = (char)(value >> 8 * (bytes - 1 - i));
    return (struct str){out, bytes};
}

static struct str real_bytes(struct arena *arena, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return big_endian(arena, bits, sizeof bits);
}

static int digit_of(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static struct str uuid_bytes(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, UUID_BYTES);
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-') continue;
        out[at++] = (char)(digit_of(text.ptr[i]) << 4 | digit_of(text.ptr[i + 1]));
        i++;
    }
    return (struct str){out, UUID_BYTES};
}

static bool is_text(enum db_type type) { return type == DB_TEXT || type == DB_UUID || type == DB_JSON || type == DB_BLOB || type == DB_VECTOR; }

/* Between our floats and those of the protocol, each turned around in its place. */
static void copy_floats(char *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i + sizeof(float) <= len; i += sizeof(float)) {
        uint32_t bits;
        memcpy(&bits, bytes + i, sizeof bits);
        bits = htobe32(bits);
        memcpy(out + i, &bits, sizeof bits);
    }
}

/* pgvector's vector_send: a 16-bit count, two bytes that are not used, 32-bit floats. */
static bool vector_bytes(struct arena *arena, struct str floats, struct str *out)
{
    size_t count = floats.len / sizeof(float);
    if (floats.len % sizeof(float) || !count || count > VECTOR_DIMENSIONS_MAX) return false;
    char *bytes = arena_alloc(arena, VECTOR_HEADER + floats.len);
    bytes[0] = (char)(count >> 8);
    bytes[1] = (char)count;
    copy_floats(bytes + VECTOR_HEADER, floats.ptr, floats.len);
    *out = (struct str){bytes, VECTOR_HEADER + floats.len};
    return true;
}

static bool is_integer(enum db_type type) { return type == DB_INT || type == DB_BOOL || type == DB_TIME; }

/* An empty text is no NULL: the pointer says which. */
static struct str there(struct str text) { return text.ptr ? text : STR(""); }

static struct str as_text(struct arena *arena, const struct db_value *value)
{
    if (is_text(value->type)) return there(value->text);
    if (value->type == DB_REAL) return str_format(arena, "%.17g", value->real);
    return str_format(arena, "%" PRId64, value->integer);
}

static bool fits(int64_t value, Oid type)
{
    if (type == TYPE_INT4) return value >= INT32_MIN && value <= INT32_MAX;
    return type != TYPE_INT2 || (value >= INT16_MIN && value <= INT16_MAX);
}

/* False when the value is of another kind than the type. */
static bool encode_one(struct arena *arena, Oid type, const struct db_value *value, struct str *out)
{
    switch (type) {
    case TYPE_BOOL:
        *out = big_endian(arena, value->integer != 0, 1);
        return is_integer(value->type);
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
        if (!is_integer(value->type) || !fits(value->integer, type)) return false;
        *out = big_endian(arena, (uint64_t)value->integer, type == TYPE_INT8 ? 8 : type == TYPE_INT4 ? 4 : 2);
        return true;
    case TYPE_FLOAT8:
        *out = real_bytes(arena, value->type == DB_REAL ? value->real : (double)value->integer);
        return value->type == DB_REAL || value->type == DB_INT;
    case TYPE_TIMESTAMPTZ:
        *out = big_endian(arena, (uint64_t)value->integer - (uint64_t)EPOCH_US, 8);
        return value->type == DB_TIME;
    case TYPE_UUID:
        if (!is_text(value->type) || !uuid_is_valid(value->text)) return false;
        *out = uuid_bytes(arena, value->text);
        return true;
    case TYPE_JSONB:
        *out = str_format(arena, "\001%.*s", STR_ARG(value->text));
        return is_text(value->type);
    case TYPE_BYTEA:
    case TYPE_JSON:
        *out = there(value->text);
        return is_text(value->type);
    case TYPE_VECTOR: return is_text(value->type) && vector_bytes(arena, value->text, out);
    case TYPE_TEXT:
    case TYPE_VARCHAR:
        *out = as_text(arena, value);
        return true;
    default: return false;
    }
}

enum err postgres_encode(struct arena *arena, const struct sql *sql, const Oid *types, const struct db_value *values, size_t count,
                         struct postgres_values *out)
{
    for (size_t i = 0; i < count; i++) {
        struct str bytes = {0};
        out->formats[i] = 1;
        if (values[i].type != DB_NULL && !encode_one(arena, types[i], &values[i], &bytes)) {
            bool is_id = types[i] == TYPE_UUID && is_text(values[i].type);
            return is_id ? err_set_private(ERR_NOT_FOUND, "It does not exist, or it is not yours.", "statement %s: $%zu is no id", sql->name, i + 1)
                         : err_set(ERR_INTERNAL, "statement %s: $%zu does not fit the type %u", sql->name, i + 1, types[i]);
        }
        out->pointers[i] = bytes.ptr;
        out->lengths[i] = (int)bytes.len;
    }
    return OK;
}

/* ---- decoding ---- */

static uint64_t read_big_endian(const char *bytes, int len)
{
    uint64_t value = 0;
    for (int i = 0; i < len; i++) value = value << 8 | (unsigned char)bytes[i];
    return value;
}

int64_t postgres_decode_int(Oid type, const char *bytes, int len)
{
    int64_t value = 0;
    switch (type) {
    case TYPE_BOOL: return bytes[0] != 0;
    case TYPE_INT8: return (int64_t)read_big_endian(bytes, 8);
    case TYPE_INT4: return (int32_t)read_big_endian(bytes, 4);
    case TYPE_INT2: return (int16_t)read_big_endian(bytes, 2);
    case TYPE_FLOAT8: return (int64_t)postgres_decode_real(type, bytes, len);
    case TYPE_TIMESTAMPTZ: return (int64_t)read_big_endian(bytes, 8) + EPOCH_US;
    default: return str_to_int((struct str){bytes, (size_t)len}, &value) == OK ? value : 0;
    }
}

double postgres_decode_real(Oid type, const char *bytes, int len)
{
    double value = 0;
    if (type == TYPE_FLOAT8) {
        uint64_t bits = read_big_endian(bytes, 8);
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (type == TYPE_FLOAT4) {
        uint32_t bits = (uint32_t)read_big_endian(bytes, 4);
        float narrow;
        memcpy(&narrow, &bits, sizeof narrow);
        return (double)narrow;
    }
    return (double)postgres_decode_int(type, bytes, len);
}

static struct str uuid_text(struct arena *arena, const char *bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(arena, UUID_TEXT);
    size_t at = 0;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
        out[at++] = digits[(unsigned char)bytes[i] >> 4];
        out[at++] = digits[(unsigned char)bytes[i] & 15];
    }
    return (struct str){out, UUID_TEXT};
}

static struct str vector_floats(struct arena *arena, const char *bytes, int len)
{
    if (len < VECTOR_HEADER) return STR("");
    char *out = arena_alloc(arena, (size_t)len - VECTOR_HEADER);
    copy_floats(out, bytes + VECTOR_HEADER, (size_t)len - VECTOR_HEADER);
    return (struct str){out, (size_t)len - VECTOR_HEADER};
}

struct str postgres_decode_text(struct arena *arena, Oid type, const char *bytes, int len)
{
    switch (type) {
    case TYPE_UUID: return uuid_text(arena, bytes);
    case TYPE_VECTOR: return vector_floats(arena, bytes, len);
    case TYPE_JSONB: return (struct str){bytes + 1, (size_t)len - 1};
    case TYPE_BOOL:
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2: return str_format(arena, "%" PRId64, postgres_decode_int(type, bytes, len));
    default: return (struct str){bytes, (size_t)len};
    }
}

bool postgres_knows(Oid type)
{
    static const Oid types[] = {TYPE_BOOL,   TYPE_BYTEA,  TYPE_INT8,    TYPE_INT2,        TYPE_INT4, TYPE_TEXT, TYPE_JSON,
                                TYPE_FLOAT4, TYPE_FLOAT8, TYPE_VARCHAR, TYPE_TIMESTAMPTZ, TYPE_UUID, TYPE_JSONB, TYPE_VECTOR};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i] == type) return true;
    return false;
}
