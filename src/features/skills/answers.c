/* What the API of skills answers: the tables of what api.c writes. */
#include "features/skills/answers.h"
#include "features/skills/skills.h"

static const struct schema_member skill_members[] = {
    {.name = "id", .type = SCHEMA_KEY, .example = "docker"},
    {.name = "name", .type = SCHEMA_TEXT, .example = "Docker"},
    {.name = "field", .type = SCHEMA_TEXT, .says = "field of work", .example = "Software"},
    {.name = "category", .type = SCHEMA_TEXT, .example = "Platform"},
    {.name = "aliases", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .says = "other names", .example = "docker engine"},
    {.name = "related", .type = SCHEMA_KEY, .flags = MEMBER_LIST, .says = "ids of skills near it", .example = "kubernetes"},
};
static const struct schema skill_schema = SCHEMA("Skill", "A skill of the catalogue.", skill_members);

static const struct schema_member catalogue_members[] = {
    {.name = "skills", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .says = "of a search: the nearest first", .object = &skill_schema},
    NEXT_CURSOR_MEMBER,
    {.name = "total", .type = SCHEMA_INT, .says = "of all that fit, not only these", .example = "1"},
};
const struct schema skills_catalogue_schema = SCHEMA("SkillList", "Skills of the catalogue.", catalogue_members);

static const struct schema_member proof_members[] = {
    {.name = "interview_id", .type = SCHEMA_ID},
    {.name = "timestamp", .type = SCHEMA_TIME},
    {.name = "transcript_snippet", .type = SCHEMA_TEXT, .says = "the person's own words", .example = "I cut the image from 1.2 GB to 80 MB with a build stage."},
    {.name = "evaluator_confidence", .type = SCHEMA_NUMBER, .says = "from 0 to 1", .example = "0.82"},
};
static const struct schema proof_schema = SCHEMA("LatestProof", "The newest proof of a skill.", proof_members);

static const struct schema_member metadata_members[] = {
    {.name = "is_verified", .type = SCHEMA_BOOL},
    {.name = "verification_count", .type = SCHEMA_INT, .example = "3"},
    {.name = "latest_proof", .type = SCHEMA_OBJECT, .flags = MEMBER_OPTIONAL, .object = &proof_schema},
};
static const struct schema metadata_schema = SCHEMA("VerificationMetadata", "What is known of a skill's proofs.", metadata_members);

static const struct schema_member claim_members[] = {
    {.name = "id", .type = SCHEMA_ID, .says = "the claim"},
    {.name = "skill_id", .type = SCHEMA_KEY, .says = "of the catalogue", .example = "docker"},
    {.name = "name", .type = SCHEMA_TEXT, .example = "Docker"},
    {.name = "field", .type = SCHEMA_TEXT, .says = "field of work", .example = "Software"},
    {.name = "category", .type = SCHEMA_TEXT, .example = "Platform"},
    {.name = "proficiency_level", .type = SCHEMA_CHOICE, .choices = SKILLS_LEVELS},
    {.name = "state", .type = SCHEMA_CHOICE, .says = "gap: it was asked about and not shown", .choices = "verified|claimed|gap"},
    {.name = "is_verified", .type = SCHEMA_BOOL},
    {.name = "claimed_at", .type = SCHEMA_TIME},
    {.name = "verification_metadata", .type = SCHEMA_OBJECT, .flags = MEMBER_NULLABLE, .says = "null until it was proved", .object = &metadata_schema},
};
const struct schema skills_claim_schema = SCHEMA("Claim", "A skill that the person claims.", claim_members);

static const struct schema_member list_members[] = {
    {.name = "skills", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &skills_claim_schema},
    NEXT_CURSOR_MEMBER,
};
const struct schema skills_list_schema = SCHEMA("ClaimList", "Skills that the person claims.", list_members);

static const struct schema_member changed_members[] = {
    {.name = "id", .type = SCHEMA_ID, .says = "the claim"},
    {.name = "skill_id", .type = SCHEMA_KEY, .example = "docker"},
    {.name = "name", .type = SCHEMA_TEXT, .example = "Docker"},
    {.name = "proficiency_level", .type = SCHEMA_CHOICE, .choices = SKILLS_LEVELS},
    {.name = "is_verified", .type = SCHEMA_BOOL},
};
const struct schema skills_changed_schema = SCHEMA("ChangedClaim", "The claim whose level was changed, in short.", changed_members);
