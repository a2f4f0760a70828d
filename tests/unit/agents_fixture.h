/* A store with the agents' registry, people, proofs, listings and answers of employers, and what happens to them: what the tests of the agents share. */
#pragma once
#include "agents/registry.h"
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "features/jobs/import.h"
#include "json/json.h"
#include "test.h"
#include "test_store.h"

#define MARCH_10 (INT64_C(1773144000) * US_PER_SECOND)
#define SQL(words, count) (&(const struct sql){"test", words, count})
#define QUOTE "I cut the pull from four minutes to ten seconds with a “multi-stage” build,\nand I measured it."

static struct test_store store;
static struct arena arena;

__attribute__((unused)) static void begin(void)
{
    store = (struct test_store){0};
    clock_set_for_test(MARCH_10);
    CHECK(test_store_open(&store, 3));
    CHECK_OK(store_seed(store.db));
    CHECK_OK(bus_init(&agents_registry, NULL));
}

__attribute__((unused)) static void end(void)
{
    clock_set_for_test(0);
    arena_dispose(&arena);
    test_store_close(&store);
}

/* ---- what there is ---- */

__attribute__((unused)) static int64_t count(const char *words, const struct db_value *values, size_t values_count)
{
    int64_t found = -1;
    CHECK_OK(db_query_int(store.db, SQL(words, (int)values_count), values, values_count, &found));
    return found;
}

__attribute__((unused)) static void run_sql(const char *words, const struct db_value *values, size_t values_count)
{
    CHECK_OK(db_exec(store.db, SQL(words, (int)values_count), values, values_count));
}

__attribute__((unused)) static int64_t events(struct str correlation, const char *type)
{
    return count("SELECT COUNT(*) FROM agent_events WHERE correlation_id = $1 AND event_type = $2", DB_ARGS(db_uuid(correlation), db_text(str_from(type))));
}

__attribute__((unused)) static int64_t events_of(const char *type) { return count("SELECT COUNT(*) FROM agent_events WHERE event_type = $1", DB_ARGS(db_text(str_from(type)))); }

__attribute__((unused)) static struct str add_person(const char *role)
{
    struct str id = uuid_new(&arena);
    run_sql("INSERT INTO users (id, email, first_name, last_name, created_at, updated_at) VALUES ($1, $2, 'Ada', 'Berg', $3, $3)", DB_ARGS(db_uuid(id), db_text(id), db_time(1)));
    run_sql("INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, $2, '[]', $3, $3)",
            DB_ARGS(db_uuid(id), db_json(str_format(&arena, "[\"%s\"]", role)), db_time(1)));
    return id;
}

__attribute__((unused)) static struct str add_claim(struct str person, const char *skill, bool is_verified)
{
    struct str id = uuid_new(&arena);
    run_sql("INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, is_verified, created_at, updated_at) VALUES ($1, $2, $3, 'expert', $4, $5, $5)",
            DB_ARGS(db_uuid(id), db_uuid(person), db_text(str_from(skill)), db_bool(is_verified), db_time(1)));
    return id;
}

__attribute__((unused)) static void add_proof(struct str person, const char *skill)
{
    struct str interview = uuid_new(&arena), claim = add_claim(person, skill, true);
    run_sql("INSERT INTO interviews (id, user_id, role_title, status, plan, state, completed_at, created_at, updated_at) VALUES ($1, $2, 'Any', 'analyzed', '{}', '{}', $3, $3, $3)",
            DB_ARGS(db_uuid(interview), db_uuid(person), db_time(MARCH_10)));
    run_sql("INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset, end_offset, summary, raw_data, verified_at) "
            "VALUES ($1, $2, $3, $4, 'project_demo', 0.9, $5, 1, 0, 10, 'Tells how.', '{}', $6)",
            DB_ARGS(db_uuid(uuid_new(&arena)), db_uuid(person), db_uuid(claim), db_uuid(interview), db_text(STR(QUOTE)), db_time(MARCH_10)));
}

__attribute__((unused)) static struct str add_listing(const char *const *skills)
{
    struct str id = uuid_new(&arena);
    struct str text = STR("");
    for (const char *const *skill = skills; *skill; skill++) {
        struct str name = catalogue_skill_at(catalogue_skill_by_id(str_from(*skill)))->name;
        text = str_format(&arena, "%.*sYou work with %.*s. ", STR_ARG(text), STR_ARG(name));
    }
    run_sql("INSERT INTO job_listings (id, source, external_id, title, company, description, first_seen_at, created_at, updated_at) VALUES ($1, 'test', $2, 'Engineer', 'Northwind', $3, $4, $4, $4)",
            DB_ARGS(db_uuid(id), db_text(id), db_text(text), db_time(MARCH_10)));
    for (const char *const *skill = skills; *skill; skill++)
        run_sql("INSERT INTO job_listing_skills (job_listing_id, skill_id) VALUES ($1, $2)", DB_ARGS(db_uuid(id), db_text(str_from(*skill))));
    return id;
}

