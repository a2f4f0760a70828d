/* Lanes: limits, order, rates and fair shares for jobs that have something in common; and mistakes in the registry about them. */
#include "bus_fixture.h"

static enum err take_a_moment(struct job *job)
{
    fixture.now += 1000;
    set_clocks();
    return note_run(job);
}

static const struct job_lane wide = {.name = "wide", .field = "lane", .width = 2};
static const struct job_lane ordered = {.name = "ordered", .field = "lane", .width = 1, .ordered = true};
static const struct job_lane rated = {.name = "rated", .width = 5, .rate = 6, .rate_seconds = 60, .burst = 2};
static const struct job_lane of_person = {.name = "person", .field = "user_id", .width = 1};
static const struct job_kind wide_kind = {.name = "test.wide", .agent = "test", .work = note_run, .lane = &wide};
static const struct job_kind ordered_kind = {.name = "test.ordered", .agent = "test", .work = note_run, .lane = &ordered};
static const struct job_kind rated_kind = {.name = "test.rated", .agent = "test", .work = note_run, .lane = &rated};
static const struct job_kind persons_kind = {.name = "test.persons", .agent = "test", .work = take_a_moment, .lane = &of_person};
static const struct job_kind batch_kind = {.name = "test.batch", .agent = "test", .apply = note_run, .batch = 3, .lane = &wide};
static const struct job_kind plain_kind = {.name = "test.plain", .agent = "test", .apply = note_run};
static const struct job_kind together_kind = {.name = "test.together", .agent = "test", .apply = note_run, .batch = 2};
static const struct job_kind *const kinds[] = {&wide_kind, &ordered_kind, &rated_kind, &persons_kind, &batch_kind, &plain_kind, &together_kind};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = COUNT_OF(kinds)};
static const struct bus_registry older = {.kinds = kinds + 1, .kinds_count = COUNT_OF(kinds) - 1};

static int64_t in_lane(const char *kind, const char *lane) { return job((struct job_spec){.kind = kind, .payload = str_format(&fixture.arena, "{\"lane\":\"%s\"}", lane)}); }

/* Makes all ready that may be, without running any. */
static int64_t ready(void)
{
    struct process process = {0};
    struct worker worker = {.db = fixture.store.db, .process = &process};
    struct look look;
    arena_init(&worker.arena);
    CHECK_OK(bus_settle(&worker, &look));
    arena_dispose(&worker.arena);
    return number("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'running')");
}

TEST(a_lane_is_as_wide_as_it_says_and_others_go_on)
{
    begin(&registry);
    for (int i = 0; i < 5; i++) in_lane("test.wide", "a");
    in_lane("test.wide", "b");
    CHECK_INT(ready(), 3);
    CHECK_INT(run(), 6);
    CHECK_INT(number("SELECT (SELECT COUNT(*) FROM jobs WHERE keeps_slot) + (SELECT COUNT(*) FROM job_marks)"), 0);
    end();
}

TEST(jobs_that_are_run_together_begin_with_their_slots)
{
    begin(&registry);
    struct process process = {0};
    struct worker worker;
    size_t claimed = 0;
    for (int i = 0; i < 3; i++) in_lane("test.batch", "a");
    in_lane("test.batch", "b");
    in_lane("test.batch", "c");
    claim(&worker, &process, &claimed);
    CHECK_INT(claimed, 3); /* one of each lane: as many as run together */
    CHECK_INT(number("SELECT COUNT(DISTINCT lane) FROM jobs WHERE status = 'running' AND worker_id IS NOT NULL AND started_at IS NOT NULL AND runs = 1 AND attempts = 1"), 3);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'queued' AND lane = 'wide:a'"), 1); /* its second slot */
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'blocked'"), 1);
    CHECK_OK(bus_process_bury(fixture.store.db, process.id));
    CHECK_INT(run(), 5);
    end();
}

/* Every turn also takes of what was ready before. */
TEST(lanes_do_not_keep_others_waiting)
{
    begin(&registry);
    for (int i = 0; i < 12; i++) in_lane("test.batch", "a");
    int64_t plain = job((struct job_spec){.kind = "test.plain", .payload = STR("{}")});
    CHECK_INT(run(), 13);
    CHECK_INT(fixture.ran[2], plain);
    end();
}

