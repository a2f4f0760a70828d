/* What the API of applications answers: the tables of what api.c writes. */
#include "features/application/answers.h"
#include "features/application/application.h"

static const struct schema_member application_members[] = {
    {.name = "id", .type = SCHEMA_ID, .says = "the application"},
    {.name = "job_listing_id", .type = SCHEMA_ID, .flags = MEMBER_NULLABLE, .says = "the listing it was made from; null for one of the person's own"},
    {.name = "title", .type = SCHEMA_TEXT, .example = "Platform engineer"},
    {.name = "company", .type = SCHEMA_TEXT, .says = "empty when it is not known", .example = "Northwind"},
    {.name = "url", .type = SCHEMA_TEXT, .says = "the ad's address, or empty", .example = "https://jobs.example.org/4711"},
    {.name = "status", .type = SCHEMA_CHOICE, .says = "the column of the board", .choices = APPLICATION_STATUSES},
    {.name = "notes", .type = SCHEMA_TEXT, .says = "the person's own, or empty", .example = "Ask about on-call duty."},
    {.name = "applied_on", .type = SCHEMA_DATE, .flags = MEMBER_NULLABLE},
    {.name = "next_step_on", .type = SCHEMA_DATE, .flags = MEMBER_NULLABLE},
    {.name = "created_at", .type = SCHEMA_TIME},
    {.name = "updated_at", .type = SCHEMA_TIME},
};
const struct schema application_schema = SCHEMA("Application", "One application on the person's board.", application_members);

static const struct schema_member list_members[] = {
    {.name = "applications", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &application_schema},
    NEXT_CURSOR_MEMBER,
};
const struct schema application_list_schema = SCHEMA("ApplicationList", "Applications of the person.", list_members);
