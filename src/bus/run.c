/* Running what was claimed: work, then apply and completion in one transaction, or a retry later. Design in bus.h. */
#include "base/clock.h"
#include "base/log.h"
#include "base/trace.h"
#include "bus/bus.sql.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>

#define TIMEOUT_SECONDS 600
#define RETRY_FIRST_SECONDS 2
#define RETRY_MOST_SECONDS 600

/* What failures mean where a kind says nothing else: a second try does not mend the first four, and who is told to wait waits longer. */
static const struct job_retry default_retries[] = {
    {.error = ERR_INVALID, .max_attempts = 1},
    {.error = ERR_UNSUPPORTED, .max_attempts = 1},
    {.error = ERR_FORBIDDEN, .max_attempts = 1},
    {.error = ERR_TOO_LARGE, .max_attempts = 1},
    {.error = ERR_TOO_MANY, .first_seconds = 30, .most_seconds = 3600},
    {.error = OK},
};

static const struct job_retry *retry_in(const struct job_retry *retries, enum err error)
{
    while (retries && retries->error != OK && retries->error != error) retries++;
    return retries && retries->error != OK ? retries : NULL;
}

static const struct job_retry *retry_of(const struct job_kind *kind, enum err error)
{
    static const struct job_retry plain = {0};
    const struct job_retry *found = retry_in(kind->retries, error);
    if (!found) found = retry_in(default_retries, error);
    return found ? found : &plain;
}

/* Exponential, the second half of it random. */
static int64_t retry_delay(const struct job_retry *retry, int attempt)
{
    int64_t seconds = retry->first_seconds ? retry->first_seconds : RETRY_FIRST_SECONDS;
    int64_t most = retry->most_seconds ? retry->most_seconds : RETRY_MOST_SECONDS;
    for (int i = 1; i < attempt && seconds < most; i++) seconds *= 2;
    if (seconds > most) seconds = most;
    return seconds * US_PER_SECOND / 2 + (int64_t)((uint64_t)seconds * US_PER_SECOND / 2 * bus_random() >> 32);
}

/* ---- one run ---- */

enum err bus_end_runs(struct db *db, const struct sql *sql, const struct db_value *values, size_t values_count, size_t expected)
{
    struct json_list marked CLEANUP(json_list_dispose) = {0};
    size_t ended = 0, marks = 0;
    json_list_open(&marked);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, sql, values, values_count, &rows));
        for (; db_next(&rows); ended++) {
            if (!db_col_bool(&rows, 1)) continue;
            marks++;
            json_write_int(&marked.writer, db_col_int(&rows, 0));
        }
        TRY(db_rows_result(&rows));
    }
    if (ended != expected) return err_set(ERR_NOT_FOUND, "a run was cancelled, or somebody else took its job over");
    return marks ? db_exec(db, &sql_mark_many, DB_ARGS(db_json(json_list_str(&marked)))) : OK;
}

static enum err prepare(struct run *run)
{
    struct job *job = &run->job;
    json_free(run->parsed);
    run->parsed = NULL;
    TRY(bus_open_payload(run));
    TRY(json_parse(run->payload, BUS_PAYLOAD_MAX, &run->parsed));
    job->of = run; /* not before: those of one claim are put in order */
    job->payload = run->parsed;
    job->state = NULL;
    run->end = RUN_TO_ITS_END;
    run->step_keys.count = 0;
    run->lines = NULL;
    run->last_line = &run->lines;
    run->lines_count = 0;
    buf_dispose(&run->result);
    buf_init(&run->result, BUS_PAYLOAD_MAX);
    job->result = &run->result;
    return OK;
}

static void dispose(struct run *run)
{
    json_free(run->parsed);
    run->parsed = NULL;
    buf_dispose(&run->result);
}

static enum err work(struct run *run)
{
    struct job *job = &run->job;
    struct running *running = &run->worker->running;
    int seconds = job->kind->timeout_seconds ? job->kind->timeout_seconds : TIMEOUT_SECONDS;
    atomic_store(&running->stop, OK);
    atomic_store(&running->deadline, clock_monotonic() + seconds * US_PER_SECOND);
    atomic_store(&running->job_id, job->id);
    enum err worked = job->kind->work(job);
    if (worked == OK) worked = job_stopped(job); /* too late: nothing is applied */
    atomic_store(&running->job_id, 0);
    return worked;
}

static enum err apply(struct run *run)
{
    struct job *job = &run->job;
    if (job->kind->apply) TRY(job->kind->apply(job));
    if (run->result.overflow) return err_set(ERR_TOO_LARGE, "the result of the job is too large");
    return OK;
}

