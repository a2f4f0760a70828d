/* Reading interviews, turns and claims. Design in interview.h. */
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"
#include "json/json.h"

bool interview_is(const struct interview *interview, const char *status) { return str_equal(interview->status, str_from(status)); }

enum err interview_load(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview *interview)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &sql_interview_by_id, DB_ARGS(db_uuid(user_id), db_uuid(id)), &rows));
    *interview = (struct interview){.id = id,
                                    .role = db_col_text(&rows, 0, arena),
                                    .status = db_col_text(&rows, 1, arena),
                                    .plan = db_col_text(&rows, 2, arena),
                                    .state = db_col_text(&rows, 3, arena),
                                    .outcome = db_col_text(&rows, 4, arena),
                                    .started_at = db_col_time(&rows, 5),
                                    .completed_at = db_col_time(&rows, 6),
                                    .created_at = db_col_time(&rows, 7)};
    return OK;
}

enum err interview_dead_reading(struct request *request, struct str id, int64_t *job_id)
{
    return db_query_int(request->db, &sql_interview_dead_reading, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), job_id);
}

struct str interview_reason(struct arena *arena) { return str_copy(arena, str_from(err_words())); }

static void add_turn(struct arena *arena, struct interview_turns *turns, size_t *room, const struct interview_turn *turn)
{
    if (turns->count == *room) {
        *room = *room ? *room * 2 : 64;
        struct interview_turn *more = arena_array(arena, struct interview_turn, *room);
        for (size_t i = 0; i < turns->count; i++) more[i] = turns->items[i];
        turns->items = more;
    }
    turns->items[turns->count++] = *turn;
}

enum err interview_load_turns(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview_turns *turns)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    size_t room = 0;
    *turns = (struct interview_turns){0};
    TRY(db_query(db, &sql_interview_turns, DB_ARGS(db_uuid(user_id), db_uuid(id)), &rows));
    while (db_next(&rows)) {
        struct interview_turn turn = {.index = db_col_int(&rows, 0),
                                      .is_user = str_equal(db_col_view(&rows, 1), STR("user")),
                                      .text = db_col_text(&rows, 2, arena),
                                      .skill_id = db_col_text(&rows, 3, arena),
                                      .message_id = db_col_text(&rows, 4, arena),
                                      .created_at = db_col_time(&rows, 5)};
        if (!turn.message_id.len) turn.message_id = str_format(arena, "%.*s:%lld", STR_ARG(id), (long long)turn.index);
        add_turn(arena, turns, &room, &turn);
    }
    return db_rows_result(&rows);
}

enum err interview_load_claims(struct db *db, struct arena *arena, struct str user_id, struct interview_claims *claims)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    size_t room = 0;
    *claims = (struct interview_claims){0};
    TRY(db_query(db, &sql_interview_claims, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) {
        struct interview_claim_row row = {.is_verified = db_col_bool(&rows, 3)};
        row.claim.skill_id = db_col_text(&rows, 0, arena);
        row.claim.skill = db_col_text(&rows, 1, arena);
        TRY(level_parse(db_col_view(&rows, 2), &row.claim.level));
        if (claims->count == room) {
            room = room ? room * 2 : 32;
            struct interview_claim_row *more = arena_array(arena, struct interview_claim_row, room);
            for (size_t i = 0; i < claims->count; i++) more[i] = claims->items[i];
            claims->items = more;
        }
        claims->items[claims->count++] = row;
    }
    return db_rows_result(&rows);
}

enum err interview_default_role(struct db *db, struct arena *arena, struct str user_id, struct str *role)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct json *roles CLEANUP(json_free_at) = NULL;
    *role = (struct str){0};
    enum err found = db_query_one(db, &sql_interview_target_roles, DB_ARGS(db_uuid(user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    TRY(json_parse(db_col_view(&rows, 0), (size_t)64 << 10, &roles));
    *role = str_copy(arena, json_str(json_at(roles, 0)));
    return OK;
}
