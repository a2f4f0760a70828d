/* Workers: threads that run jobs, woken by a commit, with a slow poll as a net, and a keeper that looks after them. Design in bus.h.
 *
 * One process an embedded store runs jobs (a lock file says which), so at its start every other one is dead.
 */
#include "base/clock.h"
#include "base/log.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "bus/schedules.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define POLL_US (5 * US_PER_SECOND) /* the net: what a command of another process enqueued is only seen by looking */
#define KEEPER_PAUSE_MS 100

struct bus_workers {
    struct db_pool *pool;
    struct process process;
    pthread_t *threads;
    pthread_t keeper;
    struct worker *workers; /* one a thread */
    size_t count;
    int lock;
    atomic_bool stopping; /* no more jobs are begun */
    atomic_bool is_over;  /* none runs any more: until then the keeper says that this process lives */
};

/* The workers of this process, for whoever hears that a job is to stop. */
static pthread_mutex_t current_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct bus_workers *current;

void bus_stop_running(struct str job_id)
{
    int64_t id;
    if (str_to_int(job_id, &id) != OK) return;
    pthread_mutex_lock(&current_mutex);
    for (size_t i = 0; current && i < current->count; i++) {
        struct running *running = &current->workers[i].running;
        if (atomic_load(&running->job_id) == id) atomic_store(&running->stop, ERR_CANCELLED);
    }
    pthread_mutex_unlock(&current_mutex);
}

static bool stopping(struct bus_workers *workers) { return atomic_load(&workers->stopping); }

/* Runs ready jobs with one connection until none is left; returns when to look again. */
static int64_t drain(struct bus_workers *workers, struct worker *worker)
{
    int64_t wait = POLL_US, next = 0;
    int ran = 0;
    if (db_acquire(workers->pool, &worker->db) != OK) return US_PER_SECOND;
    enum err result;
    do {
        result = bus_turn(worker, &ran, &next);
    } while (result == OK && ran && !stopping(workers));
    db_release(worker->db);
    if (result != OK) {
        log_error("workers: %s: %s", err_name(result), err_detail());
        return US_PER_SECOND;
    }
    if (next && next - clock_now() < wait) wait = next - clock_now();
    return wait < 1000 ? 1000 : wait;
}

struct start {
    struct bus_workers *workers;
    struct worker *worker;
};

static void *worker_main(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    arena_init(&start.worker->arena);
    while (!stopping(start.workers)) {
        uint64_t seen = bus_wake_current();
        int64_t wait = drain(start.workers, start.worker);
        if (!stopping(start.workers)) bus_wake_wait(seen, wait);
    }
    arena_dispose(&start.worker->arena);
    return NULL;
}

/* ---- the keeper ---- */

static void stop_late(struct bus_workers *workers)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < workers->count; i++) {
        struct running *running = &workers->workers[i].running;
        int stop = OK;
        if (atomic_load(&running->job_id) && atomic_load(&running->deadline) < now) atomic_compare_exchange_strong(&running->stop, &stop, ERR_TIMEOUT);
    }
}

/* What a lost note would have told. */
static enum err stop_cancelled(struct bus_workers *workers, struct db *db)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_job_cancel_asked, DB_ARGS(db_int(workers->process.id)), &rows));
    while (db_next(&rows)) {
        struct arena arena CLEANUP(arena_dispose) = {0};
        bus_stop_running(str_format(&arena, "%lld", (long long)db_col_int(&rows, 0)));
    }
    return db_rows_result(&rows);
}

/* Returns when to come again, on the monotonic clock. */
static int64_t look_after(struct bus_workers *workers)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db *db = NULL;
    int64_t next = 0, wait = BUS_BEAT_SECONDS * US_PER_SECOND;
    enum err result = db_acquire(workers->pool, &db);
    if (result == OK) result = bus_process_beat(db, &workers->process);
    if (result == OK) result = stop_cancelled(workers, db);
    if (result == OK) result = bus_housekeeping(db, &arena, &next);
    if (result != OK) {
        log_warn("the bus could not be looked after: %s", err_detail());
        wait = US_PER_SECOND;
    } else if (next - clock_now() < wait) {
        wait = next - clock_now();
    }
    db_release(db);
    return clock_monotonic() + (wait < 1000 ? 1000 : wait);
}

