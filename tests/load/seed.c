/* Fills an empty store with invented people for load tests: seed DIR PEOPLE
 *
 * Each has a public profile ("person-0001"), 12 verified skills and 3 interviews, each of which proved all 12: 36 proofs with quotes of
 * 80 to 330 bytes. Person 7 is signed in with the session token "…0008" (64 hexadecimal digits: the number and one). Nothing is random, so
 * two runs measure the same.
 */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/uuid.h"
#include "commands/commands.h"
#include "db/migrate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SKILLS 12
#define INTERVIEWS 3

static const struct sql sql_user = {
    "seed.user", "INSERT INTO users (id, email, username, first_name, last_name, onboarding_step, onboarding_completed, created_at, updated_at) "
                 "VALUES ($1, $2, $3, $4, $5, 5, TRUE, $6, $6)", 6};
static const struct sql sql_profile = {
    "seed.profile", "INSERT INTO user_profiles (user_id, target_roles, preferred_locations, years_of_experience, is_public, public_bio, headline, "
                    "created_at, updated_at) VALUES ($1, $2, $3, $4, TRUE, $5, NULL, $6, $6)", 6};
static const struct sql sql_interview = {
    "seed.interview", "INSERT INTO interviews (id, user_id, role_title, status, plan, state, started_at, completed_at, created_at, updated_at) "
                      "VALUES ($1, $2, 'Platform engineer', 'analyzed', '{}', '{}', $3, $3, $3, $3)", 3};
static const struct sql sql_session = {
    "seed.session", "INSERT INTO sessions (token_hash, user_id, created_at, last_used_at, expires_at, user_agent) VALUES ($1, $2, $3, $3, $4, 'load')", 4};
static const struct sql sql_skill = {
    "seed.skill", "INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, is_verified, verification_metadata, created_at, updated_at) "
                  "VALUES ($1, $2, $3, 'proficient', TRUE, '{\"is_verified\":true,\"verification_count\":3}', $4, $4)", 4};
static const struct sql sql_proof = {
    "seed.proof", "INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, "
                  "start_offset, end_offset, summary, raw_data, verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, '{}', $11)", 11};

static const char *const first_names[] = {"Mara", "Jonas", "Aylin", "Tomasz", "Grace", "Ngozi", "Luis", "Hanna", "Priya", "Omar"};
static const char *const last_names[] = {"Lindqvist", "Okafor", "Demir", "Nowak", "Berg", "Almeida", "Kaya", "Varga", "Rao", "Haddad"};
static const char *const sentences[] = {
    "I moved the slow part into a queue, so that a request no longer waits for the report to be written.",
    "We had two copies of the same rule, and I took one away after I had written tests for both.",
    "First I turned the feature off, then I wrote down the times, and only after that I looked for the reason.",
    "The numbers did not add up because one region counted returns twice, which I found by comparing a single day by hand.",
};
static const char *const types[] = {"project_demo", "concept_explanation", "live_coding"};

static struct str snippet(struct arena *arena, size_t seed)
{
    size_t many = 1 + seed % 3;
    struct str text = str_from(sentences[seed % COUNT_OF(sentences)]);
    for (size_t i = 1; i < many; i++) text = str_format(arena, "%.*s %s", STR_ARG(text), sentences[(seed + i) % COUNT_OF(sentences)]);
    return text;
}

struct person {
    struct arena *arena;
    size_t number;
    struct str id, skills[SKILLS], interviews[INTERVIEWS];
    int64_t now;
};

static enum err add_proofs(struct db *db, struct person *person)
{
    struct arena *arena = person->arena;
    for (size_t i = 0; i < (size_t)INTERVIEWS * SKILLS; i++) {
        size_t interview = i / SKILLS, skill = i % SKILLS;
        struct str quote = snippet(arena, person->number + i);
        TRY(db_exec(db, &sql_proof,
                    DB_ARGS(db_uuid(uuid_new(arena)), db_uuid(person->id), db_uuid(person->skills[skill]), db_uuid(person->interviews[interview]),
                            db_text(str_from(types[i % 3])), db_real(0.55 + (double)(i * 7 % 40) / 100), db_text(quote), db_int((int64_t)skill * 2 + 1),
                            db_int((int64_t)quote.len), db_text(STR("Told what was wrong, what was done about it, and what came out.")),
                            db_time(person->now + (int64_t)interview * 20 * US_PER_DAY + (int64_t)skill * US_PER_SECOND))));
    }
    return OK;
}

