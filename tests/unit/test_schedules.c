/* Schedules in the store, on both engines: what is due runs once, on however many nodes, and neither an outage nor a clock that jumps makes a flood of
 * runs, a second run, or none ever again.
 */
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "bus/cron.h"
#include "bus/schedules.h"
#include "json/json.h"
#include "test_store.h"

#include <pthread.h>

static enum err nothing(struct job *job)
{
    (void)job;
    return OK;
}

static const struct schedule nightly = {.cron = "0 3 * * *"};
static const struct schedule nightly_later = {.cron = "30 4 * * *"};
static const struct schedule nightly_in_berlin = {.cron = "0 3 * * *", .time_zone = "Europe/Berlin"};
static const struct schedule hourly_all = {.cron = "@hourly", .missed = SCHEDULE_MISSED_ALL};
static const struct schedule hourly_skip = {.cron = "@hourly", .missed = SCHEDULE_MISSED_SKIP};
static const struct schedule every_minute = {.cron = "* * * * *", .jitter_seconds = 20};

#define KIND(which) {.name = "test.scheduled", .agent = "tester", .apply = nothing, .schedule = (which)}
static const struct job_kind kind_nightly = KIND(&nightly), kind_later = KIND(&nightly_later), kind_berlin = KIND(&nightly_in_berlin),
                             kind_all = KIND(&hourly_all), kind_skip = KIND(&hourly_skip), kind_minute = KIND(&every_minute), kind_not = KIND(NULL);

static struct test_store store;
static struct arena arena;

static int64_t moment(const char *text)
{
    int64_t us = 0;
    CHECK_OK(time_parse(str_from(text), &us));
    return us;
}

static void at(const char *text) { clock_set_for_test(moment(text)); }

static enum err register_them(struct db *db, void *argument)
{
    (void)argument;
    return schedules_register(db);
}

/* What a process of a version with this kind does at its start. */
static void start(const struct job_kind *const *kind)
{
    static struct bus_registry registry;
    registry = (struct bus_registry){.kinds = kind, .kinds_count = 1};
    CHECK_OK(bus_init(&registry, NULL));
    CHECK_OK(db_transaction(store.db, register_them, NULL));
}

#define START(kind)                                                                                                    \
    do {                                                                                                               \
        static const struct job_kind *const list[] = {&(kind)};                                                        \
        start(list);                                                                                                   \
    } while (0)

static bool begin(void)
{
    store = (struct test_store){0};
    return CHECK(test_store_open(&store, 6));
}

static void end(void)
{
    clock_set_for_test(0);
    arena_dispose(&arena);
    test_store_close(&store);
}

static const char *look(void)
{
    int64_t next = 0;
    CHECK_OK(schedules_start_due(store.db, &arena, &next));
    return next == INT64_MAX ? "never" : str_cstr(&arena, time_iso(&arena, next));
}

static int64_t jobs(void)
{
    static const struct sql count = {"count", "SELECT COUNT(*) FROM jobs WHERE kind = 'test.scheduled'", 0};
    int64_t value = -1;
    CHECK_OK(db_query_int(store.db, &count, DB_NO_ARGS, &value));
    return value;
}

/* "due_at" of the job of that place, by time. */
static const char *due_of(int64_t place)
{
    static const struct sql sql = {"due", "SELECT payload FROM jobs ORDER BY run_at LIMIT 1 OFFSET $1", 1};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct json *payload CLEANUP(json_free_at) = NULL;
    if (!CHECK_OK(db_query_one(store.db, &sql, DB_ARGS(db_int(place)), &rows))) return "";
    if (!CHECK_OK(json_parse(db_col_view(&rows, 0), 1000, &payload))) return "";
    return str_cstr(&arena, json_get_str(payload, "due_at"));
}

