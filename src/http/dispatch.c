/* The way of a request: headers -> route -> filters -> access -> body -> fields -> handler -> answer.
 *
 * Where it runs. A route with ROUTE_ON_IO_THREAD (and a store that does not block) runs on the I/O thread from end to end. Any other
 * runs on the worker pool: without a body or with a small one in one go; with a larger one first the filters and access, so that it is not read in
 * vain, then, when the body is complete, fields and handler. The connection is suspended meanwhile, so no thread waits.
 *
 * Refusing. An address that is not served still passes the filters, so that the 404 page knows who is asking and scanners meet
 * the limits. A body that is too long is refused by its Content-Length before anything runs, and while it arrives
 * otherwise. The library cannot answer in the middle of a body: server.c writes such an answer itself and closes.
 *
 * Transactions: a changing method runs in one, opened before the handler, committed when it returns OK with a status below
 * 400 and rolled back otherwise. A commit that fails makes the answer an error. When the store undid the transaction for the sake of
 * another, the handler runs again, with the request and the response as they were.
 */
#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "http/api.h"
#include "http/form.h"
#include "http/private.h"
#include "http/websocket.h"
#include "json/json.h"
#include <string.h>

#define SMALL_BODY 4096 /* bytes: reading them costs less than a second turn on a worker */

static enum err handle_unknown(struct request *request, struct response *response)
{
    (void)request;
    (void)response;
    return err_set(ERR_NOT_FOUND, "There is no page at this address.");
}

/* Stands for addresses and methods that nobody serves. */
const struct route dispatch_unknown_route = {.pattern = "-", .handler = handle_unknown, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE};

const struct route dispatch_asset_route = {.pattern = "/assets/*", .rate = RATE_ASSET, .flags = ROUTE_ON_IO_THREAD};

static bool runs_on_io_thread(const struct request_private *exchange)
{
    return exchange->request.route->flags & ROUTE_ON_IO_THREAD && !exchange->server->options.store_may_block;
}

void dispatch_log(const struct request_private *exchange, int status)
{
    const struct request *request = &exchange->request;
    int64_t us = clock_monotonic() - exchange->started;
    http_figures_count(exchange->server->figures, request->route, status, us);
    log_info("%s %s %d %.1f ms", exchange->is_head ? "HEAD" : http_method_name(request->method),
             request->route ? request->route->pattern : "-", status, (double)us / 1000);
}

void dispatch_fail(struct request_private *exchange, enum err error, int status, struct str detail)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    if (status == 0) status = err_http_status(error);
    if (status >= 500 && (error == ERR_INTERNAL || error == ERR_IO)) detail = STR(""); /* nobody's business */
    struct response_header *headers = response->headers; /* limits and cookies set so far stay */
    buf_dispose(&response->body);
    *response = (struct response){.status = status, .headers = headers, .retry_after = response->retry_after};
    if (status == 503 && response->retry_after == 0) response->retry_after = 1;
    if (request_wants_json(request) || !exchange->server->options.error_page) {
        respond_problem_status(request, response, status, detail);
        return;
    }
    exchange->server->options.error_page(request, response, error, detail);
    if (response->status < 300) response->status = status;
}

static void fail_last(struct request_private *exchange, enum err error, int status)
{
    if ((status ? status : err_http_status(error)) >= 500)
        log_error("%s: %s: %s", exchange->request.route ? exchange->request.route->pattern : "-", err_name(error), err_detail());
    dispatch_fail(exchange, error, status, str_copy(&exchange->arena, str_from(err_words())));
}

/* ---- what to do with the request: its line and headers ---- */

static void early(struct request_private *exchange, enum err error, int status, const char *detail)
{
    if (exchange->early_error != OK) return;
    exchange->early_error = error;
    exchange->early_status = status;
    exchange->early_detail = detail;
}

static bool method_read(struct request_private *exchange, const char *name)
{
    struct str method = str_from(name);
    exchange->is_head = str_equal(method, STR("HEAD"));
    exchange->request.method = HTTP_GET;
    if (exchange->is_head) return true;
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (!str_equal(method, str_from(http_method_name((enum http_method)i)))) continue;
        exchange->request.method = (enum http_method)i;
        return true;
    }
    return false;
}

