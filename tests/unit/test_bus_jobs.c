/* Single jobs: when they run, in which order, how often, and what ends them. */
#include "bus_fixture.h"

static enum err work_result;
static bool is_asked_to_stop;

static enum err note_work(struct job *job)
{
    TRY(note_run(job));
    return work_result == OK ? job_stopped(job) : err_set(work_result, "as the test asked");
}

static enum err be_late(struct job *job)
{
    TRY(note_run(job));
    atomic_store(&job->of->worker->running.stop, ERR_TIMEOUT); /* as the keeper does after timeout_seconds */
    return OK;
}

/* Its end is asked for while it runs. */
static enum err be_cancelled(struct job *job)
{
    TRY(note_run(job));
    if (is_asked_to_stop) return OK;
    is_asked_to_stop = true;
    DO(bus_cancel(fixture.store.db, job->id));
    return OK;
}

static enum err fail_third(struct job *job)
{
    TRY(note_run(job));
    return json_get_int(job->payload, "n", 0) == 3 ? err_set(ERR_INVALID, "the third") : OK;
}

static enum err put_off_one(struct job *job) { return json_get_int(job->payload, "n", 0) ? job_snooze(job, 60, "not yet") : OK; }

static enum err say(struct job *job)
{
    for (int i = 0; i < 300; i++) job_log(job, "line %d", i);
    buf_append_str(job->result, STR("{\"said\":300}"));
    return OK;
}

static const struct job_retry patient[] = {{.error = ERR_INVALID, .max_attempts = 2, .first_seconds = 10, .most_seconds = 10}, {.error = OK}};
static const struct job_kind plain = {.name = "test.plain", .agent = "test", .work = note_work};
static const struct job_kind urgent = {.name = "test.urgent", .agent = "test", .work = note_work, .priority = BUS_URGENT};
static const struct job_kind retried = {.name = "test.retried", .agent = "test", .work = note_work, .retries = patient};
static const struct job_kind late = {.name = "test.late", .agent = "test", .work = be_late, .max_attempts = 1, .timeout_seconds = 5};
static const struct job_kind cancelled = {.name = "test.cancelled", .agent = "test", .work = be_cancelled};
static const struct job_kind many = {.name = "test.many", .agent = "test", .apply = fail_third, .batch = 8};
static const struct job_kind picky = {.name = "test.picky", .agent = "test", .apply = put_off_one, .batch = 8};
static const struct job_kind limited = {.name = "test.limited", .agent = "test", .work = note_work, .concurrency = 2};
static const struct job_kind talking = {.name = "test.talking", .agent = "test", .apply = say};
static const struct job_kind *const kinds[] = {&plain, &urgent, &retried, &late, &cancelled, &many, &picky, &limited, &talking};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = COUNT_OF(kinds)};
static const struct bus_registry older = {.kinds = kinds + 1, .kinds_count = COUNT_OF(kinds) - 1};

static void begin_jobs(void)
{
    work_result = OK;
    is_asked_to_stop = false;
    begin(&registry);
}

TEST(the_most_urgent_runs_first_and_the_oldest_of_those)
{
    begin_jobs();
    int64_t first = job((struct job_spec){.kind = "test.plain"}), last = job((struct job_spec){.kind = "test.plain", .priority = BUS_LAST});
    int64_t second = job((struct job_spec){.kind = "test.plain"}), soon = job((struct job_spec){.kind = "test.plain", .priority = -1});
    int64_t most = job((struct job_spec){.kind = "test.urgent"});
    CHECK_INT(run(), 5);
    const int64_t expected[] = {most, soon, first, second, last};
    for (size_t i = 0; i < 5; i++) CHECK_INT(fixture.ran[i], expected[i]);
    end();
}

TEST(a_delayed_job_runs_at_its_time)
{
    begin_jobs();
    int64_t id = job((struct job_spec){.kind = "test.plain", .run_at = clock_now() + 60 * US_PER_SECOND});
    CHECK_INT(run(), 0);
    pass(59);
    CHECK_INT(run(), 0);
    pass(1);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    end();
}

