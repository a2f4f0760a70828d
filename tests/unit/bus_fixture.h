/* What the tests of the bus share: a store, a clock that only the test moves, kinds of jobs that do what the test says, and what ran. */
#pragma once
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "bus/internal.h"
#include "json/json.h"
#include "test_store.h"

#define RAN_MAX 400

static struct fixture {
    struct test_store store;
    struct arena arena;
    int64_t now, monotonic;
    int64_t ran[RAN_MAX]; /* numbers of jobs, in the order of their runs */
    size_t ran_count;
    enum err result; /* of every job */
} fixture;

__attribute__((unused)) static enum err note_run(struct job *job)
{
    if (fixture.ran_count < RAN_MAX) fixture.ran[fixture.ran_count++] = job->id;
    return fixture.result == OK ? OK : err_set(fixture.result, "as the test asked");
}

static void set_clocks(void)
{
    clock_set_for_test(fixture.now);
    clock_set_monotonic_for_test(fixture.monotonic);
}

__attribute__((unused)) static void pass(int64_t seconds)
{
    fixture.now += seconds * US_PER_SECOND;
    fixture.monotonic += seconds * US_PER_SECOND;
    set_clocks();
}

__attribute__((unused)) static void begin(const struct bus_registry *registry)
{
    fixture = (struct fixture){.now = INT64_C(1800000000) * US_PER_SECOND, .monotonic = 1000 * US_PER_SECOND};
    CHECK(test_store_open(&fixture.store, 3));
    CHECK_OK(bus_init(registry, NULL));
    set_clocks();
}

__attribute__((unused)) static void end(void)
{
    clock_set_for_test(0);
    clock_set_monotonic_for_test(0);
    bus_crash_hook = NULL;
    arena_dispose(&fixture.arena);
    test_store_close(&fixture.store);
}

/* Publishes it in a transaction of its own. */
__attribute__((unused)) static enum err publish(struct job_spec spec, int64_t *id)
{
    CHECK_OK(db_begin(fixture.store.db));
    enum err published = bus_enqueue(fixture.store.db, &fixture.arena, &spec, id);
    if (published == OK) CHECK_OK(db_commit(fixture.store.db));
    else db_rollback(fixture.store.db);
    return published;
}

/* Its number; the test fails when it is refused. */
__attribute__((unused)) static int64_t job(struct job_spec spec)
{
    int64_t id = 0;
    CHECK_OK(publish(spec, &id));
    return id;
}

__attribute__((unused)) static int run(void)
{
    int ran = 0;
    CHECK_OK(bus_run_until_idle(fixture.store.pool, &ran));
    return ran;
}

static struct str text_of(const char *statement, const struct db_value *values, size_t count)
{
    struct sql sql = {"fixture_text", statement, (int)count};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(fixture.store.db, &sql, values, count, &rows);
    if (found == ERR_NOT_FOUND) return STR("none");
    CHECK_OK(found);
    return found == OK ? db_col_text(&rows, 0, &fixture.arena) : STR("");
}

__attribute__((unused)) static struct str status(int64_t id) { return text_of("SELECT status FROM jobs WHERE id = $1", DB_ARGS(db_int(id))); }

__attribute__((unused)) static int64_t number(const char *statement)
{
    struct sql sql = {"fixture_number", statement, 0};
    int64_t value = -1;
    CHECK_OK(db_query_int(fixture.store.db, &sql, DB_NO_ARGS, &value));
    return value;
}

__attribute__((unused)) static void exec(const char *statement)
{
    struct sql sql = {"fixture_exec", statement, 0};
    CHECK_OK(db_exec(fixture.store.db, &sql, DB_NO_ARGS));
}

/* In a transaction. */
#define DO(expression)                                                                                                 \
    do {                                                                                                               \
        CHECK_OK(db_begin(fixture.store.db));                                                                          \
        CHECK_OK(expression);                                                                                          \
        CHECK_OK(db_commit(fixture.store.db));                                                                         \
    } while (0)

/* A person who is in the store. */
__attribute__((unused)) static struct str person(const char *email)
{
    static const struct sql sql = {"fixture_person", "INSERT INTO users (id, email, first_name, last_name, created_at, updated_at) VALUES ($1, $2, 'A', 'B', $3, $3)", 3};
    struct str id = uuid_new(&fixture.arena);
    CHECK_OK(db_exec(fixture.store.db, &sql, DB_ARGS(db_uuid(id), db_text(str_from(email)), db_time(clock_now()))));
    return id;
}

/* Claims what is ready for a worker that does not run it; *claimed jobs. The worker has the test's connection. */
__attribute__((unused)) static void claim(struct worker *worker, struct process *process, size_t *claimed)
{
    struct run *runs = NULL;
    struct look look;
    *worker = (struct worker){.db = fixture.store.db, .process = process};
    arena_init(&worker->arena);
    if (!process->id) CHECK_OK(bus_process_register(fixture.store.db, process));
    CHECK_OK(bus_settle(worker, &look));
    CHECK_OK(bus_claim(worker, &look, &runs, claimed));
    arena_dispose(&worker->arena);
}