static void allow_header(struct request_private *exchange)
{
    struct buf names = {0};
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (!(exchange->match.allowed & 1u << i)) continue;
        buf_append_format(&names, "%s%s%s", names.len ? ", " : "", http_method_name((enum http_method)i), i == HTTP_GET ? ", HEAD" : "");
    }
    response_header(&exchange->request, &exchange->response, "Allow", buf_str(&names));
    buf_dispose(&names);
}

/* "/skills/" is the page "/skills" when that exists. */
static bool redirect_without_slash(struct request_private *exchange)
{
    struct str path = exchange->raw_path, query = exchange->request.query;
    if (!exchange->path.has_trailing_slash || exchange->request.method != HTTP_GET || !exchange->match.route) return false;
    struct str location = str_format(&exchange->arena, "%.*s%s%.*s", (int)path.len - 1, path.ptr, query.len ? "?" : "", STR_ARG(query));
    respond_empty(&exchange->response, 308);
    response_header(&exchange->request, &exchange->response, "Location", location);
    return true;
}

static bool params_fit(struct request_private *exchange)
{
    const struct route *route = exchange->request.route;
    struct str rest = str_from(route->pattern), segment;
    size_t index = 0;
    while (str_split_next(&rest, '/', &segment)) {
        if (segment.len < 2 || segment.ptr[0] != '{') continue;
        struct str name = str_slice(segment, 1, segment.len - 1);
        struct field key = {.name = "parameter", .type = FIELD_KEY};
        for (size_t i = 0; i < route->fields_count; i++) {
            if (str_equal(str_from(route->fields[i].name), name)) key = route->fields[i];
        }
        if (!fields_check_one(&exchange->arena, &key, exchange->match.params[index++])) return false;
    }
    return true;
}

/* Finds the route, or why there is none. True when the response is already filled. */
static bool find_route(struct request_private *exchange, bool is_known_method)
{
    struct request *request = &exchange->request;
    size_t question = str_find_char(exchange->target, '?', 0);
    exchange->raw_path = str_slice(exchange->target, 0, question);
    request->query = question == STR_NPOS ? STR("") : str_slice(exchange->target, question + 1, exchange->target.len);
    if (!exchange->server->options.has_no_assets && asset_serve(exchange)) {
        request->route = &dispatch_asset_route;
        request->path = exchange->raw_path;
        return true;
    }
    request->route = &dispatch_unknown_route;
    enum err error = path_read(&exchange->arena, exchange->raw_path, &exchange->path);
    request->path = exchange->path.decoded;
    if (error == ERR_INVALID) request->path = STR("");
    if (error != OK) {
        early(exchange, error, 0, error == ERR_INVALID ? "The address is malformed." : "There is no page at this address.");
        return false;
    }
    router_match(exchange->server->router, &exchange->path, request->method, &exchange->match);
    if (redirect_without_slash(exchange)) return true;
    if (exchange->match.allowed == 0 || exchange->path.has_trailing_slash) {
        early(exchange, ERR_NOT_FOUND, 0, "There is no page at this address.");
    } else if (!exchange->match.route || !is_known_method) {
        early(exchange, ERR_INVALID, 405, "This address does not serve that method.");
        allow_header(exchange);
    } else {
        request->route = exchange->match.route;
        if (!params_fit(exchange)) {
            request->route = &dispatch_unknown_route;
            early(exchange, ERR_NOT_FOUND, 0, "There is no page at this address.");
        }
    }
    return false;
}

/* In whole units, rounded down: a form around a file takes a little of the limit. */
static const char *too_large_words(struct request_private *exchange)
{
    size_t max = exchange->body_max;
    if (max == 0) return "This address takes no content.";
    bool is_mega = max >= (size_t)1 << 20;
    return str_format(&exchange->arena, "What was sent is too large: at most %zu %s.", is_mega ? max >> 20 : max >> 10, is_mega ? "MB" : "KB").ptr;
}