TEST(each_class_of_errors_has_its_own_retries)
{
    begin_jobs();
    work_result = ERR_INVALID;
    int64_t once = job((struct job_spec){.kind = "test.plain"}), twice = job((struct job_spec){.kind = "test.retried"});
    CHECK_INT(run(), 2);
    CHECK_STR(status(once), "dead");
    CHECK_STR(status(twice), "scheduled");
    pass(4);
    CHECK_INT(run(), 0); /* half of ten seconds at least */
    pass(6);
    CHECK_INT(run(), 1);
    CHECK_STR(status(twice), "dead");
    CHECK_INT(number("SELECT COUNT(*) FROM job_attempts WHERE outcome = 'failed'"), 3);
    end();
}

/* A job that meets this error by itself, from a service say, was not cancelled by anybody. */
static bool counts_have(const char *line)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    bus_write_counts(&out);
    bool found = str_find(buf_str(&out), str_from(line), 0) != STR_NPOS;
    if (!found) printf("  no line %s in\n%.*s", line, STR_ARG(buf_str(&out)));
    return found;
}

TEST(every_run_is_counted_by_how_it_ended)
{
    begin_jobs();
    work_result = ERR_INVALID;
    job((struct job_spec){.kind = "test.plain"});
    job((struct job_spec){.kind = "test.retried"});
    pass(3); /* they were ready for so long */
    CHECK_INT(run(), 2);
    work_result = OK;
    job((struct job_spec){.kind = "test.plain"});
    pass(60);
    CHECK_INT(run(), 2);
    CHECK(counts_have("careerprep_job_runs_total{kind=\"test.plain\",outcome=\"dead\"} 1\n"));
    CHECK(counts_have("careerprep_job_runs_total{kind=\"test.plain\",outcome=\"completed\"} 1\n"));
    CHECK(counts_have("careerprep_job_runs_total{kind=\"test.retried\",outcome=\"failed\"} 1\n"));
    CHECK(counts_have("careerprep_job_runs_total{kind=\"test.retried\",outcome=\"completed\"} 1\n"));
    CHECK(counts_have("careerprep_job_run_duration_seconds_count{kind=\"test.plain\"} 2\n"));
    CHECK(counts_have("careerprep_job_start_latency_seconds_bucket{kind=\"test.plain\",le=\"1\"} 0\n"));
    CHECK(counts_have("careerprep_job_start_latency_seconds_bucket{kind=\"test.plain\",le=\"5\"} 1\n"));
    CHECK(counts_have("careerprep_job_start_latency_seconds_sum{kind=\"test.plain\"} 63.000000\n"));
    end();
}

TEST(an_error_that_looks_like_a_cancellation_is_tried_again)
{
    begin_jobs();
    work_result = ERR_CANCELLED;
    int64_t id = job((struct job_spec){.kind = "test.plain"});
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "scheduled");
    work_result = OK;
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    end();
}

TEST(work_that_takes_too_long_is_not_applied)
{
    begin_jobs();
    int64_t id = job((struct job_spec){.kind = "test.late"});
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "dead");
    CHECK_STR(text_of("SELECT last_error FROM jobs", DB_NO_ARGS), "timeout: it took longer than it may");
    end();
}

TEST(a_waiting_job_is_cancelled_at_once_and_a_running_one_when_it_notices)
{
    begin_jobs();
    int64_t waiting = job((struct job_spec){.kind = "test.plain"}), running = job((struct job_spec){.kind = "test.cancelled"});
    DO(bus_cancel(fixture.store.db, waiting));
    CHECK_STR(status(waiting), "cancelled");
    CHECK_INT(run(), 1);
    CHECK_STR(status(running), "cancelled");
    CHECK_INT(db_begin(fixture.store.db), OK);
    CHECK_INT(bus_cancel(fixture.store.db, waiting), ERR_NOT_FOUND);
    CHECK_INT(bus_cancel(fixture.store.db, 123456), ERR_NOT_FOUND);
    db_rollback(fixture.store.db);
    CHECK_INT(number("SELECT COUNT(*) FROM job_attempts WHERE outcome = 'cancelled'"), 1);
    end();
}

TEST(dead_jobs_of_a_kind_are_redriven_together)
{
    begin_jobs();
    int64_t count = 0;
    work_result = ERR_INVALID;
    for (int i = 0; i < 5; i++) job((struct job_spec){.kind = "test.plain"});
    int64_t other = job((struct job_spec){.kind = "test.urgent"});
    CHECK_INT(run(), 6);
    work_result = OK;
    DO(bus_redrive_dead(fixture.store.db, "test.plain", 0, 3, &count));
    CHECK_INT(count, 3);
    CHECK_INT(run(), 3);
    DO(bus_redrive_dead(fixture.store.db, "test.plain", 0, 100, &count));
    CHECK_INT(count, 2);
    DO(bus_redrive_dead(fixture.store.db, NULL, other, 1, &count));
    CHECK_INT(count, 1);
    CHECK_INT(run(), 3);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 6);
    DO(bus_redrive_dead(fixture.store.db, NULL, other, 1, &count));
    CHECK_INT(count, 0);
    end();
}

