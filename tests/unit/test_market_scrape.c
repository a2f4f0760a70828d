/* The nightly search for listings, against job boards on a port of this machine: budgets hold, and what was fetched is not fetched again. Their trouble: test_market_trouble.c. */
#include "bus/schedules.h"
#include "market_fixture.h"

/* ---- what is found ---- */

TEST(both_boards_are_asked_for_what_people_look_for)
{
    begin_search(57, TWO);
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 4); /* two searches of two pages */
    CHECK_INT(fake.counts[FAKE_JOOBLE], 6); /* of three */
    CHECK_INT(most_alike(), 1);
    CHECK_INT(listings("adzuna"), 2 * 57);
    CHECK_INT(listings("jooble"), 2 * 57);
    CHECK_INT(events(), 2);
    CHECK_STR(result_member("adzuna", "summary"), "Adzuna: 114 listings on 4 pages, 114 new and 0 changed.");
    CHECK_STR(result_member("jooble", "new"), "114");
    CHECK_INT(used("adzuna"), 4);
    CHECK_INT(used("jooble"), 6);
    CHECK_INT(number("SELECT COUNT(*) FROM market_insights WHERE skill_id = 'python' AND listings > 0"), 2); /* what follows from the event */
    CHECK_STR(text_of("SELECT title FROM job_listings WHERE source = 'adzuna' ORDER BY external_id LIMIT 1", DB_NO_ARGS), "Job 0");
    CHECK_STR(text_of("SELECT salary_text FROM job_listings WHERE source = 'adzuna' LIMIT 1", DB_NO_ARGS), "estimated by Adzuna");
    CHECK_INT(number("SELECT MIN(salary_min) FROM job_listings WHERE source = 'jooble'"), 115000);
    CHECK_INT(number("SELECT COUNT(*) FROM job_listings WHERE expires_at IS NULL"), 0);
    end_search();
}

TEST(a_second_night_gives_the_same_rows_and_tells_nothing_new)
{
    begin_search(57, TWO);
    run_night();
    int64_t calls = fake.count;
    pass(86400);
    run_night();
    CHECK_INT(fake.count, 2 * calls);
    CHECK_INT(listings("adzuna"), 2 * 57);
    CHECK_INT(listings("jooble"), 2 * 57);
    CHECK_INT(events(), 2);
    CHECK_STR(result_member("adzuna", "summary"), "Adzuna: 114 listings on 4 pages, 0 new and 0 changed.");
    fake.jobs = 58;
    pass(86400);
    run_night();
    CHECK_INT(listings("adzuna"), 2 * 58);
    CHECK_INT(events(), 4);
    end_search();
}

TEST(without_a_key_nobody_is_asked_and_nothing_fails)
{
    begin_search(57, ONE);
    configure("", "", "");
    run_night();
    CHECK_INT(fake.count, 0);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    CHECK_STR(text_of("SELECT status FROM jobs", DB_NO_ARGS), "completed");
    struct str result = text_of("SELECT CAST(result AS TEXT) FROM jobs", DB_NO_ARGS);
    CHECK(str_contains(result, STR("No source is configured: set ADZUNA_APP_ID and ADZUNA_APP_KEY, or JOOBLE_API_KEY.")));
    configure("id", "", SECRET);
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 0);
    CHECK(fake.counts[FAKE_JOOBLE] > 0);
    CHECK(str_contains(text_of("SELECT CAST(result AS TEXT) FROM jobs WHERE kind = 'market.scrape' ORDER BY id DESC LIMIT 1", DB_NO_ARGS), STR("Adzuna is off: ADZUNA_APP_KEY is not set. Asking Jooble.")));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status <> 'completed'"), 0);
    end_search();
}

TEST(while_nobody_looks_for_anything_nothing_is_asked)
{
    begin_search(57, NULL, 0);
    run_night();
    CHECK_INT(fake.count, 0);
    CHECK(str_contains(result_member("adzuna", "summary"), STR("nobody has said what they look for")));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status <> 'completed'"), 0);
    end_search();
}

