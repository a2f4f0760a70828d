/* The truth loop on a real store: an interview is finished, its job runs, and what a person sees afterwards is right: once, whatever happens between. */
#include "agents/kinds.h"
#include "agents/registry.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "json/json.h"
#include "test.h"
#include "test_store.h"

#define USER "01900000-0000-7000-8000-000000000001"
#define INTERVIEW "01900000-0000-7000-8000-000000000002"
#define CLAIM_POSTGRESQL "01900000-0000-7000-8000-000000000003"
#define CLAIM_DOCKER "01900000-0000-7000-8000-000000000004"
#define CLAIM_RUST "01900000-0000-7000-8000-000000000005"

#define STORY                                                                                                                                                       \
    "The order list took nine seconds. I read the plan with EXPLAIN ANALYZE and found a sequential scan, because the filter used lower(email) and the index did "   \
    "not. I added an index on the expression, and I moved the count into a query of its own so that the page no longer waited. It went from 9 seconds to 40 ms."
#define CHAT                                                                                                                                                          \
    "Fine, thanks. The train was late by a quarter of an hour and the coffee machine on the platform was out of order, but I had a seat by the window and the weather " \
    "is lovely today, with the trees all in colour along the river."

static struct test_store store;
static struct arena arena;

static const struct sql insert_user = {"t_user", "INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, 'a@b.example', $2, $2)", 2};
static const struct sql insert_profile = {"t_profile", "INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, '[]', '[]', $2, $2)", 2};
static const struct sql insert_claim = {
    "t_claim", "INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)", 5};
static const struct sql insert_interview = {
    "t_interview", "INSERT INTO interviews (id, user_id, role_title, status, plan, state, created_at, updated_at) VALUES ($1, $2, 'Backend Engineer', 'in_progress', '{}', '{}', $3, $3)", 3};
static const struct sql insert_turn = {
    "t_turn", "INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, skill_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", 7};
static const struct sql finish_interview = {"t_finish", "UPDATE interviews SET status = $3, completed_at = $4 WHERE user_id = $1 AND id = $2", 4};
static const struct sql delete_interview = {"t_delete", "DELETE FROM interviews WHERE user_id = $1 AND id = $2", 2};

static struct db_value user(void) { return db_uuid(STR(USER)); }

static bool add_claim(const char *id, const char *skill, const char *level)
{
    return CHECK_OK(db_exec(store.db, &insert_claim, DB_ARGS(db_uuid(str_from(id)), user(), db_text(str_from(skill)), db_text(str_from(level)), db_time(clock_now()))));
}

static bool add_turn(int index, const char *text, const char *skill)
{
    return CHECK_OK(db_exec(store.db, &insert_turn, DB_ARGS(user(), db_uuid(STR(INTERVIEW)), db_int(index), db_text(index % 2 ? STR("user") : STR("assistant")),
                                                            db_text(str_from(text)), skill ? db_text(str_from(skill)) : db_null(), db_time(clock_now()))));
}

/* A person with three claims, two at expert, and an interview that asks about PostgreSQL (shown) and Docker (not). */
static bool begin(const char *about_postgresql)
{
    int64_t now = clock_now();
    store = (struct test_store){0};
    return test_store_open(&store, 3) && CHECK_OK(store_seed(store.db)) && CHECK_OK(bus_init(&agents_registry, NULL)) &&
           CHECK_OK(db_exec(store.db, &insert_user, DB_ARGS(user(), db_time(now)))) && CHECK_OK(db_exec(store.db, &insert_profile, DB_ARGS(user(), db_time(now)))) &&
           add_claim(CLAIM_POSTGRESQL, "postgresql", "expert") && add_claim(CLAIM_DOCKER, "docker", "proficient") && add_claim(CLAIM_RUST, "rust", "expert") &&
           CHECK_OK(db_exec(store.db, &insert_interview, DB_ARGS(db_uuid(STR(INTERVIEW)), user(), db_time(now)))) && add_turn(0, "How was the journey?", NULL) &&
           add_turn(1, CHAT, NULL) && add_turn(2, "What did you last repair there?", "postgresql") && add_turn(3, about_postgresql, NULL) &&
           add_turn(4, "What did you change in an image?", "docker") && add_turn(5, "Nothing, a colleague did that.", NULL);
}

