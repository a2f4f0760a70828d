/* The architect and the strategist on a real store: a re-plan must keep what is finished, say what changed, and do nothing twice. */
#include "test.h"

#include "agents/registry.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "json/json.h"
#include "test_store.h"

#define SQL(words, count) (&(const struct sql){"test", words, count})

static struct test_store store;
static struct arena arena;
static struct str person;

static void begin(const char *roles)
{
    store = (struct test_store){0};
    CHECK(test_store_open(&store, 3));
    CHECK_OK(store_seed(store.db));
    CHECK_OK(bus_init(&agents_registry, NULL));
    person = uuid_new(&arena);
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, $2, $3, $3)", 3),
                     DB_ARGS(db_uuid(person), db_text(person), db_time(1))));
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, $2, '[]', $3, $3)", 3),
                     DB_ARGS(db_uuid(person), db_json(str_from(roles)), db_time(1))));
}

static void end(void)
{
    arena_dispose(&arena);
    test_store_close(&store);
}

static struct str claim(const char *skill, const char *level)
{
    struct str id = uuid_new(&arena);
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)", 5),
                     DB_ARGS(db_uuid(id), db_uuid(person), db_text(str_from(skill)), db_text(str_from(level)), db_time(1))));
    return id;
}

static void verify(struct str claim_id)
{
    CHECK_OK(db_exec_one(store.db, SQL("UPDATE user_skills SET is_verified = TRUE WHERE id = $1", 1), DB_ARGS(db_uuid(claim_id))));
}

static void analysed(const char *outcome, int64_t at)
{
    CHECK_OK(db_exec(store.db,
                     SQL("INSERT INTO interviews (id, user_id, role_title, status, plan, state, outcome, completed_at, created_at, updated_at) "
                         "VALUES ($1, $2, 'Any', 'analyzed', '{}', '{}', $3, $4, $4, $4)", 4),
                     DB_ARGS(db_uuid(uuid_new(&arena)), db_uuid(person), db_json(str_from(outcome)), db_time(at))));
}

static int publish(const char *type, const char *more)
{
    int ran = 0;
    struct str payload = str_format(&arena, "{\"user_id\":\"%.*s\"%s}", STR_ARG(person), more);
    CHECK_OK(db_begin(store.db));
    CHECK_OK(bus_publish(store.db, &arena, &(struct event){.type = type, .user_id = person, .payload = payload, .summary = STR("Test.")}, NULL));
    CHECK_OK(db_commit(store.db));
    CHECK_OK(bus_run_until_idle(store.pool, &ran));
    return ran;
}

static int replan(const char *reason) { return publish("ROADMAP_REPATH_NEEDED", str_cstr(&arena, str_format(&arena, ",\"reason\":\"%s\"", reason))); }

static int64_t number(const struct sql *sql)
{
    int64_t value = -1;
    CHECK_OK(db_query_int(store.db, sql, DB_ARGS(db_uuid(person)), &value));
    return value;
}

static struct str text(const struct sql *sql)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    CHECK_OK(db_query_one(store.db, sql, DB_ARGS(db_uuid(person)), &rows));
    return db_col_text(&rows, 0, &arena);
}

static int64_t dead_jobs(void) { return number(SQL("SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND status = 'dead'", 1)); }
static int64_t version(void) { return number(SQL("SELECT COALESCE(MAX(version), 0) FROM roadmaps WHERE user_id = $1 AND status = 'active'", 1)); }
static int64_t told(void) { return number(SQL("SELECT COUNT(*) FROM notifications WHERE user_id = $1", 1)); }
static int64_t plans(void) { return number(SQL("SELECT COUNT(*) FROM agent_events WHERE user_id = $1 AND event_type = 'ROADMAP_PLANNED'", 1)); }
static struct str status_of(const char *title)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(store.db, SQL("SELECT status FROM roadmap_modules WHERE user_id = $1 AND title = $2", 2),
                                  DB_ARGS(db_uuid(person), db_text(str_from(title))), &rows);
    return found == OK ? db_col_text(&rows, 0, &arena) : STR("none");
}
static void set_status(const char *title, const char *status)
{
    CHECK_OK(db_exec_one(store.db, SQL("UPDATE roadmap_modules SET status = $3, completed_at = $4 WHERE user_id = $1 AND title = $2", 4),
                         DB_ARGS(db_uuid(person), db_text(str_from(title)), db_text(str_from(status)),
                                 db_time_or_null(strcmp(status, "completed") == 0 ? clock_now() : 0))));
}

TEST(a_finished_profile_gets_a_roadmap_and_is_told_once)
{
    begin("[\"DevOps engineer\"]");
    claim("docker", "expert");
    CHECK(publish("ONBOARDING_COMPLETED", "") >= 2); /* the architect, then the strategist */
    CHECK_INT(version(), 1);
    CHECK_INT(plans(), 1);
    CHECK_INT(told(), 1);
    CHECK_STR(status_of("Prove Docker"), "pending");
    CHECK_INT(number(SQL("SELECT COUNT(*) FROM roadmap_modules m1 JOIN roadmap_modules m2 ON m1.user_id = m2.user_id AND m1.position = m2.position "
                         "AND m1.id <> m2.id WHERE m1.user_id = $1", 1)), 0);
    CHECK_INT(dead_jobs(), 0);
    end();
}

