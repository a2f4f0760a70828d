/* The checker of the field table: see fields.h. One small function a type; messages are made from label and limits. */
#include "http/fields.h"
#include "base/text.h"
#include "base/uuid.h"
#include "json/json.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define TEXT_MAX 500
#define MULTILINE_MAX 20000
#define PASSWORD_MAX 1024
#define KEY_MAX 64
#define EMAIL_MAX 254
#define URL_MAX 500
#define LIST_MAX 100
#define FILE_MAX ((int64_t)5 << 20)
#define INT_MAX_DEFAULT ((INT64_C(1) << 53) - 1)

static struct str field_label(const struct field *field)
{
    return str_from(field->label ? field->label : field->name);
}

int64_t fields_max(const struct field *field)
{
    if (field->max != 0) return field->max;
    switch (field->type) {
    case FIELD_TEXT: return TEXT_MAX;
    case FIELD_MULTILINE: return MULTILINE_MAX;
    case FIELD_PASSWORD: return PASSWORD_MAX;
    case FIELD_KEY: return KEY_MAX;
    case FIELD_INT: return INT_MAX_DEFAULT;
    case FIELD_LIST: return LIST_MAX;
    case FIELD_FILE: return FILE_MAX;
    case FIELD_EMAIL: return EMAIL_MAX;
    case FIELD_URL: return URL_MAX;
    default: return TEXT_MAX;
    }
}

void fields_init(struct field_set *set, struct arena *arena, const struct field *fields, size_t count)
{
    *set = (struct field_set){.arena = arena, .fields = fields, .count = count, .source = "body"};
    set->values = count ? arena_array(arena, struct field_value, count) : NULL;
}

struct field_value *fields_find(const struct field_set *set, struct str name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (str_equal(str_from(set->fields[i].name), name)) return &set->values[i];
    }
    return NULL;
}

void fields_set_error(struct field_set *set, struct field_value *value, struct str message)
{
    value->error = message;
    set->has_errors = true;
}

void fields_refuse(struct field_set *set, struct str name, const char *source, const char *message)
{
    set->has_errors = true;
    if (set->refusals_count == FIELD_REFUSALS_MAX) return;
    struct field_refusal *refusal = arena_new(set->arena, struct field_refusal);
    *refusal = (struct field_refusal){set->refusals, str_utf8_prefix(name, 64), source, message};
    set->refusals = refusal;
    set->refusals_count++;
}

void fields_pass_unknown(struct field_set *set, struct str name)
{
    if (set->is_strict) fields_refuse(set, name, set->source, "There is no such name here.");
}

/* Prose pasted from documents carries form feeds and the like: they become spaces. NUL and broken UTF-8 are refused. */
static enum err text_clean(struct arena *arena, struct str *value)
{
    bool has_control = false;
    for (size_t i = 0; i < value->len; i++) {
        unsigned char c = (unsigned char)value->ptr[i];
        if (c == 0) return err_set(ERR_INVALID, "A value contains a NUL character.");
        has_control |= c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r');
    }
    if (has_control) {
        char *copy = arena_alloc(arena, value->len);
        for (size_t i = 0; i < value->len; i++) {
            unsigned char c = (unsigned char)value->ptr[i];
            bool is_control = c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r');
            copy[i] = is_control ? ' ' : value->ptr[i];
        }
        *value = (struct str){copy, value->len};
    }
    if (!str_is_text(*value)) return err_set(ERR_INVALID, "A value is not well-formed UTF-8 text.");
    return OK;
}

enum err fields_put_text(struct field_set *set, struct str name, struct str value)
{
    TRY(text_clean(set->arena, &value));
    struct field_value *slot = fields_find(set, name);
    if (!slot) {
        fields_pass_unknown(set, name);
        return OK;
    }
    const struct field *field = &set->fields[slot - set->values];
    if (field->type == FIELD_LIST) {
        if (slot->sent.count >= 1000) return err_set(ERR_TOO_LARGE, "The field %s was sent too many times.", field->name);
        str_list_add(set->arena, &slot->sent, value);
    } else if (slot->present) {
        return err_set(ERR_INVALID, "The field %s was sent more than once.", field->name);
    }
    if (field->type == FIELD_FILE) slot->is_wrong_type = value.len > 0;
    if (!slot->present) slot->typed = value;
    slot->present = true;
    return OK;
}