static void end(void)
{
    arena_dispose(&arena);
    test_store_close(&store);
}

static bool finish(void)
{
    struct event event = {.type = "INTERVIEW_COMPLETED", .user_id = STR(USER), .payload = STR("{\"interview_id\":\"" INTERVIEW "\",\"user_id\":\"" USER "\"}"), .summary = STR("done")};
    return CHECK_OK(db_begin(store.db)) &&
           CHECK_OK(db_exec_one(store.db, &finish_interview, DB_ARGS(user(), db_uuid(STR(INTERVIEW)), db_text(STR("completed")), db_time(clock_now())))) &&
           CHECK_OK(bus_publish(store.db, &arena, &event, NULL)) && CHECK_OK(db_commit(store.db));
}

static int64_t count(const struct sql *sql)
{
    int64_t value = -1;
    CHECK_OK(db_query_int(store.db, sql, DB_NO_ARGS, &value));
    return value;
}

static const struct sql proofs = {"t1", "SELECT COUNT(*) FROM skill_verifications", 0};
static const struct sql verified = {"t2", "SELECT COUNT(*) FROM user_skills WHERE is_verified", 0};
static const struct sql verified_events = {"t3", "SELECT COUNT(*) FROM agent_events WHERE event_type = 'SKILL_VERIFIED'", 0};
static const struct sql repath_events = {"t4", "SELECT COUNT(*) FROM agent_events WHERE event_type = 'ROADMAP_REPATH_NEEDED'", 0};
static const struct sql analyzed = {"t5", "SELECT COUNT(*) FROM interviews WHERE status = 'analyzed'", 0};
static const struct sql notes = {"t6", "SELECT COUNT(*) FROM notifications WHERE kind = 'interview'", 0};
static const struct sql analyses = {"t7", "SELECT COUNT(*) FROM jobs WHERE kind = 'interview.analyze' AND status = 'completed'", 0};

static struct json *read_json(const char *text)
{
    const struct sql sql = {"t_json", text, 0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct json *root = NULL;
    if (CHECK_OK(db_query_one(store.db, &sql, DB_NO_ARGS, &rows))) CHECK_OK(json_parse(db_col_view(&rows, 0), (size_t)1 << 20, &root));
    return root;
}

static void check_metadata(int64_t expected)
{
    struct json *metadata CLEANUP(json_free_at) = read_json("SELECT verification_metadata FROM user_skills WHERE id = '" CLAIM_POSTGRESQL "'");
    const struct json *proof = json_get(metadata, "latest_proof");
    CHECK(json_get_bool(metadata, "is_verified", false));
    CHECK_INT(json_get_int(metadata, "verification_count", -1), expected);
    CHECK_STR(json_get_str(proof, "interview_id"), INTERVIEW);
    CHECK(str_contains(STR(STORY), json_get_str(proof, "transcript_snippet")));
    CHECK(json_get_double(proof, "evaluator_confidence", 0) > 0.5);
    CHECK(json_get_str(proof, "timestamp").len > 0);
}

/* Each stored quote is the bytes of its turn. */
static void check_quotes(void)
{
    static const struct sql sql = {"t_quotes",
                                   "SELECT v.snippet, v.start_offset, v.end_offset, t.content_text, t.role FROM skill_verifications v JOIN interview_turns t"
                                   " ON t.user_id = v.user_id AND t.interview_id = v.interview_id AND t.turn_index = v.turn_index",
                                   0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    int64_t seen = 0;
    if (!CHECK_OK(db_query(store.db, &sql, DB_NO_ARGS, &rows))) return;
    for (; db_next(&rows); seen++) {
        struct str turn = db_col_text(&rows, 3, &arena);
        CHECK_STR(db_col_text(&rows, 0, &arena), str_slice(turn, (size_t)db_col_int(&rows, 1), (size_t)db_col_int(&rows, 2)));
        CHECK_STR(db_col_text(&rows, 4, &arena), "user");
    }
    CHECK_INT(seen, count(&proofs));
}

TEST(a_finished_interview_becomes_proofs_gaps_and_events)
{
    REQUIRE(begin(STORY) && finish());
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyses), 1);
    CHECK_INT(count(&analyzed), 1);
    CHECK(count(&proofs) >= 1);
    CHECK_INT(count(&verified), 1);
    CHECK_INT(count(&verified_events), 1);
    CHECK_INT(count(&repath_events), 1);
    CHECK_INT(count(&notes), 1);
    check_metadata(count(&proofs));
    check_quotes();
    struct json *outcome CLEANUP(json_free_at) = read_json("SELECT outcome FROM interviews");
    CHECK_INT(json_count(json_get(outcome, "proofs")), count(&proofs));
    CHECK_INT(json_count(json_get(outcome, "gaps")), 1); /* Rust was not asked about */
    const struct json *gap = json_at(json_get(outcome, "gaps"), 0);
    CHECK_STR(json_get_str(gap, "skill_id"), "docker");
    CHECK_STR(json_get_str(gap, "skill"), "Docker");
    CHECK(json_get_str(gap, "reason").len > 0);
    CHECK(json_get_bool(json_get(outcome, "quality"), "enough_to_judge", false));
    struct json *event CLEANUP(json_free_at) = read_json("SELECT payload FROM agent_events WHERE event_type = 'ROADMAP_REPATH_NEEDED'");
    CHECK_STR(json_get_str(event, "reason"), "skill_verification_gaps");
    CHECK_STR(json_str(json_at(json_get(event, "gaps"), 0)), "docker");
    end();
}

