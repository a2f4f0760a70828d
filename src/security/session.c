/* Sessions. Design in session.h. */
#include "security/session.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/db.h"
#include "security/session.sql.h"
#include "security/token.h"

#define COOKIE_NAME "session"
#define TOKEN_BYTES 32
#define LIFETIME_SECONDS (INT64_C(30) * 86400)
#define TOUCH_AFTER (INT64_C(3600) * US_PER_SECOND)

static void set_cookie(struct request *request, struct response *response, struct str token, int64_t max_age)
{
    response_cookie(request, response, &(struct cookie){.name = COOKIE_NAME, .value = token, .max_age = max_age});
}

enum err session_start(struct request *request, struct response *response, struct str user_id)
{
    struct str token = random_hex(request->arena, TOKEN_BYTES);
    int64_t now = clock_now();
    TRY(db_exec(request->db, &sql_session_delete_expired, DB_ARGS(db_time(now))));
    TRY(db_exec(request->db, &sql_session_insert,
                DB_ARGS(db_text(token_hash(request->arena, token)), db_uuid(user_id), db_time(now),
                        db_time(now + LIFETIME_SECONDS * US_PER_SECOND),
                        db_text(str_utf8_prefix(request_header(request, "User-Agent"), 200)))));
    set_cookie(request, response, token, LIFETIME_SECONDS);
    return OK;
}

enum err session_end(struct request *request, struct response *response)
{
    set_cookie(request, response, STR(""), -1);
    if (!request->identity.session_hash.len) return OK;
    TRY(request_end_live(request, LIVE_OF_SESSION, request->identity.session_hash));
    return db_exec(request->db, &sql_session_delete, DB_ARGS(db_text(request->identity.session_hash)));
}

enum err session_end_one(struct request *request, struct str session_hash)
{
    TRY(request_end_live(request, LIVE_OF_SESSION, session_hash));
    return db_exec_one(request->db, &sql_session_delete_one, DB_ARGS(db_uuid(request->identity.user_id), db_text(session_hash)));
}

enum err session_end_others(struct request *request)
{
    TRY(request_end_live(request, LIVE_OF_OTHER_SESSIONS, request->identity.session_hash));
    return db_exec(request->db, &sql_session_delete_others,
                   DB_ARGS(db_uuid(request->identity.user_id), db_text(request->identity.session_hash)));
}

enum err session_check(struct db *db, const struct identity *identity)
{
    int64_t found = 0;
    enum err error = db_query_int(db, &sql_session_exists, DB_ARGS(db_text(identity->session_hash), db_time(clock_now())), &found);
    return error == ERR_NOT_FOUND ? err_set(ERR_UNAUTHORIZED, "You signed out, or this session was ended.") : error;
}

void session_read_identity(struct arena *arena, const struct db_rows *rows, struct identity *identity)
{
    *identity = (struct identity){
        .user_id = db_col_text(rows, 0, arena),
        .email = db_col_text(rows, 2, arena),
        .username = db_col_text(rows, 3, arena),
        .first_name = db_col_text(rows, 4, arena),
        .last_name = db_col_text(rows, 5, arena),
        .is_admin = str_equal(db_col_view(rows, 6), STR("admin")),
        .onboarding_step = (int)db_col_int(rows, 7),
        .onboarding_completed = db_col_bool(rows, 8),
        .onboarding_skipped = db_col_bool(rows, 9),
    };
}

/* Whose session it is; a stranger (user_id "") when there is none. */
struct found {
    struct identity identity;
    int64_t last_used;
};

static enum err read_found(struct arena *arena, struct str hash, struct db_rows *rows, struct found *found)
{
    *found = (struct found){0};
    if (!db_next(rows)) return db_rows_result(rows);
    session_read_identity(arena, rows, &found->identity);
    found->identity.session_hash = hash;
    found->last_used = db_col_time(rows, 1);
    return OK;
}

static struct str sent_token(const struct request *request)
{
    struct str token = request_cookie(request, COOKIE_NAME);
    return token.len == 2 * TOKEN_BYTES ? token : STR("");
}

static enum err look_up(struct request *request, struct str hash, struct found *found)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_session_identity, DB_ARGS(db_text(hash), db_time(clock_now())), &rows));
    return read_found(request->arena, hash, &rows, found);
}

enum err session_look_ahead(struct db *db, struct request *const *requests, size_t count)
{
    struct db_rows rows[DB_ASKS_MAX] = {0};
    struct db_value values[DB_ASKS_MAX][2];
    struct db_ask asks[DB_ASKS_MAX];
    struct request *of[DB_ASKS_MAX];
    struct str hashes[DB_ASKS_MAX];
    size_t asked = 0;
    for (size_t i = 0; i < count && asked < DB_ASKS_MAX; i++) {
        struct str token = sent_token(requests[i]);
        if (!token.len) continue;
        of[asked] = requests[i];
        hashes[asked] = token_hash(requests[i]->arena, token);
        values[asked][0] = db_text(hashes[asked]);
        values[asked][1] = db_time(clock_now());
        asks[asked] = (struct db_ask){&sql_session_identity, values[asked], 2, &rows[asked]};
        asked++;
    }
    if (!asked) return OK;
    TRY(db_query_all(db, asks, asked));
    enum err result = OK;
    for (size_t i = 0; i < asked; i++) {
        struct found *found = arena_new(of[i]->arena, struct found);
        if (result == OK) result = read_found(of[i]->arena, hashes[i], &rows[i], found);
        if (result == OK) of[i]->ahead = found;
        db_rows_close(&rows[i]);
    }
    return result;
}

enum err session_identify(struct request *request, struct response *response)
{
    if (request->identity.sent_token) return OK;
    struct str token = sent_token(request);
    bool is_needless = request->route->flags & ROUTE_WITHOUT_STORE;
    if (!token.len || !request->db) return OK;
    struct found found = {0};
    enum err looked = request->ahead ? OK : look_up(request, token_hash(request->arena, token), &found);
    if (looked == ERR_UNAVAILABLE && is_needless) return OK;
    TRY(looked);
    if (request->ahead) found = *(struct found *)request->ahead;
    request->identity = found.identity;
    int64_t now = clock_now();
    if (!found.identity.user_id.len || now - found.last_used < TOUCH_AFTER) return OK;
    set_cookie(request, response, token, LIFETIME_SECONDS);
    enum err touched = db_exec(request->db, &sql_session_touch,
                               DB_ARGS(db_text(found.identity.session_hash), db_time(now), db_time(now + LIFETIME_SECONDS * US_PER_SECOND)));
    if (touched != OK) log_warn("a session could not be prolonged: %s", err_detail());
    return OK;
}