TEST(a_place_that_a_board_does_not_have_is_left_out_and_said_to_be)
{
    begin_search(5, TWO);
    exec("UPDATE user_profiles SET preferred_locations = '[\"Remote\", \"Lagos, Nigeria\", \"Berlin\"]'");
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 2); /* Berlin, of each role */
    CHECK_INT(fake.counts[FAKE_JOOBLE], 6);
    CHECK_STR(result_member("adzuna", "summary"), "Adzuna: 10 listings on 2 pages, 10 new and 0 changed. Left out for their place: 4 (ADZUNA_COUNTRY).");
    end_search();
}

TEST(one_search_in_other_letters_is_one_and_many_people_are_one_search)
{
    static const char *const roles[] = {"\u00c4rztin", "\u00e4rztin", "\u00c4RZTIN", "Nurse", "nurse"};
    begin_search(5, roles, COUNT_OF(roles));
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 2);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status <> 'completed'"), 0);
    end_search();
}

/* Whoever chooses their words so that two searches have one name must not stop everybody's. */
TEST(two_searches_that_would_have_the_same_steps_are_one)
{
    begin_search(5, TWO);
    exec("UPDATE user_profiles SET target_roles = '[\"x\"]', preferred_locations = '[\"y\\nz\"]' WHERE CAST(target_roles AS TEXT) LIKE '%Nurse%'");
    exec("UPDATE user_profiles SET target_roles = '[\"x\\ny\"]', preferred_locations = '[\"z\"]' WHERE CAST(target_roles AS TEXT) LIKE '%analyst%'");
    run_night();
    CHECK_INT(fake.counts[FAKE_JOOBLE], 1);
    CHECK_STR(job_text("status", "jooble"), "completed");
    end_search();
}

TEST(the_schedule_runs_at_two_once_for_what_was_missed)
{
    struct schedule_state *states;
    size_t count;
    begin_search(5, ONE);
    DO(schedules_register(fixture.store.db));
    CHECK_OK(schedules_list(fixture.store.db, &fixture.arena, &states, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(states[i].kind->name, "market.scrape") == 0) CHECK_STR(str_slice(time_iso(&fixture.arena, states[i].next_run_at), 11, 16), "02:00");
    pass(5 * 86400);
    int64_t next;
    DO(schedules_start_due(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE kind = 'market.scrape'"), 1);
    pass(600);
    run();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1);
    end_search();
}

/* Of all connections. */
static int64_t statements(void)
{
    struct db *others[2] = {0};
    uint64_t count = db_statement_count(fixture.store.db);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (CHECK_OK(db_acquire(fixture.store.pool, &others[i]))) count += db_statement_count(others[i]);
    for (size_t i = 0; i < COUNT_OF(others); i++) db_release(others[i]);
    return (int64_t)count;
}

static int64_t statements_for(int jobs)
{
    begin_search(jobs, ONE);
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
    int64_t before = statements();
    run_night();
    int64_t count = statements() - before;
    CHECK_INT(listings("jooble"), jobs);
    end_search();
    return count;
}

TEST(a_page_costs_as_many_statements_however_much_is_on_it)
{
    int64_t one_job = statements_for(1), one_page = statements_for(FAKE_JOOBLE_PAGE), two_pages = statements_for(2 * FAKE_JOOBLE_PAGE), four_pages = statements_for(4 * FAKE_JOOBLE_PAGE);
    printf("  a page: %d statements\n", (int)(two_pages - one_page));
    CHECK_INT(one_page, one_job);
    CHECK_INT(four_pages - two_pages, 2 * (two_pages - one_page));
}

/* ---- budgets ---- */

TEST(a_budget_of_the_minute_is_waited_for_and_no_page_is_fetched_twice)
{
    begin_search(57, TWO);
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "minute=1 day=100"));
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1);
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    CHECK_STR(job_text("status", "jooble"), "completed");
    for (int minute = 0; minute < 4; minute++) {
        pass(61);
        run();
    }
    CHECK_INT(fake.counts[FAKE_ADZUNA], 4);
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(number("SELECT MAX(attempts) FROM jobs WHERE kind = 'market.search'"), 1);
    CHECK_INT(most_alike(), 1);
    CHECK_INT(listings("adzuna"), 2 * 57);
    CHECK_INT(events(), 2);
    end_search();
}

