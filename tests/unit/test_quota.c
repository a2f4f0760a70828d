/* The quota ledger: a mistake here gets an API key blocked, spends somebody's money, or leaves a paid budget unused. */
#include "test.h"
#include "test_store.h"

#include "base/clock.h"
#include "bus/quota.h"

#include <pthread.h>

static struct test_store store;

static int64_t at(const char *text)
{
    int64_t us = 0;
    CHECK_OK(time_parse(str_from(text), &us));
    return us;
}

static void set_clock(const char *text) { clock_set_for_test(at(text)); }

/* A fresh store, a clock and the limits at Adzuna. */
static bool begin(const char *now, const char *limits)
{
    set_clock(now);
    return CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, limits)) && CHECK(test_store_open(&store, 4));
}

/* The same with the store that is open: nothing was ever used. */
static bool begin_again(const char *now, const char *limits)
{
    static const struct sql forget = {"forget", "DELETE FROM budget_windows", 0};
    set_clock(now);
    return CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, limits)) && CHECK_OK(db_exec(store.db, &forget, DB_NO_ARGS));
}

static void end(void)
{
    test_store_close(&store);
    store = (struct test_store){0};
    clock_set_for_test(0);
    for (size_t key = 0; key < CONFIG_COUNT; key++)
        if (config_table()[key].type == CONFIG_LIMITS || config_table()[key].type == CONFIG_MONEY_LIMITS)
            CHECK_OK(config_set((enum config_key)key, ""));
}

static enum err take(int64_t amount)
{
    int64_t when;
    return quota_take(store.db, "adzuna", amount, &when);
}

/* Takes one at a time until it is refused; -1 for another error, or when it never is. */
static int64_t take_all(void)
{
    for (int64_t taken = 0; taken < 1000; taken++) {
        enum err result = take(1);
        if (result == ERR_TOO_MANY) return taken;
        if (!CHECK_OK(result)) return -1;
    }
    return -1;
}

static struct quota_window left(const char *name, enum period period)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct quota_state *states;
    size_t count;
    if (!CHECK_OK(quota_left(store.db, &arena, name, &states, &count)) || !CHECK_INT(count, 1)) return (struct quota_window){0};
    return states[0].windows[period];
}

static int64_t used(enum period period) { return left("adzuna", period).used; }

static int64_t number(const char *text)
{
    struct sql sql = {"test", text, 0};
    int64_t value = -1;
    CHECK_OK(db_query_int(store.db, &sql, DB_NO_ARGS, &value));
    return value;
}

TEST(every_window_is_counted_and_the_first_full_one_refuses)
{
    int64_t when;
    REQUIRE(begin("2026-11-28T20:31:30Z", "minute=25 day=30 week=1000"));
    CHECK_INT(take_all(), 25);
    CHECK_INT(quota_take(store.db, "adzuna", 1, &when), ERR_TOO_MANY);
    CHECK_INT(when, at("2026-11-28T20:32:00Z"));
    CHECK_STR(err_detail(), "The budget for searches at Adzuna allows 25 this minute, and 25 is used. There is more at 2026-11-28T20:32:00Z.");
    set_clock("2026-11-28T20:32:00Z");
    CHECK_INT(take_all(), 5);
    CHECK_INT(quota_take(store.db, "adzuna", 1, &when), ERR_TOO_MANY);
    CHECK_INT(when, at("2026-11-29T00:00:00Z")); /* not at the end of the minute: the day is full for longer */
    CHECK_INT(used(PERIOD_MINUTE), 5);
    CHECK_INT(used(PERIOD_DAY), 30);
    CHECK_INT(used(PERIOD_WEEK), 30);
    CHECK_INT(used(PERIOD_MONTH), 30); /* without a limit, for one that is set later */
    CHECK_INT(used(PERIOD_LIFETIME), 30);
    end();
}

