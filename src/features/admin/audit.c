/* The audit log as a page. */
#include "base/clock.h"
#include "features/admin/admin.h"
#include "features/admin/admin_audit.html.h"
#include "features/admin/store.sql.h"
#include "pages/pages.h"

#include <inttypes.h>


enum err admin_audit(struct request *request, struct response *response)
{
    struct admin_audit view = {0};
    struct arena *arena = request->arena;
    struct str before_id = request_text(request, "before_id"), last_id = {0};
    int64_t now = clock_now(), last = 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(admin_shell(request, ADMIN_AUDIT, STR("Audit log"), STR("Who did what that matters to safety, from where."), &view.shell, &view.tabs));
    if (!before_id.len) before_id = STR("ffffffff-ffff-ffff-ffff-ffffffffffff");
    TRY(db_query(request->db, &sql_admin_audit, DB_ARGS(db_time(request_int(request, "before", ADMIN_TIME_MAX)), db_uuid(before_id)), &rows));
    view.rows = arena_array(arena, struct admin_audit_row, ADMIN_PAGE_SIZE);
    while (db_next(&rows)) {
        if (view.rows_count == ADMIN_PAGE_SIZE) {
            view.next = str_format(arena, "/admin/audit?before=%" PRId64 "&before_id=%.*s", last, STR_ARG(last_id));
            break;
        }
        last_id = db_col_text(&rows, 0, arena);
        last = db_col_time(&rows, 4);
        view.rows[view.rows_count++] = (struct admin_audit_row){
            .action = db_col_text(&rows, 1, arena), .detail = db_col_text(&rows, 2, arena), .address = db_col_text(&rows, 3, arena),
            .created_iso = time_iso(arena, last), .created = time_ago(arena, last, now), .email = db_col_text(&rows, 5, arena)};
    }
    TRY(db_rows_result(&rows));
    view.none = (struct empty_view){PAGES_ICON("shield-check"), STR("Nothing is noted yet"), STR("What operators do to jobs, and what people do with their tokens, is noted here."), STR(""), STR("")};
    struct html page = {0};
    admin_audit_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
