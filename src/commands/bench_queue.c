/* careerprep bench queue: how many jobs a second are published and run here, and how soon one is picked up.
 *
 * Jobs do nothing, so what is measured is the bus. Single publishing stands beside bare commits of one row by as many clients, in turns, since a disk changes its mind within a second: the medians of
 * the rounds, and of the ratios within them; processing is from the start of the
 * workers to the last job's commit, also with jobs that share keys, that need each other (workflows), and both; the pick-up is from the return of the commit that published a job to the begin of its run, by workers that slept.
 */
#include "base/clock.h"
#include "base/config.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/bench.sql.h"
#include "commands/bench_queue.h"
#include "json/json.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define JOBS_DEFAULT 100000
#define SINGLES 4000
#define ROUNDS 7
#define CLIENTS 8
#define PICKUPS 1000
#define WORKFLOW 10 /* jobs of a workflow: one, eight that need it, and one that needs those */

static atomic_llong begun;   /* jobs so far */
static _Atomic int64_t begun_at; /* the last one */

static enum err note(struct job *job)
{
    (void)job;
    atomic_store(&begun_at, clock_monotonic());
    atomic_fetch_add(&begun, 1);
    return OK;
}

static const struct job_lane lane = {.name = "key", .field = "key", .width = 2};
static const struct job_kind plain = {.name = "bench.plain", .agent = "bench", .title = "", .apply = note, .batch = 1000};
static const struct job_kind in_lanes = {.name = "bench.lanes", .agent = "bench", .title = "", .apply = note, .batch = 1000, .lane = &lane};
const struct job_kind bench_single = {.name = "bench.single", .agent = "bench", .title = "", .apply = note};
static const struct job_kind *const kinds[] = {&plain, &in_lanes, &bench_single};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static double seconds_since(int64_t start) { return (double)(clock_monotonic() - start) / 1e6; }

/* ---- publishing ---- */

/* One row that says nothing, one job as a statement of its own, and one in a transaction with what else a caller does. */
enum way { BARE, ALONE, IN_TRANSACTION };

struct client {
    pthread_t thread;
    struct db_pool *pool;
    int64_t count;
    enum way way;
    enum err result;
};

static enum err publish_one(struct db *db, void *argument)
{
    return bus_enqueue(db, argument, &(struct job_spec){.kind = "bench.plain"}, NULL);
}

static enum err commit_one(struct db *db, struct arena *arena, enum way way)
{
    if (way == BARE) return db_exec(db, &sql_bench_bare, DB_ARGS(db_text(uuid_new(arena)), db_text(STR("{}"))));
    return way == ALONE ? publish_one(db, arena) : db_transaction(db, publish_one, arena);
}

static void *client_main(void *argument)
{
    struct client *client = argument;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db *db = NULL;
    arena_init(&arena);
    client->result = db_acquire(client->pool, &db);
    for (int64_t i = 0; i < client->count && client->result == OK; i++) {
        arena_reset(&arena);
        client->result = commit_one(db, &arena, client->way);
    }
    db_release(db);
    return NULL;
}

/* *rate gets the commits a second. */
static enum err time_clients(struct bench_run *run, int count, enum way way, double *rate)
{
    struct client clients[CLIENTS];
    enum err result = OK;
    int64_t start = clock_monotonic();
    for (int i = 0; i < count; i++) {
        clients[i] = (struct client){.pool = run->store.pool, .count = SINGLES / count, .way = way};
        if (pthread_create(&clients[i].thread, NULL, client_main, &clients[i]) != 0) return err_set(ERR_UNAVAILABLE, "no thread for a client");
    }
    for (int i = 0; i < count; i++) {
        pthread_join(clients[i].thread, NULL);
        if (clients[i].result != OK) result = clients[i].result;
    }
    *rate = SINGLES / seconds_since(start);
    return result;
}

static void add_median(struct bench_run *run, const char *name, double *values)
{
    bench_sort(values, ROUNDS);
    bench_add(run->report, name, bench_percentile(values, ROUNDS, 0.5));
}