TEST(a_refused_amount_is_taken_from_no_window)
{
    int64_t when;
    REQUIRE(begin("2026-11-28T20:31:30Z", "minute=25 month=30"));
    CHECK_OK(take(20));
    set_clock("2026-11-28T20:32:30Z");
    CHECK_INT(take(20), ERR_TOO_MANY); /* the minute has room, the month has not */
    CHECK_INT(used(PERIOD_MINUTE), 0);
    CHECK_INT(used(PERIOD_MONTH), 20);
    CHECK_OK(take(10));
    CHECK_INT(quota_take(store.db, "adzuna", 26, &when), ERR_TOO_MANY);
    CHECK_INT(when, PERIOD_NEVER); /* more than a minute ever has */
    CHECK_INT(take(0), ERR_INVALID);
    CHECK_INT(take(-1), ERR_INVALID);
    CHECK_INT(take(PERIOD_LIMIT_MAX + 1), ERR_INVALID);
    end();
}

TEST(a_limit_of_nothing_and_no_limit)
{
    REQUIRE(begin("2026-11-28T20:31:30Z", "day=0"));
    CHECK_INT(take_all(), 0);
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "month=2"));
    CHECK_OK(take(2));
    CHECK_INT(take(1), ERR_TOO_MANY);
    int64_t when;
    for (int i = 0; i < 20; i++) CHECK_OK(quota_take(store.db, "ai-tokens", PERIOD_LIMIT_MAX, &when)); /* no limit is set */
    CHECK_INT(left("ai-tokens", PERIOD_DAY).left, INT64_MAX);
    end();
}

TEST(windows_end_with_the_calendar)
{
    static const struct {
        const char *limits, *before, *after;
    } examples[] = {
        {"day=3", "2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z"},   /* a leap day has a budget of its own */
        {"day=3", "2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"},
        {"month=3", "2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"},
        {"month=3", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
        {"week=3", "2026-11-29T23:59:59Z", "2026-11-30T00:00:00Z"}, /* Sunday, Monday */
        {"week=3", "2027-01-03T23:59:59Z", "2027-01-04T00:00:00Z"}, /* week 53 of 2026 goes on in January */
    };
    REQUIRE(begin("2026-11-28", ""));
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        int64_t when;
        REQUIRE(begin_again(examples[i].before, examples[i].limits));
        CHECK_INT(take_all(), 3);
        CHECK_INT(quota_take(store.db, "adzuna", 1, &when), ERR_TOO_MANY);
        CHECK_INT(when, at(examples[i].after));
        clock_set_for_test(when);
        CHECK_INT(take_all(), 3);
    }
    REQUIRE(begin_again("2026-12-31T23:59:59Z", "week=3"));
    CHECK_INT(take_all(), 3);
    set_clock("2027-01-01T00:00:00Z");
    CHECK_INT(take_all(), 0); /* a new year, the same week */
    end();
}

TEST(a_lifetime_survives_restarts_and_never_frees)
{
    int64_t when;
    struct db_pool *again = NULL;
    struct db *db = NULL;
    REQUIRE(begin("2026-11-28T20:31:30Z", "lifetime=500"));
    CHECK_OK(take(499));
    set_clock("2126-11-28T20:31:30Z");
    REQUIRE(CHECK_OK(db_pool_open_at(&again, store.path, 1)));
    REQUIRE(CHECK_OK(db_acquire(again, &db)));
    CHECK_OK(quota_take(db, "adzuna", 1, &when));
    CHECK_INT(quota_take(db, "adzuna", 1, &when), ERR_TOO_MANY);
    CHECK_INT(when, PERIOD_NEVER);
    db_release(db);
    db_pool_close(again);
    end();
}

TEST(a_clock_that_goes_back_refills_nothing)
{
    REQUIRE(begin("2026-11-30T23:59:00Z", "day=10 week=1000 month=12 lifetime=1000"));
    CHECK_INT(take_all(), 10);
    set_clock("2026-12-01T00:01:00Z");
    CHECK_INT(take_all(), 10);
    set_clock("2026-11-30T23:59:30Z");
    CHECK_INT(take_all(), 0); /* used before */
    set_clock("2026-12-01T00:02:00Z");
    CHECK_INT(take_all(), 0);
    CHECK_INT(used(PERIOD_DAY), 10);
    CHECK_INT(used(PERIOD_LIFETIME), 20);
    /* The clock was ahead when the server started: the day before was never used, but the service has counted. */
    REQUIRE(begin_again("2026-12-01T00:01:00Z", "day=10"));
    CHECK_OK(take(6));
    set_clock("2026-11-30T23:50:00Z");
    CHECK_INT(left("adzuna", PERIOD_DAY).left, 4);
    CHECK_INT(take_all(), 4);
    set_clock("2026-12-01T00:00:00Z");
    CHECK_INT(take_all(), 4); /* and not 10: 6 of this day were used early */
    end();
}

