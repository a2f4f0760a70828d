/* Reads any bytes as a form into a field table and checks it. The first byte chooses the content type. What was accepted must
 * keep the limits that handlers rely on.
 */
#include "http/form.h"
#include "json/json.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field fields[] = {
    {.name = "text", .type = FIELD_TEXT, .max = 10}, {.name = "prose", .type = FIELD_MULTILINE, .max = 20},
    {.name = "mail", .type = FIELD_EMAIL},           {.name = "number", .type = FIELD_INT, .min = 1, .max = 9},
    {.name = "flag", .type = FIELD_BOOL},            {.name = "choice", .type = FIELD_CHOICE, .choices = "a|b"},
    {.name = "id", .type = FIELD_ID},                {.name = "key", .type = FIELD_KEY},
    {.name = "date", .type = FIELD_DATE},            {.name = "month", .type = FIELD_MONTH},
    {.name = "url", .type = FIELD_URL},              {.name = "list", .type = FIELD_LIST, .max = 3},
    {.name = "file", .type = FIELD_FILE, .max = 16}, {.name = "password", .type = FIELD_PASSWORD, .min = 4},
};

static void must(bool condition)
{
    if (!condition) abort();
}

static enum err read_input(struct field_set *set, unsigned kind, struct str body, struct json **root)
{
    if (kind == 0) return form_read(set, STR("application/x-www-form-urlencoded"), body);
    if (kind == 1) return form_read(set, STR("multipart/form-data; boundary=b"), body);
    if (kind == 2) { /* a hostile content type, too: its first line */
        size_t line = str_find_char(body, '\n', 0);
        struct str type = str_format(set->arena, "multipart/form-data;%.*s", STR_ARG(str_slice(body, 0, line)));
        return form_read(set, type, str_slice(body, line == STR_NPOS ? body.len : line + 1, body.len));
    }
    TRY(json_parse(body, 1 << 16, root));
    if (json_type_of(*root) != JSON_OBJECT) return ERR_INVALID;
    return fields_put_json(set, *root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct json *root CLEANUP(json_free_at) = NULL;
    struct field_set set;
    if (size == 0) return 0;
    fields_init(&set, &arena, fields, COUNT_OF(fields));
    struct str body = {(const char *)data + 1, size - 1};
    if (read_input(&set, data[0] & 3, body, &root) != OK) return 0;
    fields_check(&set);
    for (size_t i = 0; i < set.count; i++) {
        const struct field_value *value = &set.values[i];
        if (value->error.len > 0) continue;
        must(str_is_text(value->text));
        if (fields[i].type == FIELD_TEXT) must(str_utf8_length(value->text) <= 10);
        if (fields[i].type == FIELD_INT && value->text.len > 0) must(value->integer >= 1 && value->integer <= 9);
        if (fields[i].type == FIELD_LIST) must(value->list.count <= 3);
        if (value->file) must(value->file->content.len <= 16 && value->file->file_name.len <= 200);
    }
    return 0;
}
