/* Deleting an interview, and what its proofs had shown. Design in interview.h.
 *
 * The proofs go with the interview. A skill that has others keeps its verification, with the numbers of those; one that has none is a
 * claim again: nobody is shown a proof that is no longer there.
 */
#include "base/clock.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"
#include "json/json.h"

struct proof_left {
    struct proof_left *next;
    struct str user_skill_id, metadata;
};

static struct str metadata_of(struct arena *arena, const struct db_rows *rows)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &out);
    json_object_open(&json);
    json_member_bool(&json, "is_verified", true);
    json_member_int(&json, "verification_count", db_col_int(rows, 5));
    json_key(&json, "latest_proof");
    json_object_open(&json);
    json_member_str(&json, "interview_id", db_col_view(rows, 1));
    json_member_time(&json, "timestamp", db_col_time(rows, 2));
    json_member_str(&json, "transcript_snippet", db_col_view(rows, 3));
    json_member_double(&json, "evaluator_confidence", db_col_real(rows, 4));
    json_object_close(&json);
    json_object_close(&json);
    return str_copy(arena, buf_str(&out));
}

static enum err load_left(struct db *db, struct arena *arena, struct str user_id, struct str id, struct proof_left **list)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_interview_latest_proofs_left, DB_ARGS(db_uuid(user_id), db_uuid(id)), &rows));
    while (db_next(&rows)) {
        struct proof_left *left = arena_new(arena, struct proof_left);
        *left = (struct proof_left){*list, db_col_text(&rows, 0, arena), metadata_of(arena, &rows)};
        *list = left;
    }
    return db_rows_result(&rows);
}

enum err interview_remove(struct db *db, struct arena *arena, struct str user_id, struct str id)
{
    struct interview_session session;
    TRY(interview_hold(db, arena, user_id, id, &session));
    if (interview_is(&session.row, "completed"))
        return err_set(ERR_CONFLICT, "This interview is being read just now. You can delete it when that is done.");
    struct proof_left *left = NULL;
    int64_t now = clock_now();
    TRY(load_left(db, arena, user_id, id, &left));
    TRY(db_exec(db, &sql_interview_unverify, DB_ARGS(db_uuid(user_id), db_uuid(id), db_time(now))));
    for (; left; left = left->next) /* at most one a topic of the interview */
        TRY(db_exec(db, &sql_interview_set_metadata,
                    DB_ARGS(db_uuid(user_id), db_uuid(left->user_skill_id), db_json(left->metadata), db_time(now))));
    return db_exec_one(db, &sql_interview_delete, DB_ARGS(db_uuid(user_id), db_uuid(id)));
}
