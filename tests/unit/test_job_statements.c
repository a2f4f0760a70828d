/* No job asks the store once for each thing that there is: every kind of job is run on a store with little and on one with three times as much of everything,
 * and runs as many statements on both. A new kind fails here until somebody says how it is run. Events cause no jobs here, so that what is counted is one job's.
 */
#include "agents/registry.h"
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "features/jobs/import.h"
#include "features/jobs/matches.h"
#include "test.h"
#include "test_store.h"

#define FEW 6 /* more than the matches that are told in one run */
#define MANY 18
#define SOME (-1)
#define USER "01900000-0000-7000-8000-000000000001"
#define INTERVIEW "01900000-0000-7000-8000-000000000002"
#define LISTING "01900000-0000-7000-8000-000000000003"
#define APPLICATION "01900000-0000-7000-8000-000000000004"
#define REJECTION "01900000-0000-7000-8000-000000000005"
#define BY_PERSON "{\"user_id\":\"" USER "\"}"

static const char *const skills[MANY] = {"python", "sql", "docker", "java", "kubernetes", "react", "typescript", "javascript", "postgresql",
                                         "redis", "mongodb", "terraform", "ansible", "jenkins", "django", "mysql", "elasticsearch", "tableau"};

static const struct sql insert_roadmap = {
    "t_roadmap", "INSERT INTO roadmaps (id, user_id, title, target_role, status, created_at, updated_at) VALUES ($1, $1, 'Mine', 'Data engineer', 'active', $2, $2)", 2};
static const struct sql insert_listing = {
    "t_listing", "INSERT INTO job_listings (id, source, external_id, title, first_seen_at, created_at, updated_at) VALUES ($1, 'test', 'fits', 'Data Engineer', $2, $2, $2)", 2};
static const struct sql ask_for_all = {"t_ask", "INSERT INTO job_listing_skills (job_listing_id, skill_id) SELECT $1, skill_id FROM user_skills", 1};
static const struct sql want_drafts = {"t_want", "UPDATE user_profiles SET wants_drafts = TRUE", 0};
static const struct sql insert_application = {
    "t_application", "INSERT INTO job_applications (id, user_id, job_listing_id, title, status, created_at, updated_at) VALUES ($1, $2, $3, 'Any', 'rejected', $4, $4)", 4};
static const struct sql insert_rejection = {
    "t_rejection", "INSERT INTO application_rejections (id, user_id, application_id, content_text, findings, created_at) VALUES ($1, $2, $3, $4, $5, $6)", 6};
static const struct sql insert_user = {"t_user", "INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, $2, $3, $3)", 3};
static const struct sql insert_profile = {
    "t_profile", "INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, '[\"Data Engineer\"]', '[]', $2, $2)", 2};
static const struct sql insert_claim = {
    "t_claim", "INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, 'expert', $4, $4)", 4};
static const struct sql insert_interview = {"t_interview", "INSERT INTO interviews (id, user_id, role_title, status, plan, state, completed_at, created_at, updated_at) "
                                                           "VALUES ($1, $2, 'Data Engineer', 'completed', '{}', '{}', $3, $3, $3)", 3};
static const struct sql insert_turn = {
    "t_turn", "INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, skill_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", 7};
static const struct sql count_mentions = {"t_mentions", "SELECT COUNT(*) FROM job_listing_skills", 0};
static const struct sql count_insights = {"t_insights", "SELECT COUNT(*) FROM market_insights", 0};
static const struct sql count_told = {"t_told", "SELECT COUNT(*) FROM job_matches_told", 0};
static const struct sql count_proved = {"t_proved", "SELECT COUNT(DISTINCT user_skill_id) FROM skill_verifications", 0};
static const struct sql count_modules = {"t_modules", "SELECT COUNT(*) FROM roadmap_modules", 0};
static const struct sql count_listings = {"t_listings", "SELECT COUNT(*) FROM job_listings", 0};
static const struct sql count_notes = {"t_notes", "SELECT COUNT(*) FROM notifications WHERE kind = 'match'", 0};
static const struct sql count_vectors = {"t_vectors", "SELECT COUNT(*) FROM document_embeddings", 0};
static const struct sql count_replans = {"t_replans", "SELECT COUNT(*) FROM agent_events WHERE event_type = 'ROADMAP_REPATH_NEEDED' AND source_agent = 'strategist'", 0};
static const struct sql count_drafts = {"t_drafts", "SELECT COUNT(*) FROM application_drafts", 0};
static const struct sql count_findings = {"t_findings", "SELECT COUNT(*) FROM application_rejections WHERE findings IS NOT NULL", 0};
static const struct sql count_verdicts = {"t_verdicts", "SELECT COUNT(*) FROM notifications WHERE kind = 'rejection'", 0};
static const struct sql count_undone = {"t_undone", "SELECT COUNT(*) FROM jobs WHERE status <> 'completed'", 0};