struct framing {
    size_t lengths, encodings;
    struct str length, encoding;
};

static void framing_length(void *argument, struct str value)
{
    struct framing *framing = argument;
    framing->lengths++;
    framing->length = value;
}

static void framing_encoding(void *argument, struct str value)
{
    struct framing *framing = argument;
    framing->encodings++;
    framing->encoding = value;
}

/* How long the body is. Two lengths, or a length and an encoding, are how requests are smuggled past a proxy: refused. */
static void framing_read(struct request_private *exchange)
{
    struct framing framing = {0};
    int64_t length = 0;
    const char *wrong = request_headers_wrong(&exchange->request);
    if (wrong) {
        early(exchange, ERR_INVALID, 0, wrong);
        exchange->must_close = true;
    }
    request_each_header(&exchange->request, "Content-Length", framing_length, &framing);
    request_each_header(&exchange->request, "Transfer-Encoding", framing_encoding, &framing);
    if (framing.encodings > 1 || framing.lengths > 1 || (framing.encodings && framing.lengths) ||
        (framing.encodings && !str_equal_ci(str_trim(framing.encoding), STR("chunked")))) {
        early(exchange, ERR_INVALID, 0, "The length of the body is not clear.");
        exchange->must_close = true;
    }
    if (framing.encodings) {
        exchange->content_length = UINT64_MAX;
    } else if (framing.lengths) {
        if (str_to_int(framing.length, &length) != OK || length < 0) {
            early(exchange, ERR_INVALID, 0, "The length of the body is not a number.");
            exchange->must_close = true;
        }
        exchange->content_length = (uint64_t)length;
    }
    exchange->expects_continue = str_equal_ci(request_header(&exchange->request, "Expect"), STR("100-continue"));
    if (exchange->content_length != UINT64_MAX && exchange->content_length > exchange->body_max) {
        early(exchange, ERR_TOO_LARGE, 0, too_large_words(exchange));
    }
}

static size_t body_max_of(const struct request *request)
{
    return request->route == &dispatch_unknown_route || request->route == &dispatch_asset_route ? 0 : (size_t)route_body_max(request->route);
}

/* ---- filters and access ---- */

static enum err check_access(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    bool is_signed_in = request_is_signed_in(request);
    switch (request->route->access) {
    case ACCESS_PUBLIC:
    case ACCESS_WEBHOOK: return OK;
    case ACCESS_GUEST:
        if (is_signed_in) respond_redirect(request, &exchange->response, STR("/dashboard"));
        return OK;
    case ACCESS_ADMIN:
        if (is_signed_in && !request->identity.is_admin) return err_set(ERR_FORBIDDEN, "Only an administrator may do this.");
        break;
    default: break;
    }
    return is_signed_in ? OK : err_set(ERR_UNAUTHORIZED, "Sign in to go on.");
}

/* Runs filters and access; true when the response is filled and the request ends here. */
static bool filter_request(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    const struct server_options *options = &exchange->server->options;
    exchange->filters_done = true;
    for (size_t i = 0; i < options->filters_count; i++) {
        enum err error = options->filters[i](request, &exchange->response);
        if (error != OK) fail_last(exchange, error, 0);
        if (exchange->response.status >= 300) return true;
    }
    if (exchange->early_error != OK) {
        dispatch_fail(exchange, exchange->early_error, exchange->early_status, str_from(exchange->early_detail));
        return true;
    }
    enum err error = check_access(exchange);
    int status = exchange->early_status;
    if (error == OK && request->route->flags & ROUTE_WEBSOCKET) {
        const char *reason = websocket_check_upgrade(exchange, &status);
        if (reason) {
            dispatch_fail(exchange, ERR_INVALID, status, str_from(reason));
            return true;
        }
    }
    if (error != OK) fail_last(exchange, error, 0);
    return exchange->response.status >= 300 || exchange->response.body.len > 0;
}

/* ---- fields ---- */

