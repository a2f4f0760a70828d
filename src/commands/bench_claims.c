/* careerprep bench queue --finished N --waiting N: how long a claim takes in an empty table and in a full one.
 *
 * The full one gets its rows by bulk statements, as they would be after months: of a hundred finished jobs one is dead; of eight waiting ones four are ready, two scheduled, one of which the next, a
 * workflow's, needs, and one blocked in a lane whose slots are taken. What is timed is a worker's way to a job, one at a time on one thread: looking what there is to settle, looking at
 * the first of each kind, claiming one.
 */
#include "base/clock.h"
#include "commands/bench.sql.h"
#include "commands/bench_queue.h"
#include "json/json.h"

#include <stdlib.h>

#define CLAIMS 5000
#define FILL_CHUNK 10000
#define FAR_AHEAD_US (30 * US_PER_DAY)

/* A server does so by itself, within a minute of many changes; the embedded store never does. */
static enum err analyze(struct bench_run *run)
{
    struct db *db = NULL;
    TRY(db_acquire(run->store.pool, &db));
    enum err result = db_is_shared(db) ? db_exec(db, &sql_bench_analyze, DB_NO_ARGS) : OK;
    db_release(db);
    return result;
}

static enum err time_claims(struct bench_run *run, const char *p50, const char *p99)
{
    double *times = mem_alloc(CLAIMS * sizeof *times);
    enum err result = bench_publish(run, &bench_single, CLAIMS, false, NULL);
    if (result == OK) result = analyze(run);
    if (result == OK) result = bus_time_claims(run->store.pool, times, CLAIMS);
    bench_sort(times, CLAIMS);
    if (result == OK) bench_add(run->report, p50, bench_percentile(times, CLAIMS, 0.5));
    if (result == OK) bench_add(run->report, p99, bench_percentile(times, CLAIMS, 0.99));
    free(times);
    return result;
}

/* Runs the statement with the numbers below `count`, a chunk of them at a time ($1), the time ($2), and the other values. */
static enum err fill_with(struct db *db, const struct sql *sql, int64_t count, struct db_value *values, size_t values_count)
{
    for (int64_t at = 0; at < count; at += FILL_CHUNK) {
        struct json_list numbers CLEANUP(json_list_dispose) = {0};
        json_list_open(&numbers);
        for (int64_t i = at; i < count && i < at + FILL_CHUNK; i++) json_write_int(&numbers.writer, i);
        values[0] = db_json(json_list_str(&numbers));
        values[1] = db_time(clock_now());
        TRY(db_exec(db, sql, values, values_count));
    }
    return OK;
}

static enum err fill(struct db *db, const struct bench_run *run)
{
    struct db_value payload = db_json(STR("{\"key\":\"one of many\"}")), lanes = db_text(STR("key:")), none = db_null();
    struct db_value finished[] = {none, none, payload, db_text(STR("the service does not answer"))};
    struct db_value slots[] = {none, none, payload, lanes};
    struct db_value waiting[] = {none, none, db_time(clock_now() + FAR_AHEAD_US), db_int(BENCH_LANES), payload, lanes};
    TRY(fill_with(db, &sql_bench_fill_finished, run->finished, finished, COUNT_OF(finished)));
    TRY(fill_with(db, &sql_bench_fill_slots, 2 * BENCH_LANES, slots, COUNT_OF(slots)));
    TRY(fill_with(db, &sql_bench_fill_waiting, run->waiting, waiting, COUNT_OF(waiting)));
    return db_exec(db, &sql_bench_fill_needs, DB_NO_ARGS);
}

enum err bench_claims(struct bench_run *run)
{
    struct db *db = NULL;
    TRY(time_claims(run, "claim_empty_p50_ms", "claim_empty_p99_ms"));
    TRY(db_acquire(run->store.pool, &db));
    int64_t start = clock_monotonic();
    enum err result = fill(db, run);
    db_release(db);
    TRY(result);
    bench_add(run->report, "fill_s", (double)(clock_monotonic() - start) / 1e6);
    return time_claims(run, "claim_full_p50_ms", "claim_full_p99_ms");
}