TEST(a_clock_that_was_years_ahead_loses_and_keeps_nothing)
{
    REQUIRE(begin("2026-11-28T20:31:30Z", "day=10 month=100 lifetime=1000"));
    CHECK_INT(take_all(), 10);
    set_clock("2038-01-19T03:14:07Z");
    CHECK_INT(take_all(), 10);
    set_clock("2026-11-28T20:33:00Z");
    CHECK_INT(take_all(), 0); /* what was used today was not swept away */
    CHECK_INT(used(PERIOD_LIFETIME), 20);
    set_clock("2026-11-29T00:00:00Z");
    CHECK_INT(take_all(), 10); /* the far future takes nothing from the next days */
    end();
}

TEST(old_windows_are_swept_and_the_lifetime_stays)
{
    REQUIRE(begin("2026-01-01T00:00:00Z", "lifetime=100000"));
    CHECK_OK(db_begin(store.db));
    for (int day = 0; day < 150; day++) {
        clock_set_for_test(at("2026-01-01T12:00:00Z") + day * US_PER_DAY);
        REQUIRE(CHECK_OK(take(2)));
    }
    CHECK_OK(db_commit(store.db));
    CHECK_INT(number("SELECT COUNT(*) FROM budget_windows WHERE period = 'day'"), 100);
    CHECK_INT(number("SELECT COUNT(*) FROM budget_windows WHERE period = 'minute'"), 100);
    CHECK_INT(number("SELECT COUNT(*) FROM budget_windows WHERE window_name = '2026-05-30'"), 1); /* the newest */
    CHECK_INT(number("SELECT COUNT(*) FROM budget_windows WHERE window_name = '2026-01-01'"), 0);
    CHECK_INT(number("SELECT COUNT(*) FROM budget_windows WHERE period = 'month'"), 5);
    CHECK_INT(used(PERIOD_LIFETIME), 300);
    end();
}

TEST(what_was_not_sent_is_given_back_where_it_was_taken)
{
    int64_t taken_at;
    REQUIRE(begin("2026-11-30T23:59:59Z", "day=10 lifetime=100"));
    CHECK_OK(quota_take(store.db, "adzuna", 7, &taken_at));
    CHECK_INT(taken_at, at("2026-11-30T23:59:59Z"));
    set_clock("2026-12-01T00:00:00Z");
    CHECK_OK(take(4));
    CHECK_OK(quota_give_back(store.db, "adzuna", 7, taken_at));
    CHECK_INT(used(PERIOD_DAY), 4);
    CHECK_INT(used(PERIOD_LIFETIME), 4);
    clock_set_for_test(taken_at);
    CHECK_INT(used(PERIOD_DAY), 4); /* of tomorrow, which has begun */
    CHECK_OK(quota_give_back(store.db, "adzuna", 7, taken_at)); /* twice by mistake: nothing falls below 0 */
    CHECK_INT(number("SELECT MIN(used) FROM budget_windows"), 0);
    CHECK_INT(left("adzuna", PERIOD_LIFETIME).left, 100);
    end();
}

static enum err take_then_fail(struct db *db, void *argument)
{
    int64_t when;
    TRY(quota_take(db, "adzuna", 1, &when));
    return argument ? err_set(ERR_FORBIDDEN, "no") : OK;
}

static enum err take_twice_then_write(struct db *db, void *argument)
{
    int64_t when;
    (void)argument;
    TRY(quota_take(db, "adzuna", 1, &when));
    if (quota_take(db, "adzuna", 1, &when) != ERR_TOO_MANY) return err_set(ERR_INTERNAL, "not refused");
    return quota_take(db, "jooble", 1, &when); /* after a refusal the transaction goes on */
}

