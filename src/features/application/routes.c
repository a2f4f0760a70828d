/* Routes of the application tracker. */
#include "features/application/answers.h"
#include "features/application/application.h"
#include "features/application/store.sql.h"

#define FORM_FIELDS(needs_title) \
    {.name = "title", .type = FIELD_TEXT, .label = "Job title", .required = (needs_title), .min = 1, .max = 200, .example = "Platform engineer"}, \
    {.name = "company", .type = FIELD_TEXT, .label = "Company", .max = 160, .example = "Northwind"}, \
    {.name = "url", .type = FIELD_URL, .label = "Link to the ad", .message = "Enter an address that begins with https:// or http://."}, \
    {.name = "applied_on", .type = FIELD_DATE, .label = "Applied on"}, \
    {.name = "next_step_on", .type = FIELD_DATE, .label = "Next step on"}, \
    {.name = "notes", .type = FIELD_MULTILINE, .label = "Notes", .max = 10000}

static const struct field form_fields[] = {FORM_FIELDS(true)};

static const struct field new_fields[] = {
    FORM_FIELDS(true),
    {.name = "status", .type = FIELD_CHOICE, .label = "Stage", .required = true, .choices = APPLICATION_STATUSES},
};

static const struct field move_fields[] = {
    {.name = "status", .type = FIELD_CHOICE, .label = "Stage", .required = true, .choices = APPLICATION_STATUSES},
    {.name = "back", .type = FIELD_CHOICE, .label = "Page to go back to", .choices = "page"},
};

static const struct field board_fields[] = {
    {.name = "moved", .type = FIELD_ID, .label = "Moved card"},
    {.name = "from", .type = FIELD_CHOICE, .label = "Column it came from", .choices = APPLICATION_STATUSES},
};

static const struct field list_fields[] = {
    {.name = "status", .type = FIELD_CHOICE, .label = "Stage", .choices = APPLICATION_STATUSES},
    {.name = "job_listing_id", .type = FIELD_ID, .label = "Listing"},
    COLLECTION_FIELDS("board|created_at|-created_at|updated_at|-updated_at|next_step_on|-next_step_on|title|-title|company|-company"),
};

static const struct collection list_collection = {
    .items = "applications", .sort = "board", .limit = 50};

static const struct field change_fields[] = {
    {.name = "id", .type = FIELD_ID, .label = "Id"},
    FORM_FIELDS(false),
    {.name = "status", .type = FIELD_CHOICE, .label = "Stage", .choices = APPLICATION_STATUSES},
};

const struct field application_answer_fields[] = {
    {.name = "answer", .type = FIELD_MULTILINE, .label = "What they wrote", .required = true, .min = 1, .max = 20000},
};

const struct field application_draft_fields[] = {
    {.name = "cover_note", .type = FIELD_MULTILINE, .label = "Cover note", .required = true, .min = 1, .max = 20000},
};

static const struct field id_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Id"}};

static const struct field api_fields[] = {
    FORM_FIELDS(false),
    {.name = "job_listing_id", .type = FIELD_ID, .label = "Listing"},
    {.name = "status", .type = FIELD_CHOICE, .label = "Stage", .choices = APPLICATION_STATUSES},
};

/* A code point is at most 12 bytes in a form ("%F0%9F%98%80"), so that these hold the longest text that its field takes, and the other fields. */
#define NOTES_BODY_MAX ((size_t)160 << 10)
#define PAPER_BODY_MAX ((size_t)256 << 10)

