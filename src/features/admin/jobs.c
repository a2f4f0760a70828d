/* The list of jobs, with filters. What is looked at is bounded: see the statement admin_jobs, whose branch is chosen here. */
#include "base/clock.h"
#include "base/text.h"
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/admin_jobs.html.h"
#include "features/admin/store.sql.h"
#include "pages/pages.h"

#include <inttypes.h>

#define FEW_MAX 10000
#define ERROR_SHOWN 160

static const char *const statuses[] = {"queued", "scheduled", "waiting", "blocked", "running", "completed", "dead", "cancelled"};

/* What is asked for, and where the statement looks for it. */
struct search {
    struct str kind, status, email, workflow, error;
    int64_t number, before;
    struct str dead_kind, few_status; /* "" unless that is the branch */
    int64_t walk_before;              /* 0 unless the newest jobs are walked */
};

static void read_filters(struct request *request, struct search *search)
{
    *search = (struct search){
        .kind = request_text(request, "kind"),
        .status = request_text(request, "status"),
        .email = request_text(request, "email"),
        .workflow = request_text(request, "workflow"),
        .error = request_text(request, "error"),
        .number = request_int(request, "number", 0),
        .before = request_int(request, "before", INT64_MAX),
    };
}

/* A state that ends has an index of its own, which helps when it holds few. */
static enum err choose_branch(struct request *request, struct search *search)
{
    int64_t count = 0;
    if (search->number) search->walk_before = search->number + 1;
    else if (search->email.len || search->workflow.len) return OK;
    else if (search->kind.len && str_equal(search->status, STR("dead"))) search->dead_kind = search->kind;
    else if (search->status.len && !str_equal(search->status, STR("completed")) && !str_equal(search->status, STR("cancelled"))) {
        TRY(db_query_int(request->db, &sql_admin_status_count, DB_ARGS(db_text(search->status)), &count));
        if (count <= FEW_MAX) search->few_status = search->status;
        else search->walk_before = search->before;
    } else search->walk_before = search->before;
    return OK;
}

/* "/admin/jobs?kind=…&before=41" with the filters that are set. */
static struct str address(struct arena *arena, const struct search *search, int64_t before)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    const struct {
        const char *name;
        struct str value;
    } parts[] = {{"kind", search->kind}, {"status", search->status}, {"email", search->email}, {"workflow", search->workflow}, {"error", search->error}};
    buf_append_str(&out, STR("/admin/jobs?"));
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (parts[i].value.len) buf_append_format(&out, "%s=%.*s&", parts[i].name, STR_ARG(admin_url_part(arena, parts[i].value)));
    buf_append_format(&out, "before=%" PRId64, before);
    return str_copy(arena, buf_str(&out));
}

static struct admin_job_row read_row(struct arena *arena, const struct db_rows *rows, int64_t now)
{
    struct str name = db_col_text(rows, 3, arena), error = db_col_text(rows, 9, arena);
    const struct job_kind *kind = bus_kind(name);
    int64_t created = db_col_time(rows, 8);
    return (struct admin_job_row){
        .id = db_col_int(rows, 2),
        .kind = name,
        .title = kind ? str_from(kind->title) : STR("Not known to this version"),
        .status = admin_job_status(arena, db_col_text(rows, 4, arena)),
        .email = db_col_text(rows, 5, arena),
        .attempts = db_col_int(rows, 6),
        .max_attempts = db_col_int(rows, 7),
        .created_iso = time_iso(arena, created),
        .created = time_ago(arena, created, now),
        .error = error.len > ERROR_SHOWN ? str_format(arena, "%.*s…", STR_ARG(str_utf8_prefix(error, ERROR_SHOWN))) : error,
    };
}

static enum err read_jobs(struct request *request, const struct search *search, struct admin_jobs *view)
{
    struct arena *arena = request->arena;
    struct str pattern = search->error.len ? text_like(arena, search->error) : search->error;
    int64_t low = 0, looked_at = 0, now = clock_now(), last = 0;
    bool has_more = false;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_admin_jobs,
                 DB_ARGS(db_int(search->before), db_text(search->email), db_uuid_or_null(search->workflow), db_text_or_null(search->dead_kind),
                         db_text(search->few_status), db_int(search->walk_before), db_text(search->kind), db_text(search->status), db_text(pattern),
                         db_text(STR(TEXT_LIKE_ESCAPE)), db_int(search->number)), &rows));
    view->rows = arena_array(arena, struct admin_job_row, ADMIN_PAGE_SIZE);
    while (db_next(&rows)) {
        low = db_col_int(&rows, 0);
        looked_at = db_col_int(&rows, 1);
        if (db_col_is_null(&rows, 2)) continue;
        has_more = view->rows_count == ADMIN_PAGE_SIZE;
        if (has_more) break;
        view->rows[view->rows_count++] = read_row(arena, &rows, now);
        last = view->rows[view->rows_count - 1].id;
    }
    TRY(db_rows_result(&rows));
    if (has_more) view->more = (struct admin_more){.next = address(arena, search, last), .words = STR("Older jobs")};
    else if (looked_at >= ADMIN_LOOKED_AT_MAX && !search->number)
        view->more = (struct admin_more){
            .next = address(arena, search, low),
            .words = STR("Go on looking"),
            .note = str_format(arena, "Looked at %" PRId64 " jobs, down to number %" PRId64 ".", looked_at, low),
        };
    return OK;
}

static void fill_filters(struct request *request, const struct search *search, struct admin_jobs *view)
{
    const struct bus_registry *registry = bus_registry_current();
    size_t count = registry->kinds_count;
    const char **names = arena_array(request->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) names[i] = registry->kinds[i]->name;
    /* The overview leads here with kinds of other versions, too. */
    if (search->kind.len && !bus_kind(search->kind)) names[count++] = str_cstr(request->arena, search->kind);
    view->kinds = admin_choices(request->arena, names, count, "Any kind", search->kind);
    view->kinds_count = count + 1;
    view->statuses = admin_choices(request->arena, statuses, COUNT_OF(statuses), "Any state", search->status);
    view->statuses_count = COUNT_OF(statuses) + 1;
    for (size_t i = 1; i < view->statuses_count; i++) view->statuses[i].label = admin_job_status(request->arena, view->statuses[i].value).words;
    view->email = search->email;
    view->workflow = search->workflow;
    view->error = search->error;
    if (search->number) view->number = str_format(request->arena, "%" PRId64, search->number);
    view->has_filter = search->kind.len || search->status.len || search->email.len || search->workflow.len || search->error.len || search->number;
}

enum err admin_jobs(struct request *request, struct response *response)
{
    struct admin_jobs view = {0};
    struct search search;
    read_filters(request, &search);
    TRY(admin_shell(request, ADMIN_JOBS, STR("Jobs"), STR("What there is to do, what was done, and what gave up."), &view.shell, &view.tabs));
    TRY(choose_branch(request, &search));
    TRY(read_jobs(request, &search, &view));
    fill_filters(request, &search, &view);
    view.none = view.has_filter ? (struct empty_view){PAGES_ICON("funnel"), STR("No job fits"), STR("None of the jobs that were looked at fits all of these filters."), STR("Show all jobs"), STR("/admin/jobs")}
                                : (struct empty_view){PAGES_ICON("inbox"), STR("No jobs yet"), STR("As soon as somebody finishes a profile, uploads a resume or takes an interview, the work shows here."), STR(""), STR("")};
    struct html page = {0};
    admin_jobs_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
