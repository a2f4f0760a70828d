/* Gathering the dashboard. Design in dashboard.h. */
#include "features/dashboard/dashboard.h"

#include "base/clock.h"
#include "bus/bus.h"
#include "features/dashboard/dashboard.html.h"
#include "features/dashboard/store.sql.h"
#include "features/standing.h"
#include "json/json.h"
#include "pages/pages.h"

#include <inttypes.h>

#define MATCHES_SHOWN 3

static void fill_step(struct arena *arena, const struct standing *standing, struct dashboard_page *view)
{
    struct next_step step;
    next_step_decide(arena, &standing->facts, &step);
    view->step.title = step.title;
    view->step.reason = step.reason;
    view->step.action = step.action;
    view->step.href = step.href;
    view->step.is_rest = step.kind == STEP_REST;
}

static void fill_standing(struct arena *arena, const struct standing *standing, struct dashboard_page *view)
{
    const struct next_step_facts *facts = &standing->facts;
    view->claimed = facts->claimed;
    view->verified = facts->verified;
    view->gaps = (int64_t)standing->skills.gaps;
    view->gaps_words = str_format(arena, "%" PRId64 " claim%s an interview did not show", view->gaps, view->gaps == 1 ? "" : "s");
    view->has_claims = facts->claimed > 0;
    view->has_interview = facts->finished_interviews > 0;
    view->interview_href = facts->open_interview.len ? str_format(arena, "/interviews/%.*s", STR_ARG(facts->open_interview)) : STR("/interviews/new");
    view->shows_beginning = facts->verified == 0;
    view->has_roadmap = standing->has_roadmap;
    view->modules = standing->modules;
    view->modules_done = standing->modules_done;
    view->module.title = standing->module.title;
    view->module.reason = standing->module.reason;
    view->module.is_started = standing->module.is_started;
    view->module.hours = str_format(arena, "%" PRId64 " hour%s", standing->module.hours, standing->module.hours == 1 ? "" : "s");
    int64_t asking = standing->pending_connections;
    if (asking) view->connections = str_format(arena, asking == 1 ? "%" PRId64 " person asks to connect" : "%" PRId64 " people ask to connect", asking);
    if (standing->seen_at) view->seen = time_ago(arena, standing->seen_at, clock_now());
}

/* The ids of the latest matches, each once. */
static enum err read_match_ids(struct request *request, struct str ids[MATCHES_SHOWN], size_t *count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_dashboard_matches, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows) && *count < MATCHES_SHOWN) {
        struct json *payload CLEANUP(json_free_at) = NULL;
        TRY(json_parse(db_col_view(&rows, 0), (size_t)64 << 10, &payload));
        struct str id = str_copy(request->arena, json_get_str(payload, "job_listing_id"));
        bool is_known = !id.len;
        for (size_t i = 0; i < *count; i++) is_known |= str_equal(ids[i], id);
        if (!is_known) ids[(*count)++] = id;
    }
    return db_rows_result(&rows);
}

static enum err fill_matches(struct request *request, struct dashboard_page *view)
{
    struct str ids[MATCHES_SHOWN] = {0};
    struct dashboard_match found[MATCHES_SHOWN] = {0};
    size_t count = 0;
    TRY(read_match_ids(request, ids, &count));
    if (!count) return OK;
    for (size_t i = count; i < MATCHES_SHOWN; i++) ids[i] = ids[0];
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_dashboard_listings, DB_ARGS(db_uuid(ids[0]), db_uuid(ids[1]), db_uuid(ids[2])), &rows));
    while (db_next(&rows)) {
        struct str company = db_col_text(&rows, 2, request->arena), location = db_col_text(&rows, 3, request->arena);
        for (size_t i = 0; i < count; i++) {
            if (!str_equal(ids[i], db_col_view(&rows, 0))) continue;
            found[i] = (struct dashboard_match){.id = ids[i], .title = db_col_text(&rows, 1, request->arena)};
            found[i].where = str_format(request->arena, "%.*s%s%.*s", STR_ARG(company), company.len && location.len ? " · " : "", STR_ARG(location));
        }
    }
    view->matches = arena_array(request->arena, struct dashboard_match, MATCHES_SHOWN);
    for (size_t i = 0; i < count; i++)
        if (found[i].id.len) view->matches[view->matches_count++] = found[i]; /* a listing that expired is left out */
    return db_rows_result(&rows);
}

static struct str icon_of(struct str agent)
{
    if (str_equal(agent, STR("architect"))) return PAGES_ICON("map");
    if (str_equal(agent, STR("interviewer"))) return PAGES_ICON("mic");
    if (str_equal(agent, STR("sentinel"))) return PAGES_ICON("trending-up");
    if (str_equal(agent, STR("action"))) return PAGES_ICON("briefcase");
    return PAGES_ICON("activity");
}

/* An event without words of its own is told by the title of its type. */
static struct str words_of(struct str type, struct str summary)
{
    const struct bus_registry *registry = bus_registry_current();
    for (size_t i = 0; !summary.len && registry && i < registry->events_count; i++)
        if (str_equal(type, str_from(registry->events[i].name))) return str_from(registry->events[i].title);
    return summary.len ? summary : type;
}

static enum err fill_news(struct request *request, int64_t since, struct dashboard_page *view)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    int64_t now = clock_now();
    view->news = arena_array(arena, struct dashboard_news, 6);
    TRY(db_query(request->db, &sql_dashboard_news, DB_ARGS(db_uuid(request->identity.user_id), db_time(since)), &rows));
    while (db_next(&rows)) {
        int64_t at = db_col_time(&rows, 3);
        view->news[view->news_count++] = (struct dashboard_news){
            .icon = icon_of(db_col_view(&rows, 2)),
            .words = words_of(db_col_text(&rows, 0, arena), db_col_text(&rows, 1, arena)),
            .iso = time_iso(arena, at),
            .when = time_ago(arena, at, now),
        };
    }
    return db_rows_result(&rows);
}

enum err dashboard_page(struct request *request, struct response *response)
{
    struct dashboard_page view = {0};
    struct standing standing;
    TRY(pages_shell(request, NAV_DASHBOARD, STR("Dashboard"), STR("Your next best step, and where you stand."), &view.shell));
    TRY(standing_read(request->db, request->arena, request->identity.user_id, &standing));
    fill_step(request->arena, &standing, &view);
    fill_standing(request->arena, &standing, &view);
    TRY(fill_matches(request, &view));
    TRY(fill_news(request, standing.seen_at, &view));
    view.is_blank = view.shows_beginning && !view.has_claims && !view.has_roadmap && !view.matches_count && !view.news_count && !standing.seen_at;
    if (standing.facts.has_onboarded == false) view.shell.shows_onboarding_banner = false; /* the step says it already */
    struct html page = {0};
    dashboard_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
