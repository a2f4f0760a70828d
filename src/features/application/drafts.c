/* Applications that the action agent prepared (agents/action_apply.c): read by their person, who takes each onto the board or discards it. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "features/application/application.h"
#include "features/application/draft_page.html.h"
#include "features/application/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#define DRAFTS_SHOWN 10
#define EVIDENCE_MAX ((size_t)64 << 10)

enum err application_fill_drafts(struct request *request, struct board_page *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->drafts = arena_array(request->arena, struct draft_link, DRAFTS_SHOWN);
    TRY(db_query(request->db, &sql_application_drafts_waiting, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows) && view->drafts_count < DRAFTS_SHOWN)
        view->drafts[view->drafts_count++] = (struct draft_link){.id = db_col_text(&rows, 0, request->arena), .title = db_col_text(&rows, 1, request->arena),
                                                                 .company = db_col_text(&rows, 2, request->arena)};
    return db_rows_result(&rows);
}

static enum err fill_skills(struct arena *arena, struct str evidence, struct draft_page *view)
{
    struct json *list CLEANUP(json_free_at) = NULL;
    TRY(json_parse(evidence, EVIDENCE_MAX, &list));
    view->skills = arena_array(arena, struct str, json_count(list) + 1);
    for (size_t i = 0; i < json_count(list); i++) {
        size_t skill = catalogue_skill_by_id(json_get_str(json_at(list, i), "skill_id"));
        if (skill != CATALOGUE_NONE) view->skills[view->skills_count++] = catalogue_skill_at(skill)->name;
    }
    return OK;
}

/* *title gets the job's; *is_open: nobody has decided yet. */
static enum err read_draft(struct request *request, struct draft_page *view, struct str *title, bool *is_open)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_application_draft, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id"))), &rows));
    int64_t made = db_col_time(&rows, 8);
    view->id = db_col_text(&rows, 0, arena);
    view->listing_id = db_col_text(&rows, 1, arena);
    *title = db_col_text(&rows, 2, arena);
    view->where = db_col_text(&rows, 3, arena);
    view->url = db_col_text(&rows, 4, arena);
    view->cover_note = pages_field_of(request, &application_draft_fields[0], db_col_text(&rows, 5, arena), "Change what you like. Quotes are your own words from interviews.");
    view->cover_note.rows = 18;
    view->iso = time_iso(arena, made);
    view->made = time_ago(arena, made, clock_now());
    *is_open = str_equal(db_col_view(&rows, 7), STR("drafted"));
    return fill_skills(arena, db_col_view(&rows, 6), view);
}

static enum err to_board(struct request *request, struct response *response, struct str words)
{
    respond_flash(request, response, false, words);
    respond_redirect(request, response, STR("/jobs/board"));
    return OK;
}

enum err application_draft(struct request *request, struct response *response)
{
    struct draft_page view = {.has_errors = request_has_errors(request)};
    struct str title;
    bool is_open = false;
    TRY(read_draft(request, &view, &title, &is_open));
    if (!is_open) return to_board(request, response, STR("You have decided about this draft already."));
    TRY(pages_shell(request, NAV_JOBS, title, (struct str){0}, &view.shell));
    struct html page = {0};
    draft_page_render(&page, &view);
    respond_html(response, &page);
    if (view.has_errors) response->status = 422;
    return OK;
}

/* ERR_NOT_FOUND when it is not theirs; *is_first: nobody had decided before. */
static enum err decide(struct request *request, struct str status, bool *is_first)
{
    int64_t changed = 0;
    struct db_value user = db_uuid(request->identity.user_id), id = db_uuid(request_param(request, "id"));
    TRY(db_exec_count(request->db, &sql_application_draft_decide, DB_ARGS(user, id, db_text(status), db_time(clock_now())), &changed));
    *is_first = changed == 1;
    if (*is_first) return OK;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    return db_query_one(request->db, &sql_application_draft, DB_ARGS(user, id), &rows);
}

static enum err put_on_board(struct request *request, struct str *application_id)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_application_from_draft,
                     DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id")), db_uuid(uuid_new(request->arena)), db_time(clock_now())), &rows));
    *application_id = db_col_text(&rows, 0, request->arena);
    return OK;
}

enum err application_draft_accept(struct request *request, struct response *response)
{
    bool is_first = false;
    struct str id;
    if (request_has_errors(request)) return application_draft(request, response);
    TRY(decide(request, STR("accepted"), &is_first));
    if (!is_first) return to_board(request, response, STR("You have decided about this draft already."));
    TRY(put_on_board(request, &id));
    TRY(db_exec(request->db, &sql_application_document_insert,
                DB_ARGS(db_uuid(uuid_new(request->arena)), db_uuid(request->identity.user_id), db_uuid(id), db_text(request_text(request, "cover_note")), db_time(clock_now()))));
    respond_flash(request, response, false, STR("It is on your board. Apply with the note, then move it to Applied."));
    respond_redirect(request, response, str_format(request->arena, "/jobs/applications/%.*s", STR_ARG(id)));
    return OK;
}

enum err application_draft_discard(struct request *request, struct response *response)
{
    bool is_first = false;
    TRY(decide(request, STR("discarded"), &is_first));
    return to_board(request, response, is_first ? STR("Discarded. It is not prepared again.") : STR("You have decided about this draft already."));
}
