/* The roadmap page: progress, the last change, and the modules in order. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "features/roadmap/roadmap.h"
#include "features/roadmap/roadmap.html.h"
#include "features/roadmap/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#include <inttypes.h>

static struct str hours_words(struct arena *arena, int64_t hours)
{
    return str_format(arena, "%" PRId64 " hour%s", hours, hours == 1 ? "" : "s");
}

static struct str kind_words(struct str kind)
{
    if (str_equal(kind, STR("prove"))) return STR("Interview");
    return str_equal(kind, STR("deepen")) ? STR("Deepen") : STR("Learn");
}

static struct module_row row_of(struct arena *arena, const struct roadmap_module *module, int64_t now)
{
    struct module_row row = {
        .id = module->id,
        .title = module->title,
        .summary = module->summary,
        .reason = module->reason,
        .skill_id = module->skill_id,
        .kind_words = kind_words(module->kind),
        .hours = hours_words(arena, module->hours),
        .is_done = str_equal(module->status, STR("completed")),
        .is_started = str_equal(module->status, STR("in_progress")),
        .is_claimed = module->is_claimed,
        .is_proof = str_equal(module->kind, STR("prove")),
    };
    if (row.is_done && module->completed_at) {
        row.done_iso = time_iso(arena, module->completed_at);
        row.done_when = time_ago(arena, module->completed_at, now);
    }
    return row;
}

static void fill_modules(struct arena *arena, const struct roadmap_module *modules, size_t count, struct roadmap_page *view)
{
    int64_t now = clock_now(), left = 0;
    struct module_row *first = NULL, *started = NULL;
    view->modules = arena_array(arena, struct module_row, count);
    for (size_t i = 0; i < count; i++) {
        struct module_row *row = &view->modules[view->modules_count++];
        *row = row_of(arena, &modules[i], now);
        view->done += row->is_done;
        if (row->is_done) continue;
        left += modules[i].hours;
        if (!first) first = row;
        if (!started && row->is_started) started = row;
    }
    view->total = (int64_t)count;
    view->hours_left = left ? str_format(arena, "about %.*s left", STR_ARG(hours_words(arena, left))) : STR("all done");
    if (started) started->is_current = true;
    else if (first) first->is_current = true;
}

static void copy_texts(struct arena *arena, const struct json *list, struct str **texts, size_t *count)
{
    *texts = arena_array(arena, struct str, json_count(list));
    for (size_t i = 0; i < json_count(list); i++) (*texts)[(*count)++] = str_copy(arena, json_str(json_at(list, i)));
}

static enum err fill_change(struct arena *arena, const struct roadmap *roadmap, struct roadmap_page *view)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    int64_t at = 0;
    if (roadmap->version < 2 || !roadmap->last_change.len) return OK;
    TRY(json_parse(roadmap->last_change, (size_t)64 << 10, &root));
    struct roadmap_change *change = &view->change;
    copy_texts(arena, json_get(root, "added"), &change->added, &change->added_count);
    copy_texts(arena, json_get(root, "dropped"), &change->dropped, &change->dropped_count);
    copy_texts(arena, json_get(root, "finished"), &change->finished, &change->finished_count);
    int64_t moved = json_get_int(root, "moved", 0);
    if (moved) change->moved = str_format(arena, "%" PRId64 " module%s changed place.", moved, moved == 1 ? "" : "s");
    change->reason = str_copy(arena, json_get_str(root, "reason"));
    if (time_parse(json_get_str(root, "at"), &at) != OK) at = roadmap->updated_at;
    change->iso = time_iso(arena, at);
    change->when = time_ago(arena, at, clock_now());
    view->shows_change = change->added_count || change->dropped_count || change->finished_count || moved;
    return OK;
}

/* What a plan that does not know the role must say. */
static struct str note_of(struct arena *arena, struct str role)
{
    if (!role.len) return STR("You have not named a target role, so this plan starts from what you claim and what goes with it.");
    if (catalogue_occupation_for(role) != CATALOGUE_NONE) return (struct str){0};
    return str_format(arena, "We do not know the core skills of \"%.*s\", so this plan starts from what you claim and what goes with it.", STR_ARG(role));
}

static enum err can_plan(struct request *request, bool *can)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_roadmap_can_plan, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    struct json *roles CLEANUP(json_free_at) = NULL;
    TRY(json_parse(db_col_view(&rows, 1), (size_t)64 << 10, &roles));
    *can = db_col_int(&rows, 0) > 0 || json_count(roles) > 0;
    return OK;
}

enum err roadmap_page(struct request *request, struct response *response)
{
    struct roadmap_page view = {0};
    struct roadmap roadmap = {0};
    TRY(pages_shell(request, NAV_ROADMAP, STR("My Roadmap"), STR("What to learn, deepen and prove next, each with its reason."), &view.shell));
    enum err found = roadmap_store_active(request, &roadmap);
    if (found != OK && found != ERR_NOT_FOUND) return found;
    TRY(roadmap_store_is_planning(request, &view.is_planning));
    if (found == OK) {
        struct roadmap_module *modules;
        size_t count = 0;
        TRY(roadmap_store_modules(request, roadmap.id, &modules, &count));
        view.has_roadmap = view.can_plan = true;
        view.title = roadmap.title;
        view.reason = roadmap.reason;
        view.note = note_of(request->arena, roadmap.target_role);
        fill_modules(request->arena, modules, count, &view);
        TRY(fill_change(request->arena, &roadmap, &view));
    } else {
        TRY(can_plan(request, &view.can_plan));
    }
    struct html page = {0};
    roadmap_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err roadmap_plan(struct request *request, struct response *response)
{
    bool is_new = false;
    TRY(roadmap_store_ask(request, "asked", STR("You asked for a new plan."), &is_new));
    respond_flash(request, response, false, STR("The architect is planning. This page shows the result as soon as it is there."));
    respond_redirect(request, response, STR("/roadmap"));
    return OK;
}

enum err roadmap_module_status(struct request *request, struct response *response)
{
    struct str status = request_text(request, "status"), title;
    TRY(roadmap_store_set_status(request, request_param(request, "id"), status, &title));
    const char *words = str_equal(status, STR("completed")) ? "finished" : str_equal(status, STR("in_progress")) ? "begun" : "open again";
    respond_flash(request, response, false, str_format(request->arena, "\"%.*s\" is %s.", STR_ARG(title), words));
    respond_redirect(request, response, STR("/roadmap"));
    return OK;
}
