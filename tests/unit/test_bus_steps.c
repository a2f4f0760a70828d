/* Durable steps: what a job has done is not done again, and it can wait for days without a worker. */
#include "bus_fixture.h"

static int thinks, stores, fails_left;
static struct str heard;
static bool is_approved;
static enum err waited;

static enum err think(struct job *job, void *argument, struct buf *result)
{
    (void)job;
    (void)argument;
    thinks++;
    buf_append_str(result, STR("42"));
    return OK;
}

static enum err store(struct job *job, void *argument, struct buf *result)
{
    (void)argument;
    (void)result;
    static const struct sql sql = {"test_store", "INSERT INTO test_effects (job_id) VALUES ($1)", 1};
    stores++;
    TRY(db_exec(job->db, &sql, DB_ARGS(db_int(job->id))));
    return fails_left-- > 0 ? err_set(ERR_UNAVAILABLE, "after the effect") : OK;
}

static enum err slow(struct job *job, void *argument)
{
    (void)argument;
    CHECK(!db_in_transaction(job->db));
    thinks++;
    return OK;
}

static enum err overflow(struct job *job, void *argument, struct buf *result)
{
    (void)job;
    (void)argument;
    for (size_t i = 0; i <= BUS_PAYLOAD_MAX; i++) buf_append_char(result, ' ');
    return OK;
}

static enum err walk(struct job *job)
{
    struct str result;
    TRY(note_run(job));
    TRY(job_step(job, "think", think, NULL, &result));
    CHECK_STR(result, "42");
    TRY(job_step_apply(job, "store", store, NULL, &result));
    CHECK_STR(result, "null");
    return job_step_sleep(job, "sleep", 3 * 86400);
}

static enum err walk_in_two(struct job *job)
{
    struct str result;
    TRY(job_step_work(job, "both", slow, store, NULL, &result));
    CHECK_STR(result, "null");
    return job_step_sleep(job, "sleep", 60);
}

static enum err repeat(struct job *job)
{
    TRY(job_step(job, "think", think, NULL, NULL));
    return job_step(job, "think", think, NULL, NULL);
}

static enum err say_too_much(struct job *job) { return job_step(job, "much", overflow, NULL, NULL); }
static enum err name_badly(struct job *job) { return job_step(job, "", think, NULL, NULL); }
static enum err wait_for_nothing(struct job *job) { return job_step_event(job, "event", "UNHEARD", STR("x"), 60, NULL); }

static enum err await(struct job *job)
{
    struct str payload = {0};
    waited = job_step_event(job, "event", "TOLD", json_get_str(job->payload, "value"), 3600, &payload);
    if (waited == ERR_CANCELLED) return waited;
    heard = str_copy(&fixture.arena, payload);
    return note_run(job);
}

static enum err ask(struct job *job)
{
    waited = job_step_approval(job, "ask", STR("Shall it be?"), 3600, &is_approved);
    return waited == ERR_CANCELLED ? waited : note_run(job);
}

static const struct job_lane lane = {.name = "one", .width = 1, .ordered = true};
static const struct job_kind walking = {.name = "test.walk", .agent = "test", .work = walk};
static const struct job_kind walking_in_two = {.name = "test.in_two", .agent = "test", .work = walk_in_two};
static const struct job_kind repeating = {.name = "test.repeat", .agent = "test", .work = repeat, .max_attempts = 1};
static const struct job_kind wordy = {.name = "test.wordy", .agent = "test", .work = say_too_much};
static const struct job_kind nameless = {.name = "test.nameless", .agent = "test", .work = name_badly, .max_attempts = 1};
static const struct job_kind deaf = {.name = "test.deaf", .agent = "test", .work = wait_for_nothing, .max_attempts = 1};
static const struct job_kind awaiting = {.name = "test.await", .agent = "test", .work = await};
static const struct job_kind asking = {.name = "test.ask", .agent = "test", .work = ask};
static const struct job_kind in_lane = {.name = "test.in_lane", .agent = "test", .work = await, .lane = &lane};
static const struct job_kind *const kinds[] = {&walking, &walking_in_two, &repeating, &wordy, &nameless, &deaf, &awaiting, &asking, &in_lane};
static const char *const test[] = {"test", NULL};
static const struct event_type events[] = {
    {.name = "TOLD", .schema = "value:key words:text", .producers = test, .audit = "steps", .is_awaited = true},
    {.name = "UNHEARD", .schema = "value:key", .producers = test, .audit = "nobody"},
};
static const struct bus_registry registry = {.events = events, .events_count = 2, .kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static void begin_steps(void)
{
    thinks = stores = fails_left = 0;
    heard = (struct str){0};
    is_approved = false;
    waited = OK;
    begin(&registry);
    exec("CREATE TABLE test_effects (job_id BIGINT NOT NULL)");
}

static int64_t awaiting_job(const char *kind) { return job((struct job_spec){.kind = kind, .payload = STR("{\"value\":\"a\"}")}); }

static void tell(const char *value)
{
    struct str payload = str_format(&fixture.arena, "{\"value\":\"%s\",\"words\":\"to %s\"}", value, value);
    DO(bus_publish(fixture.store.db, &fixture.arena, &(struct event){.type = "TOLD", .payload = payload}, NULL));
}

TEST(a_finished_step_is_not_done_again)
{
    begin_steps();
    int64_t id = job((struct job_spec){.kind = "test.walk"});
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "scheduled");
    CHECK_INT(number("SELECT attempts FROM jobs"), 0); /* to sleep is no try */
    pass(3 * 86400 - 1);
    CHECK_INT(run(), 0);
    pass(1);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(thinks, 1);
    CHECK_INT(stores, 1);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 1);
    end();
}

