/* Housekeeping: what a schedule asks for is enqueued once, and what has been kept long enough goes. */
#include "base/clock.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "bus/cron.h"
#include "http/idempotency.h"

#include <pthread.h>
#include <string.h>

#define LOOK_AGAIN_US (15 * US_PER_SECOND)
#define KEEP_US (30 * US_PER_DAY)
#define SWEEP_MOST 1000 /* at a time: others wait for the embedded store meanwhile */

/* Finished jobs, keys and lanes that nobody needs any longer. */
static enum err sweep(struct db *db)
{
    int64_t now = clock_now();
    TRY(db_exec(db, &sql_job_sweep, DB_ARGS(db_time(now - KEEP_US), db_int(SWEEP_MOST))));
    TRY(db_exec(db, &sql_job_keys_sweep, DB_ARGS(db_time(now))));
    return db_exec(db, &sql_lane_sweep, DB_ARGS(db_int(now - US_PER_DAY)));
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
        TRY(bus_enqueue(db, arena, &(struct job_spec){.kind = str_cstr(arena, due[i].name), .key = key, .key_seconds = 7 * 86400}, NULL));
    }
    return OK;
}

static enum err housekeeping(struct db *db, void *argument)
{
    struct arena *arena = argument;
    TRY(sweep(db));
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
    return OK;
}
