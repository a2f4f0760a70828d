/* Publishing: what a key does to a second job with it, and many jobs at once. */
#include "bus_fixture.h"

static struct str last_payload;

static enum err note_payload(struct job *job)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_format(&text, "%" PRId64, json_get_int(job->payload, "n", -1));
    last_payload = str_copy(&fixture.arena, buf_str(&text));
    return note_run(job);
}

static const struct job_lane lane = {.name = "one", .field = "lane", .width = 1};
static const struct job_kind plain = {.name = "test.plain", .agent = "test", .work = note_payload};
static const struct job_kind in_lane = {.name = "test.in_lane", .agent = "test", .work = note_payload, .lane = &lane};
static const struct job_kind *const kinds[] = {&plain, &in_lane};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static struct job_spec with_key(enum job_key_use use, const char *payload)
{
    return (struct job_spec){.kind = "test.plain", .key = STR("k"), .key_use = use, .key_seconds = 100, .payload = str_from(payload)};
}

TEST(an_idempotency_key_lasts_as_long_as_it_says)
{
    begin(&registry);
    int64_t first = job(with_key(JOB_KEY_ONCE, "{\"n\":1}"));
    CHECK_INT(run(), 1);
    pass(99);
    CHECK_INT(job(with_key(JOB_KEY_ONCE, "{\"n\":2}")), first);
    pass(1);
    CHECK(job(with_key(JOB_KEY_ONCE, "{\"n\":3}")) != first);
    CHECK_INT(run(), 1);
    CHECK_STR(last_payload, "3");
    end();
}

TEST(a_key_that_lasts_longer_than_its_job_is_kept_is_kept_with_it)
{
    int64_t next;
    struct job_spec spec = with_key(JOB_KEY_ONCE, "{}");
    begin(&registry);
    spec.key_seconds = 60 * 86400;
    int64_t first = job(spec);
    CHECK_INT(run(), 1);
    pass(40 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK_INT(job(spec), first);
    pass(21 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next));
    CHECK(job(spec) != first || number("SELECT COUNT(*) FROM jobs WHERE status = 'queued'") == 1); /* SQLite gives the number again */
    end();
}

TEST(a_unique_job_is_there_once_while_it_is_not_finished)
{
    begin(&registry);
    fixture.result = ERR_UNAVAILABLE;
    int64_t first = job(with_key(JOB_KEY_UNFINISHED, "{\"n\":1}"));
    CHECK_INT(job(with_key(JOB_KEY_UNFINISHED, "{\"n\":2}")), first);
    CHECK_INT(run(), 1);
    CHECK_INT(job(with_key(JOB_KEY_UNFINISHED, "{\"n\":3}")), first); /* it waits to be tried again */
    fixture.result = OK;
    pass(3600);
    CHECK_INT(run(), 1);
    CHECK(job(with_key(JOB_KEY_UNFINISHED, "{\"n\":4}")) != first);
    end();
}

TEST(a_debounced_job_runs_once_with_the_last_payload)
{
    begin(&registry);
    struct job_spec spec = with_key(JOB_KEY_DEBOUNCE, "{\"n\":1}");
    spec.run_at = clock_now() + 10 * US_PER_SECOND;
    int64_t first = job(spec);
    pass(5);
    spec.payload = STR("{\"n\":2}");
    spec.run_at = clock_now() + 10 * US_PER_SECOND;
    CHECK_INT(job(spec), first);
    pass(9);
    CHECK_INT(run(), 0); /* put off */
    pass(1);
    CHECK_INT(run(), 1);
    CHECK_STR(last_payload, "2");
    spec.run_at = 0;
    CHECK(job(spec) != first);
    end();
}

/* Whoever goes on asking does not put it off for ever. */
TEST(a_debounced_job_is_put_off_only_so_long)
{
    begin(&registry);
    struct job_spec spec = with_key(JOB_KEY_DEBOUNCE, "{\"n\":1}");
    for (int i = 0; i < 12; i++) {
        spec.run_at = clock_now() + 10 * US_PER_SECOND;
        job(spec);
        pass(9);
    }
    CHECK_INT(run(), 1);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    end();
}

