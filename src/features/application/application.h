/* The application tracker's own parts. */
#pragma once
#include "db/db.h"
#include "features/application/views.h"
#include "features/feature.h"
#include "http/response.h"

extern const struct feature feature_application;

struct application {
    struct str id, listing_id, title, company, url, status, notes;
    struct str applied_on, next_step_on; /* YYYY-MM-DD, "" when open */
    int64_t created_at, updated_at;
};

#define APPLICATION_STATUSES "saved|applied|interviewing|offer|rejected"
#define APPLICATION_STATUS_COUNT 5
extern const char *const application_statuses[APPLICATION_STATUS_COUNT];
struct str application_status_title(struct str status); /* "Saved" */

void application_read(struct db_rows *rows, struct arena *arena, struct application *application);
/* Somebody's own application; ERR_NOT_FOUND for anybody else's. */
enum err application_find(struct request *request, struct str id, struct application *application) MUST_CHECK;
/* The columns as choices of a select, the present one marked. */
struct choice *application_columns(struct arena *arena, struct str status);
/* Today where a status means that one has applied, NULL otherwise: what COALESCE(applied_on, …) takes. */
struct db_value application_applied_on(struct arena *arena, struct str status);

/* The documents and the answers of an application, for its page. */
enum err application_fill_papers(struct request *request, struct application_page *view) MUST_CHECK;
enum err application_fill_drafts(struct request *request, struct board_page *view) MUST_CHECK;
extern const struct field application_answer_fields[], application_draft_fields[]; /* of the forms; one each */

enum err application_board(struct request *request, struct response *response);
enum err application_move(struct request *request, struct response *response);
enum err application_new(struct request *request, struct response *response);
enum err application_create(struct request *request, struct response *response);
enum err application_page(struct request *request, struct response *response);
enum err application_save(struct request *request, struct response *response);
enum err application_delete_page(struct request *request, struct response *response);
enum err application_delete(struct request *request, struct response *response);
enum err application_answer(struct request *request, struct response *response);
enum err application_answer_read(struct request *request, struct response *response);
enum err application_draft(struct request *request, struct response *response);
enum err application_draft_accept(struct request *request, struct response *response);
enum err application_draft_discard(struct request *request, struct response *response);
enum err application_api_list(struct request *request, struct response *response);
enum err application_api_create(struct request *request, struct response *response);
enum err application_api_get(struct request *request, struct response *response);
enum err application_api_change(struct request *request, struct response *response);
enum err application_api_delete(struct request *request, struct response *response);