TEST(a_step_of_two_parts_is_repeated_whole_until_it_is_finished)
{
    begin_steps();
    fails_left = 1; /* in its second part */
    int64_t id = job((struct job_spec){.kind = "test.in_two"});
    CHECK_INT(run(), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 0);
    pass(60);
    CHECK_INT(run(), 1); /* it sleeps now */
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(thinks, 2);
    CHECK_INT(stores, 2);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 1);
    end();
}

TEST(a_step_that_fails_after_its_effect_leaves_no_effect)
{
    begin_steps();
    fails_left = 1;
    job((struct job_spec){.kind = "test.walk"});
    CHECK_INT(run(), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 0);
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_INT(thinks, 1);
    CHECK_INT(stores, 2);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 1);
    end();
}

TEST(mistakes_with_steps_are_errors_at_once)
{
    static const char *const wrong[] = {"test.repeat", "test.wordy", "test.nameless", "test.deaf"};
    begin_steps();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t id = job((struct job_spec){.kind = wrong[i]});
        CHECK_INT(run(), 1);
        CHECK_STR(status(id), "dead");
    }
    CHECK_INT(thinks, 1);
    end();
}

TEST(a_step_gets_the_event_that_it_waits_for_and_no_other)
{
    begin_steps();
    int64_t id = awaiting_job("test.await");
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "waiting");
    tell("b");
    CHECK_INT(run(), 0);
    tell("a");
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(waited, OK);
    struct json *told CLEANUP(json_free_at) = NULL;
    CHECK_OK(json_parse(heard, BUS_PAYLOAD_MAX, &told));
    CHECK_STR(json_get_str(told, "words"), "to a");
    CHECK_INT(number("SELECT COUNT(*) FROM job_waits"), 0);
    end();
}

/* Between the job's publishing and its step. One from before is another story's. */
TEST(an_event_that_came_before_the_step_is_not_lost)
{
    begin_steps();
    tell("a");
    pass(1);
    awaiting_job("test.await");
    CHECK_INT(run(), 1);
    CHECK_INT(fixture.ran_count, 0);
    pass(3601);
    CHECK_INT(run(), 1);
    CHECK_INT(waited, ERR_TIMEOUT);
    awaiting_job("test.await");
    tell("a");
    CHECK_INT(run(), 2);
    CHECK_INT(waited, OK);
    end();
}

static void put_clock(int64_t seconds)
{
    fixture.now += seconds * US_PER_SECOND;
    set_clocks();
}

/* Nodes whose clocks differ by an hour publish the job and the event. */
TEST(what_came_first_is_not_told_by_the_clocks)
{
    begin_steps();
    put_clock(3600);
    tell("a"); /* before the job, by a node that is fast */
    put_clock(-3600);
    awaiting_job("test.await");
    CHECK_INT(run(), 1);
    CHECK_INT(fixture.ran_count, 0);
    exec("DELETE FROM jobs");
    put_clock(3600);
    awaiting_job("test.await"); /* by the fast one, and then the event by one that is not */
    put_clock(-1800);
    DO(bus_publish(fixture.store.db, &fixture.arena, &(struct event){.type = "TOLD", .payload = STR("{\"value\":\"a\",\"words\":\"first\"}")}, NULL));
    put_clock(-1800);
    tell("a");
    CHECK_INT(run(), 2);
    CHECK_INT(fixture.ran_count, 1);
    CHECK_INT(waited, OK);
    CHECK(str_find(heard, STR("first"), 0) != STR_NPOS);
    end();
}