enum err fields_put_file(struct field_set *set, struct str name, const struct upload *file)
{
    struct field_value *slot = fields_find(set, name);
    if (!slot) {
        fields_pass_unknown(set, name);
        return OK;
    }
    const struct field *field = &set->fields[slot - set->values];
    if (slot->present) return err_set(ERR_INVALID, "The field %s was sent more than once.", field->name);
    slot->present = true;
    if (field->type != FIELD_FILE) {
        slot->is_wrong_type = true;
        return OK;
    }
    if (file->file_name.len == 0 && file->content.len == 0) return OK; /* a file input left empty */
    slot->file = arena_new(set->arena, struct upload);
    *slot->file = *file;
    return OK;
}

static enum err put_json_list(struct field_set *set, struct field_value *slot, const struct json *array)
{
    size_t count = json_count(array);
    for (size_t i = 0; i < count && i < 1000; i++) {
        const struct json *entry = json_at(array, i);
        struct str text = json_str(entry);
        if (json_type_of(entry) != JSON_STRING) slot->is_wrong_type = true;
        TRY(text_clean(set->arena, &text));
        str_list_add(set->arena, &slot->sent, text);
        if (i == 0) slot->typed = text;
    }
    return OK;
}

static enum err put_json_value(struct field_set *set, struct field_value *slot, const struct json *object)
{
    const struct field *field = &set->fields[slot - set->values];
    const struct json *value = json_get(object, field->name);
    enum json_type type = json_type_of(value);
    slot->present = true;
    if (field->type == FIELD_INT && type == JSON_INT) {
        slot->typed = str_format(set->arena, "%" PRId64, json_int(value));
    } else if (field->type == FIELD_BOOL && type == JSON_BOOL) {
        slot->typed = json_get_bool(object, field->name, false) ? STR("true") : STR("false");
    } else if (field->type == FIELD_LIST && type == JSON_ARRAY) {
        return put_json_list(set, slot, value);
    } else if (type == JSON_STRING && field->type != FIELD_INT && field->type != FIELD_BOOL &&
               field->type != FIELD_LIST && field->type != FIELD_FILE) {
        slot->typed = json_str(value);
        return text_clean(set->arena, &slot->typed);
    } else {
        slot->is_wrong_type = true;
    }
    return OK;
}

enum err fields_put_json(struct field_set *set, const struct json *object)
{
    void *iterator = NULL;
    struct str name;
    const struct json *value;
    while (json_next_member(object, &iterator, &name, &value)) {
        struct field_value *slot = fields_find(set, name);
        if (!slot) fields_pass_unknown(set, name);
        if (!slot || json_type_of(value) == JSON_NULL) continue;
        TRY(put_json_value(set, slot, object));
    }
    return OK;
}

/* ---- one check a type: the message, or "" ---- */

static struct str check_length(struct arena *arena, const struct field *field, size_t length)
{
    struct str label = field_label(field);
    int64_t max = fields_max(field);
    bool is_list = field->type == FIELD_LIST;
    const char *one = is_list ? "entry" : "character", *many = is_list ? "entries" : "characters";
    if ((int64_t)length < field->min) {
        return str_format(arena, "%.*s must have at least %" PRId64 " %s.", STR_ARG(label), field->min,
                          field->min == 1 ? one : many);
    }
    if ((int64_t)length > max) {
        return str_format(arena, "%.*s must have at most %" PRId64 " %s.", STR_ARG(label), max, max == 1 ? one : many);
    }
    return STR("");
}

static struct str check_text(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = text_visible(arena, value->typed);
    for (size_t i = 0; i < value->text.len; i++) {
        if (value->text.ptr[i] == '\n' || value->text.ptr[i] == '\r') {
            return str_format(arena, "%.*s must be a single line.", STR_ARG(field_label(field)));
        }
    }
    if (value->text.len == 0) return STR("");
    return check_length(arena, field, str_utf8_length(value->text));
}

static struct str check_multiline(struct arena *arena, const struct field *field, struct field_value *value)
{
    struct str typed = str_trim(value->typed);
    char *copy = arena_alloc(arena, typed.len);
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == '\r') {
            if (i + 1 < typed.len && typed.ptr[i + 1] == '\n') continue;
            c = '\n';
        }
        copy[len++] = c;
    }
    value->text = (struct str){copy, len};
    if (len == 0) return STR("");
    return check_length(arena, field, str_utf8_length(value->text));
}