TEST(planning_again_without_a_change_does_nothing)
{
    begin("[\"DevOps engineer\"]");
    claim("docker", "expert");
    replan("asked");
    struct str before = text(SQL("SELECT last_change FROM roadmaps WHERE user_id = $1", 1));
    int64_t modules = number(SQL("SELECT COUNT(*) FROM roadmap_modules WHERE user_id = $1", 1));
    CHECK_INT(replan("asked"), 1); /* the architect alone: no event for the strategist */
    CHECK_INT(version(), 1);
    CHECK_INT(plans(), 1);
    CHECK_INT(told(), 1);
    CHECK_INT(number(SQL("SELECT COUNT(*) FROM roadmap_modules WHERE user_id = $1", 1)), modules);
    CHECK_STR(text(SQL("SELECT last_change FROM roadmaps WHERE user_id = $1", 1)), before);
    CHECK(str_contains(text(SQL("SELECT result FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' ORDER BY created_at DESC, id DESC LIMIT 1", 1)),
                       STR("nothing had to change")));
    end();
}

TEST(a_gap_moves_to_the_front_with_its_date_and_the_diff_is_kept)
{
    int64_t at = 0;
    begin("[\"DevOps engineer\"]");
    claim("docker", "proficient");
    claim("kubernetes", "expert");
    replan("asked");
    CHECK_OK(time_parse(STR("2026-03-12T09:00:00Z"), &at));
    analysed("{\"gaps\":[{\"skill_id\":\"kubernetes\",\"skill\":\"Kubernetes\",\"reason\":\"Say what you ran.\"}]}", at);
    publish("ROADMAP_REPATH_NEEDED", ",\"reason\":\"skill_verification_gaps\",\"gaps\":[\"kubernetes\"]");
    CHECK_STR(text(SQL("SELECT title FROM roadmap_modules WHERE user_id = $1 AND status <> 'dropped' ORDER BY position LIMIT 1", 1)), "Prove Kubernetes");
    CHECK(str_contains(text(SQL("SELECT reason FROM roadmap_modules WHERE user_id = $1 AND title = 'Prove Kubernetes'", 1)),
                       STR("was not shown in your interview on 12 March 2026")));
    CHECK_INT(version(), 2);
    CHECK_STR(text(SQL("SELECT reason FROM roadmaps WHERE user_id = $1", 1)), "your interview did not show Kubernetes");
    struct json *change CLEANUP(json_free_at) = NULL;
    CHECK_OK(json_parse(text(SQL("SELECT last_change FROM roadmaps WHERE user_id = $1", 1)), 65536, &change));
    CHECK_INT(json_get_int(change, "moved", -1), 1);
    CHECK_INT(json_count(json_get(change, "added")), 0);
    CHECK_INT(told(), 2);
    end();
}

