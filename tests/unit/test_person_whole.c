/* A person with all that hangs below, read in one query: what is right for somebody with nothing, with much, and beside others. */
#include "base/clock.h"
#include "commands/commands.h"
#include "features/account/account.h"
#include "features/person_whole.h"
#include "features/skill_state.h"
#include "features/skills/store.sql.h"
#include "test.h"
#include "test_store.h"

static struct arena arena;

static const struct sql sql_interview = {
    "test.interview", "INSERT INTO interviews (id, user_id, role_title, status, plan, state, created_at, updated_at) VALUES ($1, $2, 'Tester', 'analyzed', '{}', '{}', $3, $3)", 3};
static const struct sql sql_proof = {
    "test.proof", "INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset, end_offset, "
                  "summary, raw_data, verified_at) VALUES ($1, $2, $3, $4, 'project_demo', $5, $6, $7, 0, 1, 'Summary', '{}', $8)", 8};
static const struct sql sql_verify = {
    "test.verify", "UPDATE user_skills SET is_verified = TRUE, verification_metadata = '{\"verification_count\":5}' WHERE user_id = $1 AND id = $2", 2};

struct made {
    struct str email, user, claims[3], interview;
};

static const char *const skills[] = {"python", "docker", "sql"};

/* Five proofs of the second claim, the newest two of one moment; one of the first; none of the third. */
static enum err add_person(struct db *db, void *argument)
{
    struct made *made = argument;
    struct account_new account = {.email = made->email, .first_name = STR("Ada"), .last_name = STR("Tester"), .password_hash = STR("none")};
    TRY(account_create(db, &arena, &account, &made->user));
    made->interview = uuid_new(&arena);
    TRY(db_exec(db, &sql_interview, DB_ARGS(db_uuid(made->interview), db_uuid(made->user), db_time(1))));
    for (size_t i = 0; i < COUNT_OF(skills); i++) {
        made->claims[i] = uuid_new(&arena);
        TRY(db_exec(db, &sql_skill_claim, DB_ARGS(db_uuid(made->claims[i]), db_uuid(made->user), db_text(str_from(skills[i])), db_text(STR("expert")), db_time(7))));
    }
    static const struct {
        int claim, day;
        double confidence;
    } proofs[] = {{1, 1, 0.9}, {1, 3, 0.8}, {0, 2, 0.7}, {1, 5, 0.5}, {1, 5, 0.6}, {1, 2, 0.4}};
    for (size_t i = 0; i < COUNT_OF(proofs); i++)
        TRY(db_exec(db, &sql_proof,
                    DB_ARGS(db_uuid(uuid_new(&arena)), db_uuid(made->user), db_uuid(made->claims[proofs[i].claim]), db_uuid(made->interview), db_real(proofs[i].confidence),
                            db_text(str_format(&arena, "said on day %d", proofs[i].day)), db_int((int64_t)i), db_time(proofs[i].day * US_PER_DAY))));
    return db_exec(db, &sql_verify, DB_ARGS(db_uuid(made->user), db_uuid(made->claims[1])));
}

static bool open_store(struct test_store *store, struct made *ada, struct made *bob)
{
    return test_store_open(store, 4) && CHECK_OK(store_seed(store->db)) && CHECK_OK(db_transaction(store->db, add_person, ada)) &&
           CHECK_OK(db_transaction(store->db, add_person, bob));
}

TEST(one_query_reads_the_person_the_claims_and_the_latest_three_proofs_of_each)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    struct made ada = {.email = STR("ada@example.org")}, bob = {.email = STR("bob@example.org")};
    struct person_whole whole;
    struct person person;
    REQUIRE(open_store(&store, &ada, &bob));
    uint64_t before = db_statement_count(store.db);
    REQUIRE(CHECK_OK(person_whole_read(store.db, &arena, ada.user, &whole)));
    CHECK_INT(db_statement_count(store.db) - before, 1);
    REQUIRE(CHECK_OK(person_read(store.db, &arena, ada.user, &person)));
    CHECK_STR(whole.person.user_id, ada.user);
    CHECK_STR(whole.person.email, STR("ada@example.org"));
    CHECK_STR(whole.person.last_name, STR("Tester"));
    CHECK_INT(whole.person.years_of_experience, PERSON_NONE);
    CHECK_INT(whole.person.salary_max, person.salary_max);
    CHECK_INT(whole.person.created_at, person.created_at);
    CHECK_INT(whole.person.twin_quotes_resume, person.twin_quotes_resume);
    REQUIRE(CHECK_INT(whole.skills_count, 3));
    const struct person_skill *docker = &whole.skills[0], *python = &whole.skills[1], *sql = &whole.skills[2];
    CHECK_STR(docker->name, STR("Docker")); /* by name */
    CHECK_STR(docker->id, ada.claims[1]);
    CHECK(docker->category.len && docker->is_verified && docker->level == LEVEL_EXPERT && docker->created_at == 7);
    CHECK(str_contains(docker->metadata, STR("verification_count")));
    CHECK_INT(docker->proofs_total, 5);
    REQUIRE(CHECK_INT(docker->proofs_count, 3));
    CHECK_STR(docker->proofs[0].snippet, STR("said on day 5"));
    CHECK(docker->proofs[0].confidence > 0.55 && docker->proofs[1].confidence < 0.55); /* of one moment the surer first */
    CHECK_INT(docker->proofs[1].verified_at, 5 * US_PER_DAY);
    CHECK_STR(docker->proofs[2].snippet, STR("said on day 3"));
    CHECK_STR(docker->proofs[2].interview_id, ada.interview);
    CHECK_INT(python->proofs_count, 1);
    CHECK_INT(python->proofs_total, 1);
    CHECK_STR(python->metadata, STR(""));
    CHECK_STR(sql->skill_id, STR("sql"));
    CHECK_INT(sql->proofs_count, 0);
}

TEST(its_skills_are_those_of_the_other_way_to_read_them)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    struct made ada = {.email = STR("ada@example.org")}, bob = {.email = STR("bob@example.org")};
    struct person_whole whole;
    struct skill_states all, of;
    REQUIRE(open_store(&store, &ada, &bob));
    REQUIRE(CHECK_OK(person_whole_read(store.db, &arena, bob.user, &whole)));
    REQUIRE(CHECK_OK(skill_states_read_whole(store.db, &arena, bob.user, &all)) && CHECK_OK(skill_states_of(store.db, &arena, &whole, &of)));
    REQUIRE(CHECK_INT(of.count, all.count));
    CHECK_INT(of.verified, all.verified);
    for (size_t i = 0; i < all.count; i++) {
        CHECK_STR(of.items[i].id, all.items[i].id);
        CHECK_STR(of.items[i].name, all.items[i].name);
        CHECK_STR(of.items[i].metadata, all.items[i].metadata);
    }
}

TEST(nobody_is_not_found)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    struct made ada = {.email = STR("ada@example.org")}, bob = {.email = STR("bob@example.org")};
    struct person_whole whole;
    REQUIRE(open_store(&store, &ada, &bob));
    CHECK_INT(person_whole_read(store.db, &arena, uuid_new(&arena), &whole), ERR_NOT_FOUND);
}