/* The effects, the completion and the events are one transaction. */
static enum err apply_and_complete(struct run *run)
{
    struct job *job = &run->job;
    struct db *db = job->db;
    TRY(apply(run));
    struct db_value result = run->result.len ? db_json(bus_kept_result(job, buf_str(&run->result))) : db_null();
    TRY(bus_keep_log(run));
    enum err done = bus_end_runs(db, &sql_job_complete,
                                 DB_ARGS(db_int(job->id), db_int(run->process_id), db_int(run->claim), result, db_time(clock_now())), 1);
    if (done == ERR_NOT_FOUND) return err_set(ERR_CANCELLED, "it was cancelled, or somebody else took the job over");
    TRY(done);
    BUS_BOUNDARY("before a commit of a job");
    return OK;
}

static enum err run_once(struct run *run)
{
    struct job *job = &run->job;
    TRY(prepare(run));
    if (job->kind->work) TRY(work(run));
    BUS_BOUNDARY("after work");
    TRY(db_begin(job->db));
    enum err applied = apply_and_complete(run);
    if (applied == OK) return db_commit(job->db);
    db_rollback(job->db);
    return applied;
}

/* ---- what comes of it ---- */

struct failure {
    struct run *run;
    enum err error;
    struct str reason;
    enum run_outcome outcome;
};

static enum err postpone(struct db *db, struct run *run, const char *status, int64_t at, bool counts, struct str reason)
{
    const struct job_lane *lane = run->job.kind->lane;
    bool keeps_slot = lane && lane->ordered;
    return bus_end_runs(db, &sql_job_postpone,
                        DB_ARGS(db_int(run->job.id), db_int(run->process_id), db_int(run->claim), db_text(str_from(status)), db_time(at),
                                db_bool(counts), db_bool(keeps_slot), db_text_or_null(reason)), 1);
}

static enum err record_attempt(struct db *db, struct run *run, const char *outcome, struct str reason)
{
    TRY(bus_keep_log(run));
    return db_exec(db, &sql_job_attempt_insert, DB_ARGS(db_int(run->job.id), db_text(str_from(outcome)), db_text(reason), db_time(clock_now())));
}

static enum err end_failed(struct db *db, struct failure *failure)
{
    struct run *run = failure->run;
    struct job *job = &run->job;
    const struct job_retry *retry = retry_of(job->kind, failure->error);
    int most = retry->max_attempts && retry->max_attempts < run->max_attempts ? retry->max_attempts : run->max_attempts;
    if (run->cannot_open) most = 1;
    int64_t now = clock_now();
    failure->outcome = job->attempt >= most ? RUN_DEAD : RUN_FAILED;
    TRY(record_attempt(db, run, "failed", failure->reason));
    if (failure->outcome == RUN_FAILED) return postpone(db, run, "scheduled", now + retry_delay(retry, job->attempt), true, failure->reason);
    return bus_end_runs(db, &sql_job_bury,
                        DB_ARGS(db_int(job->id), db_int(run->process_id), db_int(run->claim), db_text(failure->reason), db_time(now)), 1);
}

static enum err end_cancelled(struct db *db, struct failure *failure)
{
    struct run *run = failure->run;
    TRY(bus_end_runs(db, &sql_job_end_cancelled,
                     DB_ARGS(db_int(run->job.id), db_int(run->process_id), db_int(run->claim), db_text(STR("cancelled")), db_time(clock_now())), 1));
    return record_attempt(db, run, "cancelled", STR("cancelled"));
}

/* In the order of likelihood. */
static enum err record_how(struct db *db, struct failure *failure)
{
    struct run *run = failure->run;
    if (run->end == RUN_WAITS) {
        failure->outcome = RUN_WAITING;
        return bus_keep_wait(run); /* how, the step has said */
    }
    if (run->end == RUN_SNOOZED) {
        failure->outcome = RUN_PUT_OFF;
        TRY(record_attempt(db, run, "snoozed", run->end_reason));
        return postpone(db, run, "scheduled", run->again_at, false, run->end_reason);
    }
    if (failure->error != ERR_CANCELLED) return end_failed(db, failure);
    failure->outcome = RUN_CANCELLED;
    enum err ended = end_cancelled(db, failure);
    return ended == ERR_NOT_FOUND ? end_failed(db, failure) : ended; /* nobody asked for it: the job itself met this error */
}

/* ERR_NOT_FOUND when the run is not this worker's any more. */
static enum err record(struct db *db, void *argument)
{
    const struct failure *failure = argument;
    TRY(bus_keep_progress(failure->run));
    TRY(record_how(db, argument));
    BUS_BOUNDARY("before a commit of an end");
    return OK;
}

static enum err record_end(struct failure *failure)
{
    struct db *db = failure->run->job.db;
    enum err recorded = db_transaction(db, record, failure);
    if (recorded != ERR_NOT_FOUND) return recorded;
    /* An end was asked for meanwhile, or the job was taken over, or its person deleted the account. */
    failure->error = ERR_CANCELLED;
    failure->run->end = RUN_TO_ITS_END;
    recorded = db_transaction(db, record, failure);
    if (recorded != ERR_NOT_FOUND) return recorded;
    failure->outcome = RUN_LOST;
    return OK;
}

