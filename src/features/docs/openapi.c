/* The OpenAPI 3.1 document, written from the model of the operations. Design in docs.h. */
#include "base/config.h"
#include "features/docs/docs.h"
#include "http/collection.h"
#include "http/scope.h"
#include "json/json.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define API_VERSION "1.0.0"

static const char introduction[] =
    "Everything that the pages show of your own data, for programs.\n\n"
    "**Signing in.** Send an API token (`Authorization: Bearer …`), made in the settings with the scopes that it needs, or the cookie of a session. "
    "A request that changes something and comes with a cookie must come from this site.\n\n"
    "**Input.** JSON or a form. Texts are trimmed, and counted in characters after that; a PATCH changes what is sent, and null or an empty text empties it; elsewhere such a member counts as not sent. "
    "Names that are not documented are refused.\n\n"
    "**Output.** Every answer has an X-Request-Id, which finds the request in the server's log. New members may be added to answers.\n\n"
    "**Errors** are problem documents (RFC 9457). What belongs to somebody else is answered like what does not exist: 404.";

static void member(struct json_writer *writer, const char *name, const char *text)
{
    json_member_str(writer, name, str_from(text));
}

static void open_member(struct json_writer *writer, const char *name)
{
    json_key(writer, name);
    json_object_open(writer);
}

static void reference(struct json_writer *writer, const char *kind, const char *name)
{
    struct buf path CLEANUP(buf_dispose) = {0};
    buf_append_format(&path, "#/components/%s/%s", kind, name);
    json_member_str(writer, "$ref", buf_str(&path));
}

/* ---- an operation ---- */

/* Visible ASCII; where it has no limit, that of all headers together holds. */
static void write_header_schema(struct json_writer *writer, const struct field *field)
{
    json_object_open(writer);
    member(writer, "type", "string");
    if (field->min > 0) json_member_int(writer, "minLength", field->min);
    if (field->max > 0) json_member_int(writer, "maxLength", field->max);
    json_object_close(writer);
}

static void write_parameter(struct json_writer *writer, const struct parameter *parameter)
{
    static const char *const places[] = {[IN_PATH] = "path", [IN_QUERY] = "query", [IN_HEADER] = "header"};
    json_object_open(writer);
    member(writer, "name", parameter->field.name);
    member(writer, "in", places[parameter->place]);
    if (parameter->says) member(writer, "description", parameter->says);
    if (parameter->field.required) json_member_bool(writer, "required", true);
    json_key(writer, "schema");
    if (parameter->place == IN_HEADER) write_header_schema(writer, &parameter->field);
    else field_write_schema(writer, &parameter->field, false);
    json_object_close(writer);
}

/* { "application/json": { "schema": ... }, ... }: each kind of body that the route reads. */
static void write_body(struct json_writer *writer, const struct operation *operation)
{
    const struct route *route = operation->route;
    const char *const types[] = {operation->body_has_file ? NULL : "application/json",
                                 operation->body_has_file || route->method != HTTP_PATCH ? NULL : "application/merge-patch+json",
                                 operation->body_has_file ? NULL : "application/x-www-form-urlencoded", "multipart/form-data"};
    struct buf words CLEANUP(buf_dispose) = {0};
    buf_append_format(&words, "At most %lld bytes.", (long long)route_body_max(route));
    open_member(writer, "requestBody");
    json_member_str(writer, "description", buf_str(&words));
    json_member_bool(writer, "required", operation->body_is_required);
    open_member(writer, "content");
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (!types[i]) continue;
        open_member(writer, types[i]);
        open_member(writer, "schema");
        reference(writer, "schemas", operation->body_name);
        json_object_close(writer);
        if (i == 0) {
            json_key(writer, "example");
            docs_write_body_example(writer, operation);
        }
        json_object_close(writer);
    }
    json_object_close(writer);
    json_object_close(writer);
}

static void write_answer_content(struct json_writer *writer, const struct answer *answer)
{
    if (!answer->schema && !answer->media_type) return;
    open_member(writer, "content");
    open_member(writer, answer->media_type ? answer->media_type : "application/json");
    open_member(writer, "schema");
    if (answer->schema) reference(writer, "schemas", answer->schema->name);
    else member(writer, "type", "string");
    json_object_close(writer);
    if (answer->schema) {
        json_key(writer, "example");
        schema_write_example(writer, answer->schema);
    }
    json_object_close(writer);
    json_object_close(writer);
}

