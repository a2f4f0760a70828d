/* Making an interview: its plan and an untouched state, stored together. Design in interview.h. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"

static enum err load_said(struct db *db, struct arena *arena, struct str user_id, struct str_list *said)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_interview_said, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) str_list_add(arena, said, db_col_text(&rows, 0, arena));
    return db_rows_result(&rows);
}

enum err interview_create(struct db *db, struct arena *arena, const struct identity *who, const struct interview_wish *wish, struct str *id)
{
    struct interviewer_plan plan;
    struct interviewer_state state = {0};
    struct interviewer_request request = {.seed = uuid_new(arena), .name = who->first_name, .role = wish->role,
                                          .claims = wish->claims, .claims_count = wish->claims_count, .is_short = wish->is_short};
    TRY(load_said(db, arena, who->user_id, &request.said));
    TRY(interviewer_plan_make(arena, &request, &plan));
    struct buf plan_text CLEANUP(buf_dispose) = {0}, state_text CLEANUP(buf_dispose) = {0};
    interviewer_plan_write(&plan, &plan_text);
    interviewer_state_write(&state, &state_text);
    *id = request.seed;
    return db_exec(db, &sql_interview_insert,
                   DB_ARGS(db_uuid(*id), db_uuid(who->user_id), db_text(wish->role), db_json(buf_str(&plan_text)),
                           db_json(buf_str(&state_text)), db_time(clock_now())));
}