/* A worker goes on with a kind of which there is much, but not for ever, and not beyond its last job. */
TEST(who_goes_on_with_a_kind_comes_back_to_the_others)
{
    begin(&registry);
    for (int i = 0; i < 150; i++) job((struct job_spec){.kind = "test.together", .payload = STR("{}"), .priority = i < 10 ? -1 : 1});
    int64_t urgent = job((struct job_spec){.kind = "test.plain", .payload = STR("{}")}), last = job((struct job_spec){.kind = "test.plain", .payload = STR("{}"), .priority = 2});
    CHECK_INT(run(), 152);
    size_t at = 0;
    while (at < fixture.ran_count && fixture.ran[at] != urgent) at++;
    CHECK(at >= 10 && at <= 40); /* after the more urgent ones, and at most 17 batches */
    CHECK_INT(fixture.ran[151], last);
    end();
}

TEST(what_must_not_begin_with_its_slot_is_ready)
{
    begin(&registry);
    struct process process = {0};
    struct worker worker;
    size_t claimed = 0;
    int64_t crashed = in_lane("test.batch", "a"), of_another_kind = in_lane("test.wide", "b"), begun = in_lane("test.batch", "c");
    exec("UPDATE jobs SET crashes = 1 WHERE lane = 'wide:a'");
    claim(&worker, &process, &claimed);
    CHECK_INT(claimed, 1);
    CHECK_STR(status(begun), "running");
    CHECK_STR(status(crashed), "queued");
    CHECK_STR(status(of_another_kind), "queued");
    CHECK_OK(bus_process_bury(fixture.store.db, process.id));
    CHECK_INT(run(), 3);

    CHECK_OK(bus_pause(fixture.store.db, "test.batch", true));
    in_lane("test.batch", "a");
    CHECK_INT(run(), 0);
    CHECK_OK(bus_pause(fixture.store.db, "test.batch", false));
    CHECK_INT(run(), 1);
    end();
}

TEST(an_ordered_lane_keeps_the_order_whatever_fails)
{
    begin(&registry);
    int64_t ids[4];
    for (int i = 0; i < 4; i++) ids[i] = in_lane("test.ordered", "a");
    int64_t urgent = job((struct job_spec){.kind = "test.ordered", .priority = -50, .payload = STR("{\"lane\":\"a\"}")}), other = in_lane("test.ordered", "b");
    fixture.result = ERR_UNAVAILABLE;
    CHECK_INT(run(), 2); /* the first of each lane; those behind wait for its second try */
    fixture.result = OK;
    pass(3600);
    CHECK_INT(run(), 6);
    CHECK_STR(status(other), "completed");
    const int64_t expected[] = {ids[0], ids[1], ids[2], ids[3], urgent};
    size_t at = 0;
    for (size_t i = 2; i < fixture.ran_count; i++)
        if (fixture.ran[i] != other && at < 5) CHECK_INT(fixture.ran[i], expected[at++]);
    CHECK_INT(at, 5);
    end();
}

TEST(a_dead_or_cancelled_job_frees_its_ordered_lane)
{
    begin(&registry);
    int64_t dead = in_lane("test.ordered", "a"), cancelled = in_lane("test.ordered", "a"), last = in_lane("test.ordered", "a");
    fixture.result = ERR_INVALID;
    DO(bus_cancel(fixture.store.db, cancelled));
    CHECK_INT(run(), 2);
    CHECK_STR(status(dead), "dead");
    CHECK_STR(status(last), "dead");
    fixture.result = OK;
    CHECK_INT(in_lane("test.ordered", "a") > 0, 1);
    CHECK_INT(run(), 1);
    end();
}

/* Six a minute after a burst of two: one every ten seconds. */
TEST(a_rate_is_kept_and_nothing_sleeps_longer_than_it_must)
{
    begin(&registry);
    for (int i = 0; i < 5; i++) job((struct job_spec){.kind = "test.rated"});
    CHECK_INT(run(), 2);
    pass(9);
    CHECK_INT(run(), 0);
    pass(1);
    CHECK_INT(run(), 1);
    pass(10);
    CHECK_INT(run(), 1);
    pass(10);
    CHECK_INT(run(), 1);
    pass(3600);
    for (int i = 0; i < 5; i++) job((struct job_spec){.kind = "test.rated"});
    CHECK_INT(run(), 2); /* a pause allows no more than the burst */
    end();
}

