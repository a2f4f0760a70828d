/* What operators may do: each thing is confirmed on a page of its own, done by the bus, and noted in the audit log with it. */
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/admin_confirm.html.h"
#include "features/admin/store.sql.h"
#include "pages/pages.h"
#include "security/audit.h"

#include <inttypes.h>

#define REDRIVEN_MAX 1000 /* at a time: one transaction */

/* ---- the pages that ask ---- */

static enum err ask(struct request *request, struct response *response, enum admin_tab tab, struct str title, struct admin_confirm *view)
{
    TRY(admin_shell(request, tab, title, (struct str){0}, &view->shell, &view->tabs));
    struct html page = {0};
    admin_confirm_render(&page, view);
    respond_html(response, &page);
    return OK;
}

/* The job of the address: its kind and state. */
static enum err find_job(struct request *request, int64_t *id, struct str *kind, struct str *status)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *id = request_int(request, "id", 0);
    TRY(db_query_one(request->db, &sql_admin_job, DB_ARGS(db_int(*id)), &rows));
    *kind = db_col_text(&rows, 1, request->arena);
    *status = db_col_text(&rows, 2, request->arena);
    return OK;
}

static bool is_finished(struct str status) { return str_equal(status, STR("completed")) || str_equal(status, STR("dead")) || str_equal(status, STR("cancelled")); }
static enum err refuse_to_cancel(void) { return err_set(ERR_CONFLICT, "That job has ended already, so there is nothing to cancel."); }
static enum err refuse_to_retry(void) { return err_set(ERR_CONFLICT, "Only a job that gave up can be tried again."); }

/* The kind of the address: only what this version knows can be held back. */
static enum err find_kind(struct request *request, const struct job_kind **kind)
{
    *kind = bus_kind(request_text(request, "kind"));
    return *kind ? OK : err_set(ERR_NOT_FOUND, "This version knows no such kind of job.");
}

static struct str job_address(struct request *request, int64_t id) { return str_format(request->arena, "/admin/jobs/%" PRId64, id); }

enum err admin_job_retry_page(struct request *request, struct response *response)
{
    struct str kind, status;
    int64_t id;
    TRY(find_job(request, &id, &kind, &status));
    if (!str_equal(status, STR("dead"))) return refuse_to_retry();
    struct str back = job_address(request, id);
    struct admin_confirm view = {
        .words = str_format(request->arena, "It is a %.*s. It becomes ready at once, with all of its attempts, and its finished steps keep their results.", STR_ARG(kind)),
        .action = str_format(request->arena, "%.*s/retry", STR_ARG(back)), .button = STR("Try again"), .back = back, .keep = STR("Leave it")};
    return ask(request, response, ADMIN_JOBS, str_format(request->arena, "Try job %" PRId64 " again?", id), &view);
}

enum err admin_job_cancel_page(struct request *request, struct response *response)
{
    struct str kind, status;
    int64_t id;
    TRY(find_job(request, &id, &kind, &status));
    if (is_finished(status)) return refuse_to_cancel();
    struct str back = job_address(request, id);
    struct admin_confirm view = {
        .words = str_format(request->arena, "It is a %.*s and %.*s. %s This cannot be undone.", STR_ARG(kind), STR_ARG(admin_job_status(request->arena, status).words),
                            str_equal(status, STR("running")) ? "Its worker is told, and it ends as soon as it notices; what it has not stored by then is lost."
                                                              : "It ends at once, and so do the jobs that need it."),
        .action = str_format(request->arena, "%.*s/cancel", STR_ARG(back)), .button = STR("Cancel the job"), .back = back, .keep = STR("Let it be"), .is_destructive = true};
    return ask(request, response, ADMIN_JOBS, str_format(request->arena, "Cancel job %" PRId64 "?", id), &view);
}

static struct str workflow_address(struct request *request, struct str workflow) { return str_format(request->arena, "/admin/jobs?workflow=%.*s", STR_ARG(workflow)); }

enum err admin_workflow_cancel_page(struct request *request, struct response *response)
{
    struct str workflow = request_text(request, "workflow");
    int64_t open = 0;
    TRY(db_query_int(request->db, &sql_admin_workflow_open, DB_ARGS(db_uuid(workflow)), &open));
    if (!open) return err_set(ERR_NOT_FOUND, "No job of this workflow is left to cancel.");
    struct admin_confirm view = {
        .words = str_format(request->arena, "%.*s They end at once, and so do jobs that need them; the workers of those that run are told, and what these have not stored by then is lost. "
                                            "What is finished stays as it is. This cannot be undone.", STR_ARG(admin_workflow_words(request->arena, open))),
        .action = str_format(request->arena, "/admin/workflows/%.*s/cancel", STR_ARG(workflow)), .button = STR("Cancel the workflow"), .back = workflow_address(request, workflow),
        .keep = STR("Let it be"), .is_destructive = true};
    return ask(request, response, ADMIN_JOBS, STR("Cancel the whole workflow?"), &view);
}

static enum err refuse_to_redrive(void) { return err_set(ERR_NOT_FOUND, "No job of this kind has given up."); }

