/* What a handler asks of a request: headers and cookies from the library, fields and parameters from the exchange.
 */
#include "http/request.h"
#include "base/clock.h"
#include "base/config.h"
#include "http/private.h"
#include "json/json.h"
#include <assert.h>
#include <microhttpd.h>
#include <string.h>

const char *http_method_name(enum http_method method)
{
    static const char *const names[HTTP_METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    return method < HTTP_METHOD_COUNT ? names[method] : "?";
}

int64_t route_body_max(const struct route *route)
{
    if (route->body_max > 0) return (int64_t)route->body_max;
    return route->method == HTTP_GET ? 0 : (int64_t)BODY_DEFAULT;
}

const char *access_name(enum access access)
{
    static const char *const names[ACCESS_COUNT] = {"public", "guest", "user", "owner", "admin", "webhook"};
    return access < ACCESS_COUNT ? names[access] : "?";
}

const char *rate_class_name(enum rate_class rate)
{
    static const char *const names[RATE_CLASS_COUNT] = {"page", "public", "sign-in", "change", "upload", "twin", "asset"};
    return rate < RATE_CLASS_COUNT ? names[rate] : "?";
}

const char *field_type_name(enum field_type type)
{
    static const char *const names[FIELD_TYPE_COUNT] = {"text", "multiline", "email", "password", "int",  "bool", "choice",
                                                        "id",   "key",       "date",  "month",    "url",  "list", "file"};
    return type < FIELD_TYPE_COUNT ? names[type] : "?";
}

bool route_is_api(const struct route *route)
{
    return route->flags & ROUTE_API && str_starts(str_from(route->pattern), STR("/api/"));
}

bool route_takes_idempotency_key(const struct route *route)
{
    return route->method == HTTP_POST && route_is_api(route) && route->access != ACCESS_PUBLIC && !(route->flags & ROUTE_NO_TRANSACTION);
}

struct str request_param(const struct request *request, const char *name)
{
    const struct route_match *match = &request->private->match;
    size_t index = route_param_index(request->route->pattern, str_from(name));
    assert(index < match->params_count && "the pattern has no such parameter");
    return index < match->params_count ? match->params[index] : STR("");
}

static struct field_value *value_of(const struct request *request, const char *field)
{
    struct field_value *value = fields_find(&request->private->fields, str_from(field));
    assert(value && "the route's table has no such field");
    return value;
}

struct str request_text(const struct request *request, const char *field)
{
    const struct field_value *value = value_of(request, field);
    return value ? value->text : STR("");
}

int64_t request_int(const struct request *request, const char *field, int64_t fallback)
{
    const struct field_value *value = value_of(request, field);
    return value && value->text.len > 0 && value->error.len == 0 ? value->integer : fallback;
}

bool request_bool(const struct request *request, const char *field)
{
    const struct field_value *value = value_of(request, field);
    return value && value->boolean;
}

const struct str_list *request_list(const struct request *request, const char *field)
{
    static const struct str_list empty = {0};
    const struct field_value *value = value_of(request, field);
    return value ? &value->list : &empty;
}

const struct upload *request_file(const struct request *request, const char *field)
{
    static const struct upload none = {0};
    const struct field_value *value = value_of(request, field);
    return value && value->file ? value->file : &none;
}

bool request_has(const struct request *request, const char *field)
{
    const struct field_value *value = value_of(request, field);
    return value && (value->text.len > 0 || value->list.count > 0 || value->file);
}

bool request_sent(const struct request *request, const char *field)
{
    const struct json *body = request_json(request);
    if (body) return json_type_of(json_get(body, field)) != JSON_MISSING;
    const struct field_value *value = value_of(request, field);
    return value && value->present;
}

struct str request_typed(const struct request *request, const char *name)
{
    const struct field_set *set = &request->private->fields;
    const struct field_value *value = value_of(request, name);
    if (!value) return STR("");
    const struct field *field = &set->fields[value - set->values];
    if (field->type == FIELD_PASSWORD || field->type == FIELD_FILE) return STR("");
    if (field->type == FIELD_LIST) {
        struct str all = str_join(request->arena, value->sent.items, value->sent.count, STR("\n"));
        return str_utf8_prefix(all, 20000);
    }
    size_t max = 500;
    if (field->type == FIELD_MULTILINE) max = 20000;
    if (field->max > 0 && (field->type == FIELD_TEXT || field->type == FIELD_MULTILINE)) max = (size_t)field->max;
    return str_utf8_prefix(value->typed, max);
}

bool request_has_errors(const struct request *request)
{
    return request->private->fields.has_errors;
}

struct str request_error(const struct request *request, const char *field)
{
    const struct field_value *value = value_of(request, field);
    return value ? value->error : STR("");
}

void request_add_error(struct request *request, const char *field, struct str message)
{
    struct field_value *value = value_of(request, field);
    if (value) fields_set_error(&request->private->fields, value, message);
}

struct str request_header(const struct request *request, const char *name)
{
    struct request_private *exchange = request->private;
    return str_from(MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name));
}

struct header_visit {
    struct str name;
    void (*visit)(void *argument, struct str value);
    void *argument;
};

static enum MHD_Result header_visit_one(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    const struct header_visit *all = cls;
    (void)kind;
    if (str_equal_ci(str_from(key), all->name)) all->visit(all->argument, str_from(value));
    return MHD_YES;
}

void request_each_header(const struct request *request, const char *name, void (*visit)(void *, struct str), void *argument)
{
    struct header_visit all = {str_from(name), visit, argument};
    MHD_get_connection_values(request->private->connection, MHD_HEADER_KIND, header_visit_one, &all);
}