static bool email_is_valid(struct str s)
{
    size_t at = str_find_char(s, '@', 0);
    if (s.len > EMAIL_MAX || at == STR_NPOS || at == 0 || at > 64) return false;
    struct str local = str_slice(s, 0, at), domain = str_slice(s, at + 1, s.len), label;
    if (local.ptr[0] == '.' || local.ptr[local.len - 1] == '.' || str_contains(local, STR(".."))) return false;
    for (size_t i = 0; i < local.len; i++) {
        unsigned char c = (unsigned char)local.ptr[i];
        if (c <= ' ' || c == 0x7f || memchr("\"(),:;<>@[\\]", c, 12)) return false;
    }
    size_t labels = 0;
    while (str_split_next(&domain, '.', &label)) {
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-') return false;
        for (size_t i = 0; i < label.len; i++) {
            unsigned char c = (unsigned char)label.ptr[i];
            bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c >= 0x80;
            if (!is_fine) return false;
        }
        labels++;
    }
    return labels >= 2 && s.ptr[s.len - 1] != '.';
}

static struct str check_email(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_lower(arena, str_trim(value->typed));
    if (value->text.len == 0 || email_is_valid(value->text)) return STR("");
    return str_format(arena, "%.*s must be an email address such as name@example.com.", STR_ARG(field_label(field)));
}

static struct str check_password(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = value->typed;
    return value->text.len ? check_length(arena, field, value->text.len) : STR("");
}

static struct str check_int(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    if (value->text.len == 0) return STR("");
    int64_t max = fields_max(field);
    if (str_to_int(value->text, &value->integer) == OK && value->integer >= field->min && value->integer <= max) {
        return STR("");
    }
    value->integer = 0;
    if (max == INT_MAX_DEFAULT) {
        return str_format(arena, "%.*s must be a whole number of at least %" PRId64 ".", STR_ARG(field_label(field)),
                          field->min);
    }
    return str_format(arena, "%.*s must be a whole number from %" PRId64 " to %" PRId64 ".", STR_ARG(field_label(field)),
                      field->min, max);
}

static struct str check_bool(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    value->boolean = str_equal(value->text, STR("on")) || str_equal(value->text, STR("true")) || str_equal(value->text, STR("1"));
    bool is_off = value->text.len == 0 || str_equal(value->text, STR("off")) || str_equal(value->text, STR("false")) ||
                  str_equal(value->text, STR("0"));
    if (value->boolean || is_off) return STR("");
    return str_format(arena, "%.*s must be on or off.", STR_ARG(field_label(field)));
}

static struct str check_choice(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    struct str rest = str_from(field->choices), choice;
    if (value->text.len == 0) return STR("");
    while (str_split_next(&rest, '|', &choice)) {
        if (str_equal(choice, value->text)) return STR("");
    }
    return str_format(arena, "%.*s must be one of the choices offered.", STR_ARG(field_label(field)));
}

static struct str check_id(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    if (value->text.len == 0 || uuid_is_valid(value->text)) return STR("");
    return str_format(arena, "%.*s is not a valid identifier.", STR_ARG(field_label(field)));
}

static struct str check_key(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    if (value->text.len == 0) return STR("");
    for (size_t i = 0; i < value->text.len; i++) {
        char c = value->text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') continue;
        return str_format(arena, "%.*s may only have lower-case letters, digits and hyphens.", STR_ARG(field_label(field)));
    }
    return check_length(arena, field, value->text.len);
}

static int digits(struct str s, size_t at, size_t count)
{
    int number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
        number = number * 10 + (s.ptr[i] - '0');
    }
    return number;
}

static bool month_is_valid(struct str s)
{
    int month = digits(s, 5, 2);
    return s.len >= 7 && s.ptr[4] == '-' && digits(s, 0, 4) >= 1900 && month >= 1 && month <= 12;
}

static bool date_is_valid(struct str s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (s.len != 10 || s.ptr[7] != '-' || !month_is_valid(s)) return false;
    int year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && is_leap);
}

static struct str check_date(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    if (value->text.len == 0 || date_is_valid(value->text)) return STR("");
    return str_format(arena, "%.*s must be a date such as 2026-03-12.", STR_ARG(field_label(field)));
}

static struct str check_month(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    if (value->text.len == 0 || (value->text.len == 7 && month_is_valid(value->text))) return STR("");
    return str_format(arena, "%.*s must be a month such as 2026-03.", STR_ARG(field_label(field)));
}

static struct str check_url(struct arena *arena, const struct field *field, struct field_value *value)
{
    value->text = str_trim(value->typed);
    struct str s = value->text;
    if (s.len == 0) return STR("");
    if ((int64_t)s.len > fields_max(field)) return check_length(arena, field, s.len);
    size_t start = str_starts(s, STR("https://")) ? 8 : str_starts(s, STR("http://")) ? 7 : 0;
    bool is_fine = start > 0 && s.len > start && s.ptr[start] != '/' && s.ptr[start] != '?' && s.ptr[start] != '#';
    for (size_t i = 0; i < s.len && is_fine; i++) is_fine = (unsigned char)s.ptr[i] > ' ' && !memchr("\"<>\\^`{|}", s.ptr[i], 9);
    if (is_fine) return STR("");
    return str_format(arena, "%.*s must be a web address that starts with https:// or http://.", STR_ARG(field_label(field)));
}

