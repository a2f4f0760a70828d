/* Running one job: claim under a lease, work, apply in one transaction, or retry later. Design in bus.h. */
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/bus.sql.h"
#include "bus/internal.h"
#include "json/json.h"


#define RETRY_FIRST_SECONDS 2
#define RETRY_MOST_SECONDS 600

struct claimed {
    struct job job;
    struct str payload;
    struct str token;
    int max_attempts;
};

static enum err claim(struct db *db, struct arena *arena, struct str token, struct claimed *claimed, bool *found)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    int64_t now = clock_now();
    enum err result = db_query_one(db, &sql_job_claim,
                                   DB_ARGS(db_time(now), db_text(token),
                                           db_time(now + BUS_LEASE_SECONDS * US_PER_SECOND)), &rows);
    *found = result == OK;
    if (result == ERR_NOT_FOUND) return OK;
    TRY(result);
    struct job *job = &claimed->job;
    job->id = db_col_text(&rows, 0, arena);
    job->kind = bus_kind(db_col_view(&rows, 1));
    claimed->payload = db_col_text(&rows, 2, arena);
    job->user_id = db_col_text(&rows, 3, arena);
    job->event_id = db_col_text(&rows, 4, arena);
    job->attempt = (int)db_col_int(&rows, 5);
    claimed->max_attempts = (int)db_col_int(&rows, 6);
    claimed->token = token;
    job->arena = arena;
    job->db = db;
    while (db_next(&rows)) {}
    return db_rows_result(&rows);
}

static enum err settle_event(struct db *db, struct str event_id, struct str error)
{
    if (!event_id.len) return OK;
    return db_exec(db, &sql_event_settle, DB_ARGS(db_uuid(event_id), db_time(clock_now()), db_text_or_null(error)));
}

static enum err start(struct claimed *claimed)
{
    struct job *job = &claimed->job;
    if (!job->event_id.len) return OK;
    TRY(db_exec(job->db, &sql_event_start, DB_ARGS(db_uuid(job->event_id))));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(job->db, &sql_event_correlation, DB_ARGS(db_uuid(job->event_id)), &rows));
    job->correlation_id = db_col_text(&rows, 0, job->arena);
    return OK;
}

/* The effects, the completion and the events are one transaction. */
static enum err apply(struct claimed *claimed)
{
    struct job *job = &claimed->job;
    struct db *db = job->db;
    struct buf result CLEANUP(buf_dispose) = {0};
    buf_init(&result, BUS_PAYLOAD_MAX);
    job->result = &result;
    if (job->kind->apply) TRY(job->kind->apply(job));
    if (result.overflow) return err_set(ERR_TOO_LARGE, "the result of the job is too large");
    struct db_value value = result.len ? db_json(buf_str(&result)) : db_null();
    enum err done = db_exec_one(db, &sql_job_complete,
                                DB_ARGS(db_uuid(job->id), db_text(claimed->token), value, db_time(clock_now())));
    if (done == ERR_NOT_FOUND) return err_set(ERR_CANCELLED, "the lease ran out and somebody else took the job");
    TRY(done);
    return settle_event(db, job->event_id, (struct str){0});
}

static int64_t retry_delay(int attempt)
{
    int64_t seconds = RETRY_FIRST_SECONDS;
    for (int i = 1; i < attempt && seconds < RETRY_MOST_SECONDS; i++) seconds *= 2;
    if (seconds > RETRY_MOST_SECONDS) seconds = RETRY_MOST_SECONDS;
    uint32_t random;
    random_bytes(&random, sizeof(random));
    return seconds * US_PER_SECOND / 2 + (int64_t)((uint64_t)seconds * US_PER_SECOND / 2 * random >> 32);
}

/* An error that a second try cannot mend goes to the dead letters at once. */
static bool worth_retrying(enum err error)
{
    return error != ERR_INVALID && error != ERR_UNSUPPORTED && error != ERR_FORBIDDEN && error != ERR_TOO_LARGE;
}

struct failure {
    struct claimed *claimed;
    struct str reason;
    bool again;
};

static enum err record_failure(struct db *db, void *argument)
{
    struct failure *failure = argument;
    struct job *job = &failure->claimed->job;
    int64_t now = clock_now(), at = failure->again ? now + retry_delay(job->attempt) : now;
    enum err done = db_exec_one(db, failure->again ? &sql_job_retry : &sql_job_bury,
                                DB_ARGS(db_uuid(job->id), db_text(failure->claimed->token), db_text(failure->reason), db_time(at)));
    if (done == ERR_NOT_FOUND) return OK; /* cancelled, taken over, or its person deleted the account */
    TRY(done);
    return failure->again ? OK : settle_event(db, job->event_id, failure->reason);
}

static enum err run_claimed(struct claimed *claimed)
{
    struct job *job = &claimed->job;
    if (!job->kind) return err_set(ERR_UNSUPPORTED, "no such job kind in this version");
    struct json *payload CLEANUP(json_free_at) = NULL;
    TRY(json_parse(claimed->payload, BUS_PAYLOAD_MAX, &payload));
    job->payload = payload;
    job->state = NULL;
    TRY(start(claimed));
    if (job->kind->work) {
        bus_lease_hold(job->id, claimed->token);
        enum err worked = job->kind->work(job);
        bus_lease_drop();
        TRY(worked);
    }
    TRY(db_begin(job->db));
    enum err applied = apply(claimed);
    if (applied == OK) return db_commit(job->db);
    db_rollback(job->db);
    return applied;
}

/* The whole job once more, when another transaction got in the way of its own: what `work` handed on may be used up. */
static enum err run_until_applied(struct claimed *claimed)
{
    int reruns = 0;
    enum err error;
    do {
        error = run_claimed(claimed);
    } while (error != OK && db_may_rerun(claimed->job.db, &reruns));
    return error;
}

enum err bus_run_one(struct db *db, struct arena *arena, struct str token, bool *found)
{
    struct claimed claimed = {0};
    TRY(claim(db, arena, token, &claimed, found));
    if (!*found) return OK;
    log_set_context(str_cstr(arena, claimed.job.id));
    int64_t before = clock_monotonic();
    enum err result = run_until_applied(&claimed);
    const char *name = claimed.job.kind ? claimed.job.kind->name : "unknown";
    if (result == OK) {
        log_info("job %s done in %lld ms", name, (long long)((clock_monotonic() - before) / 1000));
    } else if (result != ERR_CANCELLED) {
        struct failure failure = {.claimed = &claimed, .reason = str_format(arena, "%s: %s", err_name(result), err_detail())};
        failure.again = worth_retrying(result) && claimed.job.attempt < claimed.max_attempts;
        log_warn("job %s failed at attempt %d of %d (%.*s), %s", name, claimed.job.attempt, claimed.max_attempts,
                 STR_ARG(failure.reason), failure.again ? "will be tried again" : "is a dead letter now");
        result = db_transaction(db, record_failure, &failure);
    }
    bus_person_changed(db, arena, claimed.job.user_id);
    log_set_context(NULL);
    return result == ERR_CANCELLED ? OK : result;
}
