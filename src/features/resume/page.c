/* The page of the resume in each of its states. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "db/db.h"
#include "features/resume/resume.h"
#include "features/resume/resume_page.html.h"
#include "features/resume/resume_progress.html.h"
#include "features/resume/store.sql.h"
#include "features/resume/views.h"
#include "json/json.h"
#include "pages/pages.h"

#include <stdlib.h>

#define SLOW_US (60 * US_PER_SECOND)
#define SUGGESTIONS_IN_VIEW 8 /* more fold up by field of work */
#define CONTACT_MAX ((size_t)64 << 10)

static const struct {
    const char *name;
    const char *title;
} section_titles[] = {{"summary", "Summary"}, {"experience", "Experience"}, {"education", "Education"},
                      {"skills", "Skills"},   {"projects", "Projects"},     {"certifications", "Certifications"},
                      {"languages", "Languages"}, {"other", "Other lines"}};

static enum err fill_latest(struct request *request, struct resume_page *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_resume_latest, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    struct str status = db_col_text(&rows, 2, request->arena);
    view->has_resume = true;
    view->waiting_name = db_col_text(&rows, 1, request->arena);
    view->is_processing = str_equal(status, STR("processing"));
    view->is_failed = str_equal(status, STR("failed"));
    view->failure = db_col_text(&rows, 3, request->arena);
    view->is_slow = clock_now() - db_col_time(&rows, 4) > SLOW_US;
    return OK;
}

static void add_fact(struct resume_page *view, struct str label, struct str value)
{
    if (value.len) view->facts[view->facts_count++] = (struct resume_fact){label, value};
}

static enum err fill_contact(struct request *request, struct str document, struct resume_page *view)
{
    struct json *contact CLEANUP(json_free_at) = NULL;
    view->facts = arena_array(request->arena, struct resume_fact, 5);
    if (!document.len) return OK;
    TRY(json_parse(document, CONTACT_MAX, &contact));
    add_fact(view, STR("Name"), str_copy(request->arena, json_get_str(contact, "name")));
    add_fact(view, STR("E-mail"), str_copy(request->arena, json_get_str(contact, "email")));
    add_fact(view, STR("Phone"), str_copy(request->arena, json_get_str(contact, "phone")));
    add_fact(view, STR("Place"), str_copy(request->arena, json_get_str(contact, "location")));
    struct str_list links = {0};
    const struct json *list = json_get(contact, "links");
    for (size_t i = 0; i < json_count(list); i++) str_list_add(request->arena, &links, json_str(json_at(list, i)));
    add_fact(view, STR("Links"), str_join(request->arena, links.items, links.count, STR(", ")));
    return OK;
}

/* All chunks of one section as one text, in the order of the sections. */
static enum err fill_sections(struct request *request, struct str resume_id, struct resume_page *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct str_list texts[COUNT_OF(section_titles)] = {0};
    TRY(db_query(request->db, &sql_resume_chunks, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(resume_id)), &rows));
    while (db_next(&rows))
        for (size_t i = 0; i < COUNT_OF(section_titles); i++)
            if (str_equal(db_col_view(&rows, 0), str_from(section_titles[i].name))) str_list_add(request->arena, &texts[i], db_col_text(&rows, 1, request->arena));
    view->sections = arena_array(request->arena, struct resume_section_view, COUNT_OF(section_titles));
    for (size_t i = 0; i < COUNT_OF(section_titles); i++)
        if (texts[i].count)
            view->sections[view->sections_count++] =
                (struct resume_section_view){str_from(section_titles[i].title), str_join(request->arena, texts[i].items, texts[i].count, STR("\n\n"))};
    return db_rows_result(&rows);
}