/* Also of a kind that this version does not know: a process that does may be there, or come. */
enum err admin_kind_redrive_page(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct str kind = request_text(request, "kind");
    int64_t count = 0;
    TRY(db_query_int(request->db, &sql_admin_dead_count, DB_ARGS(db_text(kind)), &count));
    if (!count) return refuse_to_redrive();
    struct admin_confirm view = {
        .words = str_format(arena, "%.*s dead letter%s of %.*s. Up to %d of them, the oldest first, become ready at once with all of their attempts. %s", STR_ARG(admin_count(arena, count, count >= ADMIN_COUNTED_MAX)),
                            count == 1 ? "" : "s", STR_ARG(kind), REDRIVEN_MAX,
                            bus_kind(kind) ? "Look at one first: what made it give up should be mended."
                                           : "This version does not know the kind, so they wait until a process runs that does."),
        .action = str_format(arena, "/admin/kinds/%.*s/redrive", STR_ARG(admin_url_part(arena, kind))), .button = STR("Try them again"), .back = STR("/admin"), .keep = STR("Leave them")};
    return ask(request, response, ADMIN_OVERVIEW, str_format(arena, "Try dead letters of %.*s again?", STR_ARG(kind)), &view);
}

enum err admin_kind_pause_page(struct request *request, struct response *response)
{
    const struct job_kind *kind;
    TRY(find_kind(request, &kind));
    struct admin_confirm view = {
        .words = STR("No worker takes a job of this kind until you let it go on. What runs goes on to its end, and new jobs queue up; people wait for what the jobs would do."),
        .action = str_format(request->arena, "/admin/kinds/%s/pause", kind->name), .button = STR("Pause"), .back = STR("/admin"), .keep = STR("Let it run"), .is_destructive = true};
    return ask(request, response, ADMIN_OVERVIEW, str_format(request->arena, "Pause %s?", kind->name), &view);
}

/* ---- what they do ---- */

enum err admin_job_retry(struct request *request, struct response *response)
{
    struct str kind, status;
    int64_t id, count = 0;
    TRY(find_job(request, &id, &kind, &status));
    TRY(bus_redrive_dead(request->db, NULL, id, 1, &count));
    if (!count) return refuse_to_retry();
    TRY(audit_note(request, (struct str){0}, "job retried", str_format(request->arena, "job %" PRId64, id)));
    respond_flash(request, response, false, STR("It is ready to be tried again."));
    respond_redirect(request, response, job_address(request, id));
    return OK;
}

enum err admin_job_cancel(struct request *request, struct response *response)
{
    struct str kind, status;
    int64_t id;
    TRY(find_job(request, &id, &kind, &status));
    if (is_finished(status)) return refuse_to_cancel();
    TRY(bus_cancel(request->db, id));
    TRY(audit_note(request, (struct str){0}, "job cancelled", str_format(request->arena, "job %" PRId64, id)));
    respond_flash(request, response, false, STR("It is cancelled; a job that runs ends as soon as it notices."));
    respond_redirect(request, response, job_address(request, id));
    return OK;
}

enum err admin_workflow_cancel(struct request *request, struct response *response)
{
    struct str workflow = request_text(request, "workflow");
    int64_t count = 0;
    TRY(bus_cancel_workflow(request->db, workflow, &count));
    if (!count) return err_set(ERR_NOT_FOUND, "No job of this workflow is left to cancel.");
    TRY(audit_note(request, (struct str){0}, "workflow cancelled", str_format(request->arena, "%.*s: %" PRId64, STR_ARG(workflow), count)));
    respond_flash(request, response, false, str_format(request->arena, "%" PRId64 " job%s of the workflow %s cancelled; those that run end as soon as they notice.", count, count == 1 ? "" : "s", count == 1 ? "is" : "are"));
    respond_redirect(request, response, workflow_address(request, workflow));
    return OK;
}

enum err admin_kind_redrive(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct str kind = request_text(request, "kind");
    int64_t count = 0;
    TRY(bus_redrive_dead(request->db, str_cstr(arena, kind), 0, REDRIVEN_MAX, &count));
    if (!count) return refuse_to_redrive();
    TRY(audit_note(request, (struct str){0}, "jobs redriven", str_format(arena, "%.*s: %" PRId64, STR_ARG(kind), count)));
    respond_flash(request, response, false, str_format(arena, "%" PRId64 " job%s of %.*s %s ready again.", count, count == 1 ? "" : "s", STR_ARG(kind), count == 1 ? "is" : "are"));
    respond_redirect(request, response, STR("/admin"));
    return OK;
}

static enum err set_paused(struct request *request, struct response *response, bool is_paused)
{
    const struct job_kind *kind;
    TRY(find_kind(request, &kind));
    TRY(bus_pause(request->db, kind->name, is_paused));
    TRY(audit_note(request, (struct str){0}, is_paused ? "kind paused" : "kind resumed", str_from(kind->name)));
    respond_flash(request, response, false, str_format(request->arena, is_paused ? "%s is paused." : "%s goes on.", kind->name));
    respond_redirect(request, response, STR("/admin"));
    return OK;
}

enum err admin_kind_pause(struct request *request, struct response *response) { return set_paused(request, response, true); }
enum err admin_kind_resume(struct request *request, struct response *response) { return set_paused(request, response, false); }