TEST(a_second_run_stores_and_tells_nothing)
{
    REQUIRE(begin(STORY) && finish());
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    int64_t before = count(&proofs);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(bus_publish(store.db, &arena, &(struct event){.type = "INTERVIEW_COMPLETED", .user_id = STR(USER), .summary = STR("again"),
                                                           .payload = STR("{\"interview_id\":\"" INTERVIEW "\",\"user_id\":\"" USER "\"}")}, NULL));
    CHECK_OK(db_commit(store.db));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyses), 2);
    CHECK_INT(count(&proofs), before);
    CHECK_INT(count(&verified_events), 1);
    CHECK_INT(count(&repath_events), 1);
    CHECK_INT(count(&notes), 1);
    end();
}

static struct job job_of(struct json **payload)
{
    CHECK_OK(json_parse(STR("{\"interview_id\":\"" INTERVIEW "\",\"user_id\":\"" USER "\"}"), 1000, payload));
    return (struct job){.id = 1, .kind = &kind_interview_analyze, .user_id = STR(USER), .payload = *payload, .attempt = 1, .arena = &arena, .db = store.db};
}

TEST(a_worker_that_dies_between_work_and_apply_leaves_nothing)
{
    REQUIRE(begin(STORY) && finish());
    struct json *payload CLEANUP(json_free_at) = NULL;
    struct job job = job_of(&payload);
    CHECK_OK(kind_interview_analyze.work(&job)); /* and then it dies */
    CHECK_INT(count(&proofs), 0);
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&verified), 1);
    int64_t before = count(&proofs);
    struct buf result CLEANUP(buf_dispose) = {0}; /* the dead one wakes up late */
    job.result = &result;
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(kind_interview_analyze.apply(&job));
    CHECK_OK(db_commit(store.db));
    CHECK_INT(count(&proofs), before);
    CHECK_INT(count(&verified_events), 1);
    end();
}

TEST(a_quote_that_is_no_longer_in_the_turn_is_not_stored)
{
    static const struct sql change = {"t_change", "UPDATE interview_turns SET content_text = 'I said something else.' WHERE role = 'user' AND turn_index = 3", 0};
    REQUIRE(begin(STORY) && finish());
    struct json *payload CLEANUP(json_free_at) = NULL;
    struct buf result CLEANUP(buf_dispose) = {0};
    struct job job = job_of(&payload);
    job.result = &result;
    CHECK_OK(kind_interview_analyze.work(&job));
    CHECK_OK(db_exec(store.db, &change, DB_NO_ARGS));
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(kind_interview_analyze.apply(&job));
    CHECK_OK(db_commit(store.db));
    CHECK_INT(count(&proofs), 0);
    CHECK_INT(count(&verified), 0);
    CHECK_INT(count(&analyzed), 1);
    end();
}