TEST(a_paused_kind_holds_nobody_else_up)
{
    begin_jobs();
    int64_t paused = job((struct job_spec){.kind = "test.urgent"}), other = job((struct job_spec){.kind = "test.plain"});
    DO(bus_pause(fixture.store.db, "test.urgent", true));
    CHECK_INT(run(), 1);
    CHECK_STR(status(other), "completed");
    CHECK_STR(status(paused), "queued");
    DO(bus_pause(fixture.store.db, "test.urgent", false));
    CHECK_INT(run(), 1);
    end();
}

TEST(one_that_fails_does_not_take_its_batch_with_it)
{
    begin_jobs();
    for (int i = 1; i <= 5; i++) job((struct job_spec){.kind = "test.many", .payload = str_format(&fixture.arena, "{\"n\":%d}", i)});
    CHECK_INT(run(), 5);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 4);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'dead'"), 1);
    CHECK_INT(number("SELECT MAX(runs) FROM jobs"), 1);
    end();
}

/* One that kills its worker would take the others of its batch to the dead letters with it. */
TEST(a_job_that_was_in_a_dead_worker_is_claimed_alone)
{
    static struct process gone;
    struct worker worker;
    size_t claimed = 0;
    begin_jobs();
    gone = (struct process){0};
    for (int i = 0; i < 4; i++) job((struct job_spec){.kind = "test.many"});
    claim(&worker, &gone, &claimed);
    CHECK_INT(claimed, 4);
    CHECK_OK(bus_process_bury(fixture.store.db, gone.id));
    job((struct job_spec){.kind = "test.many"});
    gone = (struct process){0};
    claim(&worker, &gone, &claimed);
    CHECK_INT(claimed, 1);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'queued' AND runs = attempts + crashes"), 4);
    CHECK_INT(run(), 4);
    CHECK_OK(bus_process_bury(fixture.store.db, gone.id));
    CHECK_INT(run(), 1);
    end();
}

/* What a job of a batch says and does is its own, in whichever order the claim gave them. */
TEST(one_of_a_batch_that_is_put_off_leaves_the_others_alone)
{
    begin_jobs();
    int64_t last = job((struct job_spec){.kind = "test.picky", .priority = 5, .payload = STR("{\"n\":1}")});
    int64_t first = job((struct job_spec){.kind = "test.picky"}), second = job((struct job_spec){.kind = "test.picky"});
    CHECK_INT(run(), 3);
    CHECK_STR(status(last), "scheduled");
    CHECK_INT(number("SELECT attempts FROM jobs WHERE status = 'scheduled'"), 0);
    CHECK_STR(status(first), "completed");
    CHECK_STR(status(second), "completed");
    end();
}

TEST(no_more_of_a_kind_run_than_it_allows)
{
    static struct process processes[3];
    struct worker worker;
    size_t claimed;
    begin_jobs();
    memset(processes, 0, sizeof processes);
    for (int i = 0; i < 4; i++) job((struct job_spec){.kind = "test.limited"});
    for (size_t i = 0; i < 3; i++) {
        claim(&worker, &processes[i], &claimed);
        CHECK_INT(claimed, i < 2);
    }
    CHECK_OK(bus_process_bury(fixture.store.db, processes[0].id));
    claim(&worker, &processes[2], &claimed);
    CHECK_INT(claimed, 1);
    end();
}

/* Where the end of a job could not be written it would be "running" for as long as its process lives. */
static int failures_left;

static bool fail_to_record(const char *boundary)
{
    bool is_end = boundary && (strcmp(boundary, "before a commit of a job") == 0 || strcmp(boundary, "before recording") == 0);
    return is_end && failures_left-- > 0;
}