/* Headers that an answer may have, by the route; those that it always has are required. */
static bool has_etag(const struct route *route) { return route->flags & ROUTE_ETAG && route->answer->status == 200; }
static bool has_location(const struct route *route) { return route->answer->location; }
static bool has_link(const struct route *route) { return route->collection; }

static const struct {
    const char *name;
    bool (*applies)(const struct route *route); /* NULL: of a refusal */
    const char *type, *says;
    bool is_required;
} headers[] = {
    {"ETag", has_etag, "string", "Stands for the present state: for If-Match and If-None-Match.", true},
    {"Location", has_location, "string", "The address of what was made, or of what tells how it goes.", true},
    {"Link", has_link, "string", "The address of the next page, with rel=\"next\"; not on the last one.", false},
    {"Idempotency-Replayed", route_takes_idempotency_key, "string", "\"true\": this was done before with the same Idempotency-Key, and this is the answer of then.", false},
    {"Retry-After", NULL, "integer", "Seconds to wait.", true},
    {"WWW-Authenticate", NULL, "string", "What to sign in with, and what is wrong with a token (RFC 6750).", true},
};

static void write_header_reference(struct json_writer *writer, const char *name)
{
    open_member(writer, name);
    reference(writer, "headers", name);
    json_object_close(writer);
}

static void write_answer_headers(struct json_writer *writer, const struct route *route)
{
    open_member(writer, "headers");
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        if (headers[i].applies && headers[i].applies(route)) write_header_reference(writer, headers[i].name);
    json_object_close(writer);
}

static const char *answer_words(const struct answer *answer)
{
    if (answer->status == 204) return "It is done; there is nothing to tell.";
    return answer->schema ? answer->schema->says : "A line of text.";
}

static void write_responses(struct json_writer *writer, const struct operation *operation)
{
    const struct route *route = operation->route;
    char status[8];
    open_member(writer, "responses");
    snprintf(status, sizeof(status), "%d", route->answer->status);
    open_member(writer, status);
    member(writer, "description", answer_words(route->answer));
    write_answer_headers(writer, route);
    write_answer_content(writer, route->answer);
    json_object_close(writer);
    if (docs_may_be_unchanged(route)) {
        open_member(writer, "304");
        reference(writer, "responses", "NotModified");
        json_object_close(writer);
    }
    for (size_t i = 0; i < refusals_count; i++) {
        if (!refusals[i].applies(route)) continue;
        snprintf(status, sizeof(status), "%d", refusals[i].status);
        open_member(writer, status);
        reference(writer, "responses", refusals[i].name);
        json_object_close(writer);
    }
    open_member(writer, "default");
    reference(writer, "responses", "Unexpected");
    json_object_close(writer);
    json_object_close(writer);
}