static void give_others(int n);
static void give_listing(int n);
static void give_answers(int n);
static void give_time(int n);

/* In this order. `rows` tells what came out: as many as there is of everything (`by_n` times n and `plus`), or else this test would count nothing. */
static const struct measured {
    const char *kind, *payload;
    const struct sql *rows;
    int64_t by_n_squared, by_n, plus; /* SOME: at least one */
    void (*prepare)(int n);
} measured[] = {
    {"roadmap.repath", BY_PERSON, &count_modules, 0, 0, SOME, NULL},
    {"market.insights", "{\"new_listings\":0}", &count_insights, 1, 0, 0, NULL},
    {"jobs.match", BY_PERSON, &count_told, 0, 0, 5, NULL},
    {"strategist.review", BY_PERSON, &count_notes, 0, 0, 1, NULL},
    {"interview.analyze", "{\"interview_id\":\"" INTERVIEW "\",\"user_id\":\"" USER "\"}", &count_proved, 0, 1, 0, NULL},
    {"listing.embed", "{}", &count_vectors, 0, 0, 0, NULL},
    {"strategist.market", "{\"skills\":[\"docker\",\"dbt\",\"aws\"]}", &count_replans, 0, 1, 0, give_others},
    {"action.auto_apply", "{\"user_id\":\"" USER "\",\"job_listing_id\":\"" LISTING "\",\"match_score\":0.9}", &count_drafts, 0, 0, 1, give_listing},
    {"rejection.parse", "{\"user_id\":\"" USER "\",\"application_id\":\"" APPLICATION "\",\"rejection_id\":\"" REJECTION "\"}", &count_findings, 0, 1, 1, give_answers},
    {"strategist.rejection", "{\"application_id\":\"" APPLICATION "\",\"gaps\":[\"kubernetes\",\"java\",\"baking\"]}", &count_verdicts, 0, 0, 1, NULL},
    {"market.cleanup", "{}", &count_listings, 0, 0, 1, give_time}, /* the one that has no end stays */
};
/* resume.read: its rows are written by statements that take lists (resume_read.sql); reading takes a file. market.scrape: a job for each of two boards. market.search: as many
 * statements for each page, however much is on it (test_market_scrape). */
static const char *const elsewhere[] = {"resume.read", "market.scrape", "market.search"};

static struct test_store store;
static struct arena arena;
static struct bus_registry registry;
static struct event_type events[32];

/* The agents' registry with events that cause nothing. */
static bool make_registry(void)
{
    if (!CHECK(agents_registry.events_count <= COUNT_OF(events))) return false;
    for (size_t i = 0; i < agents_registry.events_count; i++) {
        events[i] = agents_registry.events[i];
        events[i].consumers = NULL;
        events[i].audit = "a test";
    }
    registry = agents_registry;
    registry.events = events;
    return CHECK_OK(bus_init(&registry, NULL));
}

static struct str name_of(int skill) { return catalogue_skill_at(catalogue_skill_by_id(str_from(skills[skill])))->name; }

static bool add_turn(int64_t index, struct str text, const char *skill)
{
    return CHECK_OK(db_exec(store.db, &insert_turn, DB_ARGS(db_uuid(STR(USER)), db_uuid(STR(INTERVIEW)), db_int(index), db_text(index % 2 ? STR("user") : STR("assistant")),
                                                            db_text(text), skill ? db_text(str_from(skill)) : db_null(), db_time(clock_now()))));
}