/* The run goes on with the trace of what published the job, or begins one, in a span of its own. */
static void enter_trace(const struct run *run)
{
    struct trace trace = {0};
    if (trace_read(run->trace, &trace)) trace.span[0] = '\0';
    trace_set_current(&trace);
}

static enum err run_one(struct run *run)
{
    struct job *job = &run->job;
    struct db *db = job->db;
    char id[24];
    int reruns = 0;
    int64_t before = clock_monotonic();
    enter_trace(run);
    snprintf(id, sizeof id, "%" PRId64, job->id);
    log_set_context("job", id, trace_current()->id);
    enum run_outcome outcome = RUN_COMPLETED;
    enum err result;
    do {
        result = run_once(run);
    } while (result != OK && db_may_rerun(db, &reruns));
    if (bus_crash_hook && result != OK && bus_crash_hook(NULL)) return result; /* crashed: nobody is left to record anything */
    if (result == OK) {
        log_info("job %s done in %lld ms", job->kind->name, (long long)((clock_monotonic() - before) / 1000));
    } else {
        struct failure failure = {.run = run, .error = result, .reason = str_format(job->arena, "%s: %s", err_name(result), err_detail())};
        BUS_BOUNDARY("before recording");
        result = record_end(&failure);
        outcome = failure.outcome;
        if (run->end == RUN_TO_ITS_END && failure.error != ERR_CANCELLED)
            log_warn("job %s failed at attempt %d of %d (%.*s), %s", job->kind->name, job->attempt, run->max_attempts, STR_ARG(failure.reason),
                     failure.outcome == RUN_DEAD ? "is a dead letter now" : "will be tried again");
    }
    if (result == OK) bus_count_ends(job->kind, outcome, clock_monotonic() - before, 1);
    bus_person_changed(db, job->arena, job->user_id);
    log_set_context(NULL, NULL, NULL);
    return result;
}

/* ---- many in one transaction ---- */

static enum err keep_results(struct run *runs, size_t count)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    size_t kept = 0;
    json_list_open(&list);
    for (size_t i = 0; i < count; i++) {
        if (!runs[i].result.len) continue;
        kept++;
        json_object_open(&list.writer);
        json_member_int(&list.writer, "id", runs[i].job.id);
        json_key(&list.writer, "result");
        json_write_raw(&list.writer, bus_kept_result(&runs[i].job, buf_str(&runs[i].result)));
        json_object_close(&list.writer);
    }
    return kept ? db_exec(runs[0].job.db, &sql_job_results, DB_ARGS(db_json(json_list_str(&list)))) : OK;
}

static enum err apply_all(struct run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TRY(prepare(&runs[i]));
        enter_trace(&runs[i]);
        TRY(apply(&runs[i]));
        TRY(bus_keep_log(&runs[i]));
    }
    TRY(keep_results(runs, count));
    return bus_end_runs(runs[0].job.db, &sql_job_complete_claim, DB_ARGS(db_int(runs[0].process_id), db_int(runs[0].claim), db_time(clock_now())), count);
}

/* All of them or none; what fails is found out by running each alone. */
static bool run_together(struct run *runs, size_t count)
{
    struct db *db = runs[0].worker->db;
    if (db_begin(db) != OK) return false;
    if (apply_all(runs, count) == OK && !(bus_crash_hook && bus_crash_hook("before commit of many")) && db_commit(db) == OK) return true;
    db_rollback(db);
    return false;
}

enum err bus_run_claimed(struct worker *worker, struct run *runs, size_t count)
{
    enum err result = OK;
    int64_t before = clock_monotonic();
    bool is_done = count > 1 && run_together(runs, count);
    if (is_done) {
        bus_count_ends(runs[0].job.kind, RUN_COMPLETED, clock_monotonic() - before, count);
        log_info("%zu jobs %s done together", count, runs[0].job.kind->name);
    }
    for (size_t i = 0; is_done && i < count; i++) bus_person_changed(worker->db, &worker->arena, runs[i].job.user_id);
    for (size_t i = 0; !is_done && i < count && result == OK; i++) result = run_one(&runs[i]);
    for (size_t i = 0; i < count; i++) dispose(&runs[i]);
    trace_set_current(NULL);
    return result;
}

/* ---- what jobs call ---- */

enum err job_stopped(const struct job *job)
{
    if (!job->of) return OK; /* a test calls its function alone */
    enum err stop = (enum err)atomic_load(&job->of->worker->running.stop);
    if (stop == ERR_TIMEOUT) return err_set(ERR_TIMEOUT, "it took longer than it may");
    return stop == OK ? OK : err_set(ERR_CANCELLED, "cancelled");
}

enum err job_snooze(struct job *job, int64_t seconds, const char *reason)
{
    job->of->end = RUN_SNOOZED;
    job->of->again_at = clock_now() + seconds * US_PER_SECOND;
    job->of->end_reason = str_copy(job->arena, str_from(reason));
    return err_set(ERR_CANCELLED, "put off: %s", reason);
}
