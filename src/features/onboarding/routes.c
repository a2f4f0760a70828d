/* Routes and field tables of onboarding. */
#include "features/onboarding/answers.h"
#include "features/onboarding/onboarding.h"
#include "features/onboarding/store.sql.h"

/* Where a button of the form leads: see onboarding.h. Absent is "next". */
#define WAY_FIELDS \
    {.name = "then", .type = FIELD_CHOICE, .label = "Button", .choices = "next|back|later|more|skip"}, \
    {.name = "edit", .type = FIELD_BOOL, .label = "Edit"}

#define ENTRY_FIELDS \
    {.name = "entry", .type = FIELD_ID, .label = "Entry"}, {.name = "draft", .type = FIELD_KEY, .label = "Draft", .max = 40}

static const struct field page_fields[] = {
    {.name = "edit", .type = FIELD_BOOL, .label = "Edit"},
    {.name = "entry", .type = FIELD_ID, .label = "Entry"},
};
static const struct field open_fields[] = {{.name = "resume", .type = FIELD_BOOL, .label = "Resume"}};

static const struct field welcome_fields[] = {PERSON_USERNAME_FIELD, WAY_FIELDS};
static const struct field goal_fields[] = {PERSON_GOAL_FIELDS(true), WAY_FIELDS};
static const struct field experience_fields[] = {PERSON_EXPERIENCE_FIELDS(true), WAY_FIELDS};

#define YEAR_MESSAGE .message = "Enter a year from 1940 to 2100."
static const struct field education_fields[] = {
    {.name = "degree", .type = FIELD_TEXT, .label = "Degree or course", .max = 150},
    {.name = "institution", .type = FIELD_TEXT, .label = "Institution", .max = 150},
    {.name = "field_of_study", .type = FIELD_TEXT, .label = "Field of study", .max = 150},
    {.name = "start_year", .type = FIELD_INT, .label = "First year", .min = 1940, .max = 2100, YEAR_MESSAGE},
    {.name = "end_year", .type = FIELD_INT, .label = "Last year", .min = 1940, .max = 2100, YEAR_MESSAGE},
    ENTRY_FIELDS,
    WAY_FIELDS,
};

#define MONTH_MESSAGE .message = "Enter a year and a month, like 2021-04."
static const struct field work_fields[] = {
    {.name = "title", .type = FIELD_TEXT, .label = "Job title", .max = 150},
    {.name = "company", .type = FIELD_TEXT, .label = "Company", .max = 150},
    {.name = "start_month", .type = FIELD_MONTH, .label = "From", MONTH_MESSAGE},
    {.name = "end_month", .type = FIELD_MONTH, .label = "To", MONTH_MESSAGE},
    {.name = "is_current", .type = FIELD_BOOL, .label = "I work here now"},
    {.name = "description", .type = FIELD_MULTILINE, .label = "What you did", .max = 4000},
    ENTRY_FIELDS,
    WAY_FIELDS,
};
static const struct field delete_fields[] = {
    {.name = "id", .type = FIELD_ID, .label = "Entry"},
    {.name = "edit", .type = FIELD_BOOL, .label = "Edit"},
};

/* For PATCH: nothing is required, what is sent is checked. */
static const struct field profile_fields[] = {
    PERSON_NAME_FIELDS(false), PERSON_USERNAME_FIELD, PERSON_GOAL_FIELDS(false), PERSON_EXPERIENCE_FIELDS(false), PERSON_ABOUT_FIELDS,
    PERSON_PUBLIC_FIELD, PERSON_TWIN_FIELD,
};

#define TABLE(fields) {(fields), COUNT_OF(fields)}
const struct onboarding_fields onboarding_fields[STEP_COUNT] = {
    [STEP_WELCOME] = TABLE(welcome_fields),     [STEP_GOALS] = TABLE(goal_fields), [STEP_EXPERIENCE] = TABLE(experience_fields),
    [STEP_EDUCATION] = TABLE(education_fields), [STEP_WORK] = TABLE(work_fields),
};

