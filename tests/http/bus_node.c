/* A process that publishes and runs jobs until it is killed: bus_kill.test.mjs starts and kills it, and counts what it leaves in the store. No part of the program.
 *
 *     bus_node prepare STORE
 *     bus_node run STORE LOCK LANE       publishes and runs; prints the number of each order that is committed
 *     bus_node drain STORE LOCK          runs what is left, until it is ended
 *
 * An order (kill_orders) is written with its job in one transaction; the job's effects (kill_effects) in the transactions of the bus.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bus/bus.h"
#include "db/migrate.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WORKERS 3
#define PAUSE_US 2000

static const struct job_lane ordered = {.name = "ordered", .field = "lane", .width = 1, .ordered = true};
static const struct job_lane wide = {.name = "wide", .field = "lane", .width = 2};

static enum err write_effect(struct job *job, const char *step)
{
    static const struct sql sql = {"kill_effect", "INSERT INTO kill_effects (job_id, step, place) VALUES ($1, $2, 0)", 2};
    return db_exec(job->db, &sql, DB_ARGS(db_int(job->id), db_text(str_from(step))));
}

static enum err apply(struct job *job) { return write_effect(job, "apply"); }

/* Its place in the lane; a lane is one process's and ordered, so nobody else counts meanwhile. */
static enum err apply_in_order(struct job *job)
{
    static const struct sql sql = {"kill_place", "INSERT INTO kill_effects (job_id, step, place) SELECT $1, $2, (SELECT COUNT(*) FROM kill_effects WHERE step = $2)", 2};
    TRY(db_exec(job->db, &sql, DB_ARGS(db_int(job->id), db_text(json_get_str(job->payload, "lane")))));
    return apply(job);
}

/* Those that it needs have had their effects. */
static enum err apply_last(struct job *job)
{
    static const struct sql sql = {"kill_needs", "SELECT COUNT(*) FROM kill_orders o WHERE o.fan_id = (SELECT fan_id FROM kill_orders WHERE job_id = $1) AND o.job_id <> $1 "
                                                 "AND NOT EXISTS (SELECT 1 FROM kill_effects e WHERE e.job_id = o.job_id AND e.step = 'apply')", 1};
    int64_t missing = 0;
    TRY(db_query_int(job->db, &sql, DB_ARGS(db_int(job->id)), &missing));
    if (missing) TRY(write_effect(job, "early"));
    return apply(job);
}

static enum err work(struct job *job)
{
    nanosleep(&(struct timespec){.tv_nsec = (job->id % 5) * 1000000L}, NULL);
    return job->id % 7 == 0 && job->attempt == 1 ? err_set(ERR_INTERNAL, "a first try that fails") : OK;
}

static enum err think(struct job *job, void *argument, struct buf *result)
{
    (void)argument;
    buf_append_format(result, "%" PRId64, job->id);
    return OK;
}

static enum err store(struct job *job, void *argument, struct buf *result)
{
    TRY(write_effect(job, argument));
    return think(job, NULL, result);
}

static enum err work_in_steps(struct job *job)
{
    static char first[] = "first", second[] = "second";
    TRY(job_step(job, "think", think, NULL, NULL));
    TRY(job_step_apply(job, first, store, first, NULL));
    TRY(job_step_sleep(job, "sleep", 1));
    return job_step_apply(job, second, store, second, NULL);
}

static const struct job_kind plain_kind = {.name = "kill.plain", .agent = "test", .work = work, .apply = apply};
static const struct job_kind batch_kind = {.name = "kill.batch", .agent = "test", .apply = apply, .batch = 16};
static const struct job_kind steps_kind = {.name = "kill.steps", .agent = "test", .work = work_in_steps, .apply = apply};
static const struct job_kind ordered_kind = {.name = "kill.ordered", .agent = "test", .work = work, .apply = apply_in_order, .lane = &ordered};
static const struct job_kind wide_kind = {.name = "kill.wide", .agent = "test", .work = work, .apply = apply, .lane = &wide};
static const struct job_kind last_kind = {.name = "kill.last", .agent = "test", .apply = apply_last};
static const struct job_kind *const kinds[] = {&plain_kind, &batch_kind, &steps_kind, &ordered_kind, &wide_kind, &last_kind};
static const char *const producers[] = {"test", NULL};
static const struct event_type events[] = {
    {.name = "KILL_HAPPENED", .schema = "lane:key order:number", .producers = producers, .consumers = (const char *const[]){"kill.plain", "kill.batch", NULL}},
};
static const struct bus_registry registry = {.events = events, .events_count = COUNT_OF(events), .kinds = kinds, .kinds_count = COUNT_OF(kinds)};

/* ---- publishing ---- */

struct publisher {
    struct db *db;
    struct arena *arena;
    const char *lane;
    int64_t order, committed; /* the last one's number */
    int64_t round;
};

static enum err write_order(struct publisher *publisher, int64_t job_id, const char *kind, int64_t fan_id)
{
    static const struct sql sql = {"kill_order", "INSERT INTO kill_orders (order_id, job_id, kind, lane, fan_id) VALUES ($1, $2, $3, $4, $5)", 5};
    return db_exec(publisher->db, &sql,
                   DB_ARGS(db_int(++publisher->order), db_int(job_id), db_text(str_from(kind)), db_text(str_from(publisher->lane)), fan_id ? db_int(fan_id) : db_null()));
}

static enum err order(struct publisher *publisher, const char *kind, const int64_t *needs, size_t needs_count, int64_t fan_id, int64_t *id)
{
    struct str payload = str_format(publisher->arena, "{\"lane\":\"%s\"}", publisher->lane);
    struct job_spec spec = {.kind = kind, .payload = payload, .needs = needs, .needs_count = needs_count};
    TRY(bus_enqueue(publisher->db, publisher->arena, &spec, id));
    return write_order(publisher, *id, kind, fan_id);
}