static struct schedule_state state(void)
{
    struct schedule_state *states = NULL;
    size_t count = 0;
    CHECK_OK(schedules_list(store.db, &arena, &states, &count));
    return CHECK_INT(count, 1) ? states[0] : (struct schedule_state){0};
}

TEST(a_time_that_has_come_is_enqueued_once)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    CHECK_STR(look(), "2026-03-13T03:00:00Z");
    CHECK_INT(jobs(), 0);
    CHECK_INT(state().last_run_at, 0);
    at("2026-03-13T03:00:00Z");
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    CHECK_INT(jobs(), 1);
    CHECK_STR(due_of(0), "2026-03-13T03:00:00Z");
    CHECK_INT(state().last_run_at, moment("2026-03-13T03:00:00Z"));
    CHECK_INT(state().next_run_at, moment("2026-03-14T03:00:00Z"));
    end();
}

TEST(a_run_that_is_not_committed_is_still_due)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2026-03-13T03:00:01Z");
    CHECK_OK(db_begin(store.db));
    look();
    CHECK_INT(jobs(), 1);
    db_rollback(store.db);
    CHECK_INT(jobs(), 0);
    look();
    CHECK_INT(jobs(), 1);
    end();
}

static void *look_as_a_node(void *argument)
{
    struct arena own = {0};
    struct db *db = NULL;
    int64_t next;
    pthread_barrier_t *barrier = argument;
    bool is_fine = db_acquire(store.pool, &db) == OK;
    pthread_barrier_wait(barrier);
    is_fine = is_fine && schedules_start_due(db, &own, &next) == OK;
    db_release(db);
    arena_dispose(&own);
    return is_fine ? argument : NULL;
}

TEST(nodes_that_look_at_once_enqueue_it_once)
{
    if (!begin()) return;
    pthread_t threads[4];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, COUNT_OF(threads));
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    for (int day = 1; day <= 20; day++) {
        clock_set_for_test(moment("2026-03-12T03:00:00Z") + day * US_PER_DAY);
        for (size_t i = 0; i < COUNT_OF(threads); i++) CHECK(!pthread_create(&threads[i], NULL, look_as_a_node, &barrier));
        for (size_t i = 0; i < COUNT_OF(threads); i++) {
            void *result = NULL;
            pthread_join(threads[i], &result);
            CHECK(result != NULL);
        }
        CHECK_INT(jobs(), day);
    }
    pthread_barrier_destroy(&barrier);
    end();
}

TEST(what_was_missed_runs_once_by_default)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2026-06-20T12:00:00Z");
    START(kind_nightly); /* the server was off, and comes back */
    CHECK_STR(look(), "2026-06-21T03:00:00Z");
    CHECK_INT(jobs(), 1);
    CHECK_STR(due_of(0), "2026-06-20T03:00:00Z");
    end();
}

TEST(what_was_missed_is_left_out_when_the_schedule_says_so)
{
    if (!begin()) return;
    at("2026-03-12T10:30:00Z");
    START(kind_skip);
    at("2026-03-12T15:06:00Z");
    CHECK_STR(look(), "2026-03-12T16:00:00Z");
    CHECK_INT(jobs(), 0);
    CHECK_INT(state().last_run_at, 0);
    at("2026-03-12T18:04:00Z"); /* a little late is not missed */
    look();
    CHECK_INT(jobs(), 1);
    CHECK_STR(due_of(0), "2026-03-12T18:00:00Z");
    end();
}

TEST(what_was_missed_is_filled_in_up_to_a_bound)
{
    if (!begin()) return;
    at("2026-03-12T10:30:00Z");
    START(kind_all);
    at("2026-03-12T13:30:00Z");
    CHECK_STR(look(), "2026-03-12T14:00:00Z");
    CHECK_INT(jobs(), 3);
    CHECK_STR(due_of(0), "2026-03-12T11:00:00Z");
    CHECK_STR(due_of(2), "2026-03-12T13:00:00Z");
    at("2026-04-12T13:30:00Z");
    CHECK_STR(look(), "2026-04-12T14:00:00Z");
    CHECK_INT(jobs(), 3 + SCHEDULE_MISSED_MAX);
    CHECK_STR(due_of(3), "2026-04-11T14:00:00Z");
    CHECK_STR(due_of(2 + SCHEDULE_MISSED_MAX), "2026-04-12T13:00:00Z");
    end();
}

