/* The bus: a lost job is a proof that never appears; a doubled one is a proof stored twice. */
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "bus/internal.h"
#include "db/migrate.h"
#include "json/json.h"
#include "test_store.h"

static int work_runs, apply_runs;
static enum err apply_result;

static enum err count_work(struct job *job)
{
    (void)job;
    work_runs++;
    return OK;
}

static enum err count_apply(struct job *job)
{
    apply_runs++;
    if (apply_result != OK) return err_set(apply_result, "as the test asked");
    buf_append_str(job->result, STR("{\"done\":true}"));
    return OK;
}

static enum err publish_next(struct job *job)
{
    return bus_publish(job->db, job->arena,
                       &(struct event){.type = "SECOND", .payload = STR("{\"name\":\"from the first\"}"), .cause = job}, NULL);
}

static const struct job_kind counting = {.name = "test.count", .agent = "tester", .work = count_work, .apply = count_apply, .max_attempts = 3};
static const struct job_kind chaining = {.name = "test.chain", .agent = "tester", .apply = publish_next, .causes = (const char *const[]){"SECOND", NULL}};
static const struct job_kind *const kinds[] = {&counting, &chaining};
static const char *const tester[] = {"tester", NULL};
static const struct event_type events[] = {
    {.name = "FIRST", .schema = "name:text count:number?", .producers = tester, .consumers = (const char *const[]){"test.chain", NULL}},
    {.name = "SECOND", .schema = "name:text", .producers = tester, .consumers = (const char *const[]){"test.count", NULL}},
};
static const struct bus_registry registry = {.events = events, .events_count = 2, .kinds = kinds, .kinds_count = 2};

static struct test_store store;
static struct arena arena;

static void begin(void)
{
    work_runs = apply_runs = 0;
    apply_result = OK;
    store = (struct test_store){0};
    CHECK(test_store_open(&store, 3));
    CHECK_INT(bus_init(&registry, NULL), OK);
}

static void end(void)
{
    clock_set_for_test(0);
    clock_set_monotonic_for_test(0);
    arena_dispose(&arena);
    test_store_close(&store);
}

static int64_t count(const char *what)
{
    static const struct sql jobs_completed = {"t1", "SELECT COUNT(*) FROM jobs WHERE status = 'completed'", 0};
    static const struct sql jobs_dead = {"t2", "SELECT COUNT(*) FROM jobs WHERE status = 'dead'", 0};
    static const struct sql jobs_all = {"t3", "SELECT COUNT(*) FROM jobs", 0};
    static const struct sql events_open = {"t4", "SELECT COUNT(*) FROM agent_events WHERE status IN ('pending', 'processing')", 0};
    static const struct sql events_failed = {"t5", "SELECT COUNT(*) FROM agent_events WHERE status = 'failed'", 0};
    static const struct sql chains = {"t6", "SELECT COUNT(DISTINCT correlation_id) FROM agent_events", 0};
    const struct {
        const char *name;
        const struct sql *sql;
    } counts[] = {{"completed", &jobs_completed}, {"dead", &jobs_dead},     {"jobs", &jobs_all},
                  {"open events", &events_open},  {"failed events", &events_failed}, {"chains", &chains}};
    int64_t value = -1;
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        if (strcmp(what, counts[i].name) == 0) CHECK_INT(db_query_int(store.db, counts[i].sql, DB_NO_ARGS, &value), OK);
    return value;
}

static enum err publish(const char *type, struct str payload)
{
    CHECK_INT(db_begin(store.db), OK);
    enum err result = bus_publish(store.db, &arena, &(struct event){.type = type, .payload = payload}, NULL);
    if (result == OK) CHECK_INT(db_commit(store.db), OK);
    else db_rollback(store.db);
    return result;
}

