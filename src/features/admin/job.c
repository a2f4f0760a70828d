/* One job: what it is, what happened to it, and what hangs on it. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/admin_job.html.h"
#include "features/admin/store.sql.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#include <inttypes.h>

#define FACTS_MAX 24
#define SIBLINGS_SHOWN 50 /* the statement's LIMIT is one more */

static void add_fact(struct admin_job *view, const char *name, struct str value, struct str href)
{
    if (value.len) view->facts[view->facts_count++] = (struct admin_fact){str_from(name), value, href};
}

static struct str when(struct arena *arena, int64_t us) { return us && us < ADMIN_TIME_MAX ? time_iso(arena, us) : (struct str){0}; }

/* "INTERVIEW_COMPLETED: Your interview is finished." */
static struct str event_words(struct arena *arena, const struct db_rows *rows, int column)
{
    struct str type = db_col_text(rows, column, arena), summary = db_col_text(rows, column + 1, arena);
    return summary.len ? str_format(arena, "%.*s: %.*s", STR_ARG(type), STR_ARG(summary)) : type;
}

static void add_origin(struct arena *arena, const struct db_rows *rows, struct admin_job *view)
{
    struct str email = db_col_text(rows, 11, arena), event = db_col_text(rows, 24, arena), cause = db_col_text(rows, 27, arena);
    add_fact(view, "Person", email, str_format(arena, "/admin/jobs?email=%.*s", STR_ARG(admin_url_part(arena, email))));
    if (event.len) add_fact(view, "Because of", event_words(arena, rows, 25), str_format(arena, "/admin/events/%.*s", STR_ARG(event)));
    if (cause.len) add_fact(view, "Which came from", event_words(arena, rows, 28), str_format(arena, "/admin/events/%.*s", STR_ARG(cause)));
    view->workflow = db_col_text(rows, 12, arena);
    add_fact(view, "Workflow", view->workflow, str_format(arena, "/admin/jobs?workflow=%.*s", STR_ARG(view->workflow)));
    add_fact(view, "Trace", db_col_text(rows, 13, arena), (struct str){0});
}

static void add_state(struct arena *arena, const struct db_rows *rows, struct admin_job *view)
{
    struct str none = {0}, status = view->status.name;
    int64_t run_at = db_col_time(rows, 4), started = db_col_time(rows, 19), finished = db_col_time(rows, 20), needs = db_col_int(rows, 22);
    add_fact(view, "Lane", db_col_text(rows, 5, arena), none);
    add_fact(view, "Priority", str_format(arena, "%" PRId64, db_col_int(rows, 3)), none);
    add_fact(view, "Attempts", str_format(arena, "%" PRId64 " of %" PRId64, db_col_int(rows, 6), db_col_int(rows, 7)), none);
    add_fact(view, "Runs", str_format(arena, "%" PRId64, db_col_int(rows, 8)), none);
    if (db_col_int(rows, 9)) add_fact(view, "Crashes", str_format(arena, "%" PRId64 " times a worker died while it ran", db_col_int(rows, 9)), none);
    if (needs > 0) add_fact(view, "Waits for", str_format(arena, "%" PRId64 " other job%s", needs, needs == 1 ? "" : "s"), none);
    add_fact(view, "Published", when(arena, db_col_time(rows, 18)), none);
    add_fact(view, str_equal(status, STR("scheduled")) ? "Due" : "Ready", when(arena, run_at), none);
    add_fact(view, "Began", when(arena, started), none);
    add_fact(view, "Ended", when(arena, finished), none);
    if (finished > started && started) add_fact(view, "Took", admin_duration(arena, finished - started), none);
    if (str_equal(status, STR("running"))) add_fact(view, "Worker", db_col_text(rows, 23, arena), none);
    if (db_col_bool(rows, 21) && !finished) add_fact(view, "Cancelled", STR("asked for, and told to its worker"), none);
}