static enum err order_event(struct publisher *publisher)
{
    static const struct sql sql = {"kill_of_event", "SELECT id, kind FROM jobs WHERE event_id = $1 ORDER BY id", 1};
    struct str payload = str_format(publisher->arena, "{\"lane\":\"%s\",\"order\":%" PRId64 "}", publisher->lane, publisher->order), event_id;
    int64_t ids[4];
    size_t count = 0;
    TRY(bus_publish(publisher->db, publisher->arena, &(struct event){.type = "KILL_HAPPENED", .payload = payload}, &event_id));
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(publisher->db, &sql, DB_ARGS(db_uuid(event_id)), &rows));
        while (count < COUNT_OF(ids) && db_next(&rows)) ids[count++] = db_col_int(&rows, 0);
        TRY(db_rows_result(&rows));
    }
    for (size_t i = 0; i < count; i++) TRY(write_order(publisher, ids[i], events[0].consumers[i], 0));
    return OK;
}

/* Three that can run at once, and one that needs them all. */
static enum err order_fan(struct publisher *publisher)
{
    int64_t ids[4], fan_id = publisher->order + 1;
    TRY(order(publisher, "kill.plain", NULL, 0, fan_id, &ids[0]));
    TRY(order(publisher, "kill.wide", NULL, 0, fan_id, &ids[1]));
    TRY(order(publisher, "kill.steps", NULL, 0, fan_id, &ids[2]));
    return order(publisher, "kill.last", ids, 3, fan_id, &ids[3]);
}

static enum err publish(struct db *db, void *argument)
{
    static const char *const single[] = {"kill.ordered", "kill.batch", "kill.steps", "kill.wide", "kill.ordered"};
    struct publisher *publisher = argument;
    int64_t id;
    (void)db;
    publisher->order = publisher->committed; /* the transaction may run again */
    for (size_t i = 0; i < COUNT_OF(single); i++) TRY(order(publisher, single[i], NULL, 0, 0, &id));
    return publisher->round % 2 ? order_fan(publisher) : order_event(publisher);
}

/* For ever. Whoever is killed has perhaps committed what he did not print, and never printed what he did not commit. */
static _Noreturn void publish_all(struct db_pool *pool, const char *lane)
{
    static const struct sql waiting = {"kill_waiting", "SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE finished_at IS NULL LIMIT 400) w", 0};
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct publisher publisher = {.arena = &arena, .lane = lane, .committed = clock_now() * 1000};
    for (;; publisher.round++) {
        int64_t open = 0;
        enum err published = db_acquire(pool, &publisher.db);
        arena_reset(&arena);
        if (published == OK) published = db_query_int(publisher.db, &waiting, DB_NO_ARGS, &open);
        if (published == OK && open < 400) published = db_transaction(publisher.db, publish, &publisher);
        if (published != OK) log_error("%s", err_detail());
        db_release(publisher.db);
        while (published == OK && open < 400 && publisher.committed < publisher.order) printf("%" PRId64 "\n", ++publisher.committed);
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_US * 1000}, NULL);
    }
}

static enum err prepare(struct db_pool *pool)
{
    static const struct sql tables[] = {
        {"kill_orders_make", "CREATE TABLE kill_orders (order_id BIGINT PRIMARY KEY, job_id BIGINT NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL, fan_id BIGINT)", 0},
        {"kill_orders_index", "CREATE INDEX kill_orders_by_job ON kill_orders (job_id)", 0},
        {"kill_fans_index", "CREATE INDEX kill_orders_by_fan ON kill_orders (fan_id)", 0},
        {"kill_effects_make", "CREATE TABLE kill_effects (job_id BIGINT NOT NULL, step TEXT NOT NULL, place BIGINT NOT NULL)", 0},
        {"kill_effects_index", "CREATE INDEX kill_effects_by_job ON kill_effects (job_id, step)", 0},
        {"kill_steps_index", "CREATE INDEX kill_effects_by_step ON kill_effects (step)", 0},
    };
    struct db *db = NULL;
    TRY(db_acquire(pool, &db));
    enum err prepared = db_migrate(db, NULL);
    for (size_t i = 0; i < COUNT_OF(tables) && prepared == OK; i++) prepared = db_exec(db, &tables[i], DB_NO_ARGS);
    db_release(db);
    return prepared;
}

int main(int argc, char **argv)
{
    struct db_pool *pool = NULL;
    struct bus_workers *workers = NULL;
    bool prepares = argc == 3 && strcmp(argv[1], "prepare") == 0, publishes = argc == 5 && strcmp(argv[1], "run") == 0;
    if (!prepares && !publishes && !(argc == 4 && strcmp(argv[1], "drain") == 0)) return 2;
    log_set_level(LOG_ERROR);
    enum err begun = db_pool_open_at(&pool, argv[2], WORKERS + 3);
    if (begun == OK && prepares) begun = prepare(pool);
    if (begun == OK) begun = bus_init(&registry, NULL);
    if (begun == OK && !prepares) begun = bus_workers_start(&workers, pool, WORKERS, argv[3]);
    if (begun != OK) {
        fprintf(stderr, "bus_node: %s\n", err_detail());
        return 1;
    }
    if (prepares) {
        db_pool_close(pool);
        return 0;
    }
    printf("begun\n");
    fflush(stdout);
    if (publishes) publish_all(pool, argv[4]);
    for (;;) nanosleep(&(struct timespec){.tv_sec = 3600}, NULL); /* until it is killed */
}
