/* The model of the operations: see docs.h. */
#include "features/docs/docs.h"
#include "http/idempotency.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMAS_MAX 200

/* ---- what can be refused ---- */

bool docs_needs_sign_in(const struct route *route)
{
    return route->access == ACCESS_USER || route->access == ACCESS_OWNER || route->access == ACCESS_ADMIN;
}

static bool is_changing(const struct route *route) { return route->method != HTTP_GET; }

static bool always(const struct route *route)
{
    (void)route;
    return true;
}

static bool may_be_forbidden(const struct route *route)
{
    return is_changing(route) || docs_needs_sign_in(route) || route->access == ACCESS_WEBHOOK;
}

/* What is asked for may be missing: by its address, or by an id or name in the body. */
static bool may_be_missing(const struct route *route)
{
    bool names_something = strchr(route->pattern, '{') || route->access == ACCESS_OWNER;
    for (size_t i = 0; is_changing(route) && i < route->fields_count; i++)
        names_something |= route->fields[i].type == FIELD_ID || route->fields[i].type == FIELD_KEY;
    return names_something;
}

bool docs_may_be_unchanged(const struct route *route) { return route->flags & ROUTE_ETAG && !is_changing(route); }

/* Any change but a POST answers If-Match, with 412 where nothing has an ETag. */
static bool has_precondition(const struct route *route)
{
    return route_is_api(route) && (route->method == HTTP_PUT || route->method == HTTP_PATCH || route->method == HTTP_DELETE);
}

/* The tag is the one of GET at the same address. */
static bool takes_if_match(const struct route *route)
{
    bool has_tag = false;
    for (size_t i = 0; has_precondition(route) && i < features_count; i++)
        for (size_t j = 0; j < features[i]->routes_count; j++)
            has_tag |= docs_may_be_unchanged(&features[i]->routes[j]) && strcmp(features[i]->routes[j].pattern, route->pattern) == 0;
    return has_tag;
}

static bool reads_form_or_json(const struct route *route) { return is_changing(route) && !(route->flags & ROUTE_RAW_BODY); }

static bool reads_query(const struct route *route) { return !is_changing(route) && route->fields_count > 0; }

static bool checks_fields(const struct route *route) { return route_is_api(route) || route->fields_count > 0; }

const struct refusal refusals[] = {
    {400, "BadRequest", always},
    {401, "Unauthorized", docs_needs_sign_in},
    {403, "Forbidden", may_be_forbidden},
    {404, "NotFound", may_be_missing},
    {409, "Conflict", is_changing},
    {412, "PreconditionFailed", has_precondition},
    {413, "TooLarge", always},
    {414, "AddressTooLong", reads_query},
    {415, "UnsupportedMediaType", reads_form_or_json},
    {422, "Unprocessable", checks_fields},
    {429, "TooManyRequests", always},
    {503, "Unavailable", always},
};
const size_t refusals_count = COUNT_OF(refusals);

/* ---- parameters ---- */

static const struct {
    struct parameter parameter;
    bool (*applies)(const struct route *route);
} headers[] = {
    {{IN_HEADER, {.name = "If-None-Match"}, "The ETag of the state that you have: 304 without a body when it still is so."}, docs_may_be_unchanged},
    {{IN_HEADER, {.name = "If-Match"}, "The ETag of the state that you read: 412, and nothing happens, when it has changed."}, takes_if_match},
    {{IN_HEADER, {.name = "Idempotency-Key", .min = 1, .max = IDEMPOTENCY_KEY_MAX}, "A key of your own for this request: sent again with the same key it happens once, and the first answer is given again."},
     route_takes_idempotency_key},
};

static void add_parameter(struct operation *operation, enum parameter_place place, struct field field, const char *says)
{
    operation->parameters[operation->parameters_count++] = (struct parameter){place, field, says};
}

/* Those of the path in its order; they need no field of their own. */
static void add_path(struct arena *arena, struct operation *operation)
{
    const struct route *route = operation->route;
    struct str rest = str_from(route->pattern), segment;
    while (str_split_next(&rest, '/', &segment)) {
        if (!segment.len || segment.ptr[0] != '{') continue;
        const char *name = str_cstr(arena, str_slice(segment, 1, segment.len - 1));
        struct field field = {.name = name, .type = FIELD_KEY};
        for (size_t i = 0; i < route->fields_count; i++)
            if (strcmp(route->fields[i].name, name) == 0) field = route->fields[i];
        field.required = true;
        add_parameter(operation, IN_PATH, field, NULL);
    }
}

static bool is_in_path(const struct operation *operation, const struct field *field)
{
    for (size_t i = 0; i < operation->parameters_count; i++)
        if (operation->parameters[i].place == IN_PATH && strcmp(operation->parameters[i].field.name, field->name) == 0) return true;
    return false;
}

