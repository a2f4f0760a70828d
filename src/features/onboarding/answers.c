/* What the API of the profile answers: the table of what api.c writes. */
#include "features/onboarding/answers.h"
#include "features/person.h"

static const struct schema_member profile_members[] = {
    {.name = "user_id", .type = SCHEMA_ID},
    {.name = "email", .type = SCHEMA_TEXT, .example = "ada@example.org"},
    {.name = "username", .type = SCHEMA_TEXT, .flags = MEMBER_NULLABLE, .says = "of the public address", .example = "ada-tester"},
    {.name = "first_name", .type = SCHEMA_TEXT, .example = "Ada"},
    {.name = "last_name", .type = SCHEMA_TEXT, .says = "may be empty", .example = "Tester"},
    {.name = "headline", .type = SCHEMA_TEXT, .flags = MEMBER_NULLABLE, .example = "Platform engineer who likes calm deployments"},
    {.name = "public_bio", .type = SCHEMA_TEXT, .flags = MEMBER_NULLABLE, .example = "Ten years of running services."},
    {.name = "is_public", .type = SCHEMA_BOOL, .says = "whether anybody may read the profile"},
    {.name = "twin_quotes_resume", .type = SCHEMA_BOOL, .says = "whether the twin may quote single lines of the resume"},
    {.name = "target_roles", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .example = "Platform engineer"},
    {.name = "preferred_locations", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .example = "Remote"},
    {.name = "years_of_experience", .type = SCHEMA_INT, .flags = MEMBER_NULLABLE, .example = "10"},
    {.name = "salary_expectation_min", .type = SCHEMA_INT, .flags = MEMBER_NULLABLE, .says = "a year, in the currency below", .example = "70000"},
    {.name = "salary_expectation_max", .type = SCHEMA_INT, .flags = MEMBER_NULLABLE, .example = "90000"},
    {.name = "salary_currency", .type = SCHEMA_CHOICE, .flags = MEMBER_NULLABLE, .choices = PERSON_CURRENCIES},
    {.name = "onboarding_step", .type = SCHEMA_INT, .says = "the step that comes next, from 0", .example = "5"},
    {.name = "onboarding_completed", .type = SCHEMA_BOOL},
    {.name = "updated_at", .type = SCHEMA_TIME},
};
const struct schema profile_schema = SCHEMA("Profile", "The person's own profile, private parts too.", profile_members);