static enum err read_body_fields(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct str body = buf_str(&exchange->body), type = request_header(request, "Content-Type");
    struct str media_type = form_media_type(type);
    if (body.len == 0) return OK;
    bool is_json = str_equal_ci(media_type, STR("application/json")) || str_equal_ci(media_type, STR("application/merge-patch+json"));
    if (!is_json) return form_read(&exchange->fields, type, body);
    TRY(json_parse(body, exchange->body_max, &exchange->json));
    if (json_type_of(exchange->json) != JSON_OBJECT) return err_set(ERR_INVALID, "The JSON document is not an object.");
    return fields_put_json(&exchange->fields, exchange->json);
}

/* A path parameter with a field of its own: already checked, take it. */
void fields_take_params(struct request_private *exchange)
{
    const struct route *route = exchange->request.route;
    for (size_t i = 0; i < route->fields_count; i++) {
        size_t index = route_param_index(route->pattern, str_from(route->fields[i].name));
        if (index == STR_NPOS) continue;
        if (exchange->fields.values[i].present) fields_pass_unknown(&exchange->fields, str_from(route->fields[i].name));
        exchange->fields.values[i] = (struct field_value){.present = true, .typed = exchange->match.params[index]};
    }
}

/* A changing request of the API takes nothing from its address but the path. */
static enum err refuse_query(struct request_private *exchange)
{
    struct field_set none;
    if (!exchange->fields.is_strict || !exchange->request.query.len) return OK;
    fields_init(&none, &exchange->arena, NULL, 0);
    none.is_strict = true;
    none.source = "query";
    TRY(form_read_urlencoded(&none, exchange->request.query));
    exchange->fields.refusals = none.refusals;
    exchange->fields.refusals_count = none.refusals_count;
    exchange->fields.has_errors = none.has_errors;
    return OK;
}

/* Reads and checks the fields. True when the response is filled: the input was refused. */
static bool read_fields(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    const struct route *route = request->route;
    enum err error = OK;
    fields_init(&exchange->fields, &exchange->arena, route->fields, route->fields_count);
    exchange->fields.is_strict = route_is_api(route);
    if (request->method == HTTP_GET) {
        exchange->fields.source = "query";
        error = form_read_urlencoded(&exchange->fields, request->query);
    } else if (!(route->flags & ROUTE_RAW_BODY)) {
        error = refuse_query(exchange);
        if (error == OK) error = read_body_fields(exchange);
    }
    if (error != OK) {
        fail_last(exchange, error, error == ERR_INVALID ? 400 : 0);
        return true;
    }
    fields_take_params(exchange);
    fields_check(&exchange->fields);
    if (route->collection) collection_read(exchange);
    if (!exchange->fields.has_errors || route->flags & ROUTE_SHOWS_ERRORS) return false;
    struct buf all = {0};
    for (size_t i = 0; i < exchange->fields.count; i++) {
        struct str message = exchange->fields.values[i].error;
        if (message.len > 0) buf_append_format(&all, "%s%.*s", all.len ? " " : "", STR_ARG(message));
    }
    for (const struct field_refusal *refusal = exchange->fields.refusals; refusal; refusal = refusal->next)
        buf_append_format(&all, "%s%.*s (%s): %s", all.len ? " " : "", STR_ARG(refusal->name), refusal->source, refusal->message);
    dispatch_fail(exchange, ERR_INVALID, 422, str_copy(&exchange->arena, buf_str(&all)));
    buf_dispose(&all);
    return true;
}

/* ---- the handler ---- */

/* What a handler may have changed when it is to run again: the request is as it came, the response as the filters left it. */
struct untouched {
    struct response response; /* without a body: none is written before the handler */
    struct field_value *values;
    bool has_errors, flash_read, flash_set;
};

static struct untouched untouched_keep(struct request_private *exchange)
{
    const struct field_set *fields = &exchange->fields;
    struct untouched kept = {exchange->response, NULL, fields->has_errors, exchange->flash_read, exchange->flash_set};
    if (!fields->count) return kept;
    kept.values = arena_array(&exchange->arena, struct field_value, fields->count);
    memcpy(kept.values, fields->values, fields->count * sizeof *kept.values);
    return kept;
}

