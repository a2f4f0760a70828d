/* What the roadmap feature reads and writes. */
#include "base/clock.h"
#include "features/person.h"
#include "features/roadmap/roadmap.h"
#include "features/roadmap/store.sql.h"
#include "json/json.h"

void roadmap_store_read_row(const struct db_rows *rows, struct arena *arena, struct roadmap *roadmap)
{
    *roadmap = (struct roadmap){
        .id = db_col_text(rows, 0, arena),
        .title = db_col_text(rows, 1, arena),
        .target_role = db_col_text(rows, 2, arena),
        .status = db_col_text(rows, 3, arena),
        .reason = db_col_text(rows, 4, arena),
        .last_change = db_col_text(rows, 5, arena),
        .version = db_col_int(rows, 6),
        .created_at = db_col_time(rows, 7),
        .updated_at = db_col_time(rows, 8),
    };
}

enum err roadmap_store_active(struct request *request, struct roadmap *roadmap)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_roadmap_active, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    roadmap_store_read_row(&rows, request->arena, roadmap);
    return OK;
}

enum err roadmap_store_find(struct request *request, struct str id, struct roadmap *roadmap)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_roadmap_find, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), &rows));
    roadmap_store_read_row(&rows, request->arena, roadmap);
    return OK;
}

static enum err take_modules(struct db_rows *rows, struct arena *arena, struct roadmap_module **modules, size_t *count)
{
    size_t cap = 0;
    *modules = NULL;
    *count = 0;
    while (db_next(rows)) {
        if (*count == cap) {
            struct roadmap_module *old = *modules;
            cap = cap ? 2 * cap : 32;
            *modules = arena_array(arena, struct roadmap_module, cap);
            for (size_t i = 0; i < *count; i++) (*modules)[i] = old[i];
        }
        (*modules)[(*count)++] = (struct roadmap_module){
            .id = db_col_text(rows, 0, arena),
            .skill_id = db_col_text(rows, 1, arena),
            .title = db_col_text(rows, 2, arena),
            .summary = db_col_text(rows, 3, arena),
            .reason = db_col_text(rows, 4, arena),
            .kind = db_col_text(rows, 5, arena),
            .status = db_col_text(rows, 6, arena),
            .hours = db_col_int(rows, 7),
            .position = db_col_int(rows, 8),
            .completed_at = db_col_time(rows, 9),
            .is_claimed = db_col_bool(rows, 10),
        };
    }
    return db_rows_result(rows);
}

enum err roadmap_store_modules(struct request *request, struct str roadmap_id, struct roadmap_module **modules, size_t *count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_roadmap_modules, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(roadmap_id)), &rows));
    return take_modules(&rows, request->arena, modules, count);
}

enum err roadmap_store_find_with_modules(struct request *request, struct str id, struct roadmap *roadmap, struct roadmap_module **modules, size_t *count)
{
    struct db_rows found CLEANUP(db_rows_close) = {0}, rows CLEANUP(db_rows_close) = {0};
    const struct db_value user = db_uuid(request->identity.user_id);
    const struct db_ask asks[] = {{&sql_roadmap_find, DB_ARGS(user, db_uuid(id)), &found}, {&sql_roadmap_modules, DB_ARGS(user, db_uuid(id)), &rows}};
    TRY(db_query_all(request->db, asks, COUNT_OF(asks)));
    if (!db_next(&found)) return db_rows_result(&found) == OK ? err_set(ERR_NOT_FOUND, "There is no such roadmap.") : db_rows_result(&found);
    roadmap_store_read_row(&found, request->arena, roadmap);
    return take_modules(&rows, request->arena, modules, count);
}

enum err roadmap_store_ask(struct request *request, const char *reason, struct str summary, bool *is_new)
{
    struct str user_id = request->identity.user_id;
    int64_t queued = 0;
    TRY(db_query_int(request->db, &sql_roadmap_plans_queued, DB_ARGS(db_uuid(user_id)), &queued));
    if (is_new) *is_new = queued == 0;
    if (queued) return OK;
    return person_replan(request->db, request->arena, user_id, reason, summary);
}

enum err roadmap_store_is_planning(struct request *request, bool *is_planning)
{
    int64_t open = 0;
    TRY(db_query_int(request->db, &sql_roadmap_plans_open, DB_ARGS(db_uuid(request->identity.user_id)), &open));
    *is_planning = open > 0;
    return OK;
}

enum err roadmap_store_set_status(struct request *request, struct str module_id, struct str status, struct str *title)
{
    struct str user_id = request->identity.user_id, name;
    bool is_done = str_equal(status, STR("completed")), was_done = false;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_roadmap_module, DB_ARGS(db_uuid(user_id), db_uuid(module_id)), &rows));
        name = db_col_text(&rows, 0, request->arena);
        was_done = str_equal(db_col_view(&rows, 2), STR("completed"));
        if (str_equal(db_col_view(&rows, 1), STR("prove")) && (is_done || was_done))
            return err_set(ERR_CONFLICT, "A proof finishes this module: take an interview about the skill.");
        if (str_equal(db_col_view(&rows, 2), status)) is_done = was_done;
    }
    if (title) *title = name;
    int64_t now = clock_now();
    TRY(db_exec_one(request->db, &sql_roadmap_set_status,
                    DB_ARGS(db_uuid(user_id), db_uuid(module_id), db_text(status), db_time_or_null(is_done ? now : 0), db_time(now))));
    if (is_done == was_done) return OK;
    return roadmap_store_ask(request, is_done ? "module_finished" : "module_reopened",
                             str_format(request->arena, is_done ? "You finished \"%.*s\"." : "You opened \"%.*s\" again.", STR_ARG(name)), NULL);
}