TEST(an_event_runs_its_job_and_that_one_the_next)
{
    begin();
    CHECK_INT(publish("FIRST", STR("{\"name\":\"a\"}")), OK);
    int ran = 0;
    CHECK_INT(bus_run_until_idle(store.pool, &ran), OK);
    CHECK_INT(ran, 2);
    CHECK_INT(apply_runs, 1);
    CHECK_INT(count("completed"), 2);
    CHECK_INT(count("open events"), 0);
    CHECK_INT(count("chains"), 1); /* cause and effect share the correlation */
    end();
}

TEST(a_rolled_back_change_leaves_neither_event_nor_job)
{
    begin();
    CHECK_INT(db_begin(store.db), OK);
    CHECK_INT(bus_publish(store.db, &arena, &(struct event){.type = "FIRST", .payload = STR("{\"name\":\"a\"}")}, NULL), OK);
    db_rollback(store.db);
    CHECK_INT(count("jobs"), 0);
    CHECK_INT(count("chains"), 0);
    end();
}

TEST(a_payload_that_does_not_fit_is_refused)
{
    begin();
    CHECK_INT(publish("FIRST", STR("{}")), ERR_INVALID);
    CHECK_INT(publish("FIRST", STR("{\"name\":7}")), ERR_INVALID);
    CHECK_INT(publish("FIRST", STR("{\"name\":\"a\",\"more\":1}")), ERR_INVALID);
    CHECK_INT(publish("FIRST", STR("[1]")), ERR_INVALID);
    CHECK_INT(publish("FIRST", STR("{\"name\":\"a\",\"count\":2.5}")), OK);
    CHECK_INT(publish("NEVER", STR("{}")), ERR_INTERNAL);
    CHECK_INT(count("jobs"), 1);
    end();
}

TEST(a_failing_job_is_tried_again_later_and_buried_at_last)
{
    begin();
    int64_t now = clock_now();
    apply_result = ERR_UNAVAILABLE;
    CHECK_INT(publish("SECOND", STR("{\"name\":\"a\"}")), OK);
    for (int attempt = 1; attempt <= 3; attempt++) {
        int ran = 0;
        CHECK_INT(bus_run_until_idle(store.pool, &ran), OK);
        CHECK_INT(ran, 1); /* the next try waits: it is not run at once */
        now += 3600 * US_PER_SECOND;
        clock_set_for_test(now);
    }
    CHECK_INT(apply_runs, 3);
    CHECK_INT(count("dead"), 1);
    CHECK_INT(count("failed events"), 1);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(apply_runs, 3);
    end();
}

TEST(what_no_second_try_can_mend_is_buried_at_once)
{
    begin();
    apply_result = ERR_INVALID;
    CHECK_INT(publish("SECOND", STR("{\"name\":\"a\"}")), OK);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(apply_runs, 1);
    CHECK_INT(count("dead"), 1);
    end();
}

TEST(a_dead_letter_is_redriven_by_its_person_alone)
{
    static const struct sql insert = {"t8", "INSERT INTO users (id, email, first_name, last_name, created_at, updated_at) VALUES ($1, $2, 'A', 'B', $3, $3)", 3};
    static const struct sql dead = {"t9", "SELECT id FROM jobs WHERE status = 'dead'", 0};
    begin();
    struct str me = uuid_new(&arena), other = uuid_new(&arena);
    int64_t job = 0;
    CHECK_INT(db_exec(store.db, &insert, DB_ARGS(db_uuid(me), db_text(STR("a@example.org")), db_time(clock_now()))), OK);
    apply_result = ERR_INVALID;
    CHECK_INT(db_begin(store.db), OK);
    CHECK_INT(bus_publish(store.db, &arena, &(struct event){.type = "SECOND", .payload = STR("{\"name\":\"a\"}"), .user_id = me}, NULL), OK);
    CHECK_INT(db_commit(store.db), OK);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(count("dead"), 1);
    CHECK_INT(db_query_int(store.db, &dead, DB_NO_ARGS, &job), OK);
    apply_result = OK;
    CHECK_INT(db_begin(store.db), OK);
    CHECK_INT(bus_redrive(store.db, &arena, other, job), ERR_NOT_FOUND);
    CHECK_INT(bus_redrive(store.db, &arena, me, job), OK);
    CHECK_INT(bus_redrive(store.db, &arena, me, job), ERR_NOT_FOUND); /* it waits already */
    CHECK_INT(db_commit(store.db), OK);
    CHECK_INT(count("open events"), 1);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(count("completed"), 1);
    CHECK_INT(count("failed events") + count("open events"), 0);
    end();
}