static void untouched_put_back(struct request_private *exchange, const struct untouched *kept)
{
    struct field_set *fields = &exchange->fields;
    buf_dispose(&exchange->response.body);
    exchange->response = kept->response;
    if (fields->count) memcpy(fields->values, kept->values, fields->count * sizeof *kept->values);
    fields->has_errors = kept->has_errors;
    exchange->flash_read = kept->flash_read;
    exchange->flash_set = kept->flash_set;
}

static enum err run_in_transaction(struct request_private *exchange, const struct untouched *kept)
{
    const struct request *request = &exchange->request;
    TRY(db_begin(request->db));
    enum err error = api_run(exchange);
    if (error == OK && exchange->response.status < 400) {
        error = db_commit(request->db);
        if (error != OK) untouched_put_back(exchange, kept); /* what the handler says was done was not */
        return error;
    }
    db_rollback(request->db);
    return error;
}

static enum err run_until_kept(struct request_private *exchange)
{
    struct untouched kept = untouched_keep(exchange);
    int reruns = 0;
    for (;;) {
        enum err error = run_in_transaction(exchange, &kept);
        bool is_kept = error == OK && exchange->response.status < 400;
        if (is_kept || !db_may_rerun(exchange->request.db, &reruns)) return error;
        untouched_put_back(exchange, &kept);
    }
}

static void run_handler(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    bool in_transaction = request->method != HTTP_GET && !(request->route->flags & ROUTE_NO_TRANSACTION) && request->db;
    err_set(OK, "%s", "");
    enum err error = in_transaction ? run_until_kept(exchange) : api_run(exchange);
    if (request->db) db_rollback(request->db);
    if (error == OK && response->body.overflow) error = err_set(ERR_INTERNAL, "the page outgrew its buffer");
    if (error != OK) fail_last(exchange, error, 0);
}

static bool db_take(struct request_private *exchange)
{
    if (!exchange->server->options.db) return true;
    enum err error = db_acquire(exchange->server->options.db, &exchange->request.db);
    if (error == OK) {
        exchange->statements -= db_statement_count(exchange->request.db);
        return true;
    }
    if (exchange->request.route->flags & ROUTE_WITHOUT_STORE) return true;
    fail_last(exchange, error, 0);
    return false;
}

static void db_give(struct request_private *exchange)
{
    if (exchange->request.db) exchange->statements += db_statement_count(exchange->request.db);
    db_release(exchange->request.db);
    exchange->request.db = NULL;
}

/* Everything that is left for a complete request: filters (unless they have run), fields, handler. */
static void run_rest(struct request_private *exchange)
{
    exchange_enter(exchange);
    if (db_take(exchange)) {
        bool is_over = !exchange->filters_done && filter_request(exchange);
        if (!is_over && !read_fields(exchange)) run_handler(exchange);
        db_give(exchange);
    }
    exchange->stage = STAGE_READY;
}

static void run_filters(struct request_private *exchange)
{
    exchange_enter(exchange);
    bool is_over = !db_take(exchange) || filter_request(exchange);
    db_give(exchange);
    exchange->stage = is_over ? STAGE_DISCARD : STAGE_BODY;
}

static void worker_run(void *argument)
{
    struct request_private *exchange = argument;
    look_ahead(exchange, worker_run);
    if (atomic_load(&exchange->server->is_out_of_time)) {
        dispatch_fail(exchange, ERR_UNAVAILABLE, 0, STR("The server is stopping."));
        exchange->stage = exchange->stage == STAGE_FILTERING ? STAGE_DISCARD : STAGE_READY;
    } else if (exchange->stage == STAGE_FILTERING) {
        run_filters(exchange);
    } else {
        run_rest(exchange);
    }
    exchange_leave();
    exchange_resume(exchange);
}