static bool list_has(const struct str_list *list, struct str entry)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], entry)) return true;
    }
    return false;
}

static struct str check_list(struct arena *arena, const struct field *field, struct field_value *value)
{
    struct str message = STR(""), label = field_label(field);
    int64_t max = fields_max(field);
    for (size_t i = 0; i < value->sent.count; i++) {
        struct str rest = value->sent.items[i], entry;
        while (str_split_next(&rest, '\n', &entry)) {
            entry = str_trim(entry);
            if (entry.len == 0 || list_has(&value->list, entry)) continue;
            if (str_utf8_length(entry) > FIELD_LIST_ENTRY_MAX) {
                message = str_format(arena, "An entry of %.*s may have at most %d characters.", STR_ARG(label), FIELD_LIST_ENTRY_MAX);
                continue;
            }
            if ((int64_t)value->list.count >= max) return check_length(arena, field, (size_t)max + 1);
            str_list_add(arena, &value->list, entry);
        }
    }
    if (message.len > 0 || value->list.count == 0) return message;
    return check_length(arena, field, value->list.count);
}

static struct str check_file(struct arena *arena, const struct field *field, struct field_value *value)
{
    if (!value->file) return STR("");
    int64_t max = fields_max(field);
    value->text = value->file->file_name;
    if (value->file->content.len == 0) return str_format(arena, "%.*s is an empty file.", STR_ARG(field_label(field)));
    if ((int64_t)value->file->content.len <= max) return STR("");
    if (max >= 1 << 20) {
        return str_format(arena, "%.*s must be a file of at most %" PRId64 " MB.", STR_ARG(field_label(field)), max >> 20);
    }
    return str_format(arena, "%.*s must be a file of at most %" PRId64 " KB.", STR_ARG(field_label(field)), max >> 10);
}

static struct str (*const checks[FIELD_TYPE_COUNT])(struct arena *, const struct field *, struct field_value *) = {
    [FIELD_TEXT] = check_text,         [FIELD_MULTILINE] = check_multiline, [FIELD_EMAIL] = check_email,
    [FIELD_PASSWORD] = check_password, [FIELD_INT] = check_int,             [FIELD_BOOL] = check_bool,
    [FIELD_CHOICE] = check_choice,     [FIELD_ID] = check_id,               [FIELD_KEY] = check_key,
    [FIELD_DATE] = check_date,         [FIELD_MONTH] = check_month,         [FIELD_URL] = check_url,
    [FIELD_LIST] = check_list,         [FIELD_FILE] = check_file,
};

static bool value_is_empty(const struct field *field, const struct field_value *value)
{
    switch (field->type) {
    case FIELD_LIST: return value->list.count == 0;
    case FIELD_FILE: return !value->file;
    case FIELD_BOOL: return !value->boolean;
    default: return value->text.len == 0;
    }
}

static struct str check_value(struct arena *arena, const struct field *field, struct field_value *value)
{
    static const char *const shapes[FIELD_TYPE_COUNT] = {
        [FIELD_INT] = "a whole number", [FIELD_BOOL] = "true or false", [FIELD_LIST] = "a list of texts", [FIELD_FILE] = "a file"};
    struct str message = STR(""), label = field_label(field);
    if (value->is_wrong_type) {
        const char *shape = shapes[field->type] ? shapes[field->type] : "text";
        message = str_format(arena, "%.*s must be %s.", STR_ARG(label), shape);
    } else if (value->present) {
        message = checks[field->type](arena, field, value);
    }
    if (message.len == 0 && field->required && value_is_empty(field, value)) {
        message = str_format(arena, "%.*s is required.", STR_ARG(label));
    }
    if (message.len > 0 && field->message) message = str_from(field->message);
    return message;
}

void fields_check(struct field_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct str message = check_value(set->arena, &set->fields[i], &set->values[i]);
        if (message.len > 0) fields_set_error(set, &set->values[i], message);
    }
}

bool fields_check_one(struct arena *arena, const struct field *field, struct str value)
{
    struct field_value one = {.present = true, .typed = value};
    struct field required = *field;
    required.required = true;
    return str_is_text(value) && str_equal(str_trim(value), value) && check_value(arena, &required, &one).len == 0;
}