static const struct route routes[] = {
    {HTTP_GET, "/jobs/board", application_board, ACCESS_USER, RATE_PAGE, FIELDS(board_fields), .summary = "my applications as a board"},
    {HTTP_GET, "/jobs/applications/new", application_new, ACCESS_USER, RATE_PAGE, .summary = "form for an application of my own"},
    {HTTP_POST, "/jobs/applications", application_create, ACCESS_USER, RATE_CHANGE, .body_max = NOTES_BODY_MAX, FIELDS(new_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "add an application of my own"},
    {HTTP_GET, "/jobs/applications/{id}", application_page, ACCESS_OWNER, RATE_PAGE, .summary = "one application"},
    {HTTP_POST, "/jobs/applications/{id}", application_save, ACCESS_OWNER, RATE_CHANGE, .body_max = NOTES_BODY_MAX, FIELDS(form_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "change an application"},
    {HTTP_POST, "/jobs/applications/{id}/move", application_move, ACCESS_OWNER, RATE_CHANGE, FIELDS(move_fields),
     .summary = "move an application to another column"},
    {HTTP_GET, "/jobs/applications/{id}/delete", application_delete_page, ACCESS_OWNER, RATE_PAGE, .summary = "ask before removing an application"},
    {HTTP_POST, "/jobs/applications/{id}/delete", application_delete, ACCESS_OWNER, RATE_CHANGE, .summary = "remove an application"},
    {HTTP_POST, "/jobs/applications/{id}/answer", application_answer, ACCESS_OWNER, RATE_CHANGE, .body_max = PAPER_BODY_MAX, FIELDS(application_answer_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "enter an employer's rejection, which the strategist reads"},
    {HTTP_POST, "/jobs/answers/{id}/read", application_answer_read, ACCESS_OWNER, RATE_CHANGE, .summary = "have an employer's answer read whose reading was cancelled or failed"},
    {HTTP_GET, "/jobs/drafts/{id}", application_draft, ACCESS_OWNER, RATE_PAGE, .summary = "an application that the action agent prepared"},
    {HTTP_POST, "/jobs/drafts/{id}/accept", application_draft_accept, ACCESS_OWNER, RATE_CHANGE, .body_max = PAPER_BODY_MAX, FIELDS(application_draft_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "put a prepared application onto the board"},
    {HTTP_POST, "/jobs/drafts/{id}/discard", application_draft_discard, ACCESS_OWNER, RATE_CHANGE, .summary = "discard a prepared application"},
    {HTTP_GET, "/api/jobs/applications", application_api_list, ACCESS_USER, RATE_PAGE, FIELDS(list_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .collection = &list_collection,
     .scope = SCOPE_APPLICATIONS_READ, .summary = "the person's applications",
     .answer = ANSWER(200, application_list_schema)},
    {HTTP_POST, "/api/jobs/applications", application_api_create, ACCESS_USER, RATE_CHANGE, FIELDS(api_fields),
     .flags = ROUTE_API | ROUTE_FREE_TEXT, .scope = SCOPE_APPLICATIONS_WRITE, .summary = "add an application, of a listing or of their own",
     .answer = ANSWER_AT(201, application_schema, "/api/jobs/applications/{id}")},
    {HTTP_GET, "/api/jobs/applications/{id}", application_api_get, ACCESS_OWNER, RATE_PAGE, FIELDS(id_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_APPLICATIONS_READ, .summary = "one application",
     .answer = ANSWER(200, application_schema)},
    {HTTP_PATCH, "/api/jobs/applications/{id}", application_api_change, ACCESS_OWNER, RATE_CHANGE, FIELDS(change_fields),
     .flags = ROUTE_API | ROUTE_ETAG | ROUTE_FREE_TEXT, .scope = SCOPE_APPLICATIONS_WRITE, .summary = "change an application, or move it to another stage",
     .answer = ANSWER(200, application_schema)},
    {HTTP_DELETE, "/api/jobs/applications/{id}", application_api_delete, ACCESS_OWNER, RATE_CHANGE, FIELDS(id_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_APPLICATIONS_WRITE, .summary = "remove an application",
     .answer = ANSWER_EMPTY},
};

const struct feature feature_application = {.name = "application",
                                            .title = "Applications",
                                            .says = "The board of job applications.",
                                            .routes = routes,
                                            .routes_count = COUNT_OF(routes),
                                            .statements = application_statements,
                                            .statements_count = &application_statements_count};
