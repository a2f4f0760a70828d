/* ETags. Design in conditional.h. */
#include "http/conditional.h"
#include "base/siphash.h"
#include "http/private.h"
#include <inttypes.h>
#include <string.h>

struct str etag_of(struct arena *arena, struct str document)
{
    static const uint64_t key[2] = {UINT64_C(0x6361726565727072), UINT64_C(0x65702065746167)}; /* no secret: alike on every node */
    return str_format(arena, "\"%016" PRIx64 "\"", siphash(key, document));
}

static struct str skip_blanks(struct str list)
{
    size_t start = 0;
    while (start < list.len && (list.ptr[start] == ' ' || list.ptr[start] == '\t')) start++;
    return str_slice(list, start, list.len);
}

/* Takes one entity-tag off the front: optional W/, then a quoted text, in which a comma may stand; behind it the list ends or goes on with a
 * comma. False at the end, or at what is no tag, which is left. */
static bool next_tag(struct str *list, struct str *tag, bool *is_weak)
{
    size_t start = 0;
    while (start < list->len && (list->ptr[start] == ',' || list->ptr[start] == ' ' || list->ptr[start] == '\t')) start++;
    *list = str_slice(*list, start, list->len);
    *is_weak = str_starts(*list, STR("W/"));
    struct str quoted = *is_weak ? str_slice(*list, 2, list->len) : *list;
    size_t end = quoted.len && quoted.ptr[0] == '"' ? str_find_char(quoted, '"', 1) : STR_NPOS;
    if (end == STR_NPOS) return false;
    struct str rest = skip_blanks(str_slice(quoted, end + 1, quoted.len));
    if (rest.len && rest.ptr[0] != ',') return false;
    *tag = str_slice(quoted, 0, end + 1);
    *list = rest;
    return true;
}

bool etag_list_has(struct str list, struct str etag, bool is_strong)
{
    struct str tag;
    bool is_weak, is_there = false;
    if (str_equal(str_trim(list), STR("*"))) return true;
    while (next_tag(&list, &tag, &is_weak))
        if (str_equal(tag, etag) && !(is_strong && is_weak)) is_there = true;
    return is_there && !list.len;
}

struct whole_list {
    struct arena *arena;
    struct str text;
};

static void list_add(void *argument, struct str value)
{
    struct whole_list *list = argument;
    list->text = list->text.len ? str_format(list->arena, "%.*s,%.*s", STR_ARG(list->text), STR_ARG(value)) : value;
}

/* All lines of the header as one list. */
static struct str read_list(const struct request *request, const char *name)
{
    struct whole_list list = {request->arena, STR("")};
    request_each_header(request, name, list_add, &list);
    return list.text;
}

/* Runs the GET of the same address as if it had been asked for. */
static enum err present_tag(struct request_private *exchange, const struct route *get, struct str *etag)
{
    const struct request request = exchange->request;
    const struct field_set fields = exchange->fields;
    struct response present = {.status = 200};
    exchange->request.route = get;
    exchange->request.method = HTTP_GET;
    fields_init(&exchange->fields, &exchange->arena, get->fields, get->fields_count);
    fields_take_params(exchange);
    fields_check(&exchange->fields);
    if (get->collection) collection_read(exchange);
    enum err error = get->handler(&exchange->request, &present);
    if (error == OK) *etag = etag_of(&exchange->arena, buf_str(&present.body));
    buf_dispose(&present.body);
    exchange->request = request;
    exchange->fields = fields;
    return error;
}

enum err conditional_check(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct route_match match = {0};
    if (request->method != HTTP_PATCH && request->method != HTTP_DELETE && request->method != HTTP_PUT) return OK;
    struct str list = read_list(request, "If-Match"), etag = STR("");
    if (!list.len) return OK;
    router_match(exchange->server->router, &exchange->path, HTTP_GET, &match);
    /* A list's tag is that of one page of it: no item on another page would be guarded. */
    bool has_tag = match.route && match.route->flags & ROUTE_ETAG && !match.route->collection && strcmp(match.route->pattern, request->route->pattern) == 0;
    if (has_tag) TRY(present_tag(exchange, match.route, &etag));
    if (has_tag && etag_list_has(list, etag, true)) return OK;
    if (has_tag) response_header(request, &exchange->response, "ETag", etag);
    respond_problem(request, &exchange->response, PROBLEM_PRECONDITION_FAILED,
                    has_tag ? STR("It is in another state than If-Match names. Nothing was changed.") : STR("What is at this address has no ETag to go by. An item's own address has."));
    return OK;
}

void conditional_finish(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    if (!(request->route->flags & ROUTE_ETAG) || response->status != 200 || response->body.overflow) return;
    struct str etag = etag_of(request->arena, buf_str(&response->body));
    response_header(request, response, "ETag", etag);
    if (request->method != HTTP_GET) return;
    struct str list = read_list(request, "If-None-Match");
    if (list.len && etag_list_has(list, etag, false)) respond_empty(response, 304);
}