static void *keeper_main(void *argument)
{
    struct bus_workers *workers = argument;
    int64_t next = 0;
    while (!atomic_load(&workers->is_over)) {
        if (clock_monotonic() >= next) next = look_after(workers);
        stop_late(workers);
        nanosleep(&(struct timespec){.tv_nsec = KEEPER_PAUSE_MS * 1000000L}, NULL);
    }
    return NULL;
}

/* ---- start and stop ---- */

static enum err take_lock(const char *path, int *lock)
{
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*lock < 0) return err_set(ERR_IO, "%s: %s", path, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0) return OK;
    close(*lock);
    return err_set(ERR_CONFLICT, "another process already runs the workers of this data directory (%s)", path);
}

static enum err register_schedules(struct db *db, void *unused)
{
    (void)unused;
    return schedules_register(db);
}

static enum err prepare_store(struct bus_workers *workers)
{
    struct db *db = NULL;
    TRY(db_acquire(workers->pool, &db));
    enum err result = bus_process_register(db, &workers->process);
    if (result == OK && !db_is_shared(db)) result = bus_process_bury_others(db, &workers->process);
    if (result == OK) result = db_transaction(db, register_schedules, NULL);
    db_release(db);
    return result;
}

static void start_threads(struct bus_workers *workers)
{
    for (size_t i = 0; i < workers->count; i++) {
        struct start *start = mem_alloc(sizeof(*start));
        workers->workers[i].process = &workers->process;
        *start = (struct start){workers, &workers->workers[i]};
        if (pthread_create(&workers->threads[i], NULL, worker_main, start)) log_fatal("no thread for a worker");
    }
    if (pthread_create(&workers->keeper, NULL, keeper_main, workers)) log_fatal("no thread for the keeper of the workers");
}

static void set_current(struct bus_workers *workers)
{
    pthread_mutex_lock(&current_mutex);
    current = workers;
    pthread_mutex_unlock(&current_mutex);
}

static void workers_free(struct bus_workers *workers)
{
    if (workers->lock >= 0) close(workers->lock);
    free(workers->threads);
    free(workers->workers);
    free(workers);
}

enum err bus_workers_start(struct bus_workers **out, struct db_pool *pool, size_t threads, const char *lock_path)
{
    int lock = -1;
    if (!db_pool_is_shared(pool)) TRY(take_lock(lock_path, &lock));
    struct bus_workers *workers = mem_alloc(sizeof(*workers));
    workers->pool = pool;
    workers->count = threads;
    workers->lock = lock;
    workers->threads = mem_alloc(threads * sizeof(*workers->threads));
    workers->workers = mem_alloc(threads * sizeof(*workers->workers));
    enum err prepared = bus_listen(pool);
    if (prepared == OK) prepared = prepare_store(workers);
    if (prepared != OK) {
        workers_free(workers);
        return prepared;
    }
    set_current(workers);
    start_threads(workers);
    *out = workers;
    return OK;
}

/* Whoever stops on purpose leaves no row that others must watch. */
static void unregister(struct bus_workers *workers)
{
    struct db *db = NULL;
    enum err result = db_acquire(workers->pool, &db);
    if (result == OK) result = bus_process_bury(db, workers->process.id);
    if (result != OK) log_warn("the workers' row stays behind: %s", err_detail());
    db_release(db);
}

void bus_workers_stop(struct bus_workers *workers)
{
    if (!workers) return;
    atomic_store(&workers->stopping, true);
    bus_wake_all();
    for (size_t i = 0; i < workers->count; i++) pthread_join(workers->threads[i], NULL);
    atomic_store(&workers->is_over, true);
    pthread_join(workers->keeper, NULL);
    set_current(NULL);
    unregister(workers);
    workers_free(workers);
}
