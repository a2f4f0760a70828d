/* What the agents told the person, and the stream that tells open pages about it. */
#include "base/clock.h"
#include "db/db.h"
#include "features/landing/landing.h"
#include "features/landing/notifications.html.h"
#include "features/landing/store.sql.h"
#include "pages/pages.h"

#include <inttypes.h>

/* An address within this site. */
static bool is_own_path(struct str url)
{
    return url.len && url.ptr[0] == '/' && (url.len == 1 || (url.ptr[1] != '/' && url.ptr[1] != '\\'));
}

static enum err read_rows(struct request *request, int64_t offset, struct notifications_page *view)
{
    struct arena *arena = request->arena;
    int64_t now = clock_now();
    view->rows = arena_array(arena, struct notification_row, NOTIFICATIONS_PAGE);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_landing_notifications,
                 DB_ARGS(db_uuid(request->identity.user_id), db_int(NOTIFICATIONS_PAGE), db_int(offset)), &rows));
    while (view->rows_count < NOTIFICATIONS_PAGE && db_next(&rows)) {
        struct notification_row *row = &view->rows[view->rows_count++];
        *row = (struct notification_row){
            .id = db_col_text(&rows, 0, arena),
            .title = db_col_text(&rows, 2, arena),
            .body = db_col_text(&rows, 3, arena),
            .has_url = is_own_path(db_col_view(&rows, 4)),
            .time = time_iso(arena, db_col_time(&rows, 5)),
            .time_words = time_ago(arena, db_col_time(&rows, 5), now),
            .is_unread = db_col_is_null(&rows, 6),
        };
        row->open_href = str_format(arena, "/notifications/%.*s/open", STR_ARG(row->id));
    }
    return db_rows_result(&rows);
}

static void fill_pager(struct request *request, int64_t page, int64_t total, struct notifications_page *view)
{
    if (total <= NOTIFICATIONS_PAGE) return;
    view->pager = (struct pager){.first = (page - 1) * NOTIFICATIONS_PAGE + 1, .total = total};
    view->pager.last = view->pager.first + (int64_t)view->rows_count - 1;
    if (page > 1) view->pager.previous = str_format(request->arena, "/notifications?page=%" PRId64, page - 1);
    if (view->pager.last < total) view->pager.next = str_format(request->arena, "/notifications?page=%" PRId64, page + 1);
}

enum err landing_notifications(struct request *request, struct response *response)
{
    int64_t total = 0, page = request_int(request, "page", 1);
    struct notifications_page view = {0};
    TRY(pages_shell(request, NAV_NONE, STR("Notifications"), STR("What happened that concerns you."), &view.shell));
    TRY(db_query_int(request->db, &sql_landing_notifications_count, DB_ARGS(db_uuid(request->identity.user_id)), &total));
    TRY(read_rows(request, (page - 1) * NOTIFICATIONS_PAGE, &view));
    if (!view.rows_count && page > 1) return err_set(ERR_NOT_FOUND, "There are no notifications that far back.");
    fill_pager(request, page, total, &view);
    view.has_unread = view.shell.unread > 0;
    view.empty = (struct empty_view){
        .icon = PAGES_ICON("bell"),
        .title = STR("Nothing yet"),
        .sentence = STR("You are told here when a skill is proved, your roadmap changes or a recruiter writes. It begins with an interview."),
        .action = STR("Go to your interviews"),
        .href = STR("/interviews"),
    };
    struct html out = {0};
    notifications_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

enum err landing_notification_open(struct request *request, struct response *response)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_landing_notification_open,
                     DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id")), db_time(clock_now())), &rows));
    struct str url = db_col_text(&rows, 0, request->arena);
    respond_redirect(request, response, is_own_path(url) ? url : STR("/notifications"));
    return OK;
}

enum err landing_notifications_read(struct request *request, struct response *response)
{
    TRY(db_exec(request->db, &sql_landing_notifications_read, DB_ARGS(db_uuid(request->identity.user_id), db_time(clock_now()))));
    respond_redirect(request, response, STR("/notifications"));
    return OK;
}

enum err landing_live(struct request *request, struct response *response)
{
    respond_stream(response, str_format(request->arena, "user:%.*s", STR_ARG(request->identity.user_id)));
    return OK;
}
