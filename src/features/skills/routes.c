/* Routes and field tables of the skills feature. */
#include "features/skills/answers.h"
#include "features/skills/skills.h"
#include "features/skills/store.sql.h"

#define LEVEL_FIELD(is_required) \
    {.name = "proficiency_level", .type = FIELD_CHOICE, .label = "Level", .required = (is_required), .choices = SKILLS_LEVELS, .message = "Choose one of the four levels."}

const struct field skills_list_fields[SKILLS_LIST_FIELDS] = {
    {.name = "q", .type = FIELD_TEXT, .label = "Search", .max = 100},
    {.name = "state", .type = FIELD_CHOICE, .label = "State", .choices = "verified|claimed|gap"},
    {.name = "claim", .type = FIELD_KEY, .label = "Skill to claim"},
    {.name = "removed", .type = FIELD_KEY, .label = "Removed skill"},
    {.name = "level", .type = FIELD_CHOICE, .label = "Its level", .choices = SKILLS_LEVELS},
};

const struct field skills_claim_fields[SKILLS_CLAIM_FIELDS] = {
    {.name = "name", .type = FIELD_TEXT, .label = "Skill", .max = 100, .example = "Docker"},
    {.name = "skill_id", .type = FIELD_KEY, .label = "Skill"},
    LEVEL_FIELD(true),
};

#define ID_FIELD {.name = "id", .type = FIELD_ID, .label = "Id"}

const struct field skills_id_fields[SKILLS_ID_FIELDS] = {ID_FIELD};

const struct field skills_level_fields[SKILLS_LEVEL_FIELDS] = {ID_FIELD, LEVEL_FIELD(true)};

const struct field skills_remove_fields[SKILLS_REMOVE_FIELDS] = {ID_FIELD, {.name = "confirm", .type = FIELD_BOOL, .label = "Yes, remove the proofs too"}};

const struct field skills_catalogue_fields[SKILLS_CATALOGUE_FIELDS] = {
    {.name = "q", .type = FIELD_TEXT, .label = "Search", .max = 100},
    {.name = "field", .type = FIELD_TEXT, .label = "Field of work", .max = 100},
};

static const struct field api_catalogue_fields[] = {
    {.name = "q", .type = FIELD_TEXT, .label = "Search", .max = 100},
    {.name = "field", .type = FIELD_TEXT, .label = "Field of work", .max = 100},
    {.name = "category", .type = FIELD_TEXT, .label = "Category", .max = 100},
    COLLECTION_FIELDS("relevance|name|-name"),
};

static const struct collection catalogue_collection = {
    .items = "skills", .sort = "relevance", .limit = 50};

static const struct field api_list_fields[] = {
    {.name = "state", .type = FIELD_CHOICE, .label = "State", .choices = "verified|claimed|gap"},
    {.name = "proficiency_level", .type = FIELD_CHOICE, .label = "Level", .choices = SKILLS_LEVELS},
    COLLECTION_FIELDS("name|-name|claimed_at|-claimed_at"),
};

static const struct collection list_collection = {
    .items = "skills", .sort = "name", .limit = COLLECTION_LIMIT_MAX};

static const struct field api_change_fields[] = {
    {.name = "skill_id", .type = FIELD_KEY, .label = "Skill", .required = true},
    LEVEL_FIELD(true),
};

static const struct route routes[] = {
    {HTTP_GET, "/skills", skills_page, ACCESS_USER, RATE_PAGE, FIELDS(skills_list_fields), .summary = "claimed and verified skills with their proofs"},
    {HTTP_POST, "/skills", skills_claim, ACCESS_USER, RATE_CHANGE, FIELDS(skills_claim_fields), .flags = ROUTE_SHOWS_ERRORS, .summary = "claim a skill"},
    {HTTP_POST, "/skills/{id}/level", skills_level, ACCESS_OWNER, RATE_CHANGE, FIELDS(skills_level_fields), .summary = "change the level of a claim"},
    {HTTP_GET, "/skills/{id}/remove", skills_remove_page, ACCESS_OWNER, RATE_PAGE, FIELDS(skills_id_fields), .summary = "ask before a claim and its proofs go"},
    {HTTP_POST, "/skills/{id}/remove", skills_remove, ACCESS_OWNER, RATE_CHANGE, FIELDS(skills_remove_fields), .summary = "remove a claim and its proofs"},
    {HTTP_GET, "/skills/catalogue", skills_catalogue, ACCESS_USER, RATE_PAGE, FIELDS(skills_catalogue_fields), .summary = "all skills by field and category"},
    {HTTP_GET, "/api/skills", skills_api_catalogue, ACCESS_USER, RATE_PAGE, FIELDS(api_catalogue_fields), .flags = ROUTE_API | ROUTE_ETAG, .collection = &catalogue_collection,
     .scope = SCOPE_SKILLS_READ, .summary = "search the catalogue of skills",
     .answer = ANSWER(200, skills_catalogue_schema)},
    {HTTP_POST, "/api/skills", skills_api_claim, ACCESS_USER, RATE_CHANGE, FIELDS(skills_claim_fields), .flags = ROUTE_API, .scope = SCOPE_SKILLS_WRITE, .summary = "claim a skill that is not claimed yet",
     .answer = ANSWER_AT(201, skills_claim_schema, "/api/users/skills/{id}")},
    {HTTP_GET, "/api/users/skills", skills_api_list, ACCESS_USER, RATE_PAGE, FIELDS(api_list_fields), .flags = ROUTE_API | ROUTE_ETAG, .collection = &list_collection,
     .scope = SCOPE_SKILLS_READ, .summary = "the person's skills with level and verification",
     .answer = ANSWER(200, skills_list_schema)},
    {HTTP_PATCH, "/api/users/skills", skills_api_change, ACCESS_OWNER, RATE_CHANGE, FIELDS(api_change_fields), .flags = ROUTE_API | ROUTE_NO_TRANSACTION, .scope = SCOPE_SKILLS_WRITE, .summary = "change the level of a claim",
     .answer = ANSWER(200, skills_changed_schema)},
    {HTTP_GET, "/api/users/skills/{id}", skills_api_get, ACCESS_OWNER, RATE_PAGE, FIELDS(skills_id_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_SKILLS_READ, .summary = "one claim",
     .answer = ANSWER(200, skills_claim_schema)},
    {HTTP_PATCH, "/api/users/skills/{id}", skills_api_change_one, ACCESS_OWNER, RATE_CHANGE, FIELDS(skills_level_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_SKILLS_WRITE, .summary = "change the level of one claim",
     .answer = ANSWER(200, skills_claim_schema)},
    {HTTP_DELETE, "/api/users/skills/{id}", skills_api_remove, ACCESS_OWNER, RATE_CHANGE, FIELDS(skills_id_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_SKILLS_WRITE, .summary = "remove a claim with its proofs",
     .answer = ANSWER_EMPTY},
};

const struct feature feature_skills = {.name = "skills",
                                       .title = "Skills",
                                       .says = "The catalogue, and what the person claims of it.",
                                       .routes = routes,
                                       .routes_count = COUNT_OF(routes),
                                       .statements = skills_statements,
                                       .statements_count = &skills_statements_count};