TEST(a_clock_that_is_put_back_runs_nothing_twice)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2026-03-13T03:00:05Z");
    look();
    at("2026-03-13T02:30:00Z");
    START(kind_nightly);
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    at("2026-03-13T03:00:00Z");
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    CHECK_INT(jobs(), 1);
    at("2026-03-14T03:00:00Z");
    look();
    CHECK_INT(jobs(), 2);
    end();
}

TEST(a_clock_that_was_years_ahead_stops_no_schedule)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2036-07-01T10:00:00Z");
    CHECK_STR(look(), "2036-07-02T03:00:00Z");
    CHECK_INT(jobs(), 1);
    at("2026-03-13T02:00:00Z");
    CHECK_STR(look(), "2026-03-13T03:00:00Z");
    CHECK_INT(jobs(), 1);
    at("2026-03-13T03:00:00Z");
    look();
    CHECK_INT(jobs(), 2);
    CHECK_STR(due_of(0), "2026-03-13T03:00:00Z");
    end();
}

TEST(a_clock_that_is_put_back_by_days_runs_nothing_twice_either)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2026-03-13T03:00:05Z");
    look();
    at("2026-03-16T10:00:00Z");
    look();
    CHECK_INT(jobs(), 2);
    at("2026-03-12T12:00:00Z");
    CHECK_STR(look(), "2026-03-13T03:00:00Z");
    at("2026-03-13T03:00:00Z");
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    CHECK_INT(jobs(), 2);
    at("2026-03-14T03:00:00Z");
    look();
    CHECK_INT(jobs(), 3);
    end();
}

TEST(a_schedule_that_says_something_else_begins_anew)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    at("2026-03-13T01:00:00Z");
    START(kind_later);
    CHECK_STR(look(), "2026-03-13T04:30:00Z");
    START(kind_berlin);
    CHECK_STR(look(), "2026-03-13T02:00:00Z");
    at("2026-03-13T12:00:00Z");
    START(kind_later); /* what the other missed is not this one's */
    CHECK_STR(look(), "2026-03-14T04:30:00Z");
    CHECK_INT(jobs(), 0);
    end();
}

TEST(schedules_of_another_version_are_left_to_it)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    START(kind_not);
    at("2026-03-13T03:00:00Z");
    CHECK_STR(look(), "never");
    CHECK_INT(jobs(), 0);
    START(kind_nightly);
    look();
    CHECK_INT(jobs(), 1);
    end();
}

TEST(jitter_is_the_same_everywhere_and_within_its_bound)
{
    static const struct sql late = {"late", "SELECT run_at FROM jobs ORDER BY run_at LIMIT 1 OFFSET $1", 1};
    int64_t first[30], least = INT64_MAX, most = 0;
    for (int round = 0; round < 2; round++) { /* two stores stand for two nodes */
        if (!begin()) return;
        at("2026-03-12T10:00:00Z");
        START(kind_minute);
        for (int i = 0; i < 30; i++) {
            int64_t due = moment("2026-03-12T10:01:00Z") + i * 60 * US_PER_SECOND, run_at = 0;
            clock_set_for_test(due + US_PER_SECOND);
            look();
            REQUIRE(CHECK_INT(jobs(), i + 1));
            struct db_rows rows CLEANUP(db_rows_close) = {0};
            CHECK_OK(db_query_one(store.db, &late, DB_ARGS(db_int(i)), &rows));
            run_at = db_col_time(&rows, 0) - due;
            CHECK(run_at >= 0 && run_at < 20 * US_PER_SECOND);
            if (round) CHECK_INT(run_at, first[i]);
            first[i] = run_at;
            if (run_at < least) least = run_at;
            if (run_at > most) most = run_at;
        }
        end();
    }
    CHECK(most - least > 10 * US_PER_SECOND);
}

