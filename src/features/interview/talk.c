/* The conversation over the store. Design in interview.h.
 *
 * Each step holds the interview's row first, so that steps of two windows come one after the other; then it reads the state, lets the
 * interviewer speak, and writes turns and state. Completing changes the status from in_progress once, and only who changed it publishes the event.
 */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"
#include "json/json.h"

enum err interview_hold(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview_session *session)
{
    *session = (struct interview_session){.db = db, .arena = arena, .user_id = user_id};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(db, &sql_interview_hold, DB_ARGS(db_uuid(user_id), db_uuid(id), db_time(clock_now())), &rows));
        session->row = (struct interview){.id = id,
                                          .role = db_col_text(&rows, 0, arena),
                                          .status = db_col_text(&rows, 1, arena),
                                          .plan = db_col_text(&rows, 2, arena),
                                          .state = db_col_text(&rows, 3, arena),
                                          .outcome = db_col_text(&rows, 4, arena),
                                          .started_at = db_col_time(&rows, 5),
                                          .completed_at = db_col_time(&rows, 6),
                                          .created_at = db_col_time(&rows, 7)};
    }
    TRY(interviewer_plan_read(arena, session->row.plan, &session->plan));
    TRY(interviewer_state_read(arena, session->row.state, &session->plan, &session->state));
    return db_query_int(db, &sql_interview_next_turn, DB_ARGS(db_uuid(user_id), db_uuid(id)), &session->next_turn);
}

static enum err store_turn(struct interview_session *session, const struct interview_turn *turn)
{
    bool is_named = turn->message_id.len > 0;
    return db_exec(session->db, &sql_interview_turn_insert,
                   DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id), db_int(turn->index),
                           db_text(turn->is_user ? STR("user") : STR("assistant")), db_text(turn->text), db_text_or_null(turn->skill_id),
                           is_named ? db_text(turn->message_id) : db_null(), db_time(turn->created_at)));
}

static enum err save(struct interview_session *session, const char *status)
{
    struct buf state CLEANUP(buf_dispose) = {0};
    interviewer_state_write(&session->state, &state);
    session->row.status = str_from(status);
    return db_exec_one(session->db, &sql_interview_move,
                       DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id), db_text(session->row.status), db_json(buf_str(&state)),
                               db_time_or_null(session->row.started_at), db_time(clock_now())));
}

/* Stores what the interviewer says; fills `turns`, which has room for all of it. */
static enum err store_reply(struct interview_session *session, const struct interviewer_reply *reply, struct interview_turn *turns, size_t *count)
{
    for (size_t i = 0; i < reply->count; i++) {
        struct interview_turn *turn = &turns[(*count)++];
        *turn = (struct interview_turn){.index = session->next_turn++, .text = reply->says[i].text, .skill_id = reply->says[i].skill_id,
                                        .created_at = clock_now()};
        TRY(store_turn(session, turn));
        turn->message_id = str_format(session->arena, "%.*s:%lld", STR_ARG(session->row.id), (long long)turn->index);
    }
    return OK;
}

enum err interview_start(struct interview_session *session)
{
    if (interview_is(&session->row, "in_progress")) return OK;
    if (!interview_is(&session->row, "scheduled") && !interview_is(&session->row, "abandoned"))
        return err_set(ERR_CONFLICT, "This interview is finished.");
    struct interviewer_reply reply;
    struct interview_turn turns[COUNT_OF(reply.says)];
    size_t count = 0;
    int64_t now = clock_now();
    if (!session->row.started_at) session->row.started_at = now;
    interviewer_begin(session->arena, &session->plan, &session->state, now, &reply);
    TRY(store_reply(session, &reply, turns, &count));
    return save(session, "in_progress");
}

