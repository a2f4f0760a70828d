/* Durable steps: what a job has done already is not done again when it runs once more. Design in bus.h.
 *
 * A step that sleeps or waits ends the run: its job is put aside with the row of the step in one transaction, and the next run, begun by the time, the event or the answer,
 * walks over the finished steps to the same place.
 */
#include "base/clock.h"
#include "bus/internal.h"
#include "bus/steps.sql.h"
#include "json/json.h"

#include <assert.h>

#define KEY_LEN_MAX 200

struct step {
    struct run *run;
    struct str key;
    size_t place;
    bool is_known, is_finished;
    int64_t until;
    struct str result;
};

/* Names the step in this run, and reads what is stored of it. */
static enum err open_step(struct job *job, const char *key, struct step *step)
{
    struct run *run = job->of;
    *step = (struct step){.run = run, .key = str_from(key)};
    assert(!db_in_transaction(job->db));
    if (!step->key.len || step->key.len > KEY_LEN_MAX) return err_set(ERR_INTERNAL, "%s: a step's key has 1 to %d bytes", job->kind->name, KEY_LEN_MAX);
    for (size_t i = 0; i < run->step_keys.count; i++)
        if (str_equal(run->step_keys.items[i], step->key)) return err_set(ERR_INTERNAL, "%s: the step %s is there twice in one run", job->kind->name, key);
    str_list_add(job->arena, &run->step_keys, str_copy(job->arena, step->key));
    step->place = run->step_keys.count;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(job->db, &sql_step_find, DB_ARGS(db_int(job->id), db_text(step->key)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    step->is_known = true;
    step->result = db_col_text(&rows, 0, job->arena);
    step->until = db_col_time(&rows, 1);
    step->is_finished = db_col_time(&rows, 2) != 0;
    return step->is_finished ? bus_open_step(run, step->key, &step->result) : OK;
}

static enum err store_result(struct db *db, const struct step *step, struct str result, int64_t started_at)
{
    const struct job *job = &step->run->job;
    enum err stored = db_exec_one(db, &sql_step_finish,
                                  DB_ARGS(db_int(job->id), db_int(step->run->process_id), db_int(step->run->claim), db_text(step->key), db_int((int64_t)step->place),
                                          db_json(bus_kept_step(job, step->key, result)), db_time(started_at), db_time(clock_now())));
    return stored == ERR_NOT_FOUND ? err_set(ERR_CANCELLED, "somebody else took the job over") : stored;
}

/* What a step's function gave: its document, "null" for none. */
static enum err take_result(struct job *job, const struct buf *out, struct str *result)
{
    if (out->overflow) return err_set(ERR_TOO_LARGE, "%s: the result of a step is too large", job->kind->name);
    *result = out->len ? str_copy(job->arena, buf_str(out)) : STR("null");
    return OK;
}

enum err job_step(struct job *job, const char *key, enum err (*run)(struct job *job, void *argument, struct buf *result), void *argument, struct str *result)
{
    struct step step;
    struct buf out CLEANUP(buf_dispose) = {0};
    TRY(open_step(job, key, &step));
    if (!step.is_finished) {
        int64_t started_at = clock_now();
        TRY(job_stopped(job));
        BUS_BOUNDARY("before a step");
        buf_init(&out, BUS_PAYLOAD_MAX);
        TRY(run(job, argument, &out));
        BUS_BOUNDARY("after a step");
        TRY(take_result(job, &out, &step.result));
        TRY(store_result(job->db, &step, step.result, started_at));
        BUS_BOUNDARY("after a step is stored");
    }
    if (result) *result = step.result;
    return OK;
}

struct applying {
    struct step *step;
    enum err (*run)(struct job *job, void *argument, struct buf *result);
    void *argument;
    int64_t started_at;
};

static enum err apply_step(struct db *db, void *argument)
{
    struct applying *applying = argument;
    struct step *step = applying->step;
    struct job *job = &step->run->job;
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_init(&out, BUS_PAYLOAD_MAX);
    TRY(applying->run(job, applying->argument, &out));
    TRY(take_result(job, &out, &step->result));
    TRY(store_result(db, step, step->result, applying->started_at));
    BUS_BOUNDARY("before a commit of a step");
    return OK;
}

enum err job_step_work(struct job *job, const char *key, enum err (*work)(struct job *job, void *argument),
                       enum err (*apply)(struct job *job, void *argument, struct buf *result), void *argument, struct str *result)
{
    struct step step;
    struct applying applying = {.step = &step, .run = apply, .argument = argument, .started_at = clock_now()};
    TRY(open_step(job, key, &step));
    if (!step.is_finished) {
        TRY(job_stopped(job));
        BUS_BOUNDARY("before a step");
        if (work) TRY(work(job, argument));
        BUS_BOUNDARY("after a step");
        TRY(db_transaction(job->db, apply_step, &applying));
        BUS_BOUNDARY("after a step is stored");
    }
    if (result) *result = step.result;
    return OK;
}

enum err job_step_apply(struct job *job, const char *key, enum err (*run)(struct job *job, void *argument, struct buf *result), void *argument, struct str *result)
{
    return job_step_work(job, key, NULL, run, argument, result);
}

/* ---- waiting ---- */

static enum err suspend(struct step *step, struct wait wait)
{
    wait.step_key = str_copy(step->run->job.arena, step->key);
    wait.place = step->place;
    step->run->end = RUN_WAITS;
    step->run->wait = wait;
    return err_set(ERR_CANCELLED, "the step %.*s waits", STR_ARG(step->key));
}

static int64_t after(int64_t seconds) { return clock_now() + seconds * US_PER_SECOND; }

enum err job_step_sleep(struct job *job, const char *key, int64_t seconds)
{
    struct step step;
    TRY(open_step(job, key, &step));
    if (step.is_finished) return OK;
    int64_t until = step.is_known ? step.until : after(seconds);
    if (step.is_known && until <= clock_now()) return store_result(job->db, &step, STR("null"), until);
    return suspend(&step, (struct wait){.until = until});
}


/* From now on the step has timed out, whatever comes late. */
static enum err end_wait(struct db *db, void *argument)
{
    struct step *step = argument;
    TRY(db_exec(db, &sql_wait_end, DB_ARGS(db_int(step->run->job.id), db_text(step->key))));
    return store_result(db, step, STR("null"), step->until);
}

/* OK with the result when it has come, ERR_TIMEOUT, or the error that suspends the job. */
static enum err await(struct job *job, struct step *step, struct wait wait)
{
    if (!step->is_finished && step->is_known && step->until <= clock_now()) {
        BUS_BOUNDARY("before a wait ends");
        TRY(db_transaction(job->db, end_wait, step));
        step->is_finished = true;
        step->result = STR("null");
    }
    if (!step->is_finished) {
        if (step->is_known) wait.until = step->until;
        return suspend(step, wait);
    }
    if (str_equal(step->result, STR("null"))) return err_set(ERR_TIMEOUT, "the step %.*s waited in vain", STR_ARG(step->key));
    return OK;
}

enum err job_step_event(struct job *job, const char *key, const char *event_type, struct str value, int64_t timeout_seconds, struct str *payload)
{
    struct step step;
    const struct event_type *type = bus_event_type(str_from(event_type));
    if (!type || !type->is_awaited) return err_set(ERR_INTERNAL, "%s: no step can wait for %s", job->kind->name, event_type);
    TRY(open_step(job, key, &step));
    TRY(await(job, &step, (struct wait){.until = after(timeout_seconds), .event = type, .event_key = str_copy(job->arena, value)}));
    if (payload) *payload = step.result;
    return OK;
}

enum err job_step_approval(struct job *job, const char *key, struct str question, int64_t timeout_seconds, bool *is_approved)
{
    struct step step;
    if (!job->user_id.len) return err_set(ERR_INTERNAL, "%s: nobody can be asked, the job is nobody's", job->kind->name);
    TRY(open_step(job, key, &step));
    TRY(await(job, &step, (struct wait){.until = after(timeout_seconds), .question = str_copy(job->arena, question)}));
    struct json *answer CLEANUP(json_free_at) = NULL;
    TRY(json_parse(step.result, BUS_PAYLOAD_MAX, &answer));
    *is_approved = json_get_bool(answer, "approved", false);
    return OK;
}
