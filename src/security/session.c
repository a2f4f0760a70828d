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

void session_read_identity(struct request *request, const struct db_rows *rows)
{
    struct arena *arena = request->arena;
    request->identity = (struct identity){
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

enum err session_identify(struct request *request, struct response *response)
{
    if (request->identity.sent_token) return OK;
    struct str token = request_cookie(request, COOKIE_NAME);
    bool is_needless = request->route->flags & ROUTE_WITHOUT_STORE;
    if (token.len != 2 * TOKEN_BYTES || !request->db) return OK;
    struct str hash = token_hash(request->arena, token);
    int64_t now = clock_now(), last_used = 0;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(request->db, &sql_session_identity, DB_ARGS(db_text(hash), db_time(now)), &rows);
        if (found == ERR_NOT_FOUND || (found == ERR_UNAVAILABLE && is_needless)) return OK;
        TRY(found);
        session_read_identity(request, &rows);
        request->identity.session_hash = hash;
        last_used = db_col_time(&rows, 1);
    }
    if (now - last_used < TOUCH_AFTER) return OK;
    set_cookie(request, response, token, LIFETIME_SECONDS);
    enum err touched = db_exec(request->db, &sql_session_touch,
                               DB_ARGS(db_text(hash), db_time(now), db_time(now + LIFETIME_SECONDS * US_PER_SECOND)));
    if (touched != OK) log_warn("a session could not be prolonged: %s", err_detail());
    return OK;
}
