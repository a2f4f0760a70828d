/* Types and limits in words, and examples, for the API's page. */
#include "features/docs/docs.h"
#include "http/fields.h"
#include "json/json.h"

#include <inttypes.h>
#include <string.h>

static struct str range(struct arena *arena, int64_t least, int64_t most)
{
    if (least > 0 && least == most) return str_format(arena, "exactly %" PRId64, most);
    return least > 1 ? str_format(arena, "%" PRId64 " to %" PRId64, least, most) : str_format(arena, "up to %" PRId64, most);
}

struct str docs_field_words(struct arena *arena, const struct field *field)
{
    struct str length = range(arena, field->min, fields_max(field));
    switch (field->type) {
    case FIELD_TEXT: return str_format(arena, "text, %.*s characters", STR_ARG(length));
    case FIELD_MULTILINE: return str_format(arena, "text of many lines, %.*s characters", STR_ARG(length));
    case FIELD_PASSWORD: return str_format(arena, "text, %.*s bytes", STR_ARG(length));
    case FIELD_EMAIL: return STR("e-mail address");
    case FIELD_INT:
        if (fields_max(field) > INT64_C(1) << 52) return str_format(arena, "whole number from %" PRId64, field->min);
        return str_format(arena, "whole number, %" PRId64 " to %" PRId64, field->min, fields_max(field));
    case FIELD_BOOL: return STR("true or false");
    case FIELD_CHOICE: return STR("one of");
    case FIELD_ID: return STR("UUID");
    case FIELD_KEY: return str_format(arena, "key of a-z, 0-9 and -, %.*s characters", STR_ARG(length));
    case FIELD_DATE: return STR("date, YYYY-MM-DD");
    case FIELD_MONTH: return STR("month, YYYY-MM");
    case FIELD_URL: return str_format(arena, "web address, %.*s bytes", STR_ARG(length));
    case FIELD_LIST: return str_format(arena, "list of texts, %.*s, each up to %d characters", STR_ARG(length), FIELD_LIST_ENTRY_MAX);
    default: return str_format(arena, "file, up to %" PRId64 " KiB", fields_max(field) >> 10);
    }
}

static struct str member_type(const struct schema_member *member)
{
    static const char *const names[SCHEMA_TYPE_COUNT] = {
        [SCHEMA_TEXT] = "text", [SCHEMA_INT] = "whole number", [SCHEMA_NUMBER] = "number",          [SCHEMA_BOOL] = "true or false",
        [SCHEMA_ID] = "UUID",   [SCHEMA_KEY] = "key",          [SCHEMA_TIME] = "time, RFC 3339 UTC", [SCHEMA_DATE] = "date, YYYY-MM-DD",
        [SCHEMA_FREE] = "object", [SCHEMA_CHOICE] = "one of"};
    if (member->object) return str_from(member->object->name);
    return str_from(names[member->type]);
}

struct str docs_member_words(struct arena *arena, const struct schema_member *member)
{
    struct str type = member_type(member);
    return str_format(arena, "%s%s%s%.*s", member->flags & MEMBER_OPTIONAL ? "not always there: " : "", member->flags & MEMBER_NULLABLE ? "null or " : "",
                      member->flags & MEMBER_LIST ? "list of " : "", STR_ARG(type));
}

struct str docs_refusal_words(struct arena *arena, int status)
{
    struct str words = STR("");
    for (size_t i = 0; i < PROBLEM_COUNT; i++) {
        if (problems[i].status != status) continue;
        words = str_format(arena, "%.*s%s%s. %s", STR_ARG(words), words.len ? " Or: " : "", problems[i].title, problems[i].words);
    }
    return words;
}

/* ---- examples ---- */

static void write_value(struct json_writer *writer, const struct field *field)
{
    struct str example = str_from(field->example ? field->example : field_example(field));
    switch (field->type) {
    case FIELD_INT: json_write_int(writer, field->min); break;
    case FIELD_BOOL: json_write_bool(writer, true); break;
    case FIELD_CHOICE: json_write_str(writer, str_slice(str_from(field->choices), 0, str_find_char(str_from(field->choices), '|', 0))); break;
    case FIELD_LIST:
        json_array_open(writer);
        json_write_str(writer, example);
        json_array_close(writer);
        break;
    default: json_write_str(writer, example); break;
    }
}

void docs_write_body_example(struct json_writer *writer, const struct operation *operation)
{
    json_object_open(writer);
    for (size_t i = 0; i < operation->body_count; i++) {
        const struct field *field = operation->body[i];
        if (field->type == FIELD_FILE || (!field->required && !field->example)) continue;
        json_key(writer, field->name);
        write_value(writer, field);
    }
    json_object_close(writer);
}

static void new_line(struct buf *out, int depth)
{
    buf_append_char(out, '\n');
    for (int i = 0; i < depth; i++) buf_append_str(out, STR("  "));
}

struct str docs_indent(struct arena *arena, struct str json)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    bool in_text = false;
    int depth = 0;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i], next = i + 1 < json.len ? json.ptr[i + 1] : 0;
        bool opens = !in_text && (c == '{' || c == '['), closes = !in_text && (c == '}' || c == ']');
        if (closes && json.ptr[i - 1] != '{' && json.ptr[i - 1] != '[') new_line(&out, depth - 1);
        buf_append_char(&out, c);
        depth += opens - closes;
        if (in_text && c == '\\') buf_append_char(&out, json.ptr[++i]);
        else if (c == '"') in_text = !in_text;
        else if (!in_text && c == ':') buf_append_char(&out, ' ');
        else if ((opens && next != '}' && next != ']') || (!in_text && c == ',')) new_line(&out, depth);
    }
    return str_copy(arena, buf_str(&out));
}
