/* What ends a wait: an event, an answer, the time. Design in bus.h and steps.c.
 *
 * Which events came after a job was published is told by numbers, since the clocks of nodes differ: an event that steps may wait for (awaited_events) keeps the last number that a
 * job had got when it was published. Numbers are given out when bus_publish and bus_enqueue are called, and do not wait for commits.
 *
 * An event and a step that begins to wait meet in the transaction that commits second. Each writes where the other reads (the event into awaited_events and then to those
 * in job_waits, the step the other way round), so two that overlap are no serial order: PostgreSQL undoes one, which runs again and finds the other. On SQLite
 * they do not overlap.
 */
#include "base/clock.h"
#include "bus/bus.sql.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "bus/steps.sql.h"
#include "json/json.h"

#include <assert.h>

enum err bus_await_key(struct arena *arena, const struct event_type *type, struct str payload, struct str *key)
{
    struct str field = str_from(type->schema);
    struct json *root CLEANUP(json_free_at) = NULL;
    field = str_slice(field, 0, str_find_char(field, ' ', 0));
    field = str_slice(field, 0, str_find_char(field, ':', 0));
    TRY(json_parse(payload, BUS_PAYLOAD_MAX, &root));
    *key = str_copy(arena, json_get_str(root, str_cstr(arena, field)));
    return OK;
}

enum err bus_deliver(struct db *db, const struct event_type *type, struct str event_id, struct str key, struct str payload)
{
    struct db_value name = db_text(str_from(type->name)), value = db_text(key), now = db_time(clock_now());
    TRY(db_exec(db, &sql_awaited_insert, DB_ARGS(db_uuid(event_id), name, value)));
    TRY(db_exec(db, &sql_wait_deliver, DB_ARGS(name, value, db_json(payload), now)));
    TRY(db_exec(db, &sql_wait_mark, DB_ARGS(name, value)));
    TRY(db_exec(db, &sql_wait_wake, DB_ARGS(name, value, now)));
    int64_t ended = 0;
    TRY(db_exec_count(db, &sql_wait_forget, DB_ARGS(name, value), &ended));
    return ended ? bus_tell_workers(db) : OK;
}

static enum err put_aside(struct run *run, const char *status, int64_t until)
{
    const struct job_lane *lane = run->job.kind->lane;
    return bus_end_runs(run->job.db, &sql_job_postpone,
                        DB_ARGS(db_int(run->job.id), db_int(run->process_id), db_int(run->claim), db_text(str_from(status)), db_time(until), db_bool(false),
                                db_bool(lane && lane->ordered), db_null()), 1);
}

/* An event that came before anybody waited for it: the step is finished at once, and the job goes on. */
static enum err take_seen(struct run *run, bool *is_seen)
{
    const struct wait *wait = &run->wait;
    struct job *job = &run->job;
    struct str payload;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(job->db, &sql_wait_seen, DB_ARGS(db_int(job->id), db_text(str_from(wait->event->name)), db_text(wait->event_key)), &rows);
        *is_seen = found == OK;
        if (found == ERR_NOT_FOUND) return OK;
        TRY(found);
        payload = db_col_text(&rows, 0, job->arena);
    }
    int64_t now = clock_now();
    TRY(db_exec_one(job->db, &sql_step_finish,
                    DB_ARGS(db_int(job->id), db_int(run->process_id), db_int(run->claim), db_text(wait->step_key), db_int((int64_t)wait->place), db_json(payload),
                            db_time(now), db_time(now))));
    return put_aside(run, "scheduled", now);
}

/* What the step waits for came after it had looked, while its job ran: it is not waited for any more. */
static enum err step_is_finished(struct run *run, bool *is_finished)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(run->job.db, &sql_step_find, DB_ARGS(db_int(run->job.id), db_text(run->wait.step_key)), &rows);
    *is_finished = found == OK && db_col_time(&rows, 2) != 0;
    return found == ERR_NOT_FOUND ? OK : found;
}

/* Says what is waited for. A person is told of a question once, however often its job looks for the answer. */
static enum err write_wait(struct run *run, int64_t now)
{
    const struct wait *wait = &run->wait;
    struct job *job = &run->job;
    int64_t added = 0;
    TRY(db_exec_count(job->db, &sql_wait_insert,
                      DB_ARGS(db_int(job->id), db_text(wait->step_key), wait->event ? db_text(str_from(wait->event->name)) : db_null(), db_text_or_null(wait->event_key),
                              wait->question.len ? db_uuid(job->user_id) : db_null(), db_text_or_null(wait->question), db_time(now)), &added));
    if (!added || !wait->question.len) return OK;
    return bus_notify(job->db, job->arena, job->user_id, "question", STR("Your answer is needed"), wait->question, STR("/activity"));
}

enum err bus_keep_wait(struct run *run)
{
    const struct wait *wait = &run->wait;
    struct job *job = &run->job;
    bool is_seen = false, is_finished = false;
    int64_t now = clock_now();
    TRY(bus_keep_log(run));
    TRY(step_is_finished(run, &is_finished));
    if (is_finished) return put_aside(run, "scheduled", now);
    if (wait->event) TRY(take_seen(run, &is_seen));
    if (is_seen) return OK;
    bool is_alarm = !wait->event && !wait->question.len;
    TRY(put_aside(run, is_alarm ? "scheduled" : "waiting", wait->until)); /* first: it says whether the run still is ours */
    TRY(db_exec(job->db, &sql_step_wait, DB_ARGS(db_int(job->id), db_text(wait->step_key), db_int((int64_t)wait->place), db_time(wait->until), db_time(now))));
    return is_alarm ? OK : write_wait(run, now);
}

enum err bus_answer(struct db *db, struct str user_id, int64_t job_id, struct str step_key, bool is_approved)
{
    int64_t now = clock_now();
    struct str answer = is_approved ? STR("{\"approved\":true}") : STR("{\"approved\":false}");
    assert(db_in_transaction(db));
    TRY(db_exec_one(db, &sql_wait_answer, DB_ARGS(db_uuid(user_id), db_int(job_id), db_text(step_key), db_json(answer), db_time(now))));
    TRY(db_exec(db, &sql_wait_end, DB_ARGS(db_int(job_id), db_text(step_key))));
    TRY(db_exec(db, &sql_mark, DB_ARGS(db_int(job_id))));
    TRY(db_exec(db, &sql_wait_wake_job, DB_ARGS(db_int(job_id), db_time(now))));
    return bus_tell_workers(db);
}