/* It has begun with its payload, and steps of it may be done. */
TEST(a_debounced_job_that_is_tried_again_keeps_its_payload)
{
    begin(&registry);
    fixture.result = ERR_UNAVAILABLE;
    int64_t first = job(with_key(JOB_KEY_DEBOUNCE, "{\"n\":1}"));
    CHECK_INT(run(), 1);
    int64_t second = job(with_key(JOB_KEY_DEBOUNCE, "{\"n\":2}"));
    CHECK(second != first);
    fixture.result = OK;
    pass(3600);
    CHECK_INT(run(), 2);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 2);
    end();
}

TEST(a_debounced_job_that_waits_for_another_gets_the_last_payload)
{
    begin(&registry);
    int64_t needed = job((struct job_spec){.kind = "test.plain", .run_at = clock_now() + US_PER_SECOND});
    struct job_spec spec = with_key(JOB_KEY_DEBOUNCE, "{\"n\":1}");
    spec.needs = &needed;
    spec.needs_count = 1;
    int64_t first = job(spec);
    spec.payload = STR("{\"n\":2}");
    CHECK_INT(job(spec), first);
    CHECK_STR(status(first), "waiting");
    pass(2);
    CHECK_INT(run(), 2);
    CHECK_STR(last_payload, "2");
    end();
}

TEST(a_debounced_job_gives_its_place_in_the_lane_to_others)
{
    begin(&registry);
    struct job_spec spec = {.kind = "test.in_lane", .key = STR("k"), .key_use = JOB_KEY_DEBOUNCE, .payload = STR("{\"lane\":\"a\",\"n\":1}"), .key_seconds = 100};
    struct worker worker;
    static struct process process;
    struct look look;
    process = (struct process){0};
    int64_t first = job(spec), other = job((struct job_spec){.kind = "test.in_lane", .payload = STR("{\"lane\":\"a\",\"n\":9}")});
    worker = (struct worker){.db = fixture.store.db, .process = &process};
    arena_init(&worker.arena);
    CHECK_OK(bus_settle(&worker, &look));
    arena_dispose(&worker.arena);
    CHECK_STR(status(first), "queued");
    spec.run_at = clock_now() + 60 * US_PER_SECOND;
    CHECK_INT(job(spec), first);
    CHECK_INT(run(), 1);
    CHECK_STR(status(other), "completed");
    pass(60);
    CHECK_INT(run(), 1);
    end();
}

TEST(a_rolled_back_key_is_free)
{
    int64_t id;
    struct job_spec spec = with_key(JOB_KEY_ONCE, "{\"n\":1}");
    begin(&registry);
    CHECK_OK(db_begin(fixture.store.db));
    CHECK_OK(bus_enqueue(fixture.store.db, &fixture.arena, &spec, &id));
    db_rollback(fixture.store.db);
    job(spec);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    end();
}

/* ---- many at once ---- */

TEST(many_jobs_are_published_in_one_statement_and_in_order)
{
    struct job_spec specs[200];
    int64_t ids[200];
    begin(&registry);
    for (int i = 0; i < 200; i++) specs[i] = (struct job_spec){.kind = "test.plain", .payload = str_format(&fixture.arena, "{\"n\":%d}", i)};
    uint64_t before = db_statement_count(fixture.store.db);
    DO(bus_enqueue_many(fixture.store.db, &fixture.arena, specs, 200, ids));
    CHECK(db_statement_count(fixture.store.db) - before < 6);
    CHECK_INT(run(), 200);
    for (int i = 0; i < 200; i++) CHECK_INT(fixture.ran[i], ids[i]);
    CHECK_STR(last_payload, "199");
    end();
}

TEST(many_jobs_with_keys_or_needs_or_of_an_unknown_kind_are_refused)
{
    begin(&registry);
    int64_t needed = job((struct job_spec){.kind = "test.plain"});
    const struct job_spec wrong[] = {
        {.kind = "test.plain", .key = STR("k")}, {.kind = "test.plain", .needs = &needed, .needs_count = 1}, {.kind = "test.none"}, {.kind = "test.in_lane"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_OK(db_begin(fixture.store.db));
        CHECK(bus_enqueue_many(fixture.store.db, &fixture.arena, &wrong[i], 1, NULL) != OK);
        db_rollback(fixture.store.db);
    }
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 1);
    end();
}