TEST(a_job_whose_end_was_not_written_runs_again)
{
    static struct process process;
    struct worker worker = {.process = &process};
    int ran = 0;
    int64_t next = 0;
    begin_jobs();
    process = (struct process){0};
    int64_t id = job((struct job_spec){.kind = "test.plain"});
    worker.db = fixture.store.db;
    arena_init(&worker.arena);
    CHECK_OK(bus_process_register(fixture.store.db, &process));
    failures_left = 2;
    bus_crash_hook = fail_to_record;
    CHECK_INT(bus_turn(&worker, &ran, &next), ERR_INTERNAL);
    bus_crash_hook = NULL;
    CHECK_STR(status(id), "running");
    CHECK_OK(bus_turn(&worker, &ran, &next));
    CHECK_INT(ran, 1);
    CHECK_STR(status(id), "completed");
    arena_dispose(&worker.arena);
    end();
}

TEST(what_a_run_says_is_kept_within_bounds)
{
    begin_jobs();
    job((struct job_spec){.kind = "test.talking"});
    CHECK_INT(run(), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM job_log"), 200);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE result IS NOT NULL"), 1);
    end();
}

/* ---- bad input ---- */

TEST(a_payload_that_is_too_large_or_no_object_is_refused_or_buried)
{
    begin_jobs();
    char *large = malloc(BUS_PAYLOAD_MAX + 1);
    memset(large, ' ', BUS_PAYLOAD_MAX + 1);
    memcpy(large, "{}", 2);
    CHECK_INT(publish((struct job_spec){.kind = "test.plain", .payload = {large, BUS_PAYLOAD_MAX + 1}}, NULL), ERR_TOO_LARGE);
    CHECK_INT(publish((struct job_spec){.kind = "test.plain", .payload = {large, BUS_PAYLOAD_MAX}}, NULL), OK);
    free(large);
    CHECK_INT(publish((struct job_spec){.kind = "test.nothing"}, NULL), ERR_INTERNAL);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    CHECK_INT(run(), 1);
    end();
}

TEST(a_kind_that_an_older_version_does_not_know_waits_for_the_newer)
{
    begin_jobs();
    int64_t unknown = job((struct job_spec){.kind = "test.plain", .priority = -5}), known = job((struct job_spec){.kind = "test.urgent", .priority = BUS_LAST});
    CHECK_OK(bus_init(&older, NULL));
    CHECK_INT(run(), 1);
    CHECK_STR(status(known), "completed");
    CHECK_STR(status(unknown), "queued");
    CHECK_OK(bus_init(&registry, NULL));
    CHECK_INT(run(), 1);
    CHECK_STR(status(unknown), "completed");
    end();
}

TEST(a_clock_that_jumps_loses_no_job)
{
    begin_jobs();
    int64_t delayed = job((struct job_spec){.kind = "test.plain", .run_at = clock_now() + 60 * US_PER_SECOND});
    fixture.now -= 86400 * US_PER_SECOND;
    set_clocks();
    int64_t before = job((struct job_spec){.kind = "test.plain"});
    CHECK_INT(run(), 1);
    CHECK_STR(status(before), "completed");
    fixture.now += 3 * 86400 * US_PER_SECOND;
    set_clocks();
    CHECK_INT(run(), 1);
    CHECK_STR(status(delayed), "completed");
    end();
}