static enum err fill_ready(struct request *request, struct resume_page *view)
{
    struct str id, contact;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(request->db, &sql_resume_ready, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
        if (found == ERR_NOT_FOUND) return OK;
        TRY(found);
        view->has_ready = true;
        id = db_col_text(&rows, 0, request->arena);
        view->ready_name = db_col_text(&rows, 1, request->arena);
        contact = db_col_text(&rows, 2, request->arena);
        view->uploaded = time_ago(request->arena, db_col_time(&rows, 3), clock_now());
        view->uploaded_iso = time_iso(request->arena, db_col_time(&rows, 3));
    }
    TRY(fill_contact(request, contact, view));
    return fill_sections(request, id, view);
}

/* The group of a field of work, made when it is new. */
static struct resume_group *group_of(struct request *request, struct resume_page *view, struct str field)
{
    for (size_t i = 0; i < view->groups_count; i++)
        if (str_equal(view->groups[i].title, field)) return &view->groups[i];
    struct resume_group *group = &view->groups[view->groups_count++];
    *group = (struct resume_group){.title = field, .suggestions = arena_array(request->arena, struct resume_suggestion, RESUME_SUGGESTIONS_MAX)};
    return group;
}

static int by_size(const void *left, const void *right)
{
    const struct resume_group *a = left, *b = right;
    if (a->suggestions_count != b->suggestions_count) return a->suggestions_count > b->suggestions_count ? -1 : 1;
    return str_compare(a->title, b->title);
}

static void finish_groups(struct request *request, struct resume_page *view)
{
    if (view->groups_count) qsort(view->groups, view->groups_count, sizeof(*view->groups), by_size);
    for (size_t i = 0; i < view->groups_count; i++) {
        struct resume_group *group = &view->groups[i];
        struct str_list names = {0};
        for (size_t k = 0; k < group->suggestions_count; k++) str_list_add(request->arena, &names, group->suggestions[k].name);
        group->names = str_join(request->arena, names.items, names.count, STR(", "));
        group->number = (int)i + 1;
        group->is_many = group->suggestions_count > 1;
        group->is_open = !group->is_many || view->suggestions_count <= SUGGESTIONS_IN_VIEW;
    }
    view->suggestions_title = view->suggestions_count == 1 ? STR("One skill found in your resume")
                                                           : str_format(request->arena, "%zu skills found in your resume", view->suggestions_count);
}

static enum err fill_suggestions(struct request *request, struct resume_page *view)
{
    const struct str *fields;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->groups = arena_array(request->arena, struct resume_group, catalogue_fields(&fields) + 1);
    TRY(db_query(request->db, &sql_resume_suggestions, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (view->suggestions_count < RESUME_SUGGESTIONS_MAX && db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill == CATALOGUE_NONE) continue;
        struct resume_group *group = group_of(request, view, catalogue_skill_at(skill)->field);
        view->suggestions_count++;
        group->suggestions[group->suggestions_count++] =
            (struct resume_suggestion){.id = db_col_text(&rows, 0, request->arena), .name = db_col_text(&rows, 1, request->arena),
                                       .category = db_col_text(&rows, 2, request->arena), .snippet = db_col_text(&rows, 3, request->arena)};
    }
    finish_groups(request, view);
    return db_rows_result(&rows);
}

enum err resume_page_show(struct request *request, struct response *response, struct str file_error)
{
    struct resume_page view = {.file_error = file_error, .max_bytes = RESUME_FILE_MAX};
    TRY(pages_shell(request, NAV_SKILLS, STR("Resume"), STR("We read it, show you what we understood, and offer the skills we recognise."), &view.shell));
    TRY(fill_latest(request, &view));
    TRY(fill_ready(request, &view));
    TRY(fill_suggestions(request, &view));
    struct html out = {0};
    resume_page_render(&out, &view);
    respond_html(response, &out);
    if (file_error.len) response->status = 422;
    return OK;
}

enum err resume_page_get(struct request *request, struct response *response) { return resume_page_show(request, response, (struct str){0}); }

enum err resume_progress_part(struct request *request, struct response *response)
{
    struct resume_page view = {0};
    TRY(fill_latest(request, &view));
    if (!view.is_processing) response_header(request, response, "HX-Refresh", STR("true"));
    struct html out = {0};
    resume_progress_render(&out, &view);
    respond_html(response, &out);
    return OK;
}
