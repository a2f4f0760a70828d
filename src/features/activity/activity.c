/* Reading and showing activity. Design in activity.h. */
#include "features/activity/activity.h"

#include "base/clock.h"
#include "bus/bus.h"
#include "features/activity/activity.html.h"
#include "features/activity/store.sql.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#include <inttypes.h>

#define PAGE_SIZE 20
#define JOBS_SHOWN 8

struct activity_row activity_read_row(const struct db_rows *rows, struct arena *arena)
{
    return (struct activity_row){
        .event = {.id = db_col_text(rows, 0, arena), .type = db_col_text(rows, 1, arena), .payload = bus_shown(db_col_text(rows, 2, arena)),
                  .status = db_col_text(rows, 3, arena), .source_agent = db_col_text(rows, 4, arena), .summary = db_col_text(rows, 5, arena),
                  .error = db_col_text(rows, 6, arena), .correlation_id = db_col_text(rows, 7, arena), .created_at = db_col_time(rows, 8)},
        .job = {.id = db_col_text(rows, 9, arena), .kind = db_col_text(rows, 10, arena), .status = db_col_text(rows, 11, arena),
                .error = db_col_text(rows, 12, arena), .result = bus_shown(db_col_text(rows, 13, arena)), .attempts = db_col_int(rows, 14),
                .max_attempts = db_col_int(rows, 15), .finished_at = db_col_time(rows, 16)},
    };
}

enum err activity_read(struct request *request, int64_t limit, int64_t offset,
                       void (*take)(void *argument, const struct activity_row *row), void *argument)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_activity_list, DB_ARGS(db_uuid(request->identity.user_id), db_int(limit), db_int(offset)), &rows));
    while (db_next(&rows)) {
        struct activity_row row = activity_read_row(&rows, request->arena);
        take(argument, &row);
    }
    return db_rows_result(&rows);
}

enum err activity_count(struct request *request, int64_t *total)
{
    return db_query_int(request->db, &sql_activity_count, DB_ARGS(db_uuid(request->identity.user_id)), total);
}

/* ---- words ---- */

static struct str icon_of(struct str type)
{
    static const struct {
        const char *part;
        struct str icon;
    } icons[] = {{"ROADMAP", STR_INIT(ASSET_URL_icons_svg "#map")},          {"INTERVIEW", STR_INIT(ASSET_URL_icons_svg "#mic")},
                 {"SKILL", STR_INIT(ASSET_URL_icons_svg "#badge-check")},    {"RESUME", STR_INIT(ASSET_URL_icons_svg "#file-text")},
                 {"JOB", STR_INIT(ASSET_URL_icons_svg "#briefcase")},        {"MARKET", STR_INIT(ASSET_URL_icons_svg "#trending-up")},
                 {"ONBOARDING", STR_INIT(ASSET_URL_icons_svg "#circle-user-round")}};
    for (size_t i = 0; i < COUNT_OF(icons); i++)
        if (str_starts(type, str_from(icons[i].part))) return icons[i].icon;
    return PAGES_ICON("activity");
}

static struct str job_state(struct str status)
{
    if (str_equal(status, STR("completed"))) return STR("done");
    if (str_equal(status, STR("running"))) return STR("running");
    if (str_equal(status, STR("cancelled"))) return STR("cancelled");
    return str_equal(status, STR("dead")) ? STR("given up") : STR("waiting");
}

/* ---- the page ---- */

struct filling {
    struct arena *arena;
    struct activity_page *view;
    int64_t now;
};

