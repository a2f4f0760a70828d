/* Processes that run jobs: who is alive, and what becomes of the jobs of those who are not. Design in bus.h.
 *
 * No clocks are compared: a process counts up its beat, and each other one measures on its own monotonic clock for how long it has stood still.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"

#include <inttypes.h>
#include <unistd.h>

/* A job whose worker stopped this often waits between its tries, so that the server can be used. */
#define CRASHES_BEFORE_PAUSE 3
#define CRASH_PAUSE_US (10 * US_PER_SECOND)
#define WORKER_GONE STR("the worker stopped before the job ended")
#define NOT_RECORDED STR("the store did not take what came of the job")

uint32_t bus_random(void)
{
    uint32_t random = bus_random_hook ? bus_random_hook() : 0;
    if (!bus_random_hook) random_bytes(&random, sizeof random);
    return random;
}

enum err bus_process_register(struct db *db, struct process *process)
{
    char host[80] = "?";
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '?';
    process->watched_count = 0;
    struct str name = str_format(&arena, "%s, process %ld", host, (long)getpid());
    int64_t id = 1 + (bus_random() >> 1); /* by chance, since a number that was somebody else's would be mistaken for him */
    TRY(db_exec(db, &sql_worker_insert, DB_ARGS(db_int(id), db_text(name), db_time(clock_now()))));
    atomic_store(&process->id, id);
    return OK;
}

struct rescue {
    int64_t process, first_claim, last_claim;
    struct str why;
    int64_t rescued; /* so many jobs */
};

/* What a process has claimed, all of it or one claim, runs again. In the open transaction. */
static enum err rescue(struct db *db, struct rescue *what)
{
    int64_t now = clock_now();
    struct str why = what->why;
    struct db_value process = db_int(what->process), first = db_int(what->first_claim), last = db_int(what->last_claim), at = db_time(now);
    what->rescued = 0;
    TRY(db_exec(db, &sql_rescue_attempts, DB_ARGS(process, first, last, db_text(why), at)));
    TRY(db_exec(db, &sql_rescue_marks, DB_ARGS(process, first, last)));
    TRY(db_exec_count(db, &sql_rescue_jobs,
                      DB_ARGS(process, first, last, db_text(why), at, db_int(CRASHES_BEFORE_PAUSE), db_time(now + CRASH_PAUSE_US), db_int(BUS_CRASHES_MAX)), &what->rescued));
    BUS_BOUNDARY("before a commit of a rescue");
    if (!what->rescued) return OK;
    log_warn("%" PRId64 " jobs run again: %.*s", what->rescued, STR_ARG(why));
    return bus_tell_workers(db);
}

static enum err bury(struct db *db, void *argument)
{
    struct rescue *what = argument;
    TRY(rescue(db, what));
    return db_exec(db, &sql_worker_delete, DB_ARGS(db_int(what->process)));
}

enum err bus_process_bury(struct db *db, int64_t id)
{
    struct rescue what = {.process = id, .last_claim = INT64_MAX, .why = WORKER_GONE};
    TRY(db_transaction(db, bury, &what));
    bus_count_rescued(what.rescued);
    return OK;
}

static enum err give_back(struct db *db, void *argument) { return rescue(db, argument); }

enum err bus_process_give_back(struct worker *worker)
{
    struct rescue what = {.process = worker->claimed_by, .first_claim = worker->claim, .last_claim = worker->claim, .why = NOT_RECORDED};
    TRY(db_transaction(worker->db, give_back, &what));
    bus_count_rescued(what.rescued);
    worker->claim = 0;
    return OK;
}

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

/* Processes that were buried while they were alive, and claimed more before they noticed. */
static enum err find_lost(struct db *db, struct others *gone)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_worker_lost, DB_NO_ARGS, &rows));
    while (db_next(&rows) && gone->count < COUNT_OF(gone->ids)) gone->ids[gone->count++] = db_col_int(&rows, 0);
    return db_rows_result(&rows);
}

static enum err bury_gone(struct db *db, struct process *process, bool all)
{
    struct others gone = {0};
    TRY(find_gone(db, process, all, &gone));
    TRY(find_lost(db, &gone));
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
