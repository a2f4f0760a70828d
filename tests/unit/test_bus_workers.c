/* Real workers on their threads: they are woken by a commit, and what runs is stopped when it is cancelled or takes too long. */
#include "bus_fixture.h"

#include <pthread.h>
#include <time.h>

static atomic_int begun, ended_with, is_released;

/* Runs until it is to stop. */
static enum err run_on(struct job *job)
{
    enum err stopped = OK;
    atomic_store(&begun, 1);
    while (stopped == OK) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        stopped = job_stopped(job);
    }
    atomic_store(&ended_with, stopped);
    return stopped;
}

static enum err count_up(struct job *job)
{
    (void)job;
    atomic_fetch_add(&begun, 1);
    return OK;
}

/* Runs until it is let go, whoever wants to stop. */
static enum err hold(struct job *job)
{
    (void)job;
    atomic_store(&begun, 1);
    while (!atomic_load(&is_released)) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return OK;
}

static const struct job_kind held = {.name = "test.held", .agent = "test", .work = hold, .timeout_seconds = 3600};
static const struct job_kind endless = {.name = "test.endless", .agent = "test", .work = run_on, .timeout_seconds = 3600};
static const struct job_kind late = {.name = "test.late", .agent = "test", .work = run_on, .timeout_seconds = 1, .max_attempts = 1};
static const struct job_kind quick = {.name = "test.quick", .agent = "test", .work = count_up};
static const struct job_kind *const kinds[] = {&held, &endless, &late, &quick};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static struct bus_workers *workers;

static void begin_workers(void)
{
    char lock[400] = "unused";
    atomic_store(&begun, 0);
    atomic_store(&ended_with, OK);
    begin(&registry);
    clock_set_for_test(0);
    clock_set_monotonic_for_test(0);
    if (fixture.store.directory[0]) snprintf(lock, sizeof lock, "%s/workers.lock", fixture.store.directory);
    CHECK_OK(bus_workers_start(&workers, fixture.store.pool, 2, lock));
}

static void end_workers(void)
{
    bus_workers_stop(workers);
    end();
}

/* Whether it comes to pass within half a minute. */
static bool becomes(atomic_int *value, int expected)
{
    for (int i = 0; i < 30000 && atomic_load(value) != expected; i++) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return atomic_load(value) == expected;
}

static bool ends_as(int64_t id, const char *expected)
{
    for (int i = 0; i < 3000 && !str_equal(status(id), str_from(expected)); i++) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return CHECK_STR(status(id), expected);
}

TEST(a_commit_wakes_the_workers)
{
    begin_workers();
    for (int i = 0; i < 20; i++) job((struct job_spec){.kind = "test.quick"});
    CHECK(becomes(&begun, 20));
    end_workers();
    CHECK_INT(atomic_load(&begun), 20);
}

TEST(a_running_job_is_told_that_it_is_cancelled)
{
    begin_workers();
    int64_t id = job((struct job_spec){.kind = "test.endless"});
    CHECK(becomes(&begun, 1));
    DO(bus_cancel(fixture.store.db, id));
    CHECK(becomes(&ended_with, ERR_CANCELLED));
    ends_as(id, "cancelled");
    end_workers();
}

/* A note may be lost: the mark in the store is seen by looking. */
TEST(a_cancellation_whose_note_was_lost_is_noticed)
{
    begin_workers();
    int64_t id = job((struct job_spec){.kind = "test.endless"});
    CHECK(becomes(&begun, 1));
    exec("UPDATE jobs SET cancel_requested = TRUE");
    CHECK(becomes(&ended_with, ERR_CANCELLED));
    ends_as(id, "cancelled");
    end_workers();
}

TEST(a_job_that_takes_too_long_is_stopped)
{
    begin_workers();
    int64_t id = job((struct job_spec){.kind = "test.late"});
    CHECK(becomes(&ended_with, ERR_TIMEOUT));
    ends_as(id, "dead");
    end_workers();
}

static void *stop_workers(void *unused)
{
    (void)unused;
    bus_workers_stop(workers);
    return NULL;
}

/* Otherwise the others would take over what it is about to finish. */
TEST(who_lets_its_jobs_end_is_alive_meanwhile)
{
    pthread_t stopping;
    begin_workers();
    atomic_store(&is_released, 0);
    int64_t id = job((struct job_spec){.kind = "test.held"});
    CHECK(becomes(&begun, 1));
    CHECK_INT(pthread_create(&stopping, NULL, stop_workers, NULL), 0);
    nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL); /* it is stopping by now */
    int64_t beat = number("SELECT beat FROM bus_workers");
    for (int i = 0; i < 300 && number("SELECT beat FROM bus_workers") == beat; i++) nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    CHECK(number("SELECT beat FROM bus_workers") > beat);
    atomic_store(&is_released, 1);
    pthread_join(stopping, NULL);
    CHECK_STR(status(id), "completed");
    end();
}

TEST(who_stops_on_purpose_leaves_nothing_behind)
{
    begin_workers();
    job((struct job_spec){.kind = "test.quick"});
    CHECK(becomes(&begun, 1));
    bus_workers_stop(workers);
    CHECK_INT(number("SELECT COUNT(*) FROM bus_workers"), 0);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'running'"), 0);
    end();
}
