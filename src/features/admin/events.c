/* The list of events, with filters; bounded as the list of jobs is. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/admin_events.html.h"
#include "features/admin/store.sql.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#include <inttypes.h>

static const char *const statuses[] = {"pending", "processing", "completed", "failed"};

struct search {
    struct str type, status, email, correlation, before;
};

static struct str address(struct arena *arena, const struct search *search, struct str before)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    const struct {
        const char *name;
        struct str value;
    } parts[] = {{"type", search->type}, {"status", search->status}, {"email", search->email}, {"correlation", search->correlation}};
    buf_append_str(&out, STR("/admin/events?"));
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (parts[i].value.len) buf_append_format(&out, "%s=%.*s&", parts[i].name, STR_ARG(admin_url_part(arena, parts[i].value)));
    buf_append_format(&out, "before=%.*s", STR_ARG(before));
    return str_copy(arena, buf_str(&out));
}

static struct admin_event_row read_row(struct arena *arena, const struct db_rows *rows, int64_t now)
{
    struct str type = db_col_text(rows, 3, arena), source = db_col_text(rows, 5, arena);
    int64_t created = db_col_time(rows, 8);
    return (struct admin_event_row){
        .id = db_col_text(rows, 2, arena),
        .type = type,
        .title = agent_event_words(type, db_col_text(rows, 7, arena)),
        .status = admin_event_status(arena, db_col_text(rows, 4, arena)),
        .agent = agent_name(arena, source.len ? str_cstr(arena, source) : NULL),
        .email = db_col_text(rows, 6, arena),
        .created_iso = time_iso(arena, created),
        .created = time_ago(arena, created, now),
    };
}

static enum err read_events(struct request *request, const struct search *search, struct admin_events *view)
{
    struct arena *arena = request->arena;
    struct str low = {0};
    int64_t looked_at = 0, now = clock_now();
    bool walks = !search->email.len && !search->correlation.len, has_more = false;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_admin_events,
                 DB_ARGS(db_uuid(search->before), db_text(search->email), db_uuid_or_null(search->correlation), walks ? db_uuid(search->before) : db_null(),
                         db_text(search->type), db_text(search->status)), &rows));
    view->rows = arena_array(arena, struct admin_event_row, ADMIN_PAGE_SIZE);
    while (db_next(&rows)) {
        low = db_col_text(&rows, 0, arena);
        looked_at = db_col_int(&rows, 1);
        if (db_col_is_null(&rows, 2)) continue;
        has_more = view->rows_count == ADMIN_PAGE_SIZE;
        if (has_more) break;
        view->rows[view->rows_count++] = read_row(arena, &rows, now);
    }
    TRY(db_rows_result(&rows));
    if (has_more) view->more = (struct admin_more){.next = address(arena, search, view->rows[view->rows_count - 1].id), .words = STR("Older events")};
    else if (looked_at >= ADMIN_LOOKED_AT_MAX)
        view->more = (struct admin_more){.next = address(arena, search, low), .words = STR("Go on looking"), .note = str_format(arena, "Looked at %" PRId64 " events.", looked_at)};
    return OK;
}

static void fill_filters(struct request *request, const struct search *search, struct admin_events *view)
{
    const struct bus_registry *registry = bus_registry_current();
    const char **names = arena_array(request->arena, const char *, registry->events_count);
    for (size_t i = 0; i < registry->events_count; i++) names[i] = registry->events[i].name;
    view->types = admin_choices(request->arena, names, registry->events_count, "Any type", search->type);
    view->types_count = registry->events_count + 1;
    view->statuses = admin_choices(request->arena, statuses, COUNT_OF(statuses), "Any state", search->status);
    view->statuses_count = COUNT_OF(statuses) + 1;
    for (size_t i = 1; i < view->statuses_count; i++) view->statuses[i].label = admin_event_status(request->arena, view->statuses[i].value).words;
    view->email = search->email;
    view->correlation = search->correlation;
    view->has_filter = search->type.len || search->status.len || search->email.len || search->correlation.len;
}

enum err admin_events(struct request *request, struct response *response)
{
    struct admin_events view = {0};
    struct search search = {request_text(request, "type"), request_text(request, "status"), request_text(request, "email"), request_text(request, "correlation"),
                            request_text(request, "before")};
    if (!search.before.len) search.before = STR("ffffffff-ffff-ffff-ffff-ffffffffffff");
    TRY(admin_shell(request, ADMIN_EVENTS, STR("Events"), STR("What happened, and what it caused."), &view.shell, &view.tabs));
    TRY(read_events(request, &search, &view));
    fill_filters(request, &search, &view);
    view.none = view.has_filter ? (struct empty_view){PAGES_ICON("funnel"), STR("No event fits"), STR("None of the events that were looked at fits all of these filters."), STR("Show all events"), STR("/admin/events")}
                                : (struct empty_view){PAGES_ICON("inbox"), STR("Nothing has happened yet"), STR("Every change of state that agents react to shows here."), STR(""), STR("")};
    struct html page = {0};
    admin_events_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