enum wish { PAUSE, RESUME, RUN };

static enum err operate(enum wish wish, const char *name)
{
    CHECK_OK(db_begin(store.db));
    enum err result = wish == RUN ? schedules_run_now(store.db, &arena, str_from(name)) : schedules_pause(store.db, &arena, str_from(name), wish == PAUSE);
    if (result == OK) return db_commit(store.db);
    db_rollback(store.db);
    return result;
}

TEST(an_operator_pauses_a_schedule_and_lets_it_go_on)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    CHECK_OK(operate(PAUSE, "test.scheduled"));
    CHECK_OK(operate(PAUSE, "test.scheduled"));
    CHECK(state().paused && state().next_run_at == 0);
    at("2026-03-15T10:00:00Z");
    START(kind_nightly); /* a new start leaves it paused */
    CHECK_STR(look(), "never");
    CHECK_OK(operate(RESUME, "test.scheduled"));
    CHECK(!state().paused);
    CHECK_STR(look(), "2026-03-16T03:00:00Z");
    CHECK_INT(jobs(), 0);
    CHECK_INT(operate(PAUSE, "test.other"), ERR_NOT_FOUND);
    CHECK_INT(operate(RUN, "test.other"), ERR_NOT_FOUND);
    end();
}

TEST(an_operator_runs_a_schedule_now)
{
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    CHECK_OK(operate(PAUSE, "test.scheduled"));
    CHECK_OK(operate(RUN, "test.scheduled"));
    CHECK_OK(operate(RUN, "test.scheduled")); /* pressed twice */
    CHECK_INT(jobs(), 1);
    at("2026-03-12T10:00:01Z");
    CHECK_OK(operate(RUN, "test.scheduled"));
    CHECK_INT(jobs(), 2);
    CHECK_INT(state().last_run_at, moment("2026-03-12T10:00:01Z"));
    CHECK_OK(operate(RESUME, "test.scheduled"));
    at("2026-03-13T03:00:00Z");
    look();
    CHECK_INT(jobs(), 3);
    end();
}

TEST(a_schedule_that_cannot_be_is_refused_at_start)
{
    static const struct schedule wrong[] = {{.cron = "0 3 * *"}, {.cron = "0 0 30 2 *"}, {.cron = "@daily", .time_zone = "Europe/Nowhere"},
                                            {.cron = "@daily", .jitter_seconds = -1}, {.cron = "@daily", .jitter_seconds = 86401}};
    log_set_level(LOG_LEVEL_COUNT);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct job_kind kind = KIND(&wrong[i]);
        const struct job_kind *const list[] = {&kind};
        struct bus_registry registry = {.kinds = list, .kinds_count = 1};
        CHECK_INT(bus_init(&registry, NULL), ERR_INTERNAL);
    }
    log_set_level(LOG_INFO);
}

TEST(a_row_that_cannot_be_read_stops_no_other)
{
    static const struct sql spoil = {"spoil", "UPDATE schedules SET time_zone = 'Europe/Nowhere'", 0};
    if (!begin()) return;
    at("2026-03-12T10:00:00Z");
    START(kind_nightly);
    CHECK_OK(db_exec(store.db, &spoil, DB_NO_ARGS));
    at("2026-03-13T03:00:00Z");
    log_set_level(LOG_LEVEL_COUNT);
    CHECK_STR(look(), "never");
    log_set_level(LOG_INFO);
    CHECK_INT(jobs(), 0);
    START(kind_nightly); /* the next start puts it right */
    CHECK_STR(look(), "2026-03-14T03:00:00Z");
    end();
}