static enum err complete(struct interview_session *session)
{
    int64_t changed = 0;
    TRY(db_exec_count(session->db, &sql_interview_complete,
                      DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id), db_time(clock_now())), &changed));
    if (changed != 1) return OK;
    session->row.status = STR("completed");
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &payload);
    json_object_open(&json);
    json_member_str(&json, "interview_id", session->row.id);
    json_member_str(&json, "user_id", session->user_id);
    json_object_close(&json);
    struct event event = {.type = "INTERVIEW_COMPLETED",
                          .user_id = session->user_id,
                          .payload = buf_str(&payload),
                          .summary = str_format(session->arena, "Your interview as %.*s is finished.", STR_ARG(session->row.role))};
    struct str event_id;
    TRY(bus_publish(session->db, session->arena, &event, &event_id));
    return db_exec_one(session->db, &sql_interview_note_event,
                       DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id), db_uuid(event_id)));
}

/* ERR_NOT_FOUND when no turn has this id. */
static enum err find_message(struct interview_session *session, struct str message_id, struct interview_heard *heard)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(session->db, &sql_interview_turn_by_message,
                     DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id), db_text(message_id)), &rows));
    heard->is_repeated = true;
    heard->count = 1;
    heard->turns[0] = (struct interview_turn){.index = db_col_int(&rows, 0), .is_user = true, .text = db_col_text(&rows, 1, session->arena),
                                              .message_id = message_id, .created_at = db_col_time(&rows, 2)};
    return OK;
}

enum err interview_say(struct interview_session *session, struct str text, struct str message_id, struct interview_heard *heard)
{
    *heard = (struct interview_heard){0};
    if (message_id.len) {
        enum err found = find_message(session, message_id, heard);
        if (found != ERR_NOT_FOUND) return found;
    }
    if (!interview_is(&session->row, "in_progress"))
        return err_set(ERR_CONFLICT, "This interview is not open for answers any more. What you said before is kept.");
    text = str_trim(text);
    if (!text.len) return err_set(ERR_INVALID, "The answer is empty.");
    if (!str_is_text(text)) return err_set(ERR_INVALID, "The answer is not well-formed text.");
    if (str_utf8_length(text) > INTERVIEWER_ANSWER_MAX)
        return err_set(ERR_TOO_LARGE, "An answer has at most %d characters. Send it in two parts.", INTERVIEWER_ANSWER_MAX);
    int64_t now = clock_now();
    struct interview_turn *answer = &heard->turns[heard->count++];
    *answer = (struct interview_turn){.index = session->next_turn++, .is_user = true, .text = text, .message_id = message_id, .created_at = now};
    TRY(store_turn(session, answer));
    if (!message_id.len)
        answer->message_id = str_format(session->arena, "%.*s:%lld", STR_ARG(session->row.id), (long long)answer->index);
    struct interviewer_reply reply;
    interviewer_answer(session->arena, &session->plan, &session->state, text, now, &reply);
    TRY(store_reply(session, &reply, heard->turns, &heard->count));
    TRY(save(session, "in_progress"));
    return reply.ended ? complete(session) : OK;
}

enum err interview_finish(struct interview_session *session)
{
    if (interview_is(&session->row, "completed") || interview_is(&session->row, "analyzed")) return OK;
    if (!interview_is(&session->row, "in_progress")) return err_set(ERR_CONFLICT, "This interview is not in progress.");
    int64_t answers;
    TRY(db_query_int(session->db, &sql_interview_answers, DB_ARGS(db_uuid(session->user_id), db_uuid(session->row.id)), &answers));
    if (!answers) return err_set(ERR_CONFLICT, "There is no answer to read yet. Answer a question first, or leave the interview.");
    return complete(session);
}

enum err interview_abandon(struct interview_session *session)
{
    if (interview_is(&session->row, "abandoned")) return OK;
    if (!interview_is(&session->row, "in_progress") && !interview_is(&session->row, "scheduled"))
        return err_set(ERR_CONFLICT, "This interview is finished: what you said is being read, or has been.");
    return save(session, "abandoned");
}
