/* Housekeeping: what a schedule asks for is enqueued once, and what has been kept long enough goes. */
#include "base/clock.h"
#include "bus/bus.sql.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "bus/schedules.h"
#include "http/idempotency.h"
#include "json/json.h"

#include <pthread.h>
#include <string.h>

#define LOOK_AGAIN_US (15 * US_PER_SECOND)
#define KEEP_US (30 * US_PER_DAY)
#define WAKE_MOST 1000
#define SWEEP_MOST 1000 /* at a time: others wait for the embedded store meanwhile */

/* Finished jobs, keys and lanes that nobody needs any longer. */
static enum err sweep(struct db *db)
{
    int64_t now = clock_now();
    TRY(db_exec(db, &sql_job_sweep, DB_ARGS(db_time(now - KEEP_US), db_int(SWEEP_MOST), db_time(now))));
    TRY(db_exec(db, &sql_job_keys_sweep, DB_ARGS(db_time(now))));
    return db_exec(db, &sql_lane_sweep, DB_ARGS(db_int(now - US_PER_DAY)));
}

static enum err housekeeping(struct db *db, void *unused)
{
    (void)unused;
    TRY(sweep(db));
    return idempotency_sweep(db);
}

/* Lanes that would sleep for ever: an older version did not know their kind, the clock was put back, a job went away with its person and its slot, a lane
 * became wider. */
static enum err wake_lanes(struct db *db)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    int64_t count = 0;
    json_list_open(&list);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &sql_lane_asleep, DB_ARGS(db_int(clock_now()), db_int(WAKE_MOST)), &rows));
        for (; db_next(&rows); count++) json_write_int(&list.writer, db_col_int(&rows, 0));
        TRY(db_rows_result(&rows));
    }
    if (!count) return OK;
    TRY(db_exec(db, &sql_mark_many, DB_ARGS(db_json(json_list_str(&list)))));
    return bus_tell_workers(db);
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
    TRY(db_transaction(db, housekeeping, NULL));
    TRY(wake_lanes(db));
    if (!db_is_shared(db)) TRY(notice_restore(db, arena));
    int64_t look_again = clock_now() + LOOK_AGAIN_US;
    TRY(schedules_start_due(db, arena, next));
    if (look_again < *next) *next = look_again;
    return OK;
}