/* names: of the bare commits, the published jobs, and the second to the first. */
static enum err measure_clients(struct bench_run *run, int count, enum way way, const char *const names[3])
{
    double bare[ROUNDS], published[ROUNDS], ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        TRY(time_clients(run, count, BARE, &bare[i]));
        TRY(time_clients(run, count, way, &published[i]));
        ratio[i] = published[i] / bare[i];
    }
    if (names[0]) add_median(run, names[0], bare);
    add_median(run, names[1], published);
    add_median(run, names[2], ratio);
    return OK;
}

struct chunk {
    struct arena *arena;
    const struct job_kind *kind;
    int64_t at; /* number of its first job */
};

/* Jobs with the same key share a lane. */
static struct job_spec spec_of(const struct chunk *chunk, int64_t key)
{
    struct str payload = chunk->kind->lane ? str_format(chunk->arena, "{\"key\":\"%d\"}", (int)(key % BENCH_LANES)) : STR("{}");
    return (struct job_spec){.kind = chunk->kind->name, .payload = payload};
}

static enum err publish_many(struct db *db, void *argument)
{
    struct chunk *chunk = argument;
    struct job_spec specs[BENCH_CHUNK];
    for (int64_t i = 0; i < BENCH_CHUNK; i++) specs[i] = spec_of(chunk, chunk->at + i);
    return bus_enqueue_many(db, chunk->arena, specs, BENCH_CHUNK, NULL);
}

/* All jobs of a workflow have one key. */
static enum err publish_workflows(struct db *db, void *argument)
{
    struct chunk *chunk = argument;
    for (int64_t at = chunk->at; at < chunk->at + BENCH_CHUNK; at += WORKFLOW) {
        int64_t ids[WORKFLOW];
        for (int i = 0; i < WORKFLOW; i++) {
            struct job_spec spec = spec_of(chunk, at / WORKFLOW);
            spec.needs = i < WORKFLOW - 1 ? ids : ids + 1;
            spec.needs_count = i == 0 ? 0 : i < WORKFLOW - 1 ? 1 : WORKFLOW - 2;
            TRY(bus_enqueue(db, chunk->arena, &spec, &ids[i]));
        }
    }
    return OK;
}

enum err bench_publish(struct bench_run *run, const struct job_kind *kind, int64_t jobs, bool as_workflows, const char *name)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db *db = NULL;
    arena_init(&arena);
    TRY(db_acquire(run->store.pool, &db));
    enum err result = OK;
    int64_t start = clock_monotonic();
    for (int64_t at = 0; at < jobs && result == OK; at += BENCH_CHUNK) {
        struct chunk chunk = {&arena, kind, at};
        arena_reset(&arena);
        result = db_transaction(db, as_workflows ? publish_workflows : publish_many, &chunk);
    }
    if (name) bench_add(run->report, name, (double)jobs / seconds_since(start));
    db_release(db);
    return result;
}

/* ---- running ---- */

static enum err wait_for_all(struct bench_run *run)
{
    struct db *db = NULL;
    int64_t open = 1;
    TRY(db_acquire(run->store.pool, &db));
    enum err result = OK;
    while (result == OK && open) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        if (atomic_load(&begun) < run->jobs) continue;
        result = db_query_int(db, &sql_bench_open, DB_NO_ARGS, &open);
    }
    db_release(db);
    return result;
}

static enum err process(struct bench_run *run, const char *name)
{
    struct bus_workers *workers = NULL;
    int64_t start = clock_monotonic();
    TRY(bus_workers_start(&workers, run->store.pool, (size_t)config_int(CONFIG_WORKERS), run->lock));
    enum err result = wait_for_all(run);
    bench_add(run->report, name, (double)atomic_load(&begun) / seconds_since(start));
    bus_workers_stop(workers);
    atomic_store(&begun, 0);
    return result;
}

static enum err clear(struct bench_run *run)
{
    struct db *db = NULL;
    TRY(db_acquire(run->store.pool, &db));
    enum err result = db_exec(db, &sql_bench_clear, DB_NO_ARGS);
    db_release(db);
    return result;
}