static enum err read_job(struct request *request, struct admin_job *view)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->id = request_int(request, "id", 0);
    TRY(db_query_one(request->db, &sql_admin_job, DB_ARGS(db_int(view->id)), &rows));
    struct str name = db_col_text(&rows, 1, arena);
    const struct job_kind *kind = bus_kind(name);
    view->status = admin_job_status(arena, db_col_text(&rows, 2, arena));
    view->facts = arena_array(arena, struct admin_fact, FACTS_MAX);
    add_fact(view, "Kind", name, str_format(arena, "/admin/jobs?kind=%.*s", STR_ARG(admin_url_part(arena, name))));
    add_fact(view, "Does", kind ? str_format(arena, "%.*s: %s", STR_ARG(agent_name(arena, kind->agent)), kind->title) : STR("This version does not know the kind."), (struct str){0});
    add_origin(arena, &rows, view);
    add_state(arena, &rows, view);
    view->payload = admin_pretty(arena, bus_shown(db_col_text(&rows, 10, arena)));
    view->result = admin_pretty(arena, bus_shown(db_col_text(&rows, 16, arena)));
    view->error = db_col_text(&rows, 17, arena);
    view->has_progress = !db_col_is_null(&rows, 14) && str_equal(view->status.name, STR("running"));
    view->progress = db_col_int(&rows, 14);
    view->progress_message = db_col_text(&rows, 15, arena);
    view->can_retry = str_equal(view->status.name, STR("dead"));
    view->can_cancel = db_col_is_null(&rows, 20) && !db_col_bool(&rows, 21);
    return OK;
}

/* ---- what happened to it ---- */

static enum err take_attempts(struct arena *arena, struct db_rows *rows, struct admin_job *view)
{
    view->attempts = arena_array(arena, struct admin_attempt, 100);
    while (db_next(rows) && view->attempts_count < 100) {
        int64_t started = db_col_time(rows, 3), ended = db_col_time(rows, 4);
        view->attempts[view->attempts_count++] = (struct admin_attempt){
            .run = db_col_int(rows, 0), .outcome = db_col_text(rows, 1, arena), .reason = db_col_text(rows, 2, arena), .when_iso = time_iso(arena, ended),
            .when = time_ago(arena, ended, clock_now()), .took = admin_duration(arena, started ? ended - started : -1)};
    }
    return db_rows_result(rows);
}

static enum err take_steps(struct arena *arena, struct db_rows *rows, struct admin_job *view)
{
    view->steps = arena_array(arena, struct admin_step, 200);
    while (db_next(rows) && view->steps_count < 200) {
        int64_t until = db_col_time(rows, 2), started = db_col_time(rows, 3), finished = db_col_time(rows, 4);
        struct admin_step step = {.key = db_col_text(rows, 0, arena), .result = bus_shown(db_col_text(rows, 1, arena))};
        if (finished) step.state = str_format(arena, "done after %.*s", STR_ARG(admin_duration(arena, finished - started)));
        else if (until && until < ADMIN_TIME_MAX) step.state = str_format(arena, "waits until %.*s at the latest", STR_ARG(time_iso(arena, until)));
        else step.state = STR("waits");
        view->steps[view->steps_count++] = step;
    }
    return db_rows_result(rows);
}

static enum err take_log(struct arena *arena, struct db_rows *rows, struct admin_job *view)
{
    view->lines = arena_array(arena, struct admin_line, 400);
    while (db_next(rows) && view->lines_count < 400)
        view->lines[view->lines_count++] = (struct admin_line){db_col_int(rows, 0), db_col_int(rows, 1), db_col_text(rows, 2, arena), db_col_text(rows, 3, arena),
                                                               admin_clock(arena, db_col_time(rows, 4))};
    return db_rows_result(rows);
}