/* Claims what is ready for a process of its own, and is never heard of again. */
static void claim_and_die(struct process *process, size_t expected)
{
    struct worker worker = {.db = store.db, .process = process};
    struct run *runs = NULL;
    size_t claimed = 0;
    struct look look;
    arena_init(&worker.arena);
    CHECK_INT(bus_process_register(store.db, process), OK);
    CHECK_INT(bus_settle(&worker, &look), OK);
    CHECK_INT(bus_claim(&worker, &look, &runs, &claimed), OK);
    CHECK_INT(claimed, expected);
    arena_dispose(&worker.arena);
}

/* The job comes back when its worker has stood still for long enough, whatever the clock of the wall says, and its effects happen once. */
TEST(a_dead_workers_job_is_taken_over)
{
    static struct process gone, living;
    begin();
    living = (struct process){0};
    CHECK_INT(publish("SECOND", STR("{\"name\":\"a\"}")), OK);
    claim_and_die(&gone, 1);
    int64_t monotonic = clock_monotonic(), now = clock_now();
    CHECK_INT(bus_process_register(store.db, &living), OK);
    CHECK_INT(bus_process_beat(store.db, &living), OK);
    clock_set_for_test(now + 3600 * US_PER_SECOND); /* a clock that jumps takes nobody's jobs away */
    clock_set_monotonic_for_test(monotonic + 29 * US_PER_SECOND);
    CHECK_INT(bus_process_beat(store.db, &living), OK);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(apply_runs, 0);
    clock_set_monotonic_for_test(monotonic + 31 * US_PER_SECOND);
    CHECK_INT(bus_process_beat(store.db, &living), OK);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(apply_runs, 1);
    CHECK_INT(count("completed"), 1);
    end();
}

/* A job that takes its worker down each time must not do so for ever; one that was merely hit by kills must not be given up. */
TEST(a_job_that_kills_its_worker_is_buried_at_last)
{
    static const struct sql attempts = {"t11", "SELECT attempts FROM jobs", 0};
    static const struct sql crashes = {"t12", "SELECT COUNT(*) FROM job_attempts WHERE outcome = 'crashed'", 0};
    static struct process gone;
    begin();
    CHECK_INT(publish("SECOND", STR("{\"name\":\"a\"}")), OK);
    int64_t now = clock_now(), tries = -1, crashed = 0;
    for (int crash = 1; crash <= 20; crash++) {
        claim_and_die(&gone, 1);
        CHECK_INT(bus_process_bury(store.db, gone.id), OK);
        CHECK_INT(count("dead"), crash == 20);
        CHECK_INT(db_query_int(store.db, &attempts, DB_NO_ARGS, &tries), OK);
        CHECK_INT(tries, 0);
        if (crash >= 3 && crash < 20) claim_and_die(&gone, 0); /* it waits a little, so that the server can be used */
        clock_set_for_test(now += 11 * US_PER_SECOND);
    }
    CHECK_INT(db_query_int(store.db, &crashes, DB_NO_ARGS, &crashed), OK);
    CHECK_INT(crashed, 20);
    CHECK_INT(bus_run_until_idle(store.pool, NULL), OK);
    CHECK_INT(count("failed events"), 1);
    end();
}

TEST(one_key_one_job)
{
    begin();
    int64_t first = 0, again = 0;
    CHECK_INT(db_begin(store.db), OK);
    CHECK_INT(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.count", .key = STR("daily 2026-03-12")}, &first), OK);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.count", .key = STR("daily 2026-03-12")}, &again), OK);
        CHECK_INT(again, first);
    }
    CHECK_INT(db_commit(store.db), OK);
    CHECK_INT(count("jobs"), 1);
    CHECK_INT(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.none"}, NULL), ERR_INTERNAL);
    end();
}