static enum err pick_up(struct db *db, double *waits)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    arena_init(&arena);
    for (int i = 0; i < PICKUPS; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000 + i % 7 * 300000}, NULL);
        long long before = atomic_load(&begun);
        arena_reset(&arena);
        TRY(db_transaction(db, publish_one, &arena));
        int64_t published = clock_monotonic();
        while (atomic_load(&begun) == before) nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        double wait = (double)(atomic_load(&begun_at) - published) / 1000;
        waits[i] = wait > 0 ? wait : 0;
    }
    return OK;
}

static enum err measure_pick_up(struct bench_run *run)
{
    struct bus_workers *workers = NULL;
    struct db *db = NULL;
    double waits[PICKUPS];
    TRY(bus_workers_start(&workers, run->store.pool, (size_t)config_int(CONFIG_WORKERS), run->lock));
    enum err result = db_acquire(run->store.pool, &db);
    if (result == OK) result = pick_up(db, waits);
    db_release(db);
    bus_workers_stop(workers);
    atomic_store(&begun, 0);
    TRY(result);
    bench_sort(waits, PICKUPS);
    bench_add(run->report, "pickup_p50_ms", bench_percentile(waits, PICKUPS, 0.5));
    bench_add(run->report, "pickup_p99_ms", bench_percentile(waits, PICKUPS, 0.99));
    return OK;
}

static enum err measure(struct bench_run *run)
{
    TRY(bus_listen(run->store.pool)); /* as the server does: who does not listen tells the others with a statement for each job */
    TRY(measure_pick_up(run)); /* of an idle store: after the others the database is busy cleaning up */
    TRY(measure_clients(run, 1, ALONE, (const char *[]){"bare_commit_per_s", "enqueue_alone_per_s", "enqueue_alone_ratio"}));
    TRY(measure_clients(run, 1, IN_TRANSACTION, (const char *[]){NULL, "enqueue_single_per_s", "enqueue_single_ratio"}));
    TRY(measure_clients(run, CLIENTS, ALONE, (const char *[]){"bare_commit_8_clients_per_s", "enqueue_alone_8_clients_per_s", "enqueue_alone_8_clients_ratio"}));
    TRY(measure_clients(run, CLIENTS, IN_TRANSACTION, (const char *[]){NULL, "enqueue_single_8_clients_per_s", "enqueue_single_8_clients_ratio"}));
    TRY(clear(run));
    TRY(bench_publish(run, &plain, run->jobs, false, "enqueue_bulk_per_s"));
    TRY(process(run, "process_per_s"));
    TRY(bench_publish(run, &in_lanes, run->jobs, false, "enqueue_bulk_lanes_per_s"));
    TRY(process(run, "process_lanes_per_s"));
    TRY(bench_publish(run, &plain, run->jobs, true, "enqueue_workflows_per_s"));
    TRY(process(run, "process_workflows_per_s"));
    TRY(bench_publish(run, &in_lanes, run->jobs, true, "enqueue_workflows_lanes_per_s"));
    TRY(process(run, "process_workflows_lanes_per_s"));
    bench_add(run->report, "rss_mib", bench_resident());
    return OK;
}

enum err bench_queue(const struct command_options *options, struct bench_report *report)
{
    struct bench_run run = {.report = report, .jobs = options->jobs ? options->jobs / BENCH_CHUNK * BENCH_CHUNK : JOBS_DEFAULT, .finished = options->finished, .waiting = options->waiting};
    TRY(bus_init(&registry, NULL));
    enum err result = bench_store_open(&run.store, CLIENTS + (size_t)config_int(CONFIG_WORKERS) + 3);
    snprintf(report->engine, sizeof report->engine, "%s", config_is_set(CONFIG_DATABASE_URL) ? "PostgreSQL" : "SQLite");
    snprintf(run.lock, sizeof run.lock, "%s/workers.lock", run.store.directory);
    if (result == OK) result = run.finished || run.waiting ? bench_claims(&run) : measure(&run);
    bench_store_close(&run.store);
    return result;
}