TEST(finished_jobs_are_kept_for_thirty_days)
{
    int64_t next;
    begin_jobs();
    job((struct job_spec){.kind = "test.plain"});
    CHECK_INT(run(), 1);
    job((struct job_spec){.kind = "test.plain", .run_at = clock_now() + 90 * US_PER_DAY});
    pass(29 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 2);
    pass(2 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    end();
}

/* Not when the last job goes with its person, nor when all that are finished are swept. */
TEST(a_number_is_given_once)
{
    int64_t next, changed;
    begin_jobs();
    struct str ann = person("ann@example.org");
    static const struct sql leave = {"test_leave", "DELETE FROM users WHERE id = $1", 1};
    job((struct job_spec){.kind = "test.plain"});
    int64_t hers = job((struct job_spec){.kind = "test.plain", .user_id = ann});
    DO(bus_forget_person(fixture.store.db, ann));
    CHECK_OK(db_exec_count(fixture.store.db, &leave, DB_ARGS(db_uuid(ann)), &changed));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE user_id IS NOT NULL"), 0);
    int64_t after = job((struct job_spec){.kind = "test.plain"});
    CHECK(after > hers);
    CHECK_INT(run(), 2);
    pass(31 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    CHECK(job((struct job_spec){.kind = "test.plain"}) > after);
    end();
}

#define LIMITED_KINDS 40

/* Forty kinds of which each may run once, and one without a limit that is less urgent than they. */
static void begin_many_kinds(void)
{
    static char names[LIMITED_KINDS][20];
    static struct job_kind full[LIMITED_KINDS];
    static const struct job_kind *all[LIMITED_KINDS + 1];
    static struct bus_registry many_kinds;
    for (size_t i = 0; i < LIMITED_KINDS; i++) {
        snprintf(names[i], sizeof names[i], "test.full_%zu", i);
        full[i] = (struct job_kind){.name = names[i], .agent = "test", .work = note_work, .concurrency = 1};
        all[i] = &full[i];
    }
    all[LIMITED_KINDS] = &plain;
    many_kinds = (struct bus_registry){.kinds = all, .kinds_count = LIMITED_KINDS + 1};
    begin(&many_kinds);
    for (size_t i = 0; i < 2 * LIMITED_KINDS; i++) job((struct job_spec){.kind = names[i / 2]});
}

TEST(kinds_at_their_limits_hide_no_other_however_many_they_are)
{
    struct process process = {0};
    struct worker worker;
    size_t claimed = 0;
    begin_many_kinds();
    for (size_t i = 0; i < LIMITED_KINDS; i++) {
        claim(&worker, &process, &claimed);
        CHECK_INT(claimed, 1);
    }
    claim(&worker, &process, &claimed);
    CHECK_INT(claimed, 0);
    int64_t id = job((struct job_spec){.kind = "test.plain", .priority = BUS_LAST});
    claim(&worker, &process, &claimed);
    CHECK_INT(claimed, 1);
    CHECK_STR(status(id), "running");
    end();
}

/* One commit wakes one worker, so the others hear of the rest from him. */
TEST(a_worker_that_leaves_jobs_wakes_the_next_one)
{
    struct process process = {0};
    struct worker worker;
    int ran = 0;
    int64_t next = 0;
    begin(&registry);
    worker = (struct worker){.db = fixture.store.db, .process = &process};
    arena_init(&worker.arena);
    CHECK_OK(bus_process_register(worker.db, &process));
    job((struct job_spec){.kind = "test.plain"});
    job((struct job_spec){.kind = "test.plain"});
    uint64_t before = bus_wake_current();
    CHECK_OK(bus_turn(&worker, &ran, &next));
    CHECK_INT(ran, 1);
    uint64_t after = bus_wake_current();
    CHECK(after != before);
    CHECK_OK(bus_turn(&worker, &ran, &next));
    CHECK_INT(ran, 1);
    CHECK(bus_wake_current() == after); /* nothing is left */
    arena_dispose(&worker.arena);
    end();
}

static struct worker other_thread;

/* Another thread asks for it while one settles, which fails. */
static bool fail_while_another_asks(const char *boundary)
{
    struct look look;
    if (!boundary || strcmp(boundary, "before settling") != 0) return false;
    bus_crash_hook = NULL;
    CHECK_OK(bus_settle(&other_thread, &look));
    CHECK_INT(number("SELECT COUNT(*) FROM job_marks"), 1); /* it is left to the first */
    return true;
}

TEST(settling_that_failed_is_begun_again_though_another_thread_asked_for_it_meanwhile)
{
    static const struct job_lane lane = {.name = "one", .width = 1};
    static const struct job_kind in_lane = {.name = "test.in_lane", .agent = "test", .work = note_work, .lane = &lane};
    static const struct job_kind *const lane_kinds[] = {&in_lane};
    static const struct bus_registry with_lane = {.kinds = lane_kinds, .kinds_count = 1};
    struct process process = {0};
    struct worker worker;
    struct look look;
    begin(&with_lane);
    worker = (struct worker){.db = fixture.store.db, .process = &process};
    arena_init(&worker.arena);
    other_thread = worker;
    int64_t id = job((struct job_spec){.kind = "test.in_lane"});
    bus_crash_hook = fail_while_another_asks;
    CHECK_INT(bus_settle(&worker, &look), ERR_INTERNAL);
    CHECK_STR(status(id), "blocked");
    CHECK_OK(bus_settle(&worker, &look));
    CHECK_STR(status(id), "queued");
    arena_dispose(&worker.arena);
    end();
}
