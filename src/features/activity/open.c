/* What is not finished yet: what agents ask, what runs, waits or was put off, and how a person answers or cancels it. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/activity/activity.h"
#include "features/activity/activity_cancel_page.html.h"
#include "features/activity/store.sql.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#include <inttypes.h>

#define OPEN_MAX 100
#define SLOW_US (120 * US_PER_SECOND)
#define NEVER_US INT64_C(253402300799000000) /* the end of the year 9999: only something else makes the job ready */

static struct str span(struct arena *arena, int64_t us)
{
    int64_t minutes = us / (60 * US_PER_SECOND);
    if (minutes < 1) return STR("under a minute");
    if (minutes < 120) return str_format(arena, "%" PRId64 " minute%s", minutes, minutes == 1 ? "" : "s");
    if (minutes < 2880) return str_format(arena, "%" PRId64 " hours", minutes / 60);
    return str_format(arena, "%" PRId64 " days", minutes / 1440);
}

struct open_row {
    struct str status, error, awaited;
    int64_t run_at, attempts, max_attempts, started_at, needs, runs;
};

static struct str later_words(struct arena *arena, const struct open_row *row, int64_t now)
{
    struct str left = span(arena, row->run_at - now);
    if (row->run_at <= now) return STR("begins in a moment");
    if (row->attempts) return str_format(arena, "did not work yet (try %" PRId64 " of %" PRId64 "), tried again in %.*s", row->attempts, row->max_attempts, STR_ARG(left));
    return str_format(arena, "put off, %s in %.*s", row->runs ? "goes on" : "begins", STR_ARG(left));
}

static struct str waiting_words(struct arena *arena, const struct open_row *row, int64_t now)
{
    if (row->needs > 0) return STR("waits for other work to be done first");
    if (row->awaited.len) {
        const struct event_type *type = bus_event_type(row->awaited);
        return type ? str_format(arena, "waits until this happens: %s", type->title) : STR("waits until something else happens");
    }
    return row->run_at < NEVER_US && row->run_at > now ? str_format(arena, "rests, and goes on in %.*s", STR_ARG(span(arena, row->run_at - now))) : STR("waits");
}

static struct str state_words(struct arena *arena, const struct open_row *row, int64_t now)
{
    if (str_equal(row->status, STR("running"))) return str_format(arena, "running for %.*s", STR_ARG(span(arena, now - row->started_at)));
    if (str_equal(row->status, STR("scheduled"))) return later_words(arena, row, now);
    if (str_equal(row->status, STR("waiting"))) return waiting_words(arena, row, now);
    if (str_equal(row->status, STR("blocked"))) return STR("waits for its turn, after other work like it");
    if (now - row->run_at > SLOW_US) return str_format(arena, "in line for %.*s, since there is much to do", STR_ARG(span(arena, now - row->run_at)));
    return STR("next in line");
}

static void read_question(struct arena *arena, const struct db_rows *rows, int64_t now, struct activity_open *open)
{
    int64_t until = db_col_time(rows, 16);
    open->step_key = db_col_text(rows, 13, arena);
    open->question = db_col_text(rows, 14, arena);
    if (!until || until >= NEVER_US) return;
    open->until_iso = time_iso(arena, until);
    open->until = until > now ? str_format(arena, "in %.*s", STR_ARG(span(arena, until - now))) : STR("now");
}

static struct activity_open read_open(struct arena *arena, const struct db_rows *rows, int64_t now)
{
    struct open_row row = {.status = db_col_text(rows, 2, arena), .run_at = db_col_time(rows, 3), .attempts = db_col_int(rows, 4), .max_attempts = db_col_int(rows, 5),
                           .error = db_col_text(rows, 6, arena), .started_at = db_col_time(rows, 9), .needs = db_col_int(rows, 10), .awaited = db_col_text(rows, 15, arena), .runs = db_col_int(rows, 17)};
    struct str kind_name = db_col_text(rows, 1, arena), event_type = db_col_text(rows, 11, arena);
    const struct job_kind *kind = bus_kind(kind_name);
    bool is_running = str_equal(row.status, STR("running")), is_scheduled = str_equal(row.status, STR("scheduled"));
    struct activity_open open = {
        .id = db_col_int(rows, 0),
        .agent = agent_name(arena, kind ? kind->agent : NULL),
        .words = agent_job_words(arena, kind, kind_name, (struct str){0}),
        .because = event_type.len ? agent_event_words(event_type, db_col_text(rows, 12, arena)) : (struct str){0},
        .state = state_words(arena, &row, now),
        .progress = db_col_int(rows, 7),
        .has_progress = is_running && !db_col_is_null(rows, 7),
        .is_running = is_running,
        .is_slow = is_running && now - row.started_at > SLOW_US,
        .can_cancel = is_scheduled || str_equal(row.status, STR("waiting")),
    };
    if (is_running) open.message = db_col_text(rows, 8, arena);
    else if (is_scheduled && !row.attempts) open.message = row.error; /* who puts a job off says why in plain words; what a failure said is for operators */
    read_question(arena, rows, now, &open);
    return open;
}

enum err activity_read_open(struct request *request, struct activity_page *view)
{
    int64_t now = clock_now(), last = 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->questions = arena_array(request->arena, struct activity_open, OPEN_MAX);
    view->open = arena_array(request->arena, struct activity_open, OPEN_MAX);
    TRY(db_query(request->db, &sql_activity_open, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows)) {
        struct activity_open open = read_open(request->arena, &rows, now);
        if (open.question.len) {
            if (view->questions_count < OPEN_MAX) view->questions[view->questions_count++] = open;
        } else if (open.id != last && view->open_count < OPEN_MAX) view->open[view->open_count++] = open;
        last = open.id;
    }
    return db_rows_result(&rows);
}

enum err activity_answer(struct request *request, struct response *response)
{
    bool is_approved = str_equal(request_text(request, "answer"), STR("approve"));
    TRY(bus_answer(request->db, request->identity.user_id, request_int(request, "id", 0), request_text(request, "step_key"), is_approved));
    respond_flash(request, response, false, is_approved ? STR("Approved. It goes on now.") : STR("Declined. The agent is told."));
    respond_redirect(request, response, STR("/activity"));
    return OK;
}

enum err activity_cancel_ask(struct request *request, struct response *response)
{
    struct activity_cancel_page view = {.id = request_int(request, "id", 0)};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_activity_put_off, DB_ARGS(db_int(view.id), db_uuid(request->identity.user_id)), &rows));
        struct str kind = db_col_text(&rows, 0, request->arena), type = db_col_text(&rows, 1, request->arena);
        view.words = agent_job_words(request->arena, bus_kind(kind), kind, (struct str){0});
        if (type.len) view.words = str_format(request->arena, "%.*s, because: %.*s", STR_ARG(view.words), STR_ARG(agent_event_words(type, db_col_text(&rows, 2, request->arena))));
    }
    TRY(pages_shell(request, NAV_ACTIVITY, STR("Cancel this work?"), (struct str){0}, &view.shell));
    struct html page = {0};
    activity_cancel_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err activity_cancel(struct request *request, struct response *response)
{
    int64_t id = request_int(request, "id", 0);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_activity_put_off, DB_ARGS(db_int(id), db_uuid(request->identity.user_id)), &rows));
    }
    TRY(bus_cancel(request->db, id));
    respond_flash(request, response, false, STR("It is cancelled, and nothing else has changed."));
    respond_redirect(request, response, STR("/activity"));
    return OK;
}