/* ---- what happens ---- */

__attribute__((unused)) static struct str publish(const char *type, struct str person, struct str payload)
{
    struct str id = STR("");
    CHECK_OK(db_begin(store.db));
    CHECK_OK(bus_publish(store.db, &arena, &(struct event){.type = type, .user_id = person, .payload = payload, .summary = STR("Test.")}, &id));
    CHECK_OK(db_commit(store.db));
    return id;
}

__attribute__((unused)) static int run(void)
{
    int ran = 0;
    CHECK_OK(bus_run_until_idle(store.pool, &ran));
    CHECK_INT(count("SELECT COUNT(*) FROM jobs WHERE status <> 'completed'", DB_NO_ARGS), 0);
    return ran;
}

__attribute__((unused)) static void plan_roadmap(struct str person)
{
    publish("ROADMAP_REPATH_NEEDED", person, str_format(&arena, "{\"user_id\":\"%.*s\",\"reason\":\"asked\"}", STR_ARG(person)));
    run();
}

__attribute__((unused)) static struct str find_match(struct str person, struct str listing)
{
    return publish("JOB_MATCH_FOUND", person, str_format(&arena, "{\"user_id\":\"%.*s\",\"job_listing_id\":\"%.*s\",\"match_score\":0.8}", STR_ARG(person), STR_ARG(listing)));
}

__attribute__((unused)) static struct str add_application(struct str person, struct str listing)
{
    struct str id = uuid_new(&arena);
    run_sql("INSERT INTO job_applications (id, user_id, job_listing_id, title, company, status, created_at, updated_at) VALUES ($1, $2, $3, 'Engineer', 'Northwind', 'rejected', $4, $4)",
            DB_ARGS(db_uuid(id), db_uuid(person), db_uuid_or_null(listing), db_time(MARCH_10)));
    return id;
}

__attribute__((unused)) static struct str reject(struct str person, struct str application, const char *text)
{
    struct str id = uuid_new(&arena);
    run_sql("INSERT INTO application_rejections (id, user_id, application_id, content_text, created_at) VALUES ($1, $2, $3, $4, $5)",
            DB_ARGS(db_uuid(id), db_uuid(person), db_uuid(application), db_text(str_from(text)), db_time(clock_now())));
    return publish("REJECTION_RECEIVED", person,
                   str_format(&arena, "{\"user_id\":\"%.*s\",\"application_id\":\"%.*s\",\"rejection_id\":\"%.*s\"}", STR_ARG(person), STR_ARG(application), STR_ARG(id)));
}

/* n listings of March that all ask for these skills, under numbers from `first` on. */
__attribute__((unused)) static void import(int first, int n, const char *skills)
{
    struct import_report report;
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_append_str(&out, STR("{\"listings\":["));
    for (int i = first; i < first + n; i++)
        buf_append_format(&out, "%s{\"source\":\"test\",\"external_id\":\"%d\",\"title\":\"Post %d\",\"description\":\"We use %s.\",\"posted_at\":\"2026-03-05\"}", i > first ? "," : "", i, i, skills);
    buf_append_str(&out, STR("]}"));
    CHECK_OK(import_listings(store.db, &arena, buf_str(&out), &report));
    CHECK_INT(report.added, n);
}

__attribute__((unused)) static struct str newest(const char *type)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    if (!CHECK_OK(db_query_one(store.db, SQL("SELECT correlation_id FROM agent_events WHERE event_type = $1 ORDER BY created_at DESC, id DESC LIMIT 1", 1), DB_ARGS(db_text(str_from(type))), &rows)))
        return STR("");
    return db_col_text(&rows, 0, &arena);
}

__attribute__((unused)) static struct str add_applicant(void)
{
    struct str person = add_person("Data Engineer");
    run_sql("UPDATE user_profiles SET wants_drafts = TRUE WHERE user_id = $1", DB_ARGS(db_uuid(person)));
    add_proof(person, "docker");
    add_claim(person, "python", false);
    return person;
}

__attribute__((unused)) static int64_t modules_for(struct str person, const char *skill)
{
    return count("SELECT COUNT(*) FROM roadmap_modules WHERE user_id = $1 AND skill_id = $2 AND status = 'pending'", DB_ARGS(db_uuid(person), db_text(str_from(skill))));
}

__attribute__((unused)) static const char *const asks_docker[] = {"docker", "python", "sql", NULL}, *const asks_python[] = {"python", "sql", NULL};
