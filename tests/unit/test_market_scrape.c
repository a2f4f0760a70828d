/* The nightly search for listings, against job boards on a port of this machine: budgets hold, what was fetched is not fetched again, and one board's trouble is not the other's. */
#include "agents/registry.h"
#include "bus/quota.h"
#include "bus/schedules.h"
#include "bus_fixture.h"
#include "capture.h"
#include "commands/commands.h"
#include "fake_boards.h"

#define SECRET "k3y-that-nobody-may-see"
#define AMPLE "minute=1000"

static struct fake_boards fake;

/* Each of `roles` in Berlin, a person for each. */
static void add_people(const char *const *roles, size_t count)
{
    static const struct sql sql = {"t_profile", "INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", 4};
    for (size_t i = 0; i < count; i++) {
        struct str id = person(str_cstr(&fixture.arena, str_format(&fixture.arena, "%zu@example.org", i))), list = str_format(&fixture.arena, "[\"%s\"]", roles[i]);
        CHECK_OK(db_exec(fixture.store.db, &sql, DB_ARGS(db_uuid(id), db_json(list), db_json(STR("[\"Berlin, Germany\"]")), db_time(clock_now()))));
    }
}

static void configure(const char *id, const char *key, const char *jooble)
{
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_ID, id));
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, key));
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, jooble));
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, AMPLE));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, AMPLE));
}

/* Both boards know `jobs` for each search; somebody looks for each of the roles. */
static void begin_search(int jobs, const char *const *roles, size_t count)
{
    memset(&fake, 0, sizeof fake);
    fake.jobs = jobs;
    begin(&agents_registry);
    log_set_level(LOG_ERROR);
    CHECK_OK(store_seed(fixture.store.db));
    configure("id-" SECRET, SECRET, SECRET);
    fake_boards_start(&fake);
    add_people(roles, count);
}

static void end_search(void)
{
    fake_boards_stop(&fake);
    configure("", "", "");
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, ""));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, ""));
    end();
}

static const char *const one_role[] = {"Data analyst"};
static const char *const two_roles[] = {"Data analyst", "Nurse"};
#define ONE one_role, 1
#define TWO two_roles, 2

/* As the clock would. */
static void start_night(void) { job((struct job_spec){.kind = "market.scrape"}); }

static void run_night(void)
{
    start_night();
    run();
}

static struct str job_text(const char *column, const char *board)
{
    struct str sql = str_format(&fixture.arena, "SELECT CAST(%s AS TEXT) FROM jobs WHERE kind = 'market.search' AND CAST(payload AS TEXT) LIKE '%%%s%%' ORDER BY id DESC LIMIT 1", column, board);
    return text_of(str_cstr(&fixture.arena, sql), DB_NO_ARGS);
}

static struct str result_member(const char *board, const char *member)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (!CHECK_OK(json_parse(job_text("result", board), BUS_PAYLOAD_MAX, &root))) return STR("");
    const struct json *value = json_get(root, member);
    return json_type_of(value) == JSON_INT ? str_format(&fixture.arena, "%" PRId64, json_int(value)) : str_copy(&fixture.arena, json_str(value));
}

static int64_t listings(const char *source)
{
    return number(str_cstr(&fixture.arena, str_format(&fixture.arena, "SELECT COUNT(*) FROM job_listings WHERE source = '%s'", source)));
}

static int64_t events(void) { return number("SELECT COUNT(*) FROM agent_events WHERE event_type = 'MARKET_UPDATE'"); }

static int64_t used(const char *budget)
{
    struct quota_state *states;
    size_t count;
    CHECK_OK(quota_left(fixture.store.db, &fixture.arena, budget, &states, &count));
    return states[0].windows[PERIOD_LIFETIME].used;
}

/* How often a page of a search was asked for at most: 1 when nothing was asked twice. */
static int most_alike(void)
{
    int most = 0;
    for (int i = 0; i < fake.count; i++) {
        int alike = 0;
        for (int k = 0; k < fake.count; k++)
            alike += strcmp(fake.calls[i].url, fake.calls[k].url) == 0 && strcmp(fake.calls[i].body, fake.calls[k].body) == 0;
        if (alike > most) most = alike;
    }
    return most;
}

static const char busy[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char wait_30[] = "HTTP/1.1 429 Slow down\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char wait_long[] = "HTTP/1.1 429 Slow down\r\nRetry-After: 80000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char garbage[] = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<html>busy</html>";
static const char refused[] = "HTTP/1.1 400 Bad\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<html>what</html>";
static const char no_key[] = "HTTP/1.1 401 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

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

/* ---- trouble ---- */

static const char *adzuna_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth ? busy : NULL; }
static const char *second_page_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth && call->page == 2 ? busy : NULL; }
static const char *third_call_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? busy : NULL; }
static const char *third_call_waits(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? wait_30 : NULL; }
static const char *third_call_waits_long(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? wait_long : NULL; }
static const char *always_later(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth ? wait_30 : NULL; }
static const char *all_garbage(const struct fake_call *call, int nth) { return call && nth ? garbage : NULL; }
static const char *nurses_refused(const struct fake_call *call, int nth) { return nth && strstr(call->url, "Nurse") ? refused : NULL; }
static const char *all_refused(const struct fake_call *call, int nth) { return call && nth ? refused : NULL; }
static const char *key_refused(const struct fake_call *call, int nth) { return call && nth ? no_key : NULL; }

