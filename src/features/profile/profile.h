/* The public profile's own parts. */
#pragma once
#include "features/feature.h"
#include "features/profile/views.h"
#include "http/response.h"

extern const struct feature feature_profile;

enum err profile_show(struct request *request, struct response *response);

#define PROFILE_PROOFS_A_SKILL 3

/* One proof with its skill; strings live in the request's arena. */
struct profile_row {
    struct str skill_key, name, category, level, type, snippet, summary;
    struct str left_skill; /* its id when the catalogue has it no more, "" otherwise */
    double confidence;
    int64_t verified_at;
    int64_t count; /* proofs of the skill, also those not shown; set in its first row */
};
/* Groups rows (by skill, latest first in each) into cards, the best proved first. */
void profile_build_skills(struct arena *arena, const struct profile_row *rows, size_t count, struct profile_page *view);
/* The latest ten milestones: one for each skill and day. */
void profile_build_milestones(struct arena *arena, const struct profile_row *rows, size_t count, struct profile_page *view);