#define PAGE(number, text) \
    {HTTP_GET, "/onboarding/" number, onboarding_step_page, ACCESS_USER, RATE_PAGE, FIELDS(page_fields), .flags = ROUTE_ON_IO_THREAD, .summary = text}
#define SUBMIT(number, does, table, text) \
    {HTTP_POST, "/onboarding/" number, does, ACCESS_USER, RATE_CHANGE, FIELDS(table), .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = text}
#define SAVE(number, does, table, text) \
    {HTTP_POST, "/onboarding/" number "/save", does, ACCESS_USER, RATE_CHANGE, FIELDS(table), \
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION | ROUTE_FREE_TEXT | ROUTE_API, .summary = text}
#define ASK_DELETE(number, text) \
    {HTTP_GET, "/onboarding/" number "/entries/{id}/delete", onboarding_ask_delete, ACCESS_OWNER, RATE_PAGE, FIELDS(delete_fields), \
     .flags = ROUTE_ON_IO_THREAD, .summary = text}
#define DELETE(number, text) \
    {HTTP_POST, "/onboarding/" number "/entries/{id}/delete", onboarding_delete_entry, ACCESS_OWNER, RATE_CHANGE, FIELDS(delete_fields), .summary = text}

static const struct route routes[] = {
    {HTTP_GET, "/onboarding", onboarding_open, ACCESS_USER, RATE_PAGE, FIELDS(open_fields), .flags = ROUTE_ON_IO_THREAD,
     .summary = "go to the step where the person stopped"},
    PAGE("0", "welcome"),
    PAGE("1", "career goals"),
    PAGE("2", "experience"),
    PAGE("3", "education"),
    PAGE("4", "work history and resume"),
    PAGE("5", "summary and confirmation"),
    SUBMIT("0", onboarding_submit, welcome_fields, "keep the username and go on"),
    SUBMIT("1", onboarding_submit, goal_fields, "keep the goals and go on"),
    SUBMIT("2", onboarding_submit, experience_fields, "keep the experience and go on"),
    SUBMIT("3", onboarding_submit_entry, education_fields, "add or change education, or go on"),
    SUBMIT("4", onboarding_submit_entry, work_fields, "add or change a role, or go on"),
    SAVE("0", onboarding_save, welcome_fields, "save the username while typing"),
    SAVE("1", onboarding_save, goal_fields, "save the goals while typing"),
    SAVE("2", onboarding_save, experience_fields, "save the experience while typing"),
    SAVE("3", onboarding_save_entry, education_fields, "save education while typing"),
    SAVE("4", onboarding_save_entry, work_fields, "save a role while typing"),
    ASK_DELETE("3", "ask before education is removed"),
    ASK_DELETE("4", "ask before a role is removed"),
    DELETE("3", "remove education"),
    DELETE("4", "remove a role"),
    {HTTP_POST, "/onboarding/skip", onboarding_skip, ACCESS_USER, RATE_CHANGE, .summary = "finish onboarding later"},
    {HTTP_POST, "/onboarding/complete", onboarding_complete, ACCESS_USER, RATE_CHANGE, .summary = "confirm the summary"},
    {HTTP_GET, "/api/users/profile", onboarding_profile_get, ACCESS_USER, RATE_PAGE, .flags = ROUTE_API | ROUTE_ETAG | ROUTE_ON_IO_THREAD,
     .scope = SCOPE_PROFILE_READ, .summary = "the person's own profile",
     .answer = ANSWER(200, profile_schema)},
    {HTTP_PATCH, "/api/users/profile", onboarding_profile_patch, ACCESS_USER, RATE_CHANGE, FIELDS(profile_fields),
     .flags = ROUTE_API | ROUTE_ETAG | ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .scope = SCOPE_PROFILE_WRITE, .summary = "change some fields of the profile",
     .answer = ANSWER(200, profile_schema)},
};

const struct feature feature_onboarding = {.name = "onboarding",
                                           .title = "Profile",
                                           .says = "Name, goals and experience of the person.",
                                           .routes = routes,
                                           .routes_count = COUNT_OF(routes),
                                           .statements = onboarding_statements,
                                           .statements_count = &onboarding_statements_count};