/* Either of the two; a token needs the route's scope, and routes without one are closed to tokens. */
static void write_security(struct json_writer *writer, const struct route *route)
{
    json_key(writer, "security");
    json_array_open(writer);
    if (docs_needs_sign_in(route)) {
        json_object_open(writer);
        json_key(writer, "session");
        json_array_open(writer);
        json_array_close(writer);
        json_object_close(writer);
    }
    if (route->scope != SCOPE_NONE) {
        json_object_open(writer);
        json_key(writer, "token");
        json_array_open(writer);
        json_write_str(writer, str_from(scope_name(route->scope)));
        json_array_close(writer);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void write_operation(struct json_writer *writer, const struct operation *operation)
{
    static const char *const methods[HTTP_METHOD_COUNT] = {"get", "post", "put", "patch", "delete"};
    const struct route *route = operation->route;
    open_member(writer, methods[route->method]);
    json_member_str(writer, "operationId", operation->id);
    json_key(writer, "tags");
    json_array_open(writer);
    json_write_str(writer, str_from(operation->feature->title));
    json_array_close(writer);
    json_member_str(writer, "summary", operation->summary);
    write_security(writer, route);
    if (operation->parameters_count) {
        json_key(writer, "parameters");
        json_array_open(writer);
        for (size_t i = 0; i < operation->parameters_count; i++) write_parameter(writer, &operation->parameters[i]);
        json_array_close(writer);
    }
    if (operation->body_count) write_body(writer, operation);
    write_responses(writer, operation);
    json_object_close(writer);
}

/* Routes of one address may stand apart: its first one brings them all. */
static void write_paths(struct json_writer *writer, const struct operations *operations)
{
    open_member(writer, "paths");
    for (size_t i = 0; i < operations->count; i++) {
        const char *pattern = operations->items[i].route->pattern;
        bool is_first = true;
        for (size_t j = 0; j < i; j++) is_first = is_first && strcmp(operations->items[j].route->pattern, pattern) != 0;
        if (!is_first) continue;
        open_member(writer, pattern);
        for (size_t j = i; j < operations->count; j++)
            if (strcmp(operations->items[j].route->pattern, pattern) == 0) write_operation(writer, &operations->items[j]);
        json_object_close(writer);
    }
    json_object_close(writer);
}

/* ---- components ---- */

/* What a PATCH is sent changes what is stored: null empties it, where it may be empty. */
static bool takes_null(const struct route *route, const struct field *field)
{
    return route->method == HTTP_PATCH && !field->required && (field->min <= 0 || field->type == FIELD_INT);
}

static void write_body_schema(struct json_writer *writer, const struct operation *operation)
{
    open_member(writer, operation->body_name);
    member(writer, "type", "object");
    json_key(writer, "required");
    json_array_open(writer);
    for (size_t i = 0; i < operation->body_count; i++)
        if (operation->body[i]->required) json_write_str(writer, str_from(operation->body[i]->name));
    json_array_close(writer);
    open_member(writer, "properties");
    for (size_t i = 0; i < operation->body_count; i++) {
        json_key(writer, operation->body[i]->name);
        field_write_schema(writer, operation->body[i], takes_null(operation->route, operation->body[i]));
    }
    json_object_close(writer);
    if (route_is_api(operation->route)) json_member_bool(writer, "additionalProperties", false);
    json_object_close(writer);
}

/* The items of the collection whose page this is; NULL for any other schema. */
static const struct schema *item_of(const struct operations *operations, const struct schema *page)
{
    for (size_t i = 0; i < operations->count; i++)
        if (operations->items[i].route->answer->schema == page) return collection_item(operations->items[i].route);
    return NULL;
}

/* Whether something names it whole: an answer, or a member that is no item of a page. */
static bool is_named_whole(const struct operations *operations, const struct schema_list *list, const struct schema *schema)
{
    for (size_t i = 0; i < operations->count; i++)
        if (operations->items[i].route->answer->schema == schema) return true;
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; item_of(operations, list->items[i]) != schema && j < list->items[i]->members_count; j++)
            if (list->items[i]->members[j].object == schema) return true;
    return false;
}

static void write_answer_schema(struct json_writer *writer, const struct operations *operations, const struct schema_list *list, const struct schema *schema)
{
    const struct schema *item = item_of(operations, schema);
    if (is_named_whole(operations, list, schema)) {
        json_key(writer, schema->name);
        schema_write(writer, schema, item);
    }
    if (!item) return;
    struct buf name CLEANUP(buf_dispose) = {0};
    buf_append_format(&name, "%sPart", item->name);
    buf_append_char(&name, 0);
    json_key(writer, name.ptr);
    schema_write_part(writer, item);
}

static void write_schemas(struct json_writer *writer, const struct operations *operations)
{
    struct arena arena;
    arena_init(&arena);
    struct schema_list list = docs_schemas(&arena, operations);
    open_member(writer, "schemas");
    for (size_t i = 0; i < list.count; i++) write_answer_schema(writer, operations, &list, list.items[i]);
    for (size_t i = 0; i < operations->count; i++)
        if (operations->items[i].body_count) write_body_schema(writer, &operations->items[i]);
    json_key(writer, docs_problem_schema.name);
    schema_write(writer, &docs_problem_schema, NULL);
    json_key(writer, docs_problem_error_schema.name);
    schema_write(writer, &docs_problem_error_schema, NULL);
    json_object_close(writer);
    arena_dispose(&arena);
}

static void write_problem_response(struct json_writer *writer, struct arena *arena, const char *name, int status)
{
    open_member(writer, name);
    json_member_str(writer, "description", docs_refusal_words(arena, status));
    open_member(writer, "headers");
    if (status == 429 || status == 503) write_header_reference(writer, "Retry-After");
    if (status == 401) write_header_reference(writer, "WWW-Authenticate");
    json_object_close(writer);
    open_member(writer, "content");
    open_member(writer, "application/problem+json");
    open_member(writer, "schema");
    reference(writer, "schemas", docs_problem_schema.name);
    json_object_close(writer);
    json_object_close(writer);
    json_object_close(writer);
    json_object_close(writer);
}

static void write_component_responses(struct json_writer *writer)
{
    struct arena arena;
    arena_init(&arena);
    open_member(writer, "responses");
    for (size_t i = 0; i < refusals_count; i++) write_problem_response(writer, &arena, refusals[i].name, refusals[i].status);
    write_problem_response(writer, &arena, "Unexpected", 500);
    open_member(writer, "NotModified");
    member(writer, "description", "It still is what If-None-Match names.");
    json_object_close(writer);
    json_object_close(writer);
    arena_dispose(&arena);
}

static void write_component_headers(struct json_writer *writer)
{
    open_member(writer, "headers");
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        open_member(writer, headers[i].name);
        member(writer, "description", headers[i].says);
        if (headers[i].is_required) json_member_bool(writer, "required", true);
        open_member(writer, "schema");
        member(writer, "type", headers[i].type);
        json_object_close(writer);
        json_object_close(writer);
    }
    json_object_close(writer);
}

