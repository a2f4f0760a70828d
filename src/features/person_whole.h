/* A person with everything that hangs below them, in one query whatever they have: profile, claimed skills, the catalogue's entry of each, and the
 * latest three proofs of each (getUserWithProfile of the plan, relations included).
 */
#pragma once
#include "ai/catalogue.h"
#include "features/person.h"

#define PERSON_PROOFS_KEPT 3 /* a skill */

struct person_proof {
    struct str id, interview_id, type, snippet, summary;
    double confidence; /* 0 to 1 */
    int64_t verified_at;
};

struct person_skill {
    struct str id; /* of the claim */
    struct str skill_id, name, field, category;
    enum question_level level;
    bool is_verified;
    struct str metadata; /* JSON; "" for none */
    int64_t created_at;
    struct person_proof proofs[PERSON_PROOFS_KEPT]; /* latest first; of one moment the most confident first */
    size_t proofs_count;
    int64_t proofs_total; /* with those not kept */
};

struct person_whole {
    struct person person;
    struct person_skill *skills; /* by name */
    size_t skills_count;
};

/* ERR_NOT_FOUND when there is no such person. Everything lives in the arena. */
enum err person_whole_read(struct db *db, struct arena *arena, struct str user_id, struct person_whole *whole) MUST_CHECK;
