/* Skills: claims with a level, their proofs, and the catalogue to choose from. The feature's own parts. */
#pragma once
#include "features/feature.h"
#include "features/skill_state.h"
#include "features/skills/views.h"
#include "http/response.h"

extern const struct feature feature_skills;

#define SKILLS_LEVELS "beginner|intermediate|proficient|expert"

#define SKILLS_LIST_FIELDS 5
#define SKILLS_CLAIM_FIELDS 3
#define SKILLS_ID_FIELDS 1
#define SKILLS_LEVEL_FIELDS 2
#define SKILLS_REMOVE_FIELDS 2
#define SKILLS_CATALOGUE_FIELDS 2
extern const struct field skills_list_fields[SKILLS_LIST_FIELDS];
extern const struct field skills_claim_fields[SKILLS_CLAIM_FIELDS];
extern const struct field skills_id_fields[SKILLS_ID_FIELDS];
extern const struct field skills_level_fields[SKILLS_LEVEL_FIELDS];
extern const struct field skills_remove_fields[SKILLS_REMOVE_FIELDS];
extern const struct field skills_catalogue_fields[SKILLS_CATALOGUE_FIELDS];

enum err skills_page(struct request *request, struct response *response);
enum err skills_claim(struct request *request, struct response *response);
enum err skills_level(struct request *request, struct response *response);
enum err skills_remove_page(struct request *request, struct response *response);
enum err skills_remove(struct request *request, struct response *response);
enum err skills_catalogue(struct request *request, struct response *response);
enum err skills_api_catalogue(struct request *request, struct response *response);
enum err skills_api_claim(struct request *request, struct response *response);
enum err skills_api_list(struct request *request, struct response *response);
enum err skills_api_change(struct request *request, struct response *response);
enum err skills_api_get(struct request *request, struct response *response);
enum err skills_api_change_one(struct request *request, struct response *response);
enum err skills_api_remove(struct request *request, struct response *response);

/* The store. All in the open transaction; each plans the roadmap again when there is one. */

/* Claims a skill of the catalogue, or changes the level of a claim. ERR_CONFLICT above SKILL_CLAIMS_MAX claims. */
enum err skills_store_claim(struct request *request, size_t skill, struct str level) MUST_CHECK;
/* The same for a skill that is not claimed yet: ERR_CONFLICT when it is. `id` gets the claim's id. */
enum err skills_store_claim_new(struct request *request, size_t skill, struct str level, struct str *id) MUST_CHECK;
/* ERR_NOT_FOUND when the person does not claim it. */
enum err skills_store_level(struct request *request, struct str claim_id, struct str level) MUST_CHECK;
/* The claim goes, and its proofs with it. */
enum err skills_store_remove(struct request *request, struct str claim_id) MUST_CHECK;

/* One claim of the person with its number of proofs; ERR_NOT_FOUND. */
struct skill_claim {
    struct str id, skill_id, name, level;
    bool is_verified;
    int64_t proofs;
};
/* By the skill; `claim` gets all but the number of proofs. Outside a transaction: it makes its own where more than the level changes. */
enum err skills_store_level_of(struct request *request, struct str skill_id, struct str level, struct skill_claim *claim) MUST_CHECK;
enum err skills_store_find(struct request *request, struct str claim_id, struct skill_claim *claim) MUST_CHECK;

/* The catalogue skill a claim names: by name or alias, else by id; CATALOGUE_NONE when there is none. */
size_t skills_named(struct str name, struct str id);
