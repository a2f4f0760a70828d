/* Job boards in trouble: one's is not the other's, what can be had is had, a night without success does not look like one, and no board makes us use up its budget. */
#include "capture.h"
#include "market_fixture.h"

static const char busy[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char wait_30[] = "HTTP/1.1 429 Slow down\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char wait_long[] = "HTTP/1.1 429 Slow down\r\nRetry-After: 80000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char wait_5[] = "HTTP/1.1 429 Slow down\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char too_many[] = "HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static const char no_jobs[] = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"jobs\":null}";
static const char cut_off[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"jobs\":[";
static const char garbage[] = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<html>busy</html>";
static const char refused[] = "HTTP/1.1 400 Bad\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<html>what</html>";
static const char no_key[] = "HTTP/1.1 401 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

static const char *adzuna_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth ? busy : NULL; }
static const char *second_page_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth && call->page == 2 ? busy : NULL; }
static const char *third_call_busy(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? busy : NULL; }
static const char *third_call_waits(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? wait_30 : NULL; }
static const char *third_call_waits_long(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth == 3 ? wait_long : NULL; }
static const char *always_later(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth ? wait_5 : NULL; }
static const char *every_other_later(const struct fake_call *call, int nth) { return call->board == FAKE_ADZUNA && nth % 2 ? wait_5 : NULL; }
static const char *nurses_garbage(const struct fake_call *call, int nth) { return nth && (strstr(call->url, "Nurse") || strstr(call->body, "Nurse")) ? garbage : NULL; }
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

TEST(a_board_that_says_later_for_ever_costs_a_few_calls_and_is_a_dead_letter)
{
    begin_search(57, ONE);
    fake.instead = always_later;
    run_night();
    run_out();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 7);
    CHECK_STR(job_text("status", "adzuna"), "dead");
    CHECK(str_contains(job_text("last_error", "adzuna"), STR("(status 429); it said \"later\" too often")));
    fake.instead = NULL;
    pass(86400);
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(listings("adzuna"), 57);
    end_search();
}

TEST(a_board_that_says_later_before_each_page_is_asked_for_all)
{
    static const char *const roles[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I"};
    begin_search(5, roles, COUNT_OF(roles));
    fake.instead = every_other_later;
    run_night();
    run_out();
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 2 * (int)COUNT_OF(roles));
    CHECK_INT(listings("adzuna"), 5 * (int)COUNT_OF(roles));
    end_search();
}

/* People see how far it is while it waits for the budget of the minute, however fast its pages came. */
TEST(progress_is_that_of_the_last_page)
{
    begin_search(57, TWO);
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "minute=2 day=100"));
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 2);
    CHECK_STR(job_text("progress_message", "adzuna"), "Adzuna: 100 listings so far");
    CHECK_STR(job_text("progress", "adzuna"), "20"); /* two of two searches of five pages at most */
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, "minute=1 day=100"));
    pass(61);
    run();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    CHECK_STR(job_text("progress_message", "adzuna"), "Adzuna: 107 listings so far");
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

TEST(a_page_that_cannot_be_read_does_not_stop_the_other_searches)
{
    static const char *const roles[] = {"Cook", "Nurse", "Teacher"};
    begin_search(57, roles, COUNT_OF(roles));
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, ""));
    fake.instead = nurses_garbage;
    run_night();
    CHECK_STR(job_text("status", "adzuna"), "scheduled");
    CHECK_INT(fake.counts[FAKE_ADZUNA], 1 + 4);
    CHECK_INT(listings("adzuna"), 2 * 57);
    run_out();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 5 + 4);
    CHECK_STR(job_text("status", "adzuna"), "completed");
    CHECK(str_contains(result_member("adzuna", "summary"), STR("Not all was asked: Adzuna answered with something that is no JSON.")));
    end_search();
}

TEST(a_board_of_which_nothing_can_be_read_is_not_asked_for_everything)
{
    static const char *const roles[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    begin_search(57, roles, COUNT_OF(roles));
    fake.instead = all_garbage;
    run_night();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 3);
    run_out();
    CHECK_INT(fake.counts[FAKE_ADZUNA], 5 * 3);
    CHECK_STR(job_text("status", "adzuna"), "dead");
    end_search();
}

static const char *failure;
static const char *all_fail(const struct fake_call *call, int nth) { return call && nth ? failure : NULL; }

/* As one search or as two, whose calls fail in one run. */
static void check_night_of_failures(size_t searches)
{
    begin_search(57, two_roles, searches);
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, "")); /* as it is unless somebody says otherwise: two calls a night */
    fake.instead = all_fail;
    for (int night = 0; night < 2; night++) {
        run_night();
        run_out();
        CHECK_STR(job_text("status", "jooble"), "dead");
        CHECK(str_contains(job_text("last_error", "jooble"), STR("Jooble gave no listings: ")));
        CHECK(fake.count <= 2 * (night + 1));
        pass(86400);
    }
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE kind = 'market.search'"), 2);
    end_search();
}

TEST(a_night_in_which_every_call_failed_is_no_success)
{
    static const char *const failures[] = {garbage, busy, no_jobs, too_many, wait_5, wait_long, cut_off, ""};
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        failure = failures[i];
        check_night_of_failures(1);
        check_night_of_failures(2);
        if (test_failed_checks && printf("  with the answer %zu\n", i)) break;
    }
}

TEST(a_night_in_which_a_call_failed_says_so)
{
    begin_search(57, TWO);
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, ""));
    fake.instead = nurses_garbage;
    run_night();
    CHECK_STR(job_text("status", "jooble"), "completed");
    CHECK_STR(result_member("jooble", "summary"), "Jooble: 20 listings on 1 pages, 20 new and 0 changed. Not all was asked: tonight's share of the budget is used. "
                                                  "The last call that failed: Jooble answered with something that is no JSON.");
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