/* Suspends the connection first (server.c), so that a quick worker cannot resume it before. */
bool dispatch_submit(struct request_private *exchange)
{
    return worker_pool_submit(exchange->server->workers, worker_run, exchange) == OK;
}

void dispatch_busy(struct request_private *exchange)
{
    dispatch_fail(exchange, ERR_UNAVAILABLE, 503, STR("The server is busy. Try again in a moment."));
    exchange->stage = exchange->stage == STAGE_FILTERING ? STAGE_DISCARD : STAGE_READY;
}

/* ---- called by server.c ---- */

struct parents {
    size_t count;
    struct str first;
};

static void parents_add(void *argument, struct str value)
{
    struct parents *parents = argument;
    if (!parents->count++) parents->first = value;
}

/* Goes on with the trace that the caller names, in a span of its own. Whatever is not as it should be is passed over (W3C Trace Context, 4.3). */
static void trace_take(struct request_private *exchange)
{
    struct parents parents = {0};
    struct trace parent;
    request_each_header(&exchange->request, "traceparent", parents_add, &parents);
    if (parents.count != 1 || !trace_read(parents.first, &parent)) return;
    memcpy(exchange->trace.id, parent.id, sizeof parent.id);
    exchange->trace.is_sampled = parent.is_sampled;
}

enum next dispatch_headers(struct request_private *exchange, const char *method, const char *version)
{
    bool is_known = method_read(exchange, method);
    exchange->is_http_1_0 = str_equal(str_from(version), STR("HTTP/1.0"));
    request_read_address(exchange);
    trace_take(exchange);
    bool is_over = exchange->target.len <= TARGET_MAX ? find_route(exchange, is_known) : false;
    if (exchange->target.len > TARGET_MAX) {
        exchange->request.route = &dispatch_unknown_route;
        early(exchange, ERR_TOO_LARGE, 414, "The address is too long.");
    }
    exchange->body_max = body_max_of(&exchange->request);
    framing_read(exchange);
    bool has_body = exchange->content_length > 0;
    if (is_over) {
        exchange->stage = has_body ? STAGE_DISCARD : STAGE_READY;
        return NEXT_CONTINUE;
    }
    exchange->stage = STAGE_BODY;
    if (!has_body) return NEXT_CONTINUE;
    if (exchange->early_error == ERR_TOO_LARGE || runs_on_io_thread(exchange)) {
        run_filters(exchange);
        exchange_leave();
        return NEXT_CONTINUE;
    }
    bool is_small = exchange->content_length <= SMALL_BODY && !exchange->expects_continue;
    if (is_small && exchange->early_error == OK) return NEXT_CONTINUE;
    exchange->stage = STAGE_FILTERING;
    return NEXT_SUSPEND;
}

enum next dispatch_body(struct request_private *exchange, const char *bytes, size_t len)
{
    exchange->body_seen += len;
    if (exchange->stage != STAGE_BODY) return NEXT_QUEUE;
    if (exchange->body_seen > exchange->body_max) {
        dispatch_fail(exchange, ERR_TOO_LARGE, 0, str_from(too_large_words(exchange)));
        exchange->stage = STAGE_DISCARD;
        return NEXT_QUEUE;
    }
    if (exchange->body.max == 0) {
        buf_init(&exchange->body, exchange->body_max + 1);
        size_t expected = exchange->content_length < BODY_DEFAULT ? (size_t)exchange->content_length : BODY_DEFAULT;
        if (!buf_reserve(&exchange->body, expected < exchange->body_max ? expected : exchange->body_max)) return NEXT_CUT;
    }
    buf_append(&exchange->body, bytes, len);
    return NEXT_CONTINUE;
}

enum next dispatch_end(struct request_private *exchange)
{
    if (exchange->stage == STAGE_READY || exchange->stage == STAGE_DISCARD) return NEXT_QUEUE;
    if (runs_on_io_thread(exchange)) {
        run_rest(exchange);
        exchange_leave();
        return NEXT_QUEUE;
    }
    exchange->stage = STAGE_RUNNING;
    return NEXT_SUSPEND;
}