static enum err publish_told(struct db *db, void *unused)
{
    (void)unused;
    return bus_publish(db, &fixture.arena, &(struct event){.type = "TOLD", .payload = STR("{\"value\":\"a\",\"words\":\"to a\"}")}, NULL);
}

/* The step begins to wait while the event's transaction is open, which has looked for those that wait. */
TEST(an_event_that_commits_after_the_step_began_to_wait_finds_it)
{
    int reruns = 0;
    begin_steps();
    if (!test_store_is_postgres()) {
        end();
        SKIP("on SQLite transactions do not overlap");
    }
    int64_t id = awaiting_job("test.await");
    CHECK_OK(db_begin(fixture.store.db));
    CHECK_OK(publish_told(fixture.store.db, NULL));
    CHECK_INT(run(), 1);
    CHECK(db_commit(fixture.store.db) != OK);
    db_rollback(fixture.store.db);
    CHECK(db_may_rerun(fixture.store.db, &reruns));
    CHECK_STR(status(id), "waiting");
    CHECK_OK(db_transaction(fixture.store.db, publish_told, NULL));
    CHECK_INT(run(), 1);
    CHECK_INT(waited, OK);
    CHECK_STR(status(id), "completed");
    end();
}

static bool is_told;

static bool tell_before_the_commit(const char *boundary)
{
    if (!boundary || strcmp(boundary, "before a commit of an end") != 0 || is_told) return false;
    is_told = true;
    DO(publish_told(fixture.store.db, NULL));
    return false;
}

/* The event commits after the step has looked for it, and before it waits. */
TEST(a_step_that_begins_to_wait_after_the_event_committed_finds_it)
{
    begin_steps();
    if (!test_store_is_postgres()) {
        end();
        SKIP("on SQLite transactions do not overlap");
    }
    is_told = false;
    int64_t id = awaiting_job("test.await");
    bus_crash_hook = tell_before_the_commit;
    CHECK_INT(run(), 2);
    CHECK(is_told);
    CHECK_INT(waited, OK);
    CHECK_STR(status(id), "completed");
    end();
}

TEST(a_step_that_waited_in_vain_times_out_once_and_for_all)
{
    begin_steps();
    int64_t id = awaiting_job("test.await");
    CHECK_INT(run(), 1);
    pass(3599);
    CHECK_INT(run(), 0);
    pass(1);
    CHECK_INT(run(), 1);
    CHECK_INT(waited, ERR_TIMEOUT);
    tell("a");
    CHECK_INT(run(), 0);
    CHECK_STR(status(id), "completed");
    end();
}

TEST(the_clock_put_back_ends_no_wait_early)
{
    begin_steps();
    awaiting_job("test.await");
    CHECK_INT(run(), 1);
    pass(3600);
    struct process process = {0};
    struct worker worker = {.db = fixture.store.db, .process = &process};
    struct look look;
    arena_init(&worker.arena);
    CHECK_OK(bus_settle(&worker, &look)); /* its time has come */
    arena_dispose(&worker.arena);
    fixture.now -= 1800 * US_PER_SECOND;
    set_clocks();
    CHECK_INT(run(), 1);
    CHECK_INT(fixture.ran_count, 0); /* and is not yet there again */
    tell("a");
    CHECK_INT(run(), 1);
    CHECK_INT(waited, OK);
    end();
}

TEST(a_waiting_job_keeps_its_place_in_an_ordered_lane)
{
    begin_steps();
    int64_t first = awaiting_job("test.in_lane"), second = awaiting_job("test.in_lane");
    CHECK_INT(run(), 1);
    CHECK_STR(status(second), "blocked");
    tell("a");
    CHECK_INT(run(), 3); /* the second looks, finds the event as well, since it came after its publishing, and goes on */
    CHECK_INT(fixture.ran[0], first);
    CHECK_INT(fixture.ran[1], second);
    end();
}