static void take(void *argument, const struct activity_row *row)
{
    struct filling *filling = argument;
    struct arena *arena = filling->arena;
    struct activity_page *view = filling->view;
    struct activity_item *item = view->items_count ? &view->items[view->items_count - 1] : NULL;
    if (!item || !str_equal(item->id, row->event.id)) {
        if (view->items_count == PAGE_SIZE) return;
        item = &view->items[view->items_count++];
        *item = (struct activity_item){
            .id = row->event.id,
            .type = row->event.type,
            .icon = icon_of(row->event.type),
            .words = agent_event_words(row->event.type, row->event.summary),
            .iso = time_iso(arena, row->event.created_at),
            .when = time_ago(arena, row->event.created_at, filling->now),
            .payload = row->event.payload,
            .correlation_id = row->event.correlation_id,
            .error = row->event.error,
            .jobs = arena_array(arena, struct activity_job, JOBS_SHOWN),
        };
    }
    if (!row->job.id.len || item->jobs_count == JOBS_SHOWN) return;
    const struct job_kind *kind = bus_kind(row->job.kind);
    item->jobs[item->jobs_count++] = (struct activity_job){
        .agent = agent_name(arena, kind ? kind->agent : NULL),
        .words = agent_job_words(arena, kind, row->job.kind, row->job.result),
        .id = row->job.id,
        .kind = row->job.kind,
        .error = row->job.error,
        .state = job_state(row->job.status),
        .attempts = row->job.attempts,
        .max_attempts = row->job.max_attempts,
        .is_done = str_equal(row->job.status, STR("completed")),
        .is_dead = str_equal(row->job.status, STR("dead")),
        .is_cancelled = str_equal(row->job.status, STR("cancelled")),
    };
}

static void fill_pager(struct arena *arena, int64_t page, int64_t total, struct activity_page *view)
{
    view->self = str_format(arena, "/activity?page=%" PRId64, page);
    view->has_pages = total > PAGE_SIZE;
    view->pager = (struct pager){.first = (page - 1) * PAGE_SIZE + 1, .last = (page - 1) * PAGE_SIZE + (int64_t)view->items_count, .total = total};
    if (page > 1) view->pager.previous = str_format(arena, "/activity?page=%" PRId64, page - 1);
    if (page * PAGE_SIZE < total) view->pager.next = str_format(arena, "/activity?page=%" PRId64, page + 1);
}

enum err activity_page(struct request *request, struct response *response)
{
    struct activity_page view = {0};
    int64_t page = request_int(request, "page", 1), total = 0;
    TRY(pages_shell(request, NAV_ACTIVITY, STR("Activity"), STR("What happened, and what the agents did because of it."), &view.shell));
    TRY(activity_count(request, &total));
    if (page > 1 && (page - 1) * PAGE_SIZE >= total) return err_set(ERR_NOT_FOUND, "There is no such page of your activity.");
    view.items = arena_array(request->arena, struct activity_item, PAGE_SIZE);
    struct filling filling = {request->arena, &view, clock_now()};
    TRY(activity_read_open(request, &view));
    TRY(activity_read(request, PAGE_SIZE, (page - 1) * PAGE_SIZE, take, &filling));
    fill_pager(request->arena, page, total, &view);
    view.nothing = (struct empty_view){.icon = PAGES_ICON("activity"), .title = STR("Nothing has happened yet"),
                                       .sentence = STR("As soon as you finish your profile, claim skills or take an interview, the agents begin to work, and you see here what and why."),
                                       .action = STR("Go to the dashboard"), .href = STR("/dashboard")};
    struct html html = {0};
    activity_render(&html, &view);
    respond_html(response, &html);
    return OK;
}

enum err activity_retry(struct request *request, struct response *response)
{
    int64_t job_id;
    if (str_to_int(request_param(request, "id"), &job_id) != OK) job_id = 0; /* nobody's */
    TRY(bus_redrive(request->db, request->arena, request->identity.user_id, job_id));
    respond_flash(request, response, false, STR("It is tried again. This page shows how it goes."));
    respond_redirect(request, response, STR("/activity"));
    return OK;
}

enum err activity_seen(struct request *request, struct response *response)
{
    TRY(db_exec_one(request->db, &sql_activity_seen, DB_ARGS(db_uuid(request->identity.user_id), db_time(clock_now()))));
    respond_redirect(request, response, STR("/dashboard"));
    return OK;
}
