/* How long claims take, for benchmarks. */
#include "base/clock.h"
#include "base/log.h"
#include "bus/internal.h"

/* As bus_turn, with a clock. */
static enum err time_turn(struct worker *worker, double *milliseconds)
{
    struct run *runs = NULL;
    struct look look;
    size_t count = 0;
    arena_reset(&worker->arena);
    int64_t start = clock_monotonic();
    TRY(bus_settle(worker, &look));
    TRY(bus_claim(worker, &look, &runs, &count));
    *milliseconds = (double)(clock_monotonic() - start) / 1000;
    if (!count) return err_set(ERR_NOT_FOUND, "no job is ready whose claim could be timed");
    TRY(bus_run_claimed(worker, runs, count));
    worker->claim = 0;
    return OK;
}

enum err bus_time_claims(struct db_pool *pool, double *milliseconds, size_t count)
{
    struct process process = {0};
    struct worker worker = {.process = &process};
    TRY(db_acquire(pool, &worker.db));
    arena_init(&worker.arena);
    enum err result = bus_process_register(worker.db, &process);
    for (size_t i = 0; i < count && result == OK; i++) result = time_turn(&worker, &milliseconds[i]);
    if (bus_process_bury(worker.db, process.id) != OK) log_warn("the workers' row stays behind: %s", err_detail());
    arena_dispose(&worker.arena);
    db_release(worker.db);
    return result;
}
