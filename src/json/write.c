/* Writing JSON (RFC 8259) straight into a buffer; nothing is allocated besides it.
 *
 * The writer knows one bit a level, "has an item", and puts the commas by it. A buffer that overflows says so itself.
 */
#include "json/json.h"
#include "base/clock.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX 60

void json_begin(struct json_writer *writer, struct buf *out)
{
    *writer = (struct json_writer){.out = out};
}

static void before_value(struct json_writer *writer)
{
    uint64_t level = UINT64_C(1) << writer->depth;
    if (!writer->after_key && (writer->has_items & level)) buf_append_char(writer->out, ',');
    writer->has_items |= level;
    writer->after_key = false;
}

static void open_level(struct json_writer *writer, char bracket)
{
    before_value(writer);
    buf_append_char(writer->out, bracket);
    assert(writer->depth < LEVELS_MAX);
    writer->depth++;
    writer->has_items &= ~(UINT64_C(1) << writer->depth);
}

static void close_level(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0 && !writer->after_key);
    writer->depth--;
    buf_append_char(writer->out, bracket);
}

void json_object_open(struct json_writer *writer) { open_level(writer, '{'); }
void json_object_close(struct json_writer *writer) { close_level(writer, '}'); }
void json_array_open(struct json_writer *writer) { open_level(writer, '['); }
void json_array_close(struct json_writer *writer) { close_level(writer, ']'); }

static void write_control(struct buf *out, unsigned char c)
{
    static const char short_forms[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char digits[] = "0123456789abcdef";
    if (short_forms[c]) {
        char escape[2] = {'\\', short_forms[c]};
        buf_append(out, escape, sizeof escape);
        return;
    }
    char escape[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    buf_append(out, escape, sizeof escape);
}

/* One sequence of more than one byte, or U+FFFD for what is none; returns the offset behind it. */
static size_t write_sequence(struct buf *out, struct str value, size_t start)
{
    size_t end = start;
    uint32_t point = str_utf8_next(value, &end);
    bool broken = point == 0xFFFD && !(end - start == 3 && memcmp(value.ptr + start, "\xEF\xBF\xBD", 3) == 0);
    if (broken)
        buf_append(out, "\xEF\xBF\xBD", 3);
    else
        buf_append(out, value.ptr + start, end - start);
    return end;
}

static void write_string(struct buf *out, struct str value)
{
    buf_append_char(out, '"');
    size_t plain = 0; /* where the bytes begin that need no change */
    size_t i = 0;
    while (i < value.len) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        if (i > plain) buf_append(out, value.ptr + plain, i - plain);
        if (c >= 0x80) {
            i = write_sequence(out, value, i);
        } else if (c < 0x20) {
            write_control(out, c);
            i++;
        } else {
            char escape[2] = {'\\', (char)c};
            buf_append(out, escape, sizeof escape);
            i++;
        }
        plain = i;
    }
    if (i > plain) buf_append(out, value.ptr + plain, i - plain);
    buf_append_char(out, '"');
}

void json_key(struct json_writer *writer, const char *name)
{
    assert(writer->depth > 0 && !writer->after_key);
    before_value(writer);
    write_string(writer->out, str_from(name));
    buf_append_char(writer->out, ':');
    writer->after_key = true;
}

void json_write_str(struct json_writer *writer, struct str value)
{
    before_value(writer);
    write_string(writer->out, value);
}

void json_write_int(struct json_writer *writer, int64_t value)
{
    before_value(writer);
    buf_append_int(writer->out, value);
}

void json_write_double(struct json_writer *writer, double value)
{
    if (!isfinite(value)) {
        json_write_null(writer);
        return;
    }
    char text[40];
    int len = 0;
    for (int digits = 15; digits <= 17; digits++) { /* 17 always read back (IEEE 754 binary64) */
        len = snprintf(text, sizeof text, "%.*g", digits, value);
        double again = strtod(text, NULL);
        if (memcmp(&again, &value, sizeof value) == 0) break;
    }
    before_value(writer);
    buf_append(writer->out, text, (size_t)len);
}

void json_write_bool(struct json_writer *writer, bool value)
{
    before_value(writer);
    buf_append_str(writer->out, value ? STR("true") : STR("false"));
}

void json_write_null(struct json_writer *writer)
{
    before_value(writer);
    buf_append_str(writer->out, STR("null"));
}

void json_write_raw(struct json_writer *writer, struct str json)
{
    before_value(writer);
    buf_append_str(writer->out, json);
}

void json_member_str(struct json_writer *writer, const char *name, struct str value)
{
    json_key(writer, name);
    json_write_str(writer, value);
}

void json_member_int(struct json_writer *writer, const char *name, int64_t value)
{
    json_key(writer, name);
    json_write_int(writer, value);
}

void json_member_double(struct json_writer *writer, const char *name, double value)
{
    json_key(writer, name);
    json_write_double(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *name, bool value)
{
    json_key(writer, name);
    json_write_bool(writer, value);
}

void json_member_time(struct json_writer *writer, const char *name, int64_t us)
{
    json_key(writer, name);
    if (us == 0) {
        json_write_null(writer);
        return;
    }
    struct arena arena CLEANUP(arena_dispose) = {0};
    json_write_str(writer, time_iso(&arena, us));
}

/* ---- lists ---- */

void json_list_open(struct json_list *list)
{
    json_begin(&list->writer, &list->text);
    json_array_open(&list->writer);
}

struct str json_list_str(struct json_list *list)
{
    if (list->writer.depth) json_array_close(&list->writer);
    return buf_str(&list->text);
}

bool json_list_overflows(struct json_list *list)
{
    json_list_str(list);
    return list->text.overflow;
}

void json_list_dispose(struct json_list *list) { buf_dispose(&list->text); }