TEST(a_rate_does_not_wait_for_a_clock_that_was_wrong)
{
    int64_t next;
    begin(&registry);
    fixture.now += 86400 * US_PER_SECOND;
    set_clocks();
    for (int i = 0; i < 3; i++) job((struct job_spec){.kind = "test.rated"});
    CHECK_INT(run(), 2);
    fixture.now -= 86400 * US_PER_SECOND;
    set_clocks();
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(run(), 1);
    end();
}

/* A person with a thousand jobs does not keep another one waiting. */
TEST(people_share_the_workers_fairly)
{
    begin(&registry);
    struct str busy = person("busy@example.org"), other = person("other@example.org");
    for (int i = 0; i < 20; i++) job((struct job_spec){.kind = "test.persons", .user_id = busy});
    int64_t late = job((struct job_spec){.kind = "test.persons", .user_id = other});
    CHECK_INT(run(), 21);
    CHECK(fixture.ran[0] == late || fixture.ran[1] == late);
    end();
}

TEST(a_lane_whose_kind_an_older_version_did_not_know_goes_on_with_the_newer)
{
    int64_t next;
    begin(&registry);
    int64_t id = in_lane("test.wide", "a");
    CHECK_OK(bus_init(&older, NULL));
    CHECK_INT(run(), 0);
    CHECK_STR(status(id), "blocked");
    CHECK_OK(bus_init(&registry, NULL));
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(run(), 1);
    end();
}

TEST(a_lane_goes_on_when_the_person_who_had_its_slot_is_gone)
{
    static struct process process;
    struct worker worker;
    size_t claimed = 0;
    int64_t next;
    process = (struct process){0};
    begin(&registry);
    struct str gone = person("gone@example.org");
    job((struct job_spec){.kind = "test.ordered", .user_id = gone, .payload = STR("{\"lane\":\"a\"}")});
    int64_t other = in_lane("test.ordered", "a");
    claim(&worker, &process, &claimed);
    CHECK_INT(claimed, 1);
    DO(bus_forget_person(fixture.store.db, gone));
    exec("DELETE FROM users");
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(run(), 1);
    CHECK_STR(status(other), "completed");
    end();
}

TEST(a_payload_without_its_lane_is_refused)
{
    begin(&registry);
    CHECK_INT(publish((struct job_spec){.kind = "test.wide"}, NULL), ERR_INVALID);
    CHECK_INT(publish((struct job_spec){.kind = "test.wide", .payload = STR("{\"lane\":7}")}, NULL), ERR_INVALID);
    CHECK_INT(publish((struct job_spec){.kind = "test.wide", .payload = STR("{\"lane\":\"\"}")}, NULL), ERR_INVALID);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 0);
    end();
}

/* ---- the registry ---- */

static void check_refused(const struct job_kind *first, const struct job_kind *second)
{
    const struct job_kind *const wrong[] = {first, second};
    struct bus_registry bad = {.kinds = wrong, .kinds_count = second ? 2 : 1};
    log_set_level(LOG_LEVEL_COUNT);
    CHECK_INT(bus_init(&bad, NULL), ERR_INTERNAL);
    log_set_level(LOG_INFO);
    CHECK_OK(bus_init(&registry, NULL));
}

#define KIND(...) (&(const struct job_kind){.name = "test.a", .agent = "test", .work = note_run, __VA_ARGS__})
#define OTHER(...) (&(const struct job_kind){.name = "test.b", .agent = "test", .work = note_run, __VA_ARGS__})
#define LANE(...) (&(const struct job_lane){.name = "l", __VA_ARGS__})

TEST(mistakes_in_kinds_and_lanes_are_refused_at_the_start)
{
    check_refused(&(const struct job_kind){.name = "test.a", .agent = "test"}, NULL); /* does nothing */
    check_refused(KIND(.batch = 5), NULL);                                           /* slow work in a shared transaction */
    check_refused(KIND(.priority = 0), KIND(.priority = 1));                         /* one name */
    check_refused(KIND(.lane = LANE(.width = 0)), NULL);
    check_refused(KIND(.lane = LANE(.width = 2, .ordered = true)), NULL);
    check_refused(KIND(.lane = LANE(.width = 1, .rate = 5)), NULL); /* in no time */
    check_refused(KIND(.lane = LANE(.width = 1)), OTHER(.lane = LANE(.width = 2)));
    check_refused(KIND(.lane = LANE(.width = 1, .ordered = true)), OTHER(.priority = 5, .lane = LANE(.width = 1, .ordered = true)));
}
