/* Reads any bytes as JSON of others (json_parse_foreign), which takes all that json_parse takes, walks what was accepted through our accessors, writes it with our writer (an object as a list of its
 * names and values), and reads that again: what we wrote must be JSON of the same shape.
 */
#include "json/json.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void copy_value(struct json_writer *writer, const struct json *value)
{
    void *iterator = NULL;
    struct str name;
    const struct json *member;
    switch (json_type_of(value)) {
    case JSON_OBJECT:
        json_array_open(writer);
        while (json_next_member(value, &iterator, &name, &member)) {
            json_write_str(writer, name);
            copy_value(writer, member);
        }
        json_array_close(writer);
        break;
    case JSON_ARRAY:
        json_array_open(writer);
        for (size_t i = 0; i < json_count(value); i++) copy_value(writer, json_at(value, i));
        json_array_close(writer);
        break;
    case JSON_STRING: json_write_str(writer, json_str(value)); break;
    case JSON_INT: json_write_int(writer, json_int(value)); break;
    case JSON_REAL: json_write_double(writer, 0.5); break;
    case JSON_BOOL: json_write_bool(writer, true); break;
    default: json_write_null(writer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json *root CLEANUP(json_free_at) = NULL, *strict CLEANUP(json_free_at) = NULL;
    struct str text = {(const char *)data, size};
    bool is_strict = json_parse(text, (size_t)1 << 16, &strict) == OK;
    if (json_parse_foreign(text, (size_t)1 << 16, &root) != OK) {
        if (is_strict) abort();
        return 0;
    }
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    copy_value(&writer, root);
    struct json *again CLEANUP(json_free_at) = NULL;
    if (json_parse(buf_str(&out), out.len, &again) != OK) abort();
    enum json_type type = json_type_of(root) == JSON_OBJECT ? JSON_ARRAY : json_type_of(root);
    if (json_type_of(again) != type) abort();
    return 0;
}