TEST(it_is_part_of_the_transaction_and_a_refusal_does_not_spoil_it)
{
    REQUIRE(begin("2026-11-28T20:31:30Z", "day=1"));
    CHECK_INT(db_transaction(store.db, take_then_fail, store.path), ERR_FORBIDDEN);
    CHECK_INT(used(PERIOD_DAY), 0);
    CHECK_OK(db_transaction(store.db, take_twice_then_write, NULL));
    CHECK_INT(used(PERIOD_DAY), 1);
    CHECK_INT(left("jooble", PERIOD_LIFETIME).used, 1);
    end();
}

/* ---- many at once ---- */

#define THREADS 3
#define DAY_LIMIT 120

static void *take_thread(void *in_transactions)
{
    int64_t taken = 0, when;
    for (int tries = 0; tries < 100 * DAY_LIMIT; tries++) {
        struct db *db = NULL;
        enum err result = db_acquire(store.pool, &db);
        if (result == OK) result = in_transactions ? db_transaction(db, take_then_fail, NULL) : quota_take(db, "adzuna", 1, &when);
        db_release(db);
        if (result == ERR_TOO_MANY) return (void *)taken;
        if (result == OK) taken++;
        else if (result != ERR_UNAVAILABLE) return (void *)(int64_t)-1; /* undone too often for the sake of others: nothing was taken */
    }
    return (void *)(int64_t)-1;
}

TEST(threads_together_take_the_limit_and_not_one_more)
{
    REQUIRE(begin("2026-11-28T20:31:30Z", ""));
    for (int in_transactions = 0; in_transactions < 2; in_transactions++) {
        pthread_t threads[THREADS];
        int64_t sum = 0;
        REQUIRE(begin_again("2026-11-28T20:31:30Z", "day=120 month=2500"));
        for (int i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, take_thread, in_transactions ? store.path : NULL) == 0);
        for (int i = 0; i < THREADS; i++) {
            void *taken = NULL;
            pthread_join(threads[i], &taken);
            CHECK((int64_t)taken >= 0);
            sum += (int64_t)taken;
        }
        CHECK_INT(sum, DAY_LIMIT);
        CHECK_INT(used(PERIOD_DAY), DAY_LIMIT);
        CHECK_INT(used(PERIOD_MONTH), DAY_LIMIT);
    }
    end();
}

/* ---- what is left ---- */

static void check_words(const char *name, const char *expected)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf words CLEANUP(buf_dispose) = {0};
    struct quota_state *states;
    size_t count;
    REQUIRE(CHECK_OK(quota_left(store.db, &arena, name, &states, &count)));
    quota_describe(&states[0], &words);
    CHECK_STR(buf_str(&words), expected);
}

TEST(people_are_told_what_is_left)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct quota_state *states;
    size_t count, budgets_count;
    int64_t when;
    REQUIRE(begin("2026-11-28T20:31:30Z", ""));
    CHECK_OK(take(5));
    check_words("adzuna", "20 of 25 left this minute, 245 of 250 today, 995 of 1000 this week, 2495 of 2500 this month");
    CHECK_OK(quota_take(store.db, "ai", 3750001, &when));
    check_words("ai", "$1.249999 of $5.00 left today, $46.249999 of $50.00 this month");
    check_words("ai-tokens", "no limit, 0 used this month");
    CHECK_OK(config_set(CONFIG_AI_BUDGET, "day=1"));
    check_words("ai", "$0.00 of $1.00 left today"); /* lowered below what was spent */
    CHECK_INT(quota_take(store.db, "ai", 1, &when), ERR_TOO_MANY);
    CHECK_STR(err_detail(), "The budget for language models allows $1.00 today, and $3.750001 is used. There is more at 2026-11-29T00:00:00Z.");
    const struct quota_budget *budgets = quota_budgets(&budgets_count);
    REQUIRE(CHECK_OK(quota_left(store.db, &arena, NULL, &states, &count)));
    REQUIRE(CHECK_INT(count, budgets_count));
    for (size_t i = 0; i < count; i++) {
        CHECK(states[i].budget == &budgets[i]);
        bool is_in_use = strcmp(budgets[i].name, "adzuna") == 0 || strcmp(budgets[i].name, "ai") == 0;
        CHECK_INT(states[i].in_use, is_in_use);
    }
    end();
}

