/* Search over pages, skills, the person's own applications and the listings; suggestions while typing. */
#include "ai/catalogue.h"
#include "base/buf.h"
#include "base/text.h"
#include "db/db.h"
#include "features/landing/landing.h"
#include "features/landing/search.html.h"
#include "features/landing/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#define QUERY_MIN 2
#define HITS_MAX 10
#define SUGGESTIONS_MAX 10

/* Places of the product, with other words people use for them. */
static const struct {
    const char *title, *href, *detail, *words;
} places[] = {
    {"Dashboard", "/dashboard", "Your next step and your progress", "dashboard home start overview"},
    {"My Roadmap", "/roadmap", "What to learn, in order", "roadmap plan modules learn learning"},
    {"Interviews", "/interviews", "Show what you can do", "interviews interview practice proof transcript"},
    {"Job Hunt", "/jobs", "Matches and your applications", "jobs job hunt matches listings applications board tracker"},
    {"Skills", "/skills", "Claimed and verified skills", "skills skill claims verified evidence"},
    {"Market Insights", "/market", "What is asked for", "market insights demand trends"},
    {"Activity", "/activity", "What the agents did and why", "activity agents log history"},
    {"Operation", "/admin", "How the agents' work goes", "operation admin jobs events queue workers schedules budgets audit"},
    {"Notifications", "/notifications", "What concerns you", "notifications messages news"},
    {"Connection requests", "/connections", "Recruiters who want to talk to you", "connections requests recruiters contact"},
    {"Questions to your twin", "/twin", "What visitors of your profile asked, and the answers", "twin questions chat profile recruiters"},
    {"Resume", "/resume", "Upload and read your resume", "resume cv upload"},
    {"API", "/docs/api", "What programs can do with your data", "api openapi rest tokens programs developers documentation"},
    {"Settings", "/settings", "Profile, password, data, sessions",
     "settings account password profile public theme export delete sessions username salary goals education work"},
};

static struct search_group *add_group(struct request *request, struct search_page *view, const char *title)
{
    struct search_group *group = &view->groups[view->groups_count];
    *group = (struct search_group){.title = str_from(title), .hits = arena_array(request->arena, struct search_hit, HITS_MAX)};
    return group;
}

static void keep_group(struct search_page *view, const struct search_group *group) { view->groups_count += group->hits_count > 0; }

static void search_places(struct request *request, struct str query, struct search_page *view)
{
    struct search_group *group = add_group(request, view, "Pages");
    for (size_t i = 0; i < COUNT_OF(places) && group->hits_count < HITS_MAX; i++) {
        if (str_starts(str_from(places[i].href), STR("/admin")) && !request->identity.is_admin) continue;
        if (str_find_ci(str_from(places[i].words), query, 0) == STR_NPOS && str_find_ci(str_from(places[i].title), query, 0) == STR_NPOS) continue;
        group->hits[group->hits_count++] =
            (struct search_hit){.title = str_from(places[i].title), .detail = str_from(places[i].detail), .href = str_from(places[i].href)};
    }
    keep_group(view, group);
}

static struct str skill_address(struct arena *arena, struct str name)
{
    struct html out = {0};
    html_url_part_str(&out, name);
    struct str address = str_format(arena, "/skills?q=%.*s", STR_ARG(buf_str(&out.buf)));
    buf_dispose(&out.buf);
    return address;
}

static void search_skills(struct request *request, struct str query, struct search_page *view)
{
    struct search_group *group = add_group(request, view, "Skills");
    size_t found[HITS_MAX], count = catalogue_suggest_skills(query, found, HITS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(found[i]);
        group->hits[group->hits_count++] =
            (struct search_hit){.title = skill->name, .detail = skill->category, .href = skill_address(request->arena, skill->name)};
    }
    keep_group(view, group);
}

/* Rows of id, title and two details. */
static enum err take_hits(struct request *request, struct db_rows *rows, const char *prefix, struct search_group *group)
{
    struct arena *arena = request->arena;
    while (group->hits_count < HITS_MAX && db_next(rows)) {
        struct str first = db_col_text(rows, 2, arena), second = db_col_text(rows, 3, arena);
        group->hits[group->hits_count++] = (struct search_hit){
            .title = db_col_text(rows, 1, arena),
            .detail = first.len && second.len ? str_format(arena, "%.*s · %.*s", STR_ARG(first), STR_ARG(second)) : first.len ? first : second,
            .href = str_format(arena, "%s%.*s", prefix, STR_ARG(db_col_view(rows, 0))),
        };
    }
    return db_rows_result(rows);
}