/* Until nothing is left to be tried again. */
static void run_out(void)
{
    for (int i = 0; i < 40; i++) {
        pass(1800);
        run();
    }
}

TEST(one_board_down_is_tried_again_and_buried_and_the_other_is_fine)
{
    begin_search(57, ONE);
    fake.instead = adzuna_busy;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    CHECK_STR(job_text("status", "jooble"), "completed");
    CHECK_INT(listings("jooble"), 57);
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1);
    run_out();
    CHECK_STR(job_text("status", "adzuna"), "dead");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 5);
    CHECK(str_contains(job_text("last_error", "adzuna"), STR("answered with status 503")));
    CHECK_INT(listings("adzuna"), 0);
    CHECK_INT(events(), 1);
    end_search();
}

TEST(a_failure_that_passes_costs_one_call_more)
{
    begin_search(57, TWO);
    fake.instead = third_call_busy;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    CHECK_INT(listings("adzuna"), 100);
    CHECK_INT(number("SELECT COUNT(*) FROM agent_events WHERE event_type = 'MARKET_UPDATE' AND CAST(payload AS TEXT) LIKE '%100%'"), 0); /* not told yet */
    run_out();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 5);
    CHECK_INT(listings("adzuna"), 2 * 57);
    CHECK_STR(result_member("adzuna", "new"), "114"); /* those of the first run are counted */
    CHECK_INT(events(), 2);
    end_search();
}

TEST(what_was_found_before_a_board_gave_up_is_told)
{
    begin_search(57, ONE);
    fake.instead = second_page_busy;
    run_night();
    run_out();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(listings("adzuna"), 50);
    CHECK_INT(events(), 2);
    CHECK(str_contains(result_member("adzuna", "summary"), STR("Not all was asked: 127.0.0.1:")));
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1 + 5);
    end_search();
}

TEST(a_board_that_asks_for_a_pause_gets_it)
{
    begin_search(57, TWO);
    fake.instead = third_call_waits;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    pass(28);
    run();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    pass(2);
    run();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 5);
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(number("SELECT MAX(attempts) FROM jobs WHERE kind = 'market.search'"), 1);
    end_search();
}

TEST(a_board_that_asks_for_a_long_pause_is_left_for_the_night)
{
    begin_search(57, TWO);
    fake.instead = third_call_waits_long;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    CHECK_INT(listings("adzuna"), 100);
    CHECK(str_contains(result_member("adzuna", "summary"), STR("it asks for a long pause")));
    end_search();
}

TEST(a_board_that_says_later_for_ever_is_left_in_the_end)
{
    begin_search(57, ONE);
    fake.instead = always_later;
    run_night();
    for (int i = 0; i < 150; i++) {
        pass(31);
        run();
    }
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 100);
    CHECK(str_contains(result_member("adzuna", "summary"), STR("too often")));
    end_search();
}

TEST(garbage_is_no_listing)
{
    begin_search(57, ONE);
    fake.instead = all_garbage;
    run_night();
    run_out();
    CHECK_STR(job_text("status", "adzuna"), "dead");
    CHECK_STR(job_text("status", "jooble"), "dead");
    CHECK_INT(number("SELECT COUNT(*) FROM job_listings"), 0);
    CHECK_INT(events(), 0);
    end_search();
}

TEST(a_search_that_a_board_refuses_does_not_stop_the_others)
{
    begin_search(57, TWO);
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, ""));
    fake.instead = nurses_refused;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    CHECK_INT(listings("adzuna"), 57);
    fake.instead = all_refused;
    pass(86400);
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "dead");
    CHECK(str_contains(job_text("last_error", "adzuna"), STR("Adzuna refuses every search")));
    end_search();
}

TEST(a_wrong_key_is_one_call_and_a_dead_letter_and_no_key_is_told)
{
    begin_search(57, ONE);
    fake.instead = key_refused;
    log_set_level(LOG_DEBUG);
    capture_begin();
    run_night();
    struct str log = capture_end();
    log_set_level(LOG_ERROR);
    CHECK(log.len > 0 && str_contains(log, STR("does not accept our key")));
    CHECK(!str_contains(log, STR(SECRET)));
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1);
    CHECK_INT(fake.counts[FAKE_JOOBLE], 1);
    CHECK_STR(job_text("status", "adzuna"), "dead");
    CHECK(str_contains(str_from(fake.calls[0].url), STR(SECRET))); /* it was sent, though */
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE last_error LIKE '%" SECRET "%' OR CAST(payload AS TEXT) LIKE '%" SECRET "%' OR CAST(result AS TEXT) LIKE '%" SECRET "%'"), 0);
    CHECK_INT(number("SELECT COUNT(*) FROM job_attempts WHERE reason LIKE '%" SECRET "%'"), 0);
    CHECK_INT(number("SELECT COUNT(*) FROM job_steps WHERE step_key LIKE '%" SECRET "%' OR CAST(result AS TEXT) LIKE '%" SECRET "%'"), 0);
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