/* What must be there once: of two, a proxy before us may have gone by the other (RFC 9110, 5.3). */
static const char *const only_once[] = {"Host", "Authorization", "Content-Type", "Origin", "Idempotency-Key"};

struct header_check {
    unsigned seen; /* a bit for each of only_once */
    const char *wrong;
};

/* token = 1*tchar (RFC 9110, 5.6.2): with "Content-Length :" two readers see two lengths. */
static bool is_token(const char *name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    if (!*name) return false;
    for (; *name; name++)
        if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || strchr(others, *name))) return false;
    return true;
}

/* A lone CR ends the line for some readers (RFC 9110, 5.5). */
static bool has_control(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; c && *c; c++)
        if ((*c < ' ' && *c != '\t') || *c == 0x7f) return true;
    return false;
}

static enum MHD_Result header_check_one(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct header_check *check = cls;
    (void)kind;
    if (!is_token(key)) check->wrong = "The name of a header has characters that no name has.";
    if (has_control(value)) check->wrong = "The value of a header has control characters.";
    for (size_t i = 0; i < COUNT_OF(only_once); i++) {
        if (!str_equal_ci(str_from(key), str_from(only_once[i]))) continue;
        if (check->seen & 1u << i) check->wrong = "A header that stands once was sent twice.";
        check->seen |= 1u << i;
    }
    return MHD_YES;
}

const char *request_headers_wrong(const struct request *request)
{
    struct header_check check = {0};
    MHD_get_connection_values(request->private->connection, MHD_HEADER_KIND, header_check_one, &check);
    return check.wrong;
}

struct cookie_search {
    struct str name, value;
    bool found;
};

static void cookie_look(void *argument, struct str header)
{
    struct cookie_search *search = argument;
    struct str pair;
    while (!search->found && str_split_next(&header, ';', &pair)) {
        pair = str_trim(pair);
        size_t equals = str_find_char(pair, '=', 0);
        if (equals == STR_NPOS || !str_equal(str_slice(pair, 0, equals), search->name)) continue;
        search->value = str_slice(pair, equals + 1, pair.len);
        search->found = true;
    }
}

struct str request_cookie(const struct request *request, const char *name)
{
    struct cookie_search search = {.name = str_from(name), .value = STR("")};
    request_each_header(request, "Cookie", cookie_look, &search);
    if (search.value.len >= 2 && search.value.ptr[0] == '"' && search.value.ptr[search.value.len - 1] == '"') {
        search.value = str_slice(search.value, 1, search.value.len - 1);
    }
    return search.value;
}

struct str request_body(const struct request *request)
{
    return buf_str(&request->private->body);
}

const struct json *request_json(const struct request *request)
{
    return request->private->json;
}

bool request_wants_json(const struct request *request)
{
    if (request->route && request->route->flags & ROUTE_API) return true;
    if (str_starts(request->private->target, STR("/api/"))) return true; /* no such address of the API, another method, or a broken escape */
    struct str accept = request_header(request, "Accept");
    size_t json = str_find_ci(accept, STR("application/json"), 0), html = str_find_ci(accept, STR("text/html"), 0);
    size_t problem = str_find_ci(accept, STR("application/problem+json"), 0);
    if (problem < json) json = problem;
    return json != STR_NPOS && (html == STR_NPOS || json < html);
}

bool request_is_enhanced(const struct request *request)
{
    return request_header(request, "X-Requested-With").len > 0 || request_header(request, "HX-Request").len > 0;
}

/* Whether Accept-Encoding names a coding with a weight above 0 (RFC 9110, 12.5.3). */
bool request_accepts_encoding(const struct request *request, const char *name)
{
    struct str rest = request_header(request, "Accept-Encoding"), entry;
    while (str_split_next(&rest, ',', &entry)) {
        struct str coding = str_trim(str_slice(entry, 0, str_find_char(entry, ';', 0)));
        if (!str_equal_ci(coding, str_from(name))) continue;
        size_t weight = str_find_ci(entry, STR("q="), 0);
        if (weight == STR_NPOS) return true;
        for (size_t i = weight + 2; i < entry.len; i++) {
            if (entry.ptr[i] >= '1' && entry.ptr[i] <= '9') return true;
        }
        return false;
    }
    return false;
}

/* ---- the client behind proxies ---- */

struct chain {
    struct arena *arena;
    struct str text;
};

static void chain_add(void *argument, struct str value)
{
    struct chain *chain = argument;
    if (chain->text.len > 0) {
        chain->text = str_format(chain->arena, "%.*s,%.*s", STR_ARG(chain->text), STR_ARG(value));
    } else {
        chain->text = value;
    }
}

void request_read_address(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    const struct proxy_list *proxies = &exchange->server->proxies;
    struct connection *peer = exchange->peer;
    request->address = str_from(peer->address_text);
    request->is_https = str_starts(config_text(CONFIG_BASE_URL), STR("https://"));
    if (proxies->count == 0 || !proxy_is_trusted(proxies, &peer->address)) return;
    struct chain chain = {request->arena, STR("")};
    struct proxy_address client;
    request_each_header(request, "X-Forwarded-For", chain_add, &chain);
    if (proxy_client_of(proxies, chain.text, &client)) {
        char *text = arena_alloc(request->arena, ADDRESS_TEXT_MAX);
        proxy_address_write(&client, text);
        request->address = str_from(text);
    }
    chain.text = STR("");
    request_each_header(request, "X-Forwarded-Proto", chain_add, &chain);
    size_t comma = chain.text.len; /* the nearest proxy's word is the last one */
    while (comma > 0 && chain.text.ptr[comma - 1] != ',') comma--;
    request->is_https |= str_equal_ci(str_trim(str_slice(chain.text, comma, chain.text.len)), STR("https"));
}
