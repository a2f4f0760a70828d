/* What the clock starts: the schedules of this version. */
#include "bus/schedules.h"
#include "base/clock.h"
#include "features/admin/admin.h"
#include "features/admin/admin_schedules.html.h"
#include "pages/pages.h"
#include "security/audit.h"

static struct admin_schedule make_row(struct arena *arena, const struct schedule_state *state, int64_t now)
{
    struct admin_schedule row = {.name = str_from(state->kind->name), .title = str_from(state->kind->title), .cron = state->cron, .time_zone = state->time_zone, .is_paused = state->paused};
    if (state->next_run_at && !state->paused) {
        row.next_iso = time_iso(arena, state->next_run_at);
        row.next = admin_until(arena, state->next_run_at, now);
    }
    if (state->last_run_at) {
        row.last_iso = time_iso(arena, state->last_run_at);
        row.last = time_ago(arena, state->last_run_at, now);
    }
    return row;
}

enum err admin_schedules(struct request *request, struct response *response)
{
    struct admin_schedules view = {0};
    struct schedule_state *states;
    size_t count;
    TRY(admin_shell(request, ADMIN_SCHEDULES, STR("Schedules"), STR("What the clock starts, whoever is here."), &view.shell, &view.tabs));
    TRY(schedules_list(request->db, request->arena, &states, &count));
    view.rows = arena_array(request->arena, struct admin_schedule, count + 1);
    for (size_t i = 0; i < count; i++) view.rows[view.rows_count++] = make_row(request->arena, &states[i], clock_now());
    view.none = (struct empty_view){PAGES_ICON("calendar"), STR("No schedule is registered yet"), STR("A process that runs jobs registers them when it starts."), STR(""), STR("")};
    struct html page = {0};
    admin_schedules_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

static enum err done(struct request *request, struct response *response, const char *action, const char *words)
{
    struct str name = request_text(request, "name");
    TRY(audit_note(request, (struct str){0}, action, name));
    respond_flash(request, response, false, str_format(request->arena, "%.*s %s", STR_ARG(name), words));
    respond_redirect(request, response, STR("/admin/schedules"));
    return OK;
}

enum err admin_schedule_run(struct request *request, struct response *response)
{
    TRY(schedules_run_now(request->db, request->arena, request_text(request, "name")));
    return done(request, response, "schedule started by hand", "is started once. Its times stay.");
}

enum err admin_schedule_pause(struct request *request, struct response *response)
{
    TRY(schedules_pause(request->db, request->arena, request_text(request, "name"), true));
    return done(request, response, "schedule paused", "is paused: times that pass meanwhile are left out.");
}

enum err admin_schedule_resume(struct request *request, struct response *response)
{
    TRY(schedules_pause(request->db, request->arena, request_text(request, "name"), false));
    return done(request, response, "schedule resumed", "goes on.");
}