/* A person who claims n skills and shows each in an interview. */
static bool add_person(int n)
{
    struct db_value user = db_uuid(STR(USER)), now = db_time(clock_now());
    bool is_fine = CHECK_OK(db_exec(store.db, &insert_user, DB_ARGS(user, db_text(STR("a@b.example")), now))) && CHECK_OK(db_exec(store.db, &insert_profile, DB_ARGS(user, now))) &&
                   CHECK_OK(db_exec(store.db, &insert_interview, DB_ARGS(db_uuid(STR(INTERVIEW)), user, now)));
    for (int i = 0; is_fine && i < n; i++) {
        struct str name = name_of(i);
        struct str story = str_format(&arena, "The nightly report took nine seconds. I measured it and found that our %.*s part did everything twice. I rewrote the %.*s part so that it "
                                              "did it once, and I added a test for it. It went from 9 seconds to 40 ms.", STR_ARG(name), STR_ARG(name));
        is_fine = CHECK_OK(db_exec(store.db, &insert_claim, DB_ARGS(db_uuid(uuid_new(&arena)), user, db_text(str_from(skills[i])), now))) &&
                  add_turn(2 * i, STR("What did you last repair there?"), skills[i]) && add_turn(2 * i + 1, story, NULL);
    }
    return is_fine;
}

/* n people in all who have a roadmap. */
static void give_others(int n)
{
    struct db_value now = db_time(clock_now());
    for (int i = 1; i < n; i++) {
        struct db_value user = db_uuid(uuid_new(&arena));
        CHECK_OK(db_exec(store.db, &insert_user, DB_ARGS(user, db_text(user.text), now)));
        CHECK_OK(db_exec(store.db, &insert_profile, DB_ARGS(user, now)));
        CHECK_OK(db_exec(store.db, &insert_roadmap, DB_ARGS(user, now)));
    }
}

/* A listing that asks for the n skills of somebody who wants drafts. */
static void give_listing(int n)
{
    (void)n;
    CHECK_OK(db_exec(store.db, &insert_listing, DB_ARGS(db_uuid(STR(LISTING)), db_time(clock_now()))));
    CHECK_OK(db_exec(store.db, &ask_for_all, DB_ARGS(db_uuid(STR(LISTING)))));
    CHECK_OK(db_exec(store.db, &want_drafts, DB_NO_ARGS));
}

/* n answers that were read, and one that names n skills. */
static void give_answers(int n)
{
    struct db_value user = db_uuid(STR(USER)), application = db_uuid(STR(APPLICATION)), now = db_time(clock_now());
    struct str text = STR("You lack");
    CHECK_OK(db_exec(store.db, &insert_application, DB_ARGS(application, user, db_uuid(STR(LISTING)), now)));
    for (int i = 0; i < n; i++) {
        struct str findings = str_format(&arena, "{\"gaps\":[{\"skill_id\":\"%s\",\"source\":\"answer\"}]}", skills[i]);
        CHECK_OK(db_exec(store.db, &insert_rejection, DB_ARGS(db_uuid(uuid_new(&arena)), user, application, db_text(STR("No.")), db_json(findings), now)));
        text = str_format(&arena, "%.*s%s %.*s", STR_ARG(text), i ? "," : "", STR_ARG(name_of(i)));
    }
    CHECK_OK(db_exec(store.db, &insert_rejection, DB_ARGS(db_uuid(STR(REJECTION)), user, application, db_text(text), db_null(), now)));
}

static void give_time(int n)
{
    (void)n;
    clock_set_for_test(clock_now() + 60 * US_PER_DAY);
}

/* n listings, each of another month, that ask for n skills. */
static struct str listings_file(int n)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_append_str(&out, STR("{\"listings\":["));
    for (int i = 0; i < n; i++) {
        buf_append_format(&out, "%s{\"source\":\"demo\",\"external_id\":\"%d\",\"title\":\"Data Engineer %d\",\"posted_at\":\"%d-%02d-05\",\"expires_at\":\"2026-04-01\",\"description\":\"We use",
                          i ? "," : "", i, i, 2025 - i / 12, 1 + i % 12);
        for (int k = 0; k < n; k++) buf_append_format(&out, "%s %.*s", k ? "," : "", STR_ARG(name_of(k)));
        buf_append_str(&out, STR(".\"}"));
    }
    buf_append_str(&out, STR("]}"));
    return str_copy(&arena, buf_str(&out));
}

static enum err tell_of_all(struct db *db, void *unused)
{
    struct corpus corpus;
    (void)unused;
    TRY(corpus_load(db, &arena, clock_now(), &corpus));
    for (size_t i = 0; i < corpus.count; i++) {
        struct str payload = str_format(&arena, "{\"user_id\":\"" USER "\",\"job_listing_id\":\"%.*s\",\"match_score\":0.9}", STR_ARG(corpus.items[i].id));
        struct event event = {.type = "JOB_MATCH_FOUND", .user_id = STR(USER), .payload = payload, .summary = STR("It fits.")};
        TRY(bus_publish(db, &arena, &event, NULL));
    }
    return OK;
}

