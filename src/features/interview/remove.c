/* Deleting an interview, and what its proofs had shown. Design in interview.h.
 *
 * The proofs go with the interview. A skill that has others keeps its verification, with the numbers of those; one that has none is a
 * claim again: nobody is shown a proof that is no longer there.
 */
#include "base/clock.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"
#include "json/json.h"

static void write_metadata(struct json_writer *json, const struct db_rows *rows)
{
    json_object_open(json);
    json_member_bool(json, "is_verified", true);
    json_member_int(json, "verification_count", db_col_int(rows, 5));
    json_key(json, "latest_proof");
    json_object_open(json);
    json_member_str(json, "interview_id", db_col_view(rows, 1));
    json_member_time(json, "timestamp", db_col_time(rows, 2));
    json_member_str(json, "transcript_snippet", db_col_view(rows, 3));
    json_member_double(json, "evaluator_confidence", db_col_real(rows, 4));
    json_object_close(json);
    json_object_close(json);
}

/* What the claims that keep proofs know of them from now on: [{"id", "metadata"}]. */
static enum err write_left(struct db *db, struct str user_id, struct str id, struct buf *out)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct json_writer json;
    TRY(db_query(db, &sql_interview_latest_proofs_left, DB_ARGS(db_uuid(user_id), db_uuid(id)), &rows));
    json_begin(&json, out);
    json_array_open(&json);
    while (db_next(&rows)) {
        json_object_open(&json);
        json_member_str(&json, "id", db_col_view(&rows, 0));
        json_key(&json, "metadata");
        write_metadata(&json, &rows);
        json_object_close(&json);
    }
    json_array_close(&json);
    return db_rows_result(&rows);
}

enum err interview_remove(struct db *db, struct arena *arena, struct str user_id, struct str id)
{
    struct interview_session session;
    TRY(interview_hold(db, arena, user_id, id, &session));
    if (interview_is(&session.row, "completed"))
        return err_set(ERR_CONFLICT, "This interview is being read just now. You can delete it when that is done.");
    struct buf left CLEANUP(buf_dispose) = {0};
    int64_t now = clock_now();
    TRY(write_left(db, user_id, id, &left));
    TRY(db_exec(db, &sql_interview_unverify, DB_ARGS(db_uuid(user_id), db_uuid(id), db_time(now))));
    TRY(db_exec(db, &sql_interview_set_metadata, DB_ARGS(db_uuid(user_id), db_json(buf_str(&left)), db_time(now))));
    return db_exec_one(db, &sql_interview_delete, DB_ARGS(db_uuid(user_id), db_uuid(id)));
}
