/* Workers: threads that run jobs, woken by a commit, with a slow poll as a net. Design in bus.h.
 *
 * One process a data directory runs jobs (a lock file says which), so at start every job marked as running belongs to a
 * process that is gone and is taken over at once.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/bus.sql.h"
#include "bus/internal.h"
#include "bus/cron.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <stdlib.h>
#include <unistd.h>

#define HEARTBEAT_SECONDS 5

/* What a worker holds at this moment; under lease_mutex. */
struct lease {
    char job_id[40];
    char token[40];
    bool held;
};

struct bus_workers {
    struct db_pool *pool;
    pthread_t *threads;
    pthread_t keeper;
    struct lease *leases; /* one a worker */
    size_t count;
    int lock;
    bool stopping;
};

/* The wake-up: workers wait on it, a commit signals it. One in a process. */
static pthread_mutex_t wake_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake_condition;
static uint64_t wake_generation;
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;
static _Thread_local struct lease *thread_lease;

static pthread_mutex_t lease_mutex = PTHREAD_MUTEX_INITIALIZER;

void bus_lease_hold(struct str job_id, struct str token)
{
    struct lease *lease = thread_lease;
    if (!lease) return;
    pthread_mutex_lock(&lease_mutex);
    snprintf(lease->job_id, sizeof(lease->job_id), "%.*s", STR_ARG(job_id));
    snprintf(lease->token, sizeof(lease->token), "%.*s", STR_ARG(token));
    lease->held = true;
    pthread_mutex_unlock(&lease_mutex);
}

void bus_lease_drop(void)
{
    if (!thread_lease) return;
    pthread_mutex_lock(&lease_mutex);
    thread_lease->held = false;
    pthread_mutex_unlock(&lease_mutex);
}

static void wake_init(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&wake_condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

void bus_wake(void)
{
    pthread_once(&wake_once, wake_init);
    pthread_mutex_lock(&wake_mutex);
    wake_generation++;
    pthread_cond_broadcast(&wake_condition);
    pthread_mutex_unlock(&wake_mutex);
}

static uint64_t wake_current(void)
{
    pthread_mutex_lock(&wake_mutex);
    uint64_t generation = wake_generation;
    pthread_mutex_unlock(&wake_mutex);
    return generation;
}

/* Until somebody wakes us after `seen`, or the time is over. */
static void wake_wait(uint64_t seen, int64_t microseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + microseconds % US_PER_SECOND * 1000;
    until.tv_sec += (time_t)(microseconds / US_PER_SECOND + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&wake_mutex);
    while (wake_generation == seen)
        if (pthread_cond_timedwait(&wake_condition, &wake_mutex, &until) == ETIMEDOUT) break;
    pthread_mutex_unlock(&wake_mutex);
}

static bool stopping(struct bus_workers *workers) { return __atomic_load_n(&workers->stopping, __ATOMIC_ACQUIRE); }

/* Runs ready jobs with one connection until none is left; returns when to look again. */
static int64_t drain(struct bus_workers *workers, struct arena *arena)
{
    struct db *db = NULL;
    int64_t wait = 5 * US_PER_SECOND, next = 0; /* the most: what a command of another process enqueued is only seen by looking */
    if (db_acquire(workers->pool, &db) != OK) return US_PER_SECOND;
    bool found = true;
    enum err result = OK;
    while (found && result == OK && !stopping(workers)) {
        arena_reset(arena);
        result = bus_run_one(db, arena, random_hex(arena, 16), &found);
    }
    if (result == OK) result = bus_housekeeping(db, arena, &next);
    if (result != OK) {
        log_error("workers: %s: %s", err_name(result), err_detail());
        wait = US_PER_SECOND;
    } else if (next && next - clock_now() < wait) {
        wait = next - clock_now();
    }
    db_release(db);
    return wait < 1000 ? 1000 : wait;
}

struct worker_start {
    struct bus_workers *workers;
    struct lease *lease;
};

static void *worker_main(void *argument)
{
    struct worker_start start = *(struct worker_start *)argument;
    free(argument);
    thread_lease = start.lease;
    struct arena arena = {0};
    arena_init(&arena);
    while (!stopping(start.workers)) {
        uint64_t seen = wake_current();
        int64_t wait = drain(start.workers, &arena);
        if (!stopping(start.workers)) wake_wait(seen, wait);
    }
    arena_dispose(&arena);
    return NULL;
}

static void prolong(struct db *db, const struct lease *lease)
{
    int64_t until = clock_now() + BUS_LEASE_SECONDS * US_PER_SECOND;
    if (db_exec(db, &sql_job_heartbeat,
                DB_ARGS(db_uuid(str_from(lease->job_id)), db_text(str_from(lease->token)), db_time(until))) != OK)
        log_warn("a lease could not be prolonged: %s", err_detail());
}

static void prolong_all(struct bus_workers *workers)
{
    struct db *db = NULL;
    for (size_t i = 0; i < workers->count; i++) {
        pthread_mutex_lock(&lease_mutex);
        struct lease lease = workers->leases[i];
        pthread_mutex_unlock(&lease_mutex);
        if (!lease.held) continue;
        if (!db && db_acquire(workers->pool, &db) != OK) return;
        prolong(db, &lease);
    }
    db_release(db);
}

/* Keeps the leases of long `work` alive. */
static void *keeper_main(void *argument)
{
    struct bus_workers *workers = argument;
    int64_t last = clock_monotonic();
    while (!stopping(workers)) {
        struct timespec pause = {.tv_nsec = 200 * 1000000};
        nanosleep(&pause, NULL);
        if (clock_monotonic() - last < HEARTBEAT_SECONDS * US_PER_SECOND) continue;
        last = clock_monotonic();
        prolong_all(workers);
    }
    return NULL;
}

static enum err take_lock(const char *path, int *lock)
{
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*lock < 0) return err_set(ERR_IO, "%s: %s", path, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0) return OK;
    close(*lock);
    return err_set(ERR_CONFLICT, "another process already runs the workers of this data directory (%s)", path);
}