static const char *const nobody[] = {"test.missing", NULL};

TEST(a_registry_with_mistakes_is_refused)
{
    static const struct event_type wrong[] = {
        {.name = "A", .schema = "", .producers = tester, .audit = "nobody"},
        {.name = "B", .schema = "x:wrong", .producers = tester, .audit = "nobody"},
        {.name = "C", .schema = "x:text", .audit = "nobody"},
        {.name = "D", .schema = "x:text", .producers = tester},
        {.name = "E", .schema = "x:text", .producers = tester, .consumers = nobody},
    };
    log_set_level(LOG_LEVEL_COUNT);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct bus_registry bad = {.events = &wrong[i], .events_count = 1, .kinds = kinds, .kinds_count = 1};
        CHECK_INT(bus_init(&bad, NULL), ERR_INTERNAL);
    }
    log_set_level(LOG_INFO);
    CHECK_INT(bus_init(&registry, NULL), OK);
}

/* Loops must end: kinds that could cause each other for ever do not start. */
TEST(kinds_that_cause_each_other_are_refused)
{
    static const char *const ping[] = {"test.ping", NULL}, *const pong[] = {"test.pong", NULL}, *const hit[] = {"HIT", NULL}, *const missed[] = {"MISSED", NULL};
    static const struct event_type rally[] = {{.name = "HIT", .schema = "x:text", .producers = tester, .consumers = ping}};
    static const struct job_kind pinging = {.name = "test.ping", .agent = "tester", .apply = count_apply, .causes = pong},
                                 ponging = {.name = "test.pong", .agent = "tester", .apply = count_apply, .causes = hit},
                                 quiet = {.name = "test.pong", .agent = "tester", .apply = count_apply},
                                 lost = {.name = "test.pong", .agent = "tester", .apply = count_apply, .causes = missed},
                                 foreign = {.name = "test.pong", .agent = "somebody", .apply = count_apply, .causes = hit};
    static const struct job_kind *const seconds[] = {&quiet, &ponging, &lost, &foreign};
    log_set_level(LOG_LEVEL_COUNT);
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        const struct job_kind *two[] = {&pinging, seconds[i]};
        struct bus_registry game = {.events = rally, .events_count = 1, .kinds = two, .kinds_count = 2};
        CHECK_INT(bus_init(&game, NULL), i == 0 ? OK : ERR_INTERNAL);
    }
    log_set_level(LOG_INFO);
    CHECK_INT(bus_init(&registry, NULL), OK);
}

static enum err publish_second(struct db *db, void *cause)
{
    const struct event event = {.type = "SECOND", .payload = STR_INIT("{\"name\":\"x\"}"), .cause = cause};
    return bus_publish(db, &arena, &event, NULL);
}

TEST(a_job_publishes_and_enqueues_only_what_its_kind_declares)
{
    begin();
    struct job honest = {.kind = &chaining}, other = {.kind = &counting};
    CHECK_OK(db_transaction(store.db, publish_second, &honest));
    CHECK_INT(db_transaction(store.db, publish_second, &other), ERR_INTERNAL);
    CHECK_INT(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.count", .cause = &honest}, NULL), ERR_INTERNAL);
    end();
}

/* So the chain of causes goes on, and the event is open until that job has ended, too. */
TEST(a_job_that_a_job_enqueues_is_of_the_same_event)
{
    const struct job_kind handing_on = {.name = "test.hand_on", .agent = "tester", .causes = (const char *const[]){"test.count", NULL}};
    static const struct sql of_event = {"t7", "SELECT COUNT(*) FROM jobs WHERE event_id = $1", 1};
    struct str event_id;
    int64_t before, after;
    begin();
    CHECK_OK(db_begin(store.db));
    CHECK_OK(bus_publish(store.db, &arena, &(struct event){.type = "SECOND", .payload = STR("{\"name\":\"a\"}")}, &event_id));
    CHECK_OK(db_commit(store.db));
    CHECK_OK(db_query_int(store.db, &of_event, DB_ARGS(db_uuid(event_id)), &before));
    struct job cause = {.kind = &handing_on, .event_id = event_id};
    CHECK_OK(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.count", .cause = &cause}, NULL));
    cause.user_id = STR("018f0000-0000-7000-8000-000000000001"); /* a person's event would take along what is not theirs when they go */
    CHECK_OK(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "test.count", .cause = &cause}, NULL));
    CHECK_OK(db_query_int(store.db, &of_event, DB_ARGS(db_uuid(event_id)), &after));
    CHECK_INT(after - before, 1);
    end();
}

