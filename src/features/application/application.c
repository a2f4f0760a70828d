/* One application: made, read, changed and removed by its person. */
#include "features/application/application.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "features/application/application_delete_page.html.h"
#include "features/application/application_new_page.html.h"
#include "features/application/application_page.html.h"
#include "features/application/store.sql.h"
#include "pages/pages.h"

#include <assert.h>
#include <string.h>

/* A GET page shows the fields of the POST that takes them. */
static const struct field *form_field(const char *name)
{
    const struct route *post = NULL;
    for (size_t i = 0; i < feature_application.routes_count && !post; i++)
        if (feature_application.routes[i].handler == application_create) post = &feature_application.routes[i];
    assert(post);
    for (size_t i = 0; i < post->fields_count; i++)
        if (strcmp(post->fields[i].name, name) == 0) return &post->fields[i];
    return NULL;
}

static void fill_form(struct request *request, const struct application *application, bool has_status, struct application_form *form)
{
    form->title = pages_field_of(request, form_field("title"), application->title, NULL);
    form->company = pages_field_of(request, form_field("company"), application->company, NULL);
    form->url = pages_field_of(request, form_field("url"), application->url, NULL);
    form->applied_on = pages_field_of(request, form_field("applied_on"), application->applied_on, NULL);
    form->next_step_on = pages_field_of(request, form_field("next_step_on"), application->next_step_on, "An interview, a deadline, a call.");
    form->notes = pages_field_of(request, form_field("notes"), application->notes, "People, questions, what you sent. Only you see this.");
    form->notes.rows = 8;
    form->has_errors = request_has_errors(request);
    form->has_status = has_status;
    if (!has_status) return;
    form->status = pages_field_of(request, form_field("status"), application->status, NULL);
    form->status.choices = application_columns(request->arena, form->status.value);
    form->status.choices_count = APPLICATION_STATUS_COUNT;
}

enum err application_new(struct request *request, struct response *response)
{
    struct application_new_page view = {0};
    struct application empty = {.status = STR("saved")};
    TRY(pages_shell(request, NAV_JOBS, STR("Add an application"), STR("For a job you found elsewhere."), &view.shell));
    fill_form(request, &empty, true, &view.form);
    struct html page = {0};
    application_new_page_render(&page, &view);
    respond_html(response, &page);
    if (request_has_errors(request)) response->status = 422;
    return OK;
}

enum err application_create(struct request *request, struct response *response)
{
    if (request_has_errors(request)) return application_new(request, response);
    struct str id = uuid_new(request->arena), status = request_text(request, "status");
    struct db_value applied_on = request_has(request, "applied_on") ? db_text(request_text(request, "applied_on"))
                                                                    : application_applied_on(request->arena, status);
    TRY(db_exec(request->db, &sql_application_insert,
                DB_ARGS(db_uuid(id), db_uuid(request->identity.user_id), db_text(request_text(request, "title")),
                        db_text(request_text(request, "company")), db_text(request_text(request, "url")), db_text(status),
                        db_text(request_text(request, "notes")), applied_on, db_text_or_null(request_text(request, "next_step_on")),
                        db_time(clock_now()))));
    respond_flash(request, response, false, STR("Added to your board."));
    respond_redirect(request, response, STR("/jobs/board"));
    return OK;
}

enum err application_page(struct request *request, struct response *response)
{
    struct application application;
    struct application_page view = {0};
    TRY(application_find(request, request_param(request, "id"), &application));
    TRY(pages_shell(request, NAV_JOBS, application.title, (struct str){0}, &view.shell));
    fill_form(request, &application, false, &view.form);
    view.id = application.id;
    view.listing_id = application.listing_id;
    view.url = application.url;
    view.where = application.company;
    view.status = application_status_title(application.status);
    view.columns = application_columns(request->arena, application.status);
    view.columns_count = APPLICATION_STATUS_COUNT;
    int64_t now = clock_now();
    view.created_iso = time_iso(request->arena, application.created_at);
    view.created = time_ago(request->arena, application.created_at, now);
    view.updated_iso = time_iso(request->arena, application.updated_at);
    view.updated = time_ago(request->arena, application.updated_at, now);
    TRY(application_fill_papers(request, &view));
    struct html page = {0};
    application_page_render(&page, &view);
    respond_html(response, &page);
    if (request_has_errors(request)) response->status = 422;
    return OK;
}

enum err application_save(struct request *request, struct response *response)
{
    if (request_has_errors(request)) return application_page(request, response);
    struct str id = request_param(request, "id");
    TRY(db_exec_one(request->db, &sql_application_update,
                    DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id), db_text(request_text(request, "title")),
                            db_text(request_text(request, "company")), db_text(request_text(request, "url")),
                            db_text(request_text(request, "notes")), db_text_or_null(request_text(request, "applied_on")),
                            db_text_or_null(request_text(request, "next_step_on")), db_time(clock_now()))));
    respond_flash(request, response, false, STR("Saved."));
    respond_redirect(request, response, str_format(request->arena, "/jobs/applications/%.*s", STR_ARG(id)));
    return OK;
}

enum err application_delete_page(struct request *request, struct response *response)
{
    struct application application;
    struct application_delete_page view = {0};
    TRY(application_find(request, request_param(request, "id"), &application));
    TRY(pages_shell(request, NAV_JOBS, STR("Remove an application"), (struct str){0}, &view.shell));
    view.id = application.id;
    view.title = application.title;
    view.where = application.company;
    struct html page = {0};
    application_delete_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err application_delete(struct request *request, struct response *response)
{
    struct str id = request_param(request, "id");
    TRY(db_exec_one(request->db, &sql_application_delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id))));
    respond_flash(request, response, false, STR("Removed from your board."));
    respond_redirect(request, response, STR("/jobs/board"));
    return OK;
}