static enum err search_applications(struct request *request, struct str pattern, struct search_page *view)
{
    struct search_group *group = add_group(request, view, "Your applications");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_landing_search_applications,
                 DB_ARGS(db_uuid(request->identity.user_id), db_text(pattern), db_text(STR(TEXT_LIKE_ESCAPE)), db_int(HITS_MAX)), &rows));
    TRY(take_hits(request, &rows, "/jobs/applications/", group));
    keep_group(view, group);
    return OK;
}

static enum err search_listings(struct request *request, struct str pattern, struct search_page *view)
{
    struct search_group *group = add_group(request, view, "Job listings");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_landing_search_listings, DB_ARGS(db_text(pattern), db_text(STR(TEXT_LIKE_ESCAPE)), db_int(HITS_MAX)), &rows));
    TRY(take_hits(request, &rows, "/jobs/listings/", group));
    keep_group(view, group);
    return OK;
}

enum err landing_search(struct request *request, struct response *response)
{
    struct search_page view = {.query = request_text(request, "q")};
    TRY(pages_shell(request, NAV_NONE, STR("Search"), STR("Pages, skills, your applications and job listings."), &view.shell));
    view.shell.search = view.query;
    view.groups = arena_array(request->arena, struct search_group, 5);
    view.is_short = str_utf8_length(view.query) < QUERY_MIN;
    if (!view.is_short) {
        struct str pattern = text_like(request->arena, view.query);
        search_places(request, view.query, &view);
        search_skills(request, view.query, &view);
        TRY(search_applications(request, pattern, &view));
        TRY(search_listings(request, pattern, &view));
    }
    struct html page = {0};
    search_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

/* ---- suggestions: [{"value", "label", "hint"}] ---- */

static void write_suggestion(struct json_writer *writer, struct str value, struct str label, struct str hint)
{
    json_object_open(writer);
    json_member_str(writer, "value", value);
    json_member_str(writer, "label", label);
    json_member_str(writer, "hint", hint);
    json_object_close(writer);
}

static struct str query_begin(struct request *request, struct json_writer *writer, struct buf *out)
{
    json_begin(writer, out);
    json_array_open(writer);
    return request_text(request, "q");
}

static enum err query_end(struct response *response, struct json_writer *writer, struct buf *out)
{
    json_array_close(writer);
    respond_json(response, out);
    return OK;
}

enum err landing_suggest_roles(struct request *request, struct response *response)
{
    struct buf out = {0};
    struct json_writer writer;
    struct str query = query_begin(request, &writer, &out);
    size_t found[SUGGESTIONS_MAX], count = query.len ? catalogue_suggest_occupations(query, found, SUGGESTIONS_MAX) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct catalogue_occupation *occupation = catalogue_occupation_at(found[i]);
        write_suggestion(&writer, occupation->id, occupation->title, occupation->field);
    }
    return query_end(response, &writer, &out);
}

enum err landing_suggest_locations(struct request *request, struct response *response)
{
    struct buf out = {0};
    struct json_writer writer;
    struct str query = query_begin(request, &writer, &out), remote = STR("remote");
    const struct catalogue_city *found[SUGGESTIONS_MAX];
    if (query.len <= remote.len && str_equal_ci(query, str_slice(remote, 0, query.len)))
        write_suggestion(&writer, STR("Remote"), STR("Remote"), STR("From anywhere"));
    size_t count = query.len ? catalogue_suggest_cities(query, found, SUGGESTIONS_MAX - 1) : 0;
    for (size_t i = 0; i < count; i++) write_suggestion(&writer, found[i]->name, found[i]->name, found[i]->country);
    return query_end(response, &writer, &out);
}

enum err landing_suggest_skills(struct request *request, struct response *response)
{
    struct buf out = {0};
    struct json_writer writer;
    struct str query = query_begin(request, &writer, &out);
    size_t found[SUGGESTIONS_MAX], count = query.len ? catalogue_suggest_skills(query, found, SUGGESTIONS_MAX) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(found[i]);
        write_suggestion(&writer, skill->id, skill->name, skill->category);
    }
    return query_end(response, &writer, &out);
}