/* ---- plans ---- */

static int64_t plan(const char *name, int64_t now, int64_t until)
{
    int64_t calls = -1;
    CHECK_OK(quota_plan(store.db, name, now, until, &calls));
    return calls;
}

/* Plans every `step` from `first` to `last` and makes all the calls; returns how many. *most: in one step. */
static int64_t follow_plan(const char *name, int64_t first, int64_t last, int64_t step, int64_t *most)
{
    int64_t made = 0, when;
    *most = 0;
    if (!CHECK_OK(db_begin(store.db))) return -1; /* one commit, one fsync */
    for (int64_t now = first; now < last; now += step) {
        clock_set_for_test(now);
        int64_t calls = plan(name, now, now + step);
        if (calls > *most) *most = calls;
        if (calls && !CHECK_OK(quota_take(store.db, name, calls, &when))) return -1;
        made += calls;
    }
    CHECK_OK(db_commit(store.db));
    return made;
}

static int64_t plan_spread(int64_t now, int64_t until)
{
    int64_t calls = -1;
    CHECK_OK(quota_plan_spread(store.db, "adzuna", now, until, &calls));
    return calls;
}

#define HOUR (INT64_C(3600) * US_PER_SECOND)

TEST(a_plan_spreads_a_budget_evenly_and_leaves_none_unused)
{
    int64_t most;
    REQUIRE(begin("2026-12-01", "day=48"));
    CHECK_INT(follow_plan("adzuna", at("2026-12-01"), at("2026-12-02"), HOUR, &most), 48);
    CHECK_INT(most, 2);
    REQUIRE(begin_again("2026-12-01", "month=10")); /* less than one a step is still all used, one at a time */
    CHECK_INT(follow_plan("adzuna", at("2026-12-01"), at("2027-01-01"), HOUR, &most), 10);
    CHECK_INT(most, 1);
    REQUIRE(begin_again("2026-12-01", "")); /* the tightest is the month: 2500 by 31 days, though weeks would give more */
    CHECK_INT(follow_plan("adzuna", at("2026-12-01"), at("2027-01-01"), HOUR, &most), 2500);
    CHECK(most <= 4);
    REQUIRE(begin_again("2028-02-01", "month=29"));
    CHECK_INT(follow_plan("adzuna", at("2028-02-01"), at("2028-03-01"), 24 * HOUR, &most), 29);
    CHECK_INT(most, 1);
    end();
}

TEST(a_plan_that_is_spread_counts_windows_as_often_as_they_come)
{
    int64_t now = at("2026-12-01T02:00:00Z");
    REQUIRE(begin("2026-12-01T02:00:00Z", "minute=25"));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 25 * 1440);
    CHECK_OK(take(25));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 25 * 1439);
    REQUIRE(begin_again("2026-12-01T02:00:00Z", "minute=25 day=48"));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 48 + 4); /* of today all, of tomorrow the first two hours */
    CHECK_OK(take(20));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 32);
    CHECK_INT(plan_spread(now, now - HOUR), 0); /* its time is over */
    REQUIRE(begin_again("2026-12-01T02:00:00Z", "minute=25 month=3100"));
    CHECK_INT(plan_spread(now, at("2026-12-03T00:00:00Z")), 200);
    REQUIRE(begin_again("2026-12-01T02:00:00Z", "lifetime=3"));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 1);
    CHECK_OK(take(3));
    CHECK_INT(plan_spread(now, now + 24 * HOUR), 0);
    end();
}

