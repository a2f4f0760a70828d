/* The answer: bodies, headers, cookies, and what every answer carries.
 *
 * Security headers are the same for every response; a handler that sets one of them itself wins. A page for somebody signed in
 * is never cached. Header values are stripped of control characters, so that no value can add a header of its own.
 */
#include "http/response.h"
#include "base/log.h"
#include "html/html.h"
#include "http/private.h"
#include "json/json.h"
#include <assert.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

static const char content_security_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

static const struct {
    const char *name, *value;
} standard_headers[] = {
    {"Content-Security-Policy", content_security_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static void header_push(struct request *request, struct response *response, const char *name, const char *value)
{
    struct response_header *header = arena_new(request->arena, struct response_header);
    *header = (struct response_header){response->headers, name, value};
    response->headers = header;
}

void response_header(struct request *request, struct response *response, const char *name, struct str value)
{
    char *copy = str_cstr(request->arena, value);
    for (char *c = copy; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
    }
    header_push(request, response, str_cstr(request->arena, str_from(name)), copy);
}

struct str response_find_header(const struct response *response, const char *name)
{
    for (const struct response_header *header = response->headers; header; header = header->next) {
        if (str_equal_ci(str_from(header->name), str_from(name))) return str_from(header->value);
    }
    return STR("");
}

/* Takes out a cookie that was set before: a name is set once. */
static void forget_cookie(struct response *response, const char *name)
{
    size_t len = strlen(name);
    for (struct response_header **at = &response->headers; *at;) {
        const struct response_header *header = *at;
        bool is_it = str_equal_ci(str_from(header->name), STR("Set-Cookie")) && strncmp(header->value, name, len) == 0 && header->value[len] == '=';
        if (is_it) *at = header->next;
        else at = &(*at)->next;
    }
}

void response_cookie(struct request *request, struct response *response, const struct cookie *cookie)
{
    forget_cookie(response, cookie->name);
    for (size_t i = 0; i < cookie->value.len; i++) {
        unsigned char c = (unsigned char)cookie->value.ptr[i];
        bool is_fine = c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"' && c != '\\';
        assert(is_fine && "a cookie value is plain ASCII");
        if (!is_fine) return;
    }
    struct str age = STR("");
    if (cookie->max_age > 0) age = str_format(request->arena, "; Max-Age=%" PRId64, cookie->max_age);
    if (cookie->max_age < 0) age = STR("; Max-Age=0");
    struct str value = str_format(request->arena, "%s=%.*s; Path=/; SameSite=Lax%.*s%s%s", cookie->name, STR_ARG(cookie->value),
                                  STR_ARG(age), cookie->readable ? "" : "; HttpOnly", request->is_https ? "; Secure" : "");
    response_header(request, response, "Set-Cookie", value);
}

static void response_take(struct response *response, const char *content_type, struct buf *body)
{
    buf_dispose(&response->body);
    response->body = *body;
    *body = (struct buf){0};
    response->content_type = content_type;
}

void respond_html(struct response *response, struct html *page)
{
    response_take(response, "text/html; charset=utf-8", &page->buf);
}

void respond_json(struct response *response, struct buf *document)
{
    response_take(response, "application/json", document);
}

void respond_text(struct response *response, const char *content_type, struct str text)
{
    buf_dispose(&response->body);
    buf_append_str(&response->body, text);
    response->content_type = content_type;
}

void respond_empty(struct response *response, int status)
{
    buf_dispose(&response->body);
    response->content_type = NULL;
    response->status = status;
}

void respond_redirect(struct request *request, struct response *response, struct str location)
{
    bool is_ours = location.len > 0 && location.ptr[0] == '/' && !(location.len > 1 && memchr("/\\", location.ptr[1], 2));
    assert(is_ours && "a redirect stays on our own site");
    if (!is_ours) location = STR("/");
    if (request_is_enhanced(request) && request_wants_json(request)) {
        struct buf document = {0};
        struct json_writer writer;
        json_begin(&writer, &document);
        json_object_open(&writer);
        json_member_str(&writer, "redirect", location);
        json_object_close(&writer);
        response->status = 200;
        respond_json(response, &document);
        return;
    }
    respond_empty(response, 303);
    response_header(request, response, "Location", location);
}

void respond_stream(struct response *response, struct str channel)
{
    response->stream_channel = channel;
}

static void header_default(struct request_private *exchange, const char *name, const char *value)
{
    if (response_find_header(&exchange->response, name).len == 0) {
        header_push(&exchange->request, &exchange->response, name, value);
    }
}

static void problem_write_error(struct json_writer *writer, struct str field, const char *source, struct str message)
{
    json_object_open(writer);
    json_member_str(writer, "field", field);
    json_member_str(writer, "in", str_from(source));
    json_member_str(writer, "message", message);
    json_object_close(writer);
}

static void problem_write_errors(struct json_writer *writer, const struct request *request)
{
    const struct field_set *set = &request->private->fields;
    json_key(writer, "errors");
    json_array_open(writer);
    for (size_t i = 0; i < set->count; i++) {
        if (set->values[i].error.len > 0)
            problem_write_error(writer, str_from(set->fields[i].name), request->method == HTTP_GET ? "query" : "body", set->values[i].error);
    }
    for (const struct field_refusal *refusal = set->refusals; refusal; refusal = refusal->next)
        problem_write_error(writer, refusal->name, refusal->source, str_from(refusal->message));
    json_array_close(writer);
}

static void respond_kind(struct request *request, struct response *response, enum problem kind, int status, struct str detail)
{
    struct buf document = {0};
    struct json_writer writer;
    bool is_known = kind < PROBLEM_COUNT;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "type", is_known ? str_format(request->arena, PROBLEM_ADDRESS "%s", problems[kind].name) : STR("about:blank"));
    json_member_str(&writer, "title", str_from(is_known ? problems[kind].title : http_status_text(status)));
    json_member_int(&writer, "status", status);
    if (detail.len > 0) json_member_str(&writer, "detail", detail);
    json_member_str(&writer, "instance", request->id);
    if (request->private->fields.has_errors && status == 422) problem_write_errors(&writer, request);
    json_object_close(&writer);
    response->status = status;
    if (status == 401) header_default(request->private, "WWW-Authenticate", "Bearer realm=\"Career Prep\""); /* RFC 9110, 15.5.2 */
    response_take(response, "application/problem+json", &document);
}

void respond_problem(struct request *request, struct response *response, enum problem kind, struct str detail)
{
    respond_kind(request, response, kind, problems[kind].status, detail);
}

void respond_problem_status(struct request *request, struct response *response, int status, struct str detail)
{
    respond_kind(request, response, problem_of_status(status), status, detail);
}

/* ---- what every answer carries ---- */

static const char *cache_control(const struct request_private *exchange)
{
    const struct request *request = &exchange->request;
    if (request_is_signed_in(request) || (exchange->response.status >= 300 && exchange->response.status != 304)) return "private, no-store";
    if (exchange->flash_read || exchange->flash_set) return "private, no-store";
    if (request->route && request->route->flags & ROUTE_CACHE_PUBLIC) return "public, max-age=60";
    return "no-cache";
}

void response_add_standard_headers(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    if (exchange->flash_read && !exchange->flash_set) {
        response_cookie(request, response, &(struct cookie){.name = "flash", .value = STR(""), .max_age = -1});
    }
    for (size_t i = 0; i < COUNT_OF(standard_headers); i++) {
        header_default(exchange, standard_headers[i].name, standard_headers[i].value);
    }
    header_default(exchange, "Cache-Control", cache_control(exchange));
    if (request->is_https) header_default(exchange, "Strict-Transport-Security", "max-age=31536000");
    if (response->content_type) header_default(exchange, "Content-Type", response->content_type);
    if (response->retry_after > 0 && (response->status == 429 || response->status == 503)) {
        struct str seconds = str_format(request->arena, "%" PRId64, response->retry_after);
        header_default(exchange, "Retry-After", str_cstr(request->arena, seconds));
    }
    header_push(request, response, "X-Request-Id", exchange->id_text);
    if (exchange->server->options.tells_statements)
        header_push(request, response, "X-Statements", str_cstr(request->arena, str_format(request->arena, "%" PRIu64, exchange->statements)));
    if (exchange->must_close || atomic_load(&exchange->server->is_draining)) header_push(request, response, "Connection", "close");
}

const char *http_status_text(int status)
{
    return MHD_get_reason_phrase_for((unsigned)status);
}

void response_write_raw(struct request_private *exchange, struct buf *out)
{
    const struct response *response = &exchange->response;
    buf_append_format(out, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n", response->status, http_status_text(response->status),
                      response->body.len);
    for (const struct response_header *header = response->headers; header; header = header->next) {
        buf_append_format(out, "%s: %s\r\n", header->name, header->value);
    }
    buf_append_str(out, STR("\r\n"));
    if (!exchange->is_head) buf_append_str(out, buf_str(&response->body));
}
