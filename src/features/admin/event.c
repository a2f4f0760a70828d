/* One event, and the chain it belongs to. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/admin_event.html.h"
#include "features/admin/store.sql.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#define FACTS_MAX 10

static void add_fact(struct admin_event *view, const char *name, struct str value, struct str href)
{
    if (value.len) view->facts[view->facts_count++] = (struct admin_fact){str_from(name), value, href};
}

static enum err read_event(struct request *request, struct admin_event *view, struct str *title, struct str *correlation)
{
    struct arena *arena = request->arena;
    struct str none = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->id = request_text(request, "id");
    TRY(db_query_one(request->db, &sql_admin_event, DB_ARGS(db_uuid(view->id)), &rows));
    struct str type = db_col_text(&rows, 1, arena), source = db_col_text(&rows, 4, arena), email = db_col_text(&rows, 5, arena), cause = db_col_text(&rows, 6, arena);
    int64_t created = db_col_time(&rows, 10), processed = db_col_time(&rows, 11);
    *title = type;
    *correlation = db_col_text(&rows, 7, arena);
    view->payload = admin_pretty(arena, bus_shown(db_col_text(&rows, 2, arena)));
    view->status = admin_event_status(arena, db_col_text(&rows, 3, arena));
    view->error = db_col_text(&rows, 9, arena);
    view->facts = arena_array(arena, struct admin_fact, FACTS_MAX);
    add_fact(view, "Says", agent_event_words(type, db_col_text(&rows, 8, arena)), none);
    add_fact(view, "Published by", source, none);
    add_fact(view, "Person", email, str_format(arena, "/admin/events?email=%.*s", STR_ARG(admin_url_part(arena, email))));
    add_fact(view, "Happened", time_iso(arena, created), none);
    if (processed) add_fact(view, "Processed", str_format(arena, "%.*s later", STR_ARG(admin_duration(arena, processed - created))), none);
    add_fact(view, "Caused by", cause, str_format(arena, "/admin/events/%.*s", STR_ARG(cause)));
    add_fact(view, "Correlation", *correlation, str_format(arena, "/admin/events?correlation=%.*s", STR_ARG(*correlation)));
    add_fact(view, "Trace", db_col_text(&rows, 12, arena), none);
    return OK;
}

enum err admin_event(struct request *request, struct response *response)
{
    struct admin_event view = {0};
    struct str title, correlation;
    TRY(read_event(request, &view, &title, &correlation));
    TRY(admin_fill_chain(request, correlation, view.id, &view));
    TRY(admin_shell(request, ADMIN_EVENTS, title, STR("What caused it, and what it caused."), &view.shell, &view.tabs));
    struct html page = {0};
    admin_event_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