TEST(a_plan_never_passes_the_smallest_window)
{
    REQUIRE(begin("2026-12-15T12:00:00Z", "minute=25 month=2500"));
    int64_t now = at("2026-12-15T12:00:00Z");
    CHECK_INT(plan("adzuna", now, now + 24 * HOUR), 25); /* half the month was not used: there is much to catch up with */
    CHECK_OK(take(20));
    CHECK_INT(plan("adzuna", now, now + 24 * HOUR), 5);
    CHECK_OK(take(5));
    CHECK_INT(plan("adzuna", now, now + 24 * HOUR), 0);
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "month=2500"));
    CHECK_INT(plan("adzuna", now, at("2027-01-01")), 2475); /* to the end of the month: all that is left */
    CHECK_INT(plan("adzuna", now, at("2027-02-01")), 2475);
    CHECK_OK(take(2000));
    CHECK_INT(plan("adzuna", now, now + HOUR), 0); /* more than the share of half a month: the rest is for later */
    CHECK_INT(plan("ai-tokens", now, now + HOUR), INT64_MAX);
    end();
}

TEST(a_lifetime_is_planned_to_last)
{
    int64_t most, start = at("2026-12-01");
    REQUIRE(begin("2026-12-01", ""));
    int64_t first_year = follow_plan("jooble", start, start + 365 * US_PER_DAY, 24 * HOUR, &most);
    CHECK_INT(most, 2);
    CHECK(first_year > 365 && first_year < 500);
    int64_t later = follow_plan("jooble", start + 365 * US_PER_DAY, start + 1500 * US_PER_DAY, 24 * HOUR, &most);
    CHECK_INT(first_year + later, 500);
    CHECK_INT(most, 1);
    REQUIRE(begin_again("2026-12-01", ""));
    CHECK_INT(follow_plan("jooble", start, start + US_PER_DAY, HOUR, &most), 2); /* planned every hour it is the same day's share */
    end();
}

/* ---- costs ---- */

#define PERSON "0190a1b2-0000-7000-8000-000000000001"

static const struct quota_cost estimate = {
    .job_id = 42, .step_key = STR_INIT("judge"), .model = STR_INIT("a-model"), .tokens_in = 3000, .tokens_out = 1000, .micros = 20000};

static void add_person(void)
{
    static const struct sql person = {
        "person", "INSERT INTO users (id, email, created_at, updated_at) VALUES ('" PERSON "', 'a@example.org', $1, $1)", 1};
    CHECK_OK(db_exec(store.db, &person, DB_ARGS(db_time(clock_now()))));
}

TEST(a_cost_is_reserved_and_settled_with_what_it_was)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str id, second, third;
    int64_t when;
    REQUIRE(begin("2026-11-30T23:59:00Z", ""));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when)));
    CHECK_INT(left("ai", PERIOD_DAY).used, 20000);
    CHECK_INT(left("ai-tokens", PERIOD_DAY).used, 4000);
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &second, &when)));
    set_clock("2026-12-01T00:01:00Z");
    CHECK_OK(quota_cost_settle(store.db, id, 2900, 100, 9000)); /* cheaper in money and tokens */
    CHECK_OK(quota_cost_settle(store.db, id, 9900, 900, 99000)); /* settled already */
    CHECK_OK(quota_cost_settle(store.db, second, 1000, 8000, 50000)); /* dearer */
    CHECK_INT(left("ai", PERIOD_DAY).used, 0);                         /* counted in the day it was asked */
    CHECK_INT(left("ai", PERIOD_LIFETIME).used, 59000);
    CHECK_INT(left("ai-tokens", PERIOD_LIFETIME).used, 12000);
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &third, &when)));
    CHECK_OK(quota_cost_settle(store.db, third, 0, 0, 0)); /* not asked */
    CHECK_INT(left("ai", PERIOD_LIFETIME).used, 59000);
    CHECK_INT(number("SELECT CAST(SUM(micros) AS BIGINT) FROM costs WHERE job_id = 42 AND step_key = 'judge'"), 59000);
    CHECK_INT(number("SELECT CAST(SUM(tokens_in + tokens_out) AS BIGINT) FROM costs WHERE model = 'a-model'"), 12000);
    CHECK_INT(number("SELECT COUNT(*) FROM costs WHERE settled_at IS NULL"), 0);
    end();
}