static enum err add_session(struct db *db, const struct person *person)
{
    unsigned char hash[32];
    char hex[2 * sizeof(hash) + 1];
    struct str token = str_format(person->arena, "%064zx", person->number + 1);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)token.ptr, token.len, NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    int64_t now = clock_now();
    return db_exec(db, &sql_session, DB_ARGS(db_text(str_from(hex)), db_uuid(person->id), db_time(now), db_time(now + 30 * US_PER_DAY)));
}

/* Everybody claims "docker" first, so that a test can name a claim, and eleven others. */
static struct str skill_at(size_t person, size_t i)
{
    struct str first = STR("docker"), id = catalogue_skill_at((person * 5 + i * 31) % catalogue_skills_count)->id;
    if (i == 0) return first;
    return str_equal(id, first) ? catalogue_skill_at(person * 5 % catalogue_skills_count)->id : id;
}

static enum err add_person(struct db *db, void *argument)
{
    struct person *person = argument;
    struct arena *arena = person->arena;
    size_t n = person->number;
    person->id = uuid_new(arena);
    struct str username = str_format(arena, "person-%04zu", n);
    TRY(db_exec(db, &sql_user,
                DB_ARGS(db_uuid(person->id), db_text(str_format(arena, "%.*s@example.org", STR_ARG(username))), db_text(username),
                        db_text(str_from(first_names[n % COUNT_OF(first_names)])), db_text(str_from(last_names[n / 10 % COUNT_OF(last_names)])),
                        db_time(person->now))));
    TRY(db_exec(db, &sql_profile,
                DB_ARGS(db_uuid(person->id), db_json(STR("[\"Platform engineer\",\"Site reliability engineer\"]")),
                        db_json(STR("[\"Hamburg\",\"Remote\"]")), db_int((int64_t)(n % 30)),
                        db_text(STR("I keep services running and like to find out why they stopped.")), db_time(person->now))));
    for (size_t i = 0; i < INTERVIEWS; i++) {
        person->interviews[i] = uuid_new(arena);
        TRY(db_exec(db, &sql_interview, DB_ARGS(db_uuid(person->interviews[i]), db_uuid(person->id), db_time(person->now + (int64_t)i * US_PER_DAY))));
    }
    for (size_t i = 0; i < SKILLS; i++) {
        person->skills[i] = uuid_new(arena);
        struct str skill = skill_at(n, i);
        TRY(db_exec(db, &sql_skill, DB_ARGS(db_uuid(person->skills[i]), db_uuid(person->id), db_text(skill), db_time(person->now))));
    }
    TRY(add_session(db, person));
    return add_proofs(db, person);
}

static enum err fill(const char *directory, int64_t people)
{
    struct arena arena = {0};
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    TRY(file_make_dirs(directory));
    bool is_url = strstr(directory, "://") != NULL;
    TRY(db_pool_open_at(&pool, is_url ? directory : str_cstr(&arena, str_format(&arena, "%s/careerprep.db", directory)), 1));
    enum err result = db_acquire(pool, &db);
    if (result == OK) result = db_migrate(db, NULL);
    if (result == OK) result = store_seed(db);
    int64_t start = clock_now() - 100 * US_PER_DAY;
    for (int64_t i = 0; i < people && result == OK; i++) {
        struct person person = {.arena = &arena, .number = (size_t)i, .now = start + i * US_PER_SECOND};
        result = db_transaction(db, add_person, &person);
        arena_reset(&arena);
    }
    db_release(db);
    db_pool_close(pool);
    arena_dispose(&arena);
    return result;
}

int main(int argc, char **argv)
{
    int64_t people = 0;
    if (argc != 3 || str_to_int(str_from(argv[2]), &people) != OK || people < 1 || people > 9999) {
        fprintf(stderr, "usage: seed DIR PEOPLE (1 to 9999)\n");
        return 2;
    }
    enum err result = fill(argv[1], people);
    if (result != OK) fprintf(stderr, "seed: %s\n", err_detail());
    return result == OK ? 0 : 1;
}
