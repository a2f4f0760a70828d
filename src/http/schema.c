/* JSON Schema of fields and answers: see schema.h. */
#include "http/schema.h"
#include "http/fields.h"
#include "json/json.h"

#define UUID_PATTERN "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
#define UUID_EXAMPLE "0197a3d2-7c11-7d43-9d0a-5f2e61c0a8b4"

/* ---- input ---- */

/* What each type of field is in JSON, besides its limits. */
static const struct {
    const char *type, *format, *pattern, *example;
} field_kinds[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = {"string", .example = "text"},
    [FIELD_MULTILINE] = {"string", .example = "text"},
    [FIELD_EMAIL] = {"string", .format = "email", .example = "ada@example.org"},
    [FIELD_PASSWORD] = {"string", .format = "password", .example = "seven quiet tables"},
    [FIELD_INT] = {"integer", .example = "1"},
    [FIELD_BOOL] = {"boolean", .example = "true"},
    [FIELD_CHOICE] = {.type = "string"},
    [FIELD_ID] = {"string", .format = "uuid", .pattern = UUID_PATTERN, .example = UUID_EXAMPLE},
    [FIELD_KEY] = {"string", .pattern = "^[a-z0-9-]*$", .example = "docker"},
    [FIELD_DATE] = {"string", .format = "date", .example = "2026-03-12"},
    [FIELD_MONTH] = {"string", .pattern = "^(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])$", .example = "2026-03"},
    [FIELD_URL] = {"string", .format = "uri", .pattern = "^https?://", .example = "https://example.org/"},
    [FIELD_LIST] = {"array", .example = "text"},
    [FIELD_FILE] = {.type = "string"},
};

const char *field_example(const struct field *field) { return field_kinds[field->type].example; }

static void write_type(struct json_writer *writer, const char *type, bool is_nullable)
{
    json_key(writer, "type");
    if (!is_nullable) {
        json_write_str(writer, str_from(type));
        return;
    }
    json_array_open(writer);
    json_write_str(writer, str_from(type));
    json_write_str(writer, STR("null"));
    json_array_close(writer);
}

static void write_choices(struct json_writer *writer, const char *choices, bool is_nullable)
{
    struct str rest = str_from(choices), choice;
    json_array_open(writer);
    while (str_split_next(&rest, '|', &choice)) json_write_str(writer, choice);
    if (is_nullable) json_write_null(writer);
    json_array_close(writer);
}

static void write_length(struct json_writer *writer, const struct field *field)
{
    int64_t least = field->required && field->min < 1 ? 1 : field->min;
    if (least > 0) json_member_int(writer, "minLength", least);
    json_member_int(writer, "maxLength", fields_max(field));
}

static void write_list(struct json_writer *writer, const struct field *field)
{
    json_key(writer, "items");
    json_object_open(writer);
    json_member_str(writer, "type", STR("string"));
    json_member_int(writer, "maxLength", FIELD_LIST_ENTRY_MAX);
    json_object_close(writer);
    if (field->min > 0 || field->required) json_member_int(writer, "minItems", field->min > 1 ? field->min : 1);
    json_member_int(writer, "maxItems", fields_max(field));
}

static void write_limits(struct json_writer *writer, const struct field *field, bool is_nullable)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_MULTILINE:
    case FIELD_PASSWORD:
    case FIELD_KEY:
    case FIELD_EMAIL:
    case FIELD_URL: write_length(writer, field); break;
    case FIELD_INT:
        json_member_int(writer, "minimum", field->min);
        json_member_int(writer, "maximum", fields_max(field));
        break;
    case FIELD_BOOL:
        if (field->required) json_member_bool(writer, "const", true);
        break;
    case FIELD_CHOICE:
        json_key(writer, "enum");
        write_choices(writer, field->choices, is_nullable);
        break;
    case FIELD_LIST: write_list(writer, field); break;
    case FIELD_FILE: json_member_str(writer, "contentMediaType", STR("application/octet-stream")); break;
    default: break;
    }
}

void field_write_schema(struct json_writer *writer, const struct field *field, bool is_nullable)
{
    json_object_open(writer);
    write_type(writer, field_kinds[field->type].type, is_nullable);
    if (field_kinds[field->type].format) json_member_str(writer, "format", str_from(field_kinds[field->type].format));
    if (field_kinds[field->type].pattern) json_member_str(writer, "pattern", str_from(field_kinds[field->type].pattern));
    write_limits(writer, field, is_nullable);
    if (field->label) json_member_str(writer, "description", str_from(field->label));
    json_object_close(writer);
}

/* ---- answers ---- */

