/* Idempotency keys. Design in idempotency.h. */
#include "http/idempotency.h"
#include "base/clock.h"
#include "base/siphash.h"
#include "http/idempotency.sql.h"
#include "http/private.h"
#include <inttypes.h>

bool idempotency_key_read(struct str header, struct str *key)
{
    struct str text = str_trim(header);
    if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"') text = str_slice(text, 1, text.len - 1);
    if (!text.len || text.len > IDEMPOTENCY_KEY_MAX) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f) return false;
    *key = text;
    return true;
}

/* 128 bits over method, path, query and body, each with its length. */
static struct str hash_of(struct request_private *exchange)
{
    static const uint64_t keys[2][2] = {{1, 2}, {3, 4}}; /* no secret: it tells a person's own requests apart */
    const struct request *request = &exchange->request;
    struct str body = buf_str(&exchange->body);
    uint64_t hash[2];
    for (int i = 0; i < 2; i++) {
        struct str parts = str_format(request->arena, "%s %zu %.*s %zu %.*s %016" PRIx64, http_method_name(request->method), request->path.len,
                                      STR_ARG(request->path), request->query.len, STR_ARG(request->query), siphash(keys[i], body));
        hash[i] = siphash(keys[i], parts);
    }
    return str_format(request->arena, "%016" PRIx64 "%016" PRIx64, hash[0], hash[1]);
}

static enum err replay(struct request_private *exchange, struct str key, struct str hash)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_idempotency_find, DB_ARGS(db_uuid(request->identity.user_id), db_text(key)), &rows));
    if (!str_equal(db_col_view(&rows, 0), hash)) {
        respond_problem(request, response, PROBLEM_KEY_REUSED, STR("This Idempotency-Key was sent with another request within the last 24 hours."));
        return OK;
    }
    response->status = (int)db_col_int(&rows, 1);
    struct str location = db_col_view(&rows, 2), type = db_col_text(&rows, 3, request->arena), body = db_col_view(&rows, 4);
    if (location.len) response_header(request, response, "Location", location);
    response_header(request, response, "Idempotency-Replayed", STR("true"));
    if (body.len) respond_text(response, str_cstr(request->arena, type), body);
    return OK;
}

/* Whether the key is ours now: it was not in use. */
static enum err take_key(struct request *request, struct str key, struct str hash, bool *is_new)
{
    int64_t now = clock_now();
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err begun = db_query_one(request->db, &sql_idempotency_begin,
                                  DB_ARGS(db_uuid(request->identity.user_id), db_text(key), db_text(hash), db_time(now), db_time(now - US_PER_DAY)), &rows);
    *is_new = begun == OK;
    if (begun == ERR_NOT_FOUND) return OK;
    TRY(begun);
    while (db_next(&rows)) {}
    return db_rows_result(&rows);
}

struct sent_key {
    struct str text;
    bool is_there;
};

static void take_sent(void *argument, struct str value) { *(struct sent_key *)argument = (struct sent_key){value, true}; }

enum err idempotency_begin(struct request_private *exchange, struct str *key, bool *is_over)
{
    struct request *request = &exchange->request;
    bool is_new = false;
    *key = STR("");
    *is_over = false;
    if (!route_takes_idempotency_key(request->route)) return OK;
    struct sent_key sent = {0};
    request_each_header(request, "Idempotency-Key", take_sent, &sent);
    if (!sent.is_there) return OK; /* an empty one is there, and no key */
    if (!idempotency_key_read(sent.text, key)) {
        *is_over = true;
        fields_refuse(&exchange->fields, STR("Idempotency-Key"), "header", "An idempotency key has 1 to 64 visible ASCII characters.");
        respond_problem(request, &exchange->response, PROBLEM_VALIDATION, STR("The Idempotency-Key is not valid."));
        return OK;
    }
    struct str hash = hash_of(exchange);
    TRY(take_key(request, *key, hash, &is_new));
    *is_over = !is_new;
    return is_new ? OK : replay(exchange, *key, hash);
}

enum err idempotency_finish(struct request_private *exchange, struct str key)
{
    const struct request *request = &exchange->request;
    const struct response *response = &exchange->response;
    return db_exec_one(request->db, &sql_idempotency_finish,
                       DB_ARGS(db_uuid(request->identity.user_id), db_text(key), db_int(response->status),
                               db_text(response_find_header(response, "Location")), db_text(str_from(response->content_type)),
                               db_text(buf_str(&response->body))));
}

enum err idempotency_sweep(struct db *db) { return db_exec(db, &sql_idempotency_sweep, DB_ARGS(db_time(clock_now() - US_PER_DAY))); }