struct bulk {
    struct event *events;
    size_t count;
};

static enum err publish_bulk(struct db *db, void *argument)
{
    const struct bulk *bulk = argument;
    return bus_publish_many(db, &arena, bulk->events, bulk->count);
}

static struct event *make_events(size_t count)
{
    struct event *made = arena_array(&arena, struct event, count);
    for (size_t i = 0; i < count; i++) made[i] = (struct event){.type = "SECOND", .payload = str_format(&arena, "{\"name\":\"%zu\"}", i), .summary = STR("One of many.")};
    return made;
}

TEST(many_events_are_published_in_as_many_statements_as_one)
{
    static const struct sql own = {"own", "SELECT COUNT(*) FROM agent_events e JOIN jobs j ON j.event_id = e.id WHERE e.correlation_id = e.id AND e.status = 'pending' AND "
                                          "e.source_agent = 'tester' AND e.target_agent = 'tester' AND j.kind = 'test.count' AND j.status = 'queued'", 0};
    static const struct sql ended = {"ended", "SELECT COUNT(*) FROM agent_events WHERE status = 'completed'", 0};
    int64_t found = 0;
    int ran = 0;
    begin();
    uint64_t before = db_statement_count(store.db), few, many;
    CHECK_OK(db_transaction(store.db, publish_bulk, &(struct bulk){make_events(2), 2}));
    few = db_statement_count(store.db) - before;
    before = db_statement_count(store.db);
    CHECK_OK(db_transaction(store.db, publish_bulk, &(struct bulk){make_events(BUS_PUBLISH_MAX), BUS_PUBLISH_MAX}));
    many = db_statement_count(store.db) - before;
    CHECK_INT((int64_t)many, (int64_t)few);
    CHECK_OK(db_query_int(store.db, &own, DB_NO_ARGS, &found));
    CHECK_INT(found, BUS_PUBLISH_MAX + 2);
    CHECK_OK(bus_run_until_idle(store.pool, &ran));
    CHECK_INT(ran, BUS_PUBLISH_MAX + 2);
    CHECK_INT(apply_runs, BUS_PUBLISH_MAX + 2);
    CHECK_OK(db_query_int(store.db, &ended, DB_NO_ARGS, &found));
    CHECK_INT(found, BUS_PUBLISH_MAX + 2);
    end();
}

TEST(many_events_are_all_published_or_none)
{
    static const struct sql all = {"all", "SELECT (SELECT COUNT(*) FROM agent_events) + (SELECT COUNT(*) FROM jobs)", 0};
    int64_t found = -1;
    begin();
    struct event *made = make_events(BUS_PUBLISH_MAX + 1);
    CHECK_OK(db_transaction(store.db, publish_bulk, &(struct bulk){made, 0}));
    CHECK_INT(db_transaction(store.db, publish_bulk, &(struct bulk){made, BUS_PUBLISH_MAX + 1}), ERR_TOO_LARGE);
    made[2].payload = STR("{\"name\":3}");
    CHECK_INT(db_transaction(store.db, publish_bulk, &(struct bulk){made, 3}), ERR_INVALID);
    made[1].type = "FIRST";
    CHECK_INT(db_transaction(store.db, publish_bulk, &(struct bulk){made, 2}), ERR_INTERNAL);
    CHECK_OK(db_query_int(store.db, &all, DB_NO_ARGS, &found));
    CHECK_INT(found, 0);
    end();
}