TEST(a_budget_that_ends_in_the_middle_keeps_what_was_found)
{
    begin_search(57, TWO);
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "day=3"));
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_STR(result_member("adzuna", "summary"), "Adzuna: 107 listings on 3 pages, 107 new and 0 changed. Not all was asked: the budget is used.");
    CHECK_INT(listings("adzuna"), 107); /* both first pages, and one second */
    CHECK_INT(events(), 2);
    end_search();
}

TEST(nights_take_turns_with_a_budget_that_is_smaller_than_the_searches)
{
    static const char *const roles[] = {"A", "B", "C", "D", "E", "F"};
    bool seen[COUNT_OF(roles)] = {0};
    begin_search(5, roles, COUNT_OF(roles));
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, "lifetime=500"));
    for (int night = 1; night <= 4; night++) {
        run_night();
        CHECK_INT(fake.count, 2 * night); /* a 365th of 500 a day, rounded up */
        CHECK_STR(job_text("status", "jooble"), "completed");
        pass(86400);
    }
    for (int i = 0; i < fake.count; i++)
        for (size_t k = 0; k < COUNT_OF(roles); k++) seen[k] |= str_contains(str_from(fake.calls[i].body), str_format(&fixture.arena, "\"keywords\":\"%s\"", roles[k]));
    for (size_t k = 0; k < COUNT_OF(roles); k++) CHECK(seen[k]);
    CHECK_INT(used("jooble"), 8);
    end_search();
}

TEST(a_call_that_was_surely_not_made_is_given_back)
{
    begin_search(57, ONE);
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, ""));
    fake_boards_stop(&fake);
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    CHECK_INT(used("adzuna"), 0);
    end_search();
}

/* ---- crashes ---- */

static int boundaries, crash_at;
static bool is_crashed;

/* The worker dies at the boundary number `crash_at`; burying it does not. */
static bool die(const char *boundary)
{
    if (boundary && strcmp(boundary, "before a commit of a rescue") == 0) return false;
    if (boundary && ++boundaries == crash_at) is_crashed = true;
    return is_crashed;
}

TEST(a_worker_that_dies_anywhere_loses_no_page_and_repeats_no_finished_one)
{
    for (crash_at = 1; crash_at <= 60; crash_at++) {
        int ran = 0;
        begin_search(57, ONE);
        CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
        start_night();
        boundaries = 0;
        is_crashed = false;
        bus_crash_hook = die;
        enum err died = bus_run_until_idle(fixture.store.pool, &ran);
        bus_crash_hook = NULL;
        CHECK(is_crashed == (died != OK));
        int calls = fake.count;
        bool is_over = !is_crashed || str_equal(job_text("status", "jooble"), STR("completed")); /* what comes after it is not of it */
        int64_t finished = number("SELECT COUNT(*) FROM job_steps WHERE finished_at IS NOT NULL AND job_id IN (SELECT id FROM jobs WHERE kind = 'market.search')");
        CHECK(calls == finished || calls == finished + 1); /* the one on its way when it died */
        pass(60);
        run();
        CHECK_INT(fake.count - calls, 3 - finished);
        CHECK_INT(listings("jooble"), 57);
        CHECK_INT(events(), 1);
        CHECK_STR(job_text("status", "jooble"), "completed");
        CHECK_STR(result_member("jooble", "new"), "57");
        end_search();
        if (is_over) break;
        if (test_failed_checks && printf("  when it died at boundary %d\n", crash_at)) break;
    }
    CHECK(crash_at > 10 && crash_at < 60); /* all were tried */
}