static enum err take_waits(struct arena *arena, struct db_rows *rows, struct admin_job *view)
{
    view->waits = arena_array(arena, struct admin_wait, 50);
    while (db_next(rows) && view->waits_count < 50) {
        struct str step = db_col_text(rows, 0, arena), type = db_col_text(rows, 1, arena), value = db_col_text(rows, 2, arena), question = db_col_text(rows, 3, arena);
        struct str words = question.len ? str_format(arena, "Step %.*s waits for the person's answer: %.*s", STR_ARG(step), STR_ARG(question))
                                        : str_format(arena, "Step %.*s waits for the event %.*s with %.*s", STR_ARG(step), STR_ARG(type), STR_ARG(value));
        view->waits[view->waits_count++] = (struct admin_wait){words};
    }
    return db_rows_result(rows);
}

static struct admin_relation read_relation(struct arena *arena, const struct db_rows *rows)
{
    return (struct admin_relation){.relation = db_col_text(rows, 0, arena), .id = db_col_int(rows, 1), .kind = db_col_text(rows, 2, arena),
                                   .status = admin_job_status(arena, db_col_text(rows, 3, arena))};
}

static enum err take_relations(struct arena *arena, struct db_rows *rows, struct admin_job *view)
{
    view->relations = arena_array(arena, struct admin_relation, 200);
    while (db_next(rows) && view->relations_count < 200) view->relations[view->relations_count++] = read_relation(arena, rows);
    return db_rows_result(rows);
}

static enum err take_workflow(struct arena *arena, struct db_rows *rows, struct db_rows *open, struct admin_job *view)
{
    view->siblings = arena_array(arena, struct admin_relation, SIBLINGS_SHOWN);
    while (db_next(rows)) {
        view->has_more_siblings = view->siblings_count == SIBLINGS_SHOWN;
        if (view->has_more_siblings) break;
        view->siblings[view->siblings_count++] = read_relation(arena, rows);
    }
    TRY(db_rows_result(rows));
    int64_t count = db_next(open) ? db_col_int(open, 0) : 0;
    view->can_cancel_workflow = count > 0;
    view->workflow_words = admin_workflow_words(arena, count);
    return db_rows_result(open);
}

static enum err read_history(struct request *request, struct admin_job *view)
{
    struct arena *arena = request->arena;
    struct db_rows attempts CLEANUP(db_rows_close) = {0}, steps CLEANUP(db_rows_close) = {0}, lines CLEANUP(db_rows_close) = {0},
                   waits CLEANUP(db_rows_close) = {0}, relations CLEANUP(db_rows_close) = {0}, siblings CLEANUP(db_rows_close) = {0}, open CLEANUP(db_rows_close) = {0};
    struct db_value id = db_int(view->id), workflow = db_uuid_or_null(view->workflow);
    const struct db_ask asks[] = {
        {&sql_admin_job_attempts, &id, 1, &attempts}, {&sql_admin_job_steps, &id, 1, &steps},         {&sql_admin_job_log, &id, 1, &lines},
        {&sql_admin_job_waits, &id, 1, &waits},       {&sql_admin_job_relations, &id, 1, &relations},
        {&sql_admin_workflow_jobs, &workflow, 1, &siblings}, {&sql_admin_workflow_open, &workflow, 1, &open},
    };
    TRY(db_query_all(request->db, asks, COUNT_OF(asks)));
    TRY(take_attempts(arena, &attempts, view));
    TRY(take_steps(arena, &steps, view));
    TRY(take_log(arena, &lines, view));
    TRY(take_waits(arena, &waits, view));
    TRY(take_relations(arena, &relations, view));
    return take_workflow(arena, &siblings, &open, view);
}

enum err admin_job(struct request *request, struct response *response)
{
    struct admin_job view = {0};
    TRY(read_job(request, &view));
    TRY(read_history(request, &view));
    struct str title = str_format(request->arena, "Job %" PRId64, view.id);
    TRY(admin_shell(request, ADMIN_JOBS, title, STR("What it is, what happened to it, and what hangs on it."), &view.shell, &view.tabs));
    struct html page = {0};
    admin_job_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