TEST(a_reached_cap_refuses_before_the_model_is_asked)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str id;
    int64_t when;
    REQUIRE(begin("2026-11-28T20:31:30Z", ""));
    CHECK_OK(config_set(CONFIG_AI_BUDGET, "day=0.05"));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when)));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when)));
    CHECK_INT(quota_cost_reserve(store.db, &arena, &estimate, &id, &when), ERR_TOO_MANY);
    CHECK_INT(when, at("2026-11-29T00:00:00Z"));
    CHECK_INT(number("SELECT COUNT(*) FROM costs"), 2);
    CHECK_INT(left("ai-tokens", PERIOD_DAY).used, 8000); /* of the refused one nothing is counted, tokens neither */
    CHECK_OK(config_set(CONFIG_AI_BUDGET, "day=1"));
    CHECK_OK(config_set(CONFIG_AI_TOKEN_BUDGET, "month=9000"));
    CHECK_INT(quota_cost_reserve(store.db, &arena, &estimate, &id, &when), ERR_TOO_MANY);
    CHECK_INT(when, at("2026-12-01T00:00:00Z"));
    CHECK_INT(left("ai", PERIOD_DAY).used, 40000);
    /* What was spent past the cap counts, and the next is refused. */
    CHECK_OK(config_set(CONFIG_AI_TOKEN_BUDGET, "month=1000000"));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when)));
    CHECK_OK(quota_cost_settle(store.db, id, 3000, 1000, 2000000));
    CHECK_INT(left("ai", PERIOD_DAY).used, 2040000);
    CHECK_INT(quota_cost_reserve(store.db, &arena, &estimate, &id, &when), ERR_TOO_MANY);
    struct quota_cost wrong = estimate;
    wrong.tokens_in = -1;
    CHECK_INT(quota_cost_reserve(store.db, &arena, &wrong, &id, &when), ERR_INVALID);
    end();
}

TEST(a_model_without_a_price_is_counted_in_tokens)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str id;
    int64_t when;
    struct quota_cost local = estimate;
    local.micros = 0;
    REQUIRE(begin("2026-11-28T20:31:30Z", ""));
    CHECK_OK(config_set(CONFIG_AI_BUDGET, "day=0"));
    CHECK_OK(quota_cost_reserve(store.db, &arena, &local, &id, &when));
    CHECK_INT(left("ai-tokens", PERIOD_DAY).used, 4000);
    CHECK_INT(left("ai", PERIOD_DAY).used, 0);
    end();
}

TEST(costs_go_with_their_person_and_what_was_spent_stays_counted)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str mine, pending, nobodys;
    int64_t when;
    struct quota_cost of_person = estimate;
    of_person.user_id = STR(PERSON);
    REQUIRE(begin("2026-11-28T20:31:30Z", ""));
    add_person();
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &of_person, &mine, &when)));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &of_person, &pending, &when)));
    REQUIRE(CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &nobodys, &when)));
    CHECK_OK(quota_cost_settle(store.db, mine, 1, 1, 10000));
    static const struct sql delete_person = {"delete_person", "DELETE FROM users", 0};
    CHECK_OK(db_exec(store.db, &delete_person, DB_NO_ARGS));
    CHECK_INT(number("SELECT COUNT(*) FROM costs"), 1);
    CHECK_OK(quota_cost_settle(store.db, pending, 1, 1, 1)); /* its answer came after the person had gone */
    CHECK_INT(left("ai", PERIOD_LIFETIME).used, 50000);
    end();
}

TEST(costs_are_kept_until_their_month_is_a_year_over)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str id;
    int64_t when;
    REQUIRE(begin("2027-02-28T23:59:59Z", ""));
    CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when));
    set_clock("2027-03-01T00:00:00Z");
    CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when));
    set_clock("2028-02-29T23:59:59Z"); /* a leap year lies between */
    CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when));
    CHECK_INT(number("SELECT COUNT(*) FROM costs"), 3);
    set_clock("2028-03-01T00:00:00Z");
    CHECK_OK(quota_cost_reserve(store.db, &arena, &estimate, &id, &when));
    CHECK_INT(number("SELECT COUNT(*) FROM costs"), 3); /* February's went, this one came */
    end();
}
