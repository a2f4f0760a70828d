/* Processes that run jobs: who is alive, and what becomes of the jobs of those who are not. Design in bus.h.
 *
 * No clocks are compared: a process counts up its beat, and each other one measures on its own monotonic clock for how long it has stood still.
 */
#include "base/clock.h"
#include "base/log.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"

#include <inttypes.h>
#include <unistd.h>

/* A job whose worker stopped this often waits between its tries, so that the server can be used. */
#define CRASHES_BEFORE_PAUSE 3
#define CRASH_PAUSE_US (10 * US_PER_SECOND)
#define WORKER_GONE STR("the worker stopped before the job ended")

enum err bus_process_register(struct db *db, struct process *process)
{
    char host[80] = "?";
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '?';
    process->watched_count = 0;
    struct str name = str_format(&arena, "%s, process %ld", host, (long)getpid());
    return db_query_int(db, &sql_worker_insert, DB_ARGS(db_text(name), db_time(clock_now())), &process->id);
}

static enum err bury(struct db *db, void *argument)
{
    const int64_t *id = argument;
    int64_t now = clock_now(), rescued = 0;
    TRY(db_exec(db, &sql_rescue_attempts, DB_ARGS(db_int(*id), db_text(WORKER_GONE), db_time(now))));
    TRY(db_exec_count(db, &sql_rescue_jobs,
                      DB_ARGS(db_int(*id), db_text(WORKER_GONE), db_int(CRASHES_BEFORE_PAUSE), db_time(now + CRASH_PAUSE_US), db_int(BUS_CRASHES_MAX), db_time(now)), &rescued));
    TRY(db_exec(db, &sql_worker_delete, DB_ARGS(db_int(*id))));
    if (!rescued) return OK;
    log_warn("%" PRId64 " jobs whose worker stopped run again", rescued);
    return bus_tell_workers(db);
}

enum err bus_process_bury(struct db *db, int64_t id) { return db_transaction(db, bury, &id); }

static void watch(struct process *process, int64_t id, int64_t beat, struct watched **found)
{
    *found = NULL;
    for (size_t i = 0; i < process->watched_count; i++)
        if (process->watched[i].id == id) *found = &process->watched[i];
    bool is_new = !*found;
    if (is_new && process->watched_count == BUS_WATCHED_MAX) return; /* looked at when others are gone */
    if (is_new) *found = &process->watched[process->watched_count++];
    if (!is_new && (*found)->beat == beat) return;
    **found = (struct watched){.id = id, .beat = beat, .since = clock_monotonic()};
}

struct others {
    int64_t ids[BUS_WATCHED_MAX];
    size_t count;
};

/* Those for whom `is_gone` stands; the watched ones are only those that have a row. */
static enum err find_gone(struct db *db, struct process *process, bool all, struct others *gone)
{
    struct process seen = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_worker_list, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        struct watched *other = NULL;
        int64_t id = db_col_int(&rows, 0);
        if (id == process->id) continue;
        watch(process, id, db_col_int(&rows, 1), &other);
        if (other && seen.watched_count < BUS_WATCHED_MAX) seen.watched[seen.watched_count++] = *other;
        bool is_gone = all || (other && clock_monotonic() - other->since > BUS_LEASE_SECONDS * US_PER_SECOND);
        if (is_gone && gone->count < COUNT_OF(gone->ids)) gone->ids[gone->count++] = id;
    }
    TRY(db_rows_result(&rows));
    for (size_t i = 0; i < seen.watched_count; i++) process->watched[i] = seen.watched[i];
    process->watched_count = seen.watched_count;
    return OK;
}

static enum err bury_gone(struct db *db, struct process *process, bool all)
{
    struct others gone = {0};
    TRY(find_gone(db, process, all, &gone));
    for (size_t i = 0; i < gone.count; i++) TRY(bus_process_bury(db, gone.ids[i])); /* processes, not jobs */
    return OK;
}

enum err bus_process_bury_others(struct db *db, struct process *process) { return bury_gone(db, process, true); }

enum err bus_process_beat(struct db *db, struct process *process)
{
    enum err beaten = db_exec_one(db, &sql_worker_beat, DB_ARGS(db_int(process->id), db_time(clock_now())));
    if (beaten == ERR_NOT_FOUND) { /* others took it for dead: its jobs are theirs by now */
        log_warn("this process stood still for so long that others took its jobs over");
        return bus_process_register(db, process);
    }
    TRY(beaten);
    return bury_gone(db, process, false);
}