static const struct {
    const char *type, *format, *pattern, *example;
} member_kinds[SCHEMA_TYPE_COUNT] = {
    [SCHEMA_TEXT] = {"string", .example = "text"},
    [SCHEMA_INT] = {"integer", .example = "1"},
    [SCHEMA_NUMBER] = {"number", .example = "0.5"},
    [SCHEMA_BOOL] = {"boolean", .example = "true"},
    [SCHEMA_ID] = {"string", .format = "uuid", .pattern = UUID_PATTERN, .example = UUID_EXAMPLE},
    [SCHEMA_KEY] = {"string", .pattern = "^[a-z0-9-]+$", .example = "docker"},
    [SCHEMA_TIME] = {"string", .format = "date-time", .example = "2026-03-12T09:30:00Z"},
    [SCHEMA_DATE] = {"string", .format = "date", .example = "2026-03-12"},
    [SCHEMA_CHOICE] = {.type = "string"},
    [SCHEMA_OBJECT] = {.type = "object"},
    [SCHEMA_FREE] = {"object", .example = "{}"},
};

static void write_reference(struct json_writer *writer, const struct schema *schema, bool is_partial, bool is_nullable)
{
    struct buf path CLEANUP(buf_dispose) = {0};
    buf_append_format(&path, "#/components/schemas/%s%s", schema->name, is_partial ? "Part" : "");
    if (!is_nullable) {
        json_member_str(writer, "$ref", buf_str(&path));
        return;
    }
    json_key(writer, "oneOf");
    json_array_open(writer);
    json_object_open(writer);
    json_member_str(writer, "$ref", buf_str(&path));
    json_object_close(writer);
    json_object_open(writer);
    json_member_str(writer, "type", STR("null"));
    json_object_close(writer);
    json_array_close(writer);
}

/* The member without list and description. */
static void write_value(struct json_writer *writer, const struct schema_member *member, const struct schema *partial, bool is_nullable)
{
    if (member->object) {
        write_reference(writer, member->object, member->object == partial, is_nullable);
        return;
    }
    write_type(writer, member_kinds[member->type].type, is_nullable);
    if (member_kinds[member->type].format) json_member_str(writer, "format", str_from(member_kinds[member->type].format));
    if (member_kinds[member->type].pattern) json_member_str(writer, "pattern", str_from(member_kinds[member->type].pattern));
    if (member->type != SCHEMA_CHOICE) return;
    json_key(writer, "enum");
    write_choices(writer, member->choices, is_nullable);
}

static void write_member(struct json_writer *writer, const struct schema_member *member, const struct schema *partial)
{
    bool is_nullable = member->flags & MEMBER_NULLABLE;
    json_key(writer, member->name);
    json_object_open(writer);
    if (member->flags & MEMBER_LIST) {
        write_type(writer, "array", is_nullable);
        json_key(writer, "items");
        json_object_open(writer);
        write_value(writer, member, partial, false);
        json_object_close(writer);
    } else {
        write_value(writer, member, partial, is_nullable);
    }
    if (member->says) json_member_str(writer, "description", str_from(member->says));
    json_object_close(writer);
}

static void write_object(struct json_writer *writer, const struct schema *schema, const struct schema *partial, bool all)
{
    json_object_open(writer);
    json_member_str(writer, "type", STR("object"));
    json_member_str(writer, "description", str_from(schema->says));
    if (all) {
        json_key(writer, "required");
        json_array_open(writer);
        for (size_t i = 0; i < schema->members_count; i++)
            if (!(schema->members[i].flags & MEMBER_OPTIONAL)) json_write_str(writer, str_from(schema->members[i].name));
        json_array_close(writer);
    }
    json_key(writer, "properties");
    json_object_open(writer);
    for (size_t i = 0; i < schema->members_count; i++) write_member(writer, &schema->members[i], partial);
    json_object_close(writer);
    json_object_close(writer);
}

void schema_write(struct json_writer *writer, const struct schema *schema, const struct schema *partial) { write_object(writer, schema, partial, true); }

void schema_write_part(struct json_writer *writer, const struct schema *schema) { write_object(writer, schema, NULL, false); }

static void write_example_value(struct json_writer *writer, const struct schema_member *member)
{
    struct str text = str_from(member->example ? member->example : member_kinds[member->type].example);
    switch (member->type) {
    case SCHEMA_OBJECT: schema_write_example(writer, member->object); break;
    case SCHEMA_CHOICE: json_write_str(writer, str_slice(str_from(member->choices), 0, str_find_char(str_from(member->choices), '|', 0))); break;
    case SCHEMA_INT:
    case SCHEMA_NUMBER:
    case SCHEMA_BOOL:
    case SCHEMA_FREE: json_write_raw(writer, text); break;
    default: json_write_str(writer, text); break;
    }
}

void schema_write_example(struct json_writer *writer, const struct schema *schema)
{
    json_object_open(writer);
    for (size_t i = 0; i < schema->members_count; i++) {
        const struct schema_member *member = &schema->members[i];
        json_key(writer, member->name);
        if (member->flags & MEMBER_LIST) json_array_open(writer);
        write_example_value(writer, member);
        if (member->flags & MEMBER_LIST) json_array_close(writer);
    }
    json_object_close(writer);
}