static void write_security_schemes(struct json_writer *writer)
{
    struct buf words CLEANUP(buf_dispose) = {0};
    buf_append_str(&words, STR("An API token, made in the settings. Its scopes:"));
    for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++) buf_append_format(&words, "\n- `%s`: %s", scope_table[i].name, scope_table[i].words);
    open_member(writer, "securitySchemes");
    open_member(writer, "session");
    member(writer, "type", "apiKey");
    member(writer, "in", "cookie");
    member(writer, "name", "session");
    member(writer, "description", "The cookie of somebody who is signed in. Changing requests need Origin or Sec-Fetch-Site of this site, too.");
    json_object_close(writer);
    open_member(writer, "token");
    member(writer, "type", "http");
    member(writer, "scheme", "bearer");
    json_member_str(writer, "description", buf_str(&words));
    json_object_close(writer);
    json_object_close(writer);
}

static void write_components(struct json_writer *writer, const struct operations *operations)
{
    open_member(writer, "components");
    write_security_schemes(writer);
    write_component_headers(writer);
    write_component_responses(writer);
    write_schemas(writer, operations);
    json_object_close(writer);
}

/* ---- the document ---- */

static void write_info(struct json_writer *writer)
{
    open_member(writer, "info");
    member(writer, "title", "Career Prep API");
    member(writer, "version", API_VERSION);
    member(writer, "summary", "Your profile, skills, roadmaps, interviews and applications, for programs.");
    member(writer, "description", introduction);
    open_member(writer, "license");
    member(writer, "name", "Apache-2.0");
    member(writer, "identifier", "Apache-2.0");
    json_object_close(writer);
    json_object_close(writer);
}

static void write_servers(struct json_writer *writer)
{
    struct str base = config_text(CONFIG_BASE_URL);
    while (str_ends(base, STR("/"))) base.len--;
    json_key(writer, "servers");
    json_array_open(writer);
    json_object_open(writer);
    json_member_str(writer, "url", base.len ? base : STR("/"));
    json_object_close(writer);
    json_array_close(writer);
}

static void write_tags(struct json_writer *writer, const struct operations *operations)
{
    const struct feature *before = NULL;
    json_key(writer, "tags");
    json_array_open(writer);
    for (size_t i = 0; i < operations->count; i++) {
        const struct feature *feature = operations->items[i].feature;
        if (feature == before) continue;
        json_object_open(writer);
        member(writer, "name", feature->title);
        member(writer, "description", feature->says);
        json_object_close(writer);
        before = feature;
    }
    json_array_close(writer);
}

void docs_write_openapi(struct buf *out, const struct operations *operations)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    member(&writer, "openapi", "3.1.0");
    write_info(&writer);
    write_servers(&writer);
    write_tags(&writer, operations);
    write_paths(&writer, operations);
    write_components(&writer, operations);
    json_object_close(&writer);
}

static struct buf document;

static void write_document(void) { docs_write_openapi(&document, docs_operations()); }

enum err docs_openapi(struct request *request, struct response *response)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_document);
    respond_text(response, "application/json", buf_str(&document));
    response_header(request, response, "Cache-Control", STR("public, max-age=300"));
    return OK;
}