static uint64_t count_import(int n)
{
    struct import_report report;
    uint64_t before = db_statement_count(store.db);
    CHECK_OK(import_listings(store.db, &arena, listings_file(n), &report));
    CHECK_INT(report.added, n);
    return db_statement_count(store.db) - before;
}

/* The store has one connection, which is given back for the job and counts on. */
static uint64_t count_job(const struct measured *one)
{
    uint64_t before = db_statement_count(store.db);
    int ran = 0;
    int64_t undone = -1;
    bool is_persons = strstr(one->payload, USER) || strstr(one->payload, APPLICATION);
    CHECK_OK(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = one->kind, .user_id = is_persons ? STR(USER) : STR(""), .payload = str_from(one->payload)}, NULL));
    db_release(store.db);
    store.db = NULL;
    CHECK_OK(bus_run_until_idle(store.pool, &ran));
    if (!CHECK_OK(db_acquire(store.pool, &store.db))) return 0;
    CHECK_INT(ran, 1);
    uint64_t after = db_statement_count(store.db);
    CHECK_OK(db_query_int(store.db, &count_undone, DB_NO_ARGS, &undone));
    CHECK_INT(undone, 0);
    return after - before;
}

static void check_rows(const struct measured *one, int n)
{
    int64_t rows = -1, expected = one->by_n_squared * n * n + one->by_n * n + one->plus;
    CHECK_OK(db_query_int(store.db, one->rows, DB_NO_ARGS, &rows));
    bool is_right = one->plus == SOME ? rows > 0 : rows == expected;
    if (!CHECK(is_right)) printf("  %s left %lld rows for %d of everything, and not %lld\n", one->kind, (long long)rows, n, (long long)expected);
}

/* Statements of the import, then of each job; false when the store could not be made. */
static bool measure(int n, uint64_t *counts)
{
    int64_t mentions = 0;
    store = (struct test_store){0};
    clock_set_for_test(INT64_C(1773144000) * US_PER_SECOND); /* 10 March 2026 */
    if (!test_store_open(&store, 1) || !CHECK_OK(store_seed(store.db)) || !make_registry() || !add_person(n)) return false;
    counts[0] = count_import(n);
    CHECK_OK(db_query_int(store.db, &count_mentions, DB_NO_ARGS, &mentions));
    CHECK_INT(mentions, n * n);
    CHECK_OK(db_transaction(store.db, tell_of_all, NULL));
    for (size_t i = 0; i < COUNT_OF(measured); i++) {
        if (measured[i].prepare) measured[i].prepare(n);
        counts[i + 1] = count_job(&measured[i]);
        check_rows(&measured[i], n);
    }
    clock_set_for_test(0);
    return true;
}

TEST(every_kind_of_job_is_measured)
{
    for (size_t i = 0; i < agents_registry.kinds_count; i++) {
        const char *kind = agents_registry.kinds[i]->name;
        bool is_known = false;
        for (size_t k = 0; k < COUNT_OF(measured); k++) is_known |= strcmp(measured[k].kind, kind) == 0;
        for (size_t k = 0; k < COUNT_OF(elsewhere); k++) is_known |= strcmp(elsewhere[k], kind) == 0;
        if (!CHECK(is_known)) printf("  say in tests/unit/test_job_statements.c how %s is run\n", kind);
    }
}

TEST(no_job_runs_more_statements_when_there_is_more)
{
    uint64_t few[COUNT_OF(measured) + 1] = {0}, many[COUNT_OF(measured) + 1] = {0};
    bool is_made = measure(FEW, few);
    test_store_close(&store);
    REQUIRE(is_made);
    is_made = measure(MANY, many);
    test_store_close(&store);
    arena_dispose(&arena);
    REQUIRE(is_made);
    printf("  the import of %d and %d listings: %d and %d statements\n", FEW, MANY, (int)few[0], (int)many[0]);
    CHECK_INT((int64_t)many[0], (int64_t)few[0]); /* for a batch, however many listings and skills are in it */
    for (size_t i = 0; i < COUNT_OF(measured); i++) {
        printf("  %s: %d and %d statements\n", measured[i].kind, (int)few[i + 1], (int)many[i + 1]);
        if (!CHECK(many[i + 1] <= few[i + 1])) printf("  %s runs more when there is more of everything\n", measured[i].kind);
    }
}
