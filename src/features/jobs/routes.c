/* Routes and commands of the job hunt. */
#include "features/jobs/jobs.h"
#include "features/jobs/store.sql.h"

static const struct field filter_fields[] = {
    {.name = "q", .type = FIELD_TEXT, .label = "Words", .max = 100},
    {.name = "band", .type = FIELD_CHOICE, .label = "Match", .choices = "strong|fair|stretch"},
    {.name = "remote", .type = FIELD_BOOL, .label = "Remote only"},
    {.name = "skill", .type = FIELD_KEY, .label = "Asks for"},
    {.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 100000},
};

static const struct field save_fields[] = {
    {.name = "status", .type = FIELD_CHOICE, .label = "Column", .required = true, .choices = "saved|applied|interviewing|offer|rejected"},
    {.name = "back", .type = FIELD_TEXT, .label = "Page to go back to", .max = 400},
};

static const struct route routes[] = {
    {HTTP_GET, "/jobs", jobs_matches_page, ACCESS_USER, RATE_PAGE, FIELDS(filter_fields), .summary = "listings that fit me, with the reasons"},
    {HTTP_GET, "/jobs/listings/{id}", jobs_listing_page, ACCESS_USER, RATE_PAGE, .summary = "one listing, and how it fits me"},
    {HTTP_POST, "/jobs/listings/{id}/save", jobs_listing_save, ACCESS_USER, RATE_CHANGE, FIELDS(save_fields),
     .summary = "put a listing on my board"},
};

static const struct command commands[] = {
    {"jobs import", "FILE [--json]", "bring listings into the store: Adzuna, Jooble or our own JSON", jobs_import_command},
    {"jobs match", "RESUME [--top N] [--json]", "the best listings for a resume, with the reasons", jobs_match_command},
};

const struct feature feature_jobs = {.name = "jobs",
                                     .routes = routes,
                                     .routes_count = COUNT_OF(routes),
                                     .statements = jobs_statements,
                                     .statements_count = &jobs_statements_count,
                                     .commands = commands,
                                     .commands_count = COUNT_OF(commands)};
