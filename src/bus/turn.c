/* One turn of a worker. */
#include "base/clock.h"
#include "base/log.h"
#include "bus/internal.h"

#include <stdlib.h>

bool (*bus_crash_hook)(const char *boundary);
uint32_t (*bus_random_hook)(void);

/* Claims and runs a batch. */
static enum err run_batch(struct worker *worker, struct look *look, int *ran)
{
    struct run *runs = NULL;
    size_t count = 0;
    bool went_on = worker->going_on.kind != NULL;
    TRY(bus_claim(worker, look, &runs, &count));
    if (!count && went_on) { /* with a kind of which there is none left */
        TRY(bus_look(worker, look));
        TRY(bus_claim(worker, look, &runs, &count));
    }
    if (!count) return OK;
    if (look->has_more) bus_wake();
    TRY(bus_run_claimed(worker, runs, count));
    worker->claim = 0;
    *ran += (int)count;
    return OK;
}

enum err bus_turn(struct worker *worker, int *ran, int64_t *next)
{
    struct look look;
    arena_reset(&worker->arena);
    *ran = 0;
    if (worker->claim) TRY(bus_process_give_back(worker)); /* the last turn ended with an error */
    TRY(bus_settle(worker, &look));
    *next = look.next;
    if (look.begun_count) TRY(run_batch(worker, &look, ran));
    look.begun_count = 0;
    return run_batch(worker, &look, ran); /* also when settling has begun some, or what is ready might wait for ever */
}

enum err bus_run_until_idle(struct db_pool *pool, int *ran)
{
    struct process process = {0};
    struct worker worker = {.process = &process};
    int count = 0, all = 0;
    int64_t next = 0;
    TRY(db_acquire(pool, &worker.db));
    enum err result = bus_process_register(worker.db, &process);
    arena_init(&worker.arena);
    do {
        if (result == OK) result = bus_turn(&worker, &count, &next);
        all += count;
    } while (result == OK && count);
    if (bus_process_bury(worker.db, process.id) != OK) log_warn("the workers' row stays behind: %s", err_detail());
    arena_dispose(&worker.arena);
    db_release(worker.db);
    if (ran) *ran = all;
    return result;
}