TEST(too_little_text_is_analysed_with_a_note)
{
    REQUIRE(begin("Hm.") && finish());
    static const struct sql shorten = {"t_shorten", "UPDATE interview_turns SET content_text = 'Yes.' WHERE role = 'user'", 0};
    CHECK_OK(db_exec(store.db, &shorten, DB_NO_ARGS));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyzed), 1);
    CHECK_INT(count(&proofs), 0);
    CHECK_INT(count(&verified_events), 0);
    struct json *outcome CLEANUP(json_free_at) = read_json("SELECT outcome FROM interviews");
    CHECK(!json_get_bool(json_get(outcome, "quality"), "enough_to_judge", true));
    CHECK(json_get_str(json_get(outcome, "quality"), "note").len > 0);
    CHECK_INT(json_count(json_get(outcome, "gaps")), 0);
    CHECK_INT(count(&repath_events), 0);
    CHECK_INT(count(&notes), 1);
    end();
}

TEST(a_deleted_or_unfinished_interview_is_left_alone)
{
    REQUIRE(begin(STORY) && finish());
    REQUIRE(CHECK_OK(db_exec_one(store.db, &finish_interview, DB_ARGS(user(), db_uuid(STR(INTERVIEW)), db_text(STR("abandoned")), db_time(clock_now())))));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyzed), 0);
    CHECK_INT(count(&proofs), 0);
    end();
    REQUIRE(begin(STORY) && finish());
    REQUIRE(CHECK_OK(db_exec_one(store.db, &delete_interview, DB_ARGS(user(), db_uuid(STR(INTERVIEW))))));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyses), 1);
    CHECK_INT(count(&notes), 0);
    end();
}

TEST(a_proof_of_an_earlier_interview_is_counted_and_not_announced_again)
{
    static const struct sql before = {"t_before", "UPDATE user_skills SET is_verified = TRUE WHERE id = '" CLAIM_POSTGRESQL "' OR id = '" CLAIM_DOCKER "'", 0};
    REQUIRE(begin(STORY) && finish());
    CHECK_OK(db_exec(store.db, &before, DB_NO_ARGS));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK(count(&proofs) >= 1);
    check_metadata(count(&proofs));
    CHECK_INT(count(&verified_events), 0);
    CHECK_INT(count(&repath_events), 0); /* nothing new, and Docker was proved before */
    end();
}

/* The same story told in another interview: nothing is added to its proof, and the skill stays proved. */
TEST(one_wording_is_one_proof_over_all_interviews)
{
    static const struct sql copy = {"t_copy",
                                    "INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, skill_id, created_at)"
                                    " SELECT user_id, '01900000-0000-7000-8000-000000000009', turn_index, role, content_text, skill_id, created_at FROM interview_turns", 0};
    static const struct sql second = {
        "t_second", "INSERT INTO interviews (id, user_id, role_title, status, plan, state, created_at, updated_at)"
                    " SELECT '01900000-0000-7000-8000-000000000009', user_id, role_title, 'completed', plan, state, created_at, updated_at FROM interviews", 0};
    REQUIRE(begin(STORY) && finish());
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    int64_t before = count(&proofs);
    CHECK(before >= 1);
    REQUIRE(CHECK_OK(db_exec(store.db, &second, DB_NO_ARGS)) && CHECK_OK(db_exec(store.db, &copy, DB_NO_ARGS)));
    struct event event = {.type = "INTERVIEW_COMPLETED", .user_id = STR(USER), .summary = STR("done"),
                          .payload = STR("{\"interview_id\":\"01900000-0000-7000-8000-000000000009\",\"user_id\":\"" USER "\"}")};
    REQUIRE(CHECK_OK(db_begin(store.db)) && CHECK_OK(bus_publish(store.db, &arena, &event, NULL)) && CHECK_OK(db_commit(store.db)));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(count(&analyzed), 2);
    CHECK_INT(count(&proofs), before);
    check_metadata(before);
    CHECK_INT(count(&verified_events), 1);
    end();
}