TEST(finished_modules_stay_and_begun_ones_keep_their_id)
{
    begin("[\"DevOps engineer\"]");
    replan("asked");
    struct str first = text(SQL("SELECT title FROM roadmap_modules WHERE user_id = $1 AND position = 1", 1));
    struct str second = text(SQL("SELECT title FROM roadmap_modules WHERE user_id = $1 AND position = 2", 1));
    struct str first_id = text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND position = 1", 1));
    struct str second_id = text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND position = 2", 1));
    set_status(str_cstr(&arena, first), "completed");
    set_status(str_cstr(&arena, second), "in_progress");
    claim("sales", "expert");
    CHECK_OK(db_exec_one(store.db, SQL("UPDATE user_profiles SET target_roles = '[\"Accountant\",\"DevOps engineer\"]' WHERE user_id = $1", 1), DB_ARGS(db_uuid(person))));
    replan("goals_changed");
    CHECK_STR(status_of(str_cstr(&arena, first)), "completed");
    CHECK_STR(text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND position = 1 AND status <> 'dropped'", 1)), first_id);
    CHECK_INT(number(SQL("SELECT COUNT(*) FROM roadmap_modules WHERE user_id = $1 AND status = 'dropped'", 1)) > 0, true);
    struct str now = text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND status = 'in_progress'", 1));
    CHECK_STR(now, second_id);
    CHECK(str_contains(text(SQL("SELECT target_role FROM roadmaps WHERE user_id = $1", 1)), STR("ccountant")));
    end();
}

TEST(a_proof_finishes_the_module_that_waited_for_it)
{
    begin("[\"DevOps engineer\"]");
    struct str docker = claim("docker", "expert");
    replan("asked");
    CHECK_STR(status_of("Prove Docker"), "pending");
    verify(docker);
    replan("skills_verified");
    CHECK_STR(status_of("Prove Docker"), "completed");
    CHECK(str_contains(text(SQL("SELECT last_change FROM roadmaps WHERE user_id = $1", 1)), test_store_is_postgres() ? STR("\"finished\": [\"Prove Docker\"]") : STR("\"finished\":[\"Prove Docker\"]")));
    CHECK_INT(number(SQL("SELECT COUNT(*) FROM roadmap_modules WHERE user_id = $1 AND title = 'Prove Docker' AND completed_at IS NOT NULL", 1)), 1);
    end();
}

TEST(a_dropped_module_comes_back_under_its_id)
{
    begin("[\"DevOps engineer\"]");
    replan("asked");
    struct str id = text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND title = 'Learn Docker'", 1));
    struct str docker = claim("docker", "expert");
    replan("claims_changed");
    CHECK_STR(status_of("Learn Docker"), "dropped");
    CHECK_INT(told(), 1); /* what the person just did needs no notification */
    CHECK_OK(db_exec_one(store.db, SQL("DELETE FROM user_skills WHERE id = $1", 1), DB_ARGS(db_uuid(docker))));
    replan("claims_changed");
    CHECK_STR(status_of("Learn Docker"), "pending");
    CHECK_STR(text(SQL("SELECT id FROM roadmap_modules WHERE user_id = $1 AND title = 'Learn Docker'", 1)), id);
    CHECK_STR(status_of("Prove Docker"), "dropped");
    end();
}

TEST(nothing_to_plan_from_makes_no_roadmap)
{
    begin("[]");
    CHECK_INT(replan("asked"), 1);
    CHECK_INT(number(SQL("SELECT COUNT(*) FROM roadmaps WHERE user_id = $1", 1)), 0);
    CHECK_INT(told(), 0);
    CHECK_INT(dead_jobs(), 0);
    end();
}

TEST(one_persons_plan_leaves_the_others_alone)
{
    begin("[\"DevOps engineer\"]");
    replan("asked");
    struct str ada = person;
    person = uuid_new(&arena);
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, $2, $3, $3)", 3), DB_ARGS(db_uuid(person), db_text(person), db_time(1))));
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, '[\"Accountant\"]', '[]', $2, $2)", 2),
                     DB_ARGS(db_uuid(person), db_time(1))));
    replan("asked");
    CHECK_INT(version(), 1);
    person = ada;
    CHECK_INT(version(), 1);
    CHECK_INT(plans(), 1);
    CHECK_STR(status_of("Learn Docker"), "pending");
    end();
}

static void listing(struct str id, const char *title)
{
    CHECK_OK(db_exec(store.db, SQL("INSERT INTO job_listings (id, source, external_id, title, company, first_seen_at, created_at, updated_at) VALUES ($1, 'test', $2, $3, 'Example', $4, $4, $4)", 4),
                     DB_ARGS(db_uuid(id), db_text(id), db_text(str_from(title)), db_time(1))));
}

static void match(struct str id)
{
    struct str more = str_format(&arena, ",\"job_listing_id\":\"%.*s\",\"match_score\":0.9", STR_ARG(id));
    struct str payload = str_format(&arena, "{\"user_id\":\"%.*s\"%.*s}", STR_ARG(person), STR_ARG(more));
    CHECK_OK(bus_publish(store.db, &arena, &(struct event){.type = "JOB_MATCH_FOUND", .user_id = person, .payload = payload, .summary = STR("Test.")}, NULL));
}

TEST(matches_of_one_run_are_told_in_one_digest_and_a_listing_once)
{
    struct str ids[3];
    begin("[]");
    for (int i = 0; i < 3; i++) {
        ids[i] = uuid_new(&arena);
        listing(ids[i], i == 2 ? "Platform engineer" : "Other work");
    }
    CHECK_OK(db_begin(store.db));
    for (int i = 0; i < 3; i++) match(ids[i]);
    CHECK_OK(db_commit(store.db));
    int ran = 0;
    CHECK_OK(bus_run_until_idle(store.pool, &ran));
    CHECK_INT(ran, 6);
    CHECK_INT(told(), 1);
    CHECK_STR(text(SQL("SELECT title FROM notifications WHERE user_id = $1", 1)), "3 listings fit you strongly");
    CHECK_OK(db_begin(store.db));
    match(ids[0]); /* again */
    CHECK_OK(db_commit(store.db));
    CHECK_OK(bus_run_until_idle(store.pool, NULL));
    CHECK_INT(told(), 1);
    CHECK_INT(dead_jobs(), 0);
    end();
}

TEST(the_strategist_says_what_it_decided)
{
    begin("[\"DevOps engineer\"]");
    claim("docker", "expert");
    CHECK_OK(db_exec_one(store.db, SQL("UPDATE users SET onboarding_completed = TRUE WHERE id = $1", 1), DB_ARGS(db_uuid(person))));
    replan("asked");
    CHECK(str_contains(text(SQL("SELECT result FROM jobs WHERE user_id = $1 AND kind = 'strategist.review'", 1)), STR("Next best step: Take your first interview")));
    end();
}