TEST(only_the_person_who_was_asked_answers_and_only_while_the_job_waits)
{
    begin_steps();
    struct str me = person("me@example.org"), other = person("other@example.org");
    int64_t id = job((struct job_spec){.kind = "test.ask", .user_id = me}), late = job((struct job_spec){.kind = "test.ask", .user_id = me});
    CHECK_INT(run(), 2);
    DO(bus_cancel(fixture.store.db, late));
    CHECK_OK(db_begin(fixture.store.db));
    CHECK_INT(bus_answer(fixture.store.db, other, id, STR("ask"), true), ERR_NOT_FOUND);
    CHECK_INT(bus_answer(fixture.store.db, me, id, STR("else"), true), ERR_NOT_FOUND);
    CHECK_INT(bus_answer(fixture.store.db, me, late, STR("ask"), true), ERR_NOT_FOUND);
    CHECK_OK(bus_answer(fixture.store.db, me, id, STR("ask"), true));
    CHECK_INT(bus_answer(fixture.store.db, me, id, STR("ask"), false), ERR_NOT_FOUND); /* it is answered */
    CHECK_OK(db_commit(fixture.store.db));
    CHECK_INT(run(), 1);
    CHECK_INT(waited, OK);
    CHECK(is_approved);
    end();
}

static struct str asked_person;
static int64_t asked_job;

/* The answer comes after the step has seen that there is none, and before it says so. */
static bool answer_at_the_last_moment(const char *boundary)
{
    if (!boundary || strcmp(boundary, "before a wait ends") != 0 || !asked_job) return false;
    int64_t id = asked_job;
    asked_job = 0;
    DO(bus_answer(fixture.store.db, asked_person, id, STR("ask"), true));
    return false;
}

TEST(an_answer_that_was_taken_is_not_lost_to_the_time_out)
{
    begin_steps();
    asked_person = person("me@example.org");
    asked_job = job((struct job_spec){.kind = "test.ask", .user_id = asked_person});
    CHECK_INT(run(), 1);
    pass(3600);
    bus_crash_hook = answer_at_the_last_moment;
    CHECK_INT(run(), 1);
    CHECK_INT(asked_job, 0);
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_INT(waited, OK);
    CHECK(is_approved);
    end();
}

TEST(a_person_is_told_once_that_an_answer_is_needed)
{
    begin_steps();
    struct str me = person("me@example.org");
    int64_t id = job((struct job_spec){.kind = "test.ask", .user_id = me});
    CHECK_INT(run(), 1);
    CHECK_STR(text_of("SELECT title || '|' || body || '|' || url FROM notifications WHERE user_id = $1", DB_ARGS(db_uuid(me))), "Your answer is needed|Shall it be?|/activity");
    exec("UPDATE jobs SET status = 'queued'"); /* it looks again, as after a change of clocks */
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "waiting");
    CHECK_INT(number("SELECT COUNT(*) FROM notifications"), 1);
    DO(bus_answer(fixture.store.db, me, id, STR("ask"), true));
    CHECK_INT(run(), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM notifications"), 1);
    end();
}

/* The answer comes after the step has looked for it, and before its job is put aside. */
static bool answer_meanwhile(const char *boundary)
{
    if (!boundary || strcmp(boundary, "before recording") != 0 || !asked_job) return false;
    int64_t id = asked_job;
    asked_job = 0;
    DO(bus_answer(fixture.store.db, asked_person, id, STR("ask"), true));
    return false;
}

TEST(an_answer_that_comes_while_the_job_looks_again_is_heard_at_once)
{
    begin_steps();
    asked_person = person("me@example.org");
    asked_job = job((struct job_spec){.kind = "test.ask", .user_id = asked_person});
    int64_t id = asked_job;
    CHECK_INT(run(), 1);
    exec("UPDATE jobs SET status = 'queued'");
    bus_crash_hook = answer_meanwhile;
    CHECK_INT(run(), 2);
    CHECK_INT(asked_job, 0);
    CHECK_STR(status(id), "completed");
    CHECK(is_approved);
    CHECK_INT(number("SELECT COUNT(*) FROM notifications"), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM job_waits"), 0);
    end();
}

TEST(nobody_can_be_asked_for_nobodys_job)
{
    begin_steps();
    job((struct job_spec){.kind = "test.ask"});
    CHECK_INT(run(), 1);
    CHECK_INT(waited, ERR_INTERNAL);
    end();
}

TEST(a_redriven_job_goes_on_after_its_finished_steps)
{
    int64_t count = 0;
    begin_steps();
    fails_left = 5;
    int64_t id = job((struct job_spec){.kind = "test.walk"});
    for (int i = 0; i < 5; i++) {
        CHECK_INT(run(), 1);
        pass(3600);
    }
    CHECK_STR(status(id), "dead");
    DO(bus_redrive_dead(fixture.store.db, NULL, id, 1, &count));
    CHECK_INT(run(), 1);
    pass(3 * 86400);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(thinks, 1);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 1);
    end();
}