/* What the shared parameters of collections mean. */
static const char *query_says(const struct route *route, const struct field *field)
{
    static const struct {
        const char *name, *says;
    } texts[] = {{"limit", "How many items a page has at most."},
                 {"cursor", "Where the page begins: next_cursor of the page before, as it came."},
                 {"sort", "The order; with - from the last to the first."},
                 {"fields", "Only these members of an item, by name, with commas between."}};
    for (size_t i = 0; route->collection && i < COUNT_OF(texts); i++)
        if (strcmp(field->name, texts[i].name) == 0) return texts[i].says;
    return NULL;
}

static void add_fields(struct operation *operation)
{
    const struct route *route = operation->route;
    for (size_t i = 0; i < route->fields_count; i++) {
        const struct field *field = &route->fields[i];
        if (is_in_path(operation, field)) continue;
        if (is_changing(route)) {
            operation->body[operation->body_count++] = field;
            operation->body_is_required |= field->required;
            operation->body_has_file |= field->type == FIELD_FILE;
        } else {
            add_parameter(operation, IN_QUERY, *field, query_says(route, field));
        }
    }
}

/* "GET /api/jobs/applications/{id}" is getJobsApplicationsById. */
static struct str operation_id(struct arena *arena, const struct route *route)
{
    struct buf id = {0};
    struct str method = str_lower(arena, str_from(http_method_name(route->method)));
    struct str rest = str_from(route->pattern), segment;
    buf_append_str(&id, method);
    while (str_split_next(&rest, '/', &segment)) {
        if (!segment.len || str_equal(segment, STR("api"))) continue;
        if (segment.ptr[0] == '{') {
            buf_append_str(&id, STR("By"));
            segment = str_slice(segment, 1, segment.len - 1);
        }
        bool begins = true;
        for (size_t i = 0; i < segment.len; i++) {
            char c = segment.ptr[i];
            if (isalnum((unsigned char)c)) buf_append_char(&id, begins ? (char)toupper((unsigned char)c) : c);
            begins = !isalnum((unsigned char)c);
        }
    }
    struct str copy = str_from(str_cstr(arena, buf_str(&id)));
    buf_dispose(&id);
    return copy;
}

static struct str sentence(struct arena *arena, const char *words)
{
    struct str copy = str_from(words);
    return copy.len ? str_format(arena, "%c%.*s", toupper((unsigned char)copy.ptr[0]), (int)copy.len - 1, copy.ptr + 1) : copy;
}

static void read_operation(struct arena *arena, const struct feature *feature, const struct route *route, struct operation *operation)
{
    *operation = (struct operation){.feature = feature, .route = route, .id = operation_id(arena, route)};
    operation->summary = sentence(arena, route->summary);
    operation->body_name = str_cstr(arena, str_format(arena, "%.*sBody", STR_ARG(sentence(arena, operation->id.ptr))));
    operation->parameters = arena_array(arena, struct parameter, route->fields_count + 8 + COUNT_OF(headers));
    operation->body = arena_array(arena, const struct field *, route->fields_count);
    add_path(arena, operation);
    add_fields(operation);
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        if (headers[i].applies(route)) add_parameter(operation, IN_HEADER, headers[i].parameter.field, headers[i].parameter.says);
}

static struct operations all;

static int by_title(const void *a, const void *b)
{
    const struct feature *const *first = a, *const *second = b;
    return strcmp((*first)->title, (*second)->title);
}

/* Those that have a part in the document, by title. */
static size_t titled_features(const struct feature **list)
{
    size_t count = 0;
    for (size_t i = 0; i < features_count; i++)
        if (features[i]->title) list[count++] = features[i];
    qsort(list, count, sizeof(*list), by_title);
    return count;
}

static void read_all(void)
{
    size_t total = 0;
    for (size_t i = 0; i < features_count; i++) total += features[i]->routes_count;
    arena_init(&all.arena);
    all.items = arena_array(&all.arena, struct operation, total);
    const struct feature **list = arena_array(&all.arena, const struct feature *, features_count);
    size_t count = titled_features(list);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < list[i]->routes_count; j++)
            if (list[i]->routes[j].answer) read_operation(&all.arena, list[i], &list[i]->routes[j], &all.items[all.count++]);
}

const struct operations *docs_operations(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_all);
    return &all;
}

/* ---- schemas ---- */

static void add_schema(struct schema_list *list, const struct schema *schema)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == schema) return;
    if (list->count == SCHEMAS_MAX) return;
    list->items[list->count++] = schema;
    for (size_t i = 0; i < schema->members_count; i++)
        if (schema->members[i].object) add_schema(list, schema->members[i].object);
}

struct schema_list docs_schemas(struct arena *arena, const struct operations *operations)
{
    struct schema_list list = {.items = arena_array(arena, const struct schema *, SCHEMAS_MAX)};
    for (size_t i = 0; i < operations->count; i++) {
        const struct answer *answer = operations->items[i].route->answer;
        if (answer->schema) add_schema(&list, answer->schema);
    }
    return list;
}
