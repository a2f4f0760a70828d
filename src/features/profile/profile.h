/* The public profile's own parts. */
#pragma once
#include "features/feature.h"
#include "features/profile/views.h"
#include "http/response.h"

extern const struct feature feature_profile;

enum err profile_show(struct request *request, struct response *response);

#define PROFILE_PROOFS_A_SKILL 3
#define PROFILE_SKILLS_MAX 200 /* what one page can bear */

/* A proof as it is stored; strings live in the request's arena. */
struct profile_row {
    struct profile_claim *skill;
    struct str type, snippet, summary;
    double confidence;
    int64_t verified_at;
};

/* A verified skill with its latest proofs. */
struct profile_claim {
    struct str id, name, category, level;
    struct str left_skill; /* its id when the catalogue has it no more, "" otherwise */
    const struct profile_row *proofs[PROFILE_PROOFS_A_SKILL];
    int64_t count; /* of proofs, also those not kept */
    double best;   /* confidence */
};

struct profile_facts {
    struct profile_claim *skills;
    size_t skills_count;
    struct profile_row *rows; /* those kept, latest first */
    size_t rows_count;
};

/* The cards, the best proved first. */
void profile_build_skills(struct arena *arena, const struct profile_facts *facts, struct profile_page *view);
/* The latest ten milestones: one for each skill and day. */
void profile_build_milestones(struct arena *arena, const struct profile_facts *facts, struct profile_page *view);