static enum err take_over(struct db *db, void *argument)
{
    const struct db_pool *pool = argument;
    if (!db_pool_is_shared(pool)) TRY(db_exec(db, &sql_job_rescue_all, DB_ARGS(db_time(clock_now() - 1))));
    const struct bus_registry *registry = bus_registry_current();
    for (size_t i = 0; i < registry->kinds_count; i++) {
        const struct job_kind *kind = registry->kinds[i];
        int64_t next;
        if (!kind->cron) continue;
        TRY(cron_next(str_from(kind->cron), STR("UTC"), clock_now(), &next));
        TRY(db_exec(db, &sql_schedule_upsert,
                    DB_ARGS(db_text(str_from(kind->name)), db_text(str_from(kind->cron)), db_time(next))));
    }
    return OK;
}

static enum err prepare_store(struct db_pool *pool)
{
    struct db *db = NULL;
    TRY(db_acquire(pool, &db));
    enum err result = db_transaction(db, take_over, pool);
    db_release(db);
    return result;
}

enum err bus_workers_start(struct bus_workers **out, struct db_pool *pool, size_t threads, const char *lock_path)
{
    int lock = -1;
    if (!db_pool_is_shared(pool)) TRY(take_lock(lock_path, &lock));
    pthread_once(&wake_once, wake_init);
    enum err prepared = bus_listen(pool);
    if (prepared == OK) prepared = prepare_store(pool);
    if (prepared != OK) {
        if (lock >= 0) close(lock);
        return prepared;
    }
    struct bus_workers *workers = mem_alloc(sizeof(*workers));
    workers->pool = pool;
    workers->count = threads;
    workers->lock = lock;
    workers->threads = mem_alloc(threads * sizeof(*workers->threads));
    workers->leases = mem_alloc(threads * sizeof(*workers->leases));
    for (size_t i = 0; i < threads; i++) {
        struct worker_start *start = mem_alloc(sizeof(*start));
        *start = (struct worker_start){workers, &workers->leases[i]};
        if (pthread_create(&workers->threads[i], NULL, worker_main, start)) log_fatal("no thread for a worker");
    }
    if (pthread_create(&workers->keeper, NULL, keeper_main, workers)) log_fatal("no thread for the leases");
    *out = workers;
    return OK;
}

void bus_workers_stop(struct bus_workers *workers)
{
    if (!workers) return;
    __atomic_store_n(&workers->stopping, true, __ATOMIC_RELEASE);
    bus_wake();
    for (size_t i = 0; i < workers->count; i++) pthread_join(workers->threads[i], NULL);
    pthread_join(workers->keeper, NULL);
    if (workers->lock >= 0) close(workers->lock);
    free(workers->threads);
    free(workers->leases);
    free(workers);
}

enum err bus_run_until_idle(struct db_pool *pool, int *ran)
{
    struct db *db = NULL;
    TRY(db_acquire(pool, &db));
    struct arena arena = {0};
    arena_init(&arena);
    enum err result = OK;
    bool found = true;
    int count = 0;
    while (result == OK && found) {
        arena_reset(&arena);
        result = bus_run_one(db, &arena, random_hex(&arena, 16), &found);
        count += found;
    }
    arena_dispose(&arena);
    db_release(db);
    if (ran) *ran = count;
    return result;
}
