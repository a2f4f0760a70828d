/* Housekeeping: dead workers' jobs go to the living, and what a schedule asks for is enqueued once. */
#include "base/clock.h"
#include "base/log.h"
#include "bus/bus.sql.h"
#include "bus/internal.h"
#include "bus/cron.h"
#include "http/idempotency.h"

#include <pthread.h>
#include <string.h>

#define LOOK_AGAIN_US (15 * US_PER_SECOND)
/* A job whose worker stopped this often is to blame itself: first it waits between its tries, so that the server can be used, then it is buried. */
#define CRASHES_BEFORE_PAUSE 3
#define CRASHES_MAX 20
#define CRASH_PAUSE_US (10 * US_PER_SECOND)
#define WORKER_GONE STR("the worker stopped before the job ended")

static enum err rescue(struct db *db, struct arena *arena)
{
    int64_t now = clock_now(), rescued = 0;
    TRY(db_exec_count(db, &sql_job_rescue_expired, DB_ARGS(db_time(now), db_text(WORKER_GONE), db_time(now + CRASH_PAUSE_US), db_int(CRASHES_BEFORE_PAUSE), db_int(CRASHES_MAX)),
                      &rescued));
    if (rescued) log_warn("%lld jobs whose worker stopped run again", (long long)rescued);
    struct str_list events = {0};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &sql_job_bury_expired, DB_ARGS(db_time(now), db_text(WORKER_GONE), db_int(CRASHES_MAX)), &rows));
        while (db_next(&rows)) str_list_add(arena, &events, db_col_text(&rows, 0, arena));
        TRY(db_rows_result(&rows));
    }
    for (size_t i = 0; i < events.count; i++) {
        if (!events.items[i].len) continue;
        TRY(db_exec(db, &sql_event_settle,
                    DB_ARGS(db_uuid(events.items[i]), db_time(now), db_text(WORKER_GONE))));
    }
    return OK;
}

struct due {
    struct str name, cron;
    int64_t at;
};

static enum err start_due(struct db *db, struct arena *arena)
{
    struct due due[32];
    size_t count = 0;
    int64_t now = clock_now();
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &sql_schedule_due, DB_ARGS(db_time(now)), &rows));
        while (count < COUNT_OF(due) && db_next(&rows))
            due[count++] = (struct due){db_col_text(&rows, 0, arena), db_col_text(&rows, 2, arena), db_col_time(&rows, 3)};
        TRY(db_rows_result(&rows));
    }
    for (size_t i = 0; i < count; i++) {
        int64_t next;
        TRY(cron_next(due[i].cron, STR("UTC"), now, &next));
        enum err mine = db_exec_one(db, &sql_schedule_advance,
                                    DB_ARGS(db_text(due[i].name), db_time(due[i].at), db_time(next), db_time(now)));
        if (mine == ERR_NOT_FOUND) continue;
        TRY(mine);
        if (!bus_kind(due[i].name)) continue; /* a schedule of another version */
        struct str key = str_format(arena, "%.*s %.*s", STR_ARG(due[i].name), STR_ARG(time_iso(arena, due[i].at)));
        TRY(bus_enqueue(db, arena, str_cstr(arena, due[i].name), (struct str){0}, STR("{}"), key, 0));
    }
    return OK;
}

static enum err housekeeping(struct db *db, void *argument)
{
    struct arena *arena = argument;
    TRY(rescue(db, arena));
    TRY(idempotency_sweep(db));
    return start_due(db, arena);
}

/* A restore of the embedded store by another process, which cannot tell us. */
static enum err notice_restore(struct db *db, struct arena *arena)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* every worker does its housekeeping */
    static char last[40] = "-";                               /* nothing was looked at yet */
    struct str id;
    TRY(db_restored(db, arena, &id));
    pthread_mutex_lock(&mutex);
    bool is_new = last[0] != '-' && !str_equal(id, str_from(last));
    size_t len = id.len < sizeof last ? id.len : sizeof last - 1;
    if (len) memcpy(last, id.ptr, len);
    last[len] = 0;
    pthread_mutex_unlock(&mutex);
    return is_new ? db_notify(db, STR(DB_NOTE_RESTORED)) : OK;
}

enum err bus_housekeeping(struct db *db, struct arena *arena, int64_t *next)
{
    TRY(db_transaction(db, housekeeping, arena));
    if (!db_is_shared(db)) TRY(notice_restore(db, arena));
    *next = clock_now() + LOOK_AGAIN_US;
    int64_t run_at;
    enum err found = db_query_int(db, &sql_job_next_run_at, DB_NO_ARGS, &run_at);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    if (run_at < *next) *next = run_at;
    return OK;
}
