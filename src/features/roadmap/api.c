/* /api/roadmaps. */
#include "base/clock.h"
#include "features/roadmap/roadmap.h"
#include "features/roadmap/store.sql.h"
#include "http/collection.h"
#include "json/json.h"

/* Opens the object and leaves it open for the modules. */
static void write_roadmap(struct json_writer *writer, const struct roadmap *roadmap)
{
    json_object_open(writer);
    json_member_str(writer, "id", roadmap->id);
    json_member_str(writer, "title", roadmap->title);
    json_member_str(writer, "target_role", roadmap->target_role);
    json_member_str(writer, "status", roadmap->status);
    json_member_str(writer, "reason", roadmap->reason);
    json_member_int(writer, "version", roadmap->version);
    json_key(writer, "last_change");
    if (roadmap->last_change.len) json_write_raw(writer, roadmap->last_change);
    else json_write_null(writer);
    json_member_time(writer, "created_at", roadmap->created_at);
    json_member_time(writer, "updated_at", roadmap->updated_at);
}

static void write_module(struct json_writer *writer, const struct roadmap_module *module)
{
    json_object_open(writer);
    json_member_str(writer, "id", module->id);
    json_member_str(writer, "skill_id", module->skill_id);
    json_member_str(writer, "kind", module->kind);
    json_member_str(writer, "title", module->title);
    json_member_str(writer, "summary", module->summary);
    json_member_str(writer, "reason", module->reason);
    json_member_int(writer, "hours", module->hours);
    json_member_int(writer, "position", module->position);
    json_member_str(writer, "status", module->status);
    json_member_time(writer, "completed_at", module->completed_at);
    json_object_close(writer);
}

static struct str sort_key(struct arena *arena, const struct page *page, const struct roadmap *roadmap)
{
    return page_time_key(arena, str_equal(page->sort, STR("updated_at")) ? roadmap->updated_at : roadmap->created_at);
}

enum err roadmap_api_list(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, page->is_descending ? &sql_roadmap_page_down : &sql_roadmap_page_up,
                 DB_ARGS(db_uuid(request->identity.user_id), db_text(request_text(request, "status")), db_text(page->sort), db_time(page_time(page)),
                         db_uuid(page_id(page)), db_int(page->limit + 1)), &rows));
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    struct collection_writer list;
    collection_open(&list, request, &writer, &document);
    while (db_next(&rows)) {
        struct roadmap roadmap;
        roadmap_store_read_row(&rows, request->arena, &roadmap);
        if (!collection_takes(&list, sort_key(request->arena, page, &roadmap), roadmap.id)) break;
        write_roadmap(&writer, &roadmap);
        json_object_close(&writer);
    }
    collection_close(&list);
    collection_respond(&list, response);
    return db_rows_result(&rows);
}

static enum err respond_roadmap(struct request *request, struct response *response, struct str id)
{
    struct roadmap roadmap;
    struct roadmap_module *modules;
    size_t count = 0;
    TRY(roadmap_store_find_with_modules(request, id, &roadmap, &modules, &count));
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    write_roadmap(&writer, &roadmap);
    json_key(&writer, "modules");
    json_array_open(&writer);
    for (size_t i = 0; i < count; i++) write_module(&writer, &modules[i]);
    json_array_close(&writer);
    json_object_close(&writer);
    respond_json(response, &document);
    return OK;
}

enum err roadmap_api_get(struct request *request, struct response *response)
{
    return respond_roadmap(request, response, request_param(request, "id"));
}

/* The plan is made by a job: 202, and the event at Location says when it is there. */
enum err roadmap_api_plan(struct request *request, struct response *response)
{
    bool is_new = false;
    TRY(roadmap_store_ask(request, "asked", STR("You asked for a new plan."), &is_new));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_roadmap_open_event, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "status", STR("planning"));
    json_member_bool(&writer, "was_waiting_already", !is_new);
    json_member_str(&writer, "event_id", db_col_view(&rows, 0));
    json_object_close(&writer);
    response_header(request, response, "Location", str_format(request->arena, "/api/agent-events/%.*s", STR_ARG(db_col_view(&rows, 0))));
    response->status = 202;
    respond_json(response, &document);
    return OK;
}

enum err roadmap_api_change(struct request *request, struct response *response)
{
    struct str id = request_param(request, "id"), module_id = request_text(request, "module_id"), status = request_text(request, "status");
    struct roadmap roadmap;
    TRY(roadmap_store_find(request, id, &roadmap));
    if ((module_id.len != 0) != (status.len != 0)) request_add_error(request, module_id.len ? "status" : "module_id", STR("module_id and status go together."));
    else if (!module_id.len && !request_has(request, "title")) request_add_error(request, "title", STR("Give a title, or module_id and status."));
    if (request_has_errors(request)) {
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Nothing was changed."));
        return OK;
    }
    if (module_id.len && !str_equal(roadmap.status, STR("active"))) return err_set(ERR_CONFLICT, "An archived roadmap stays as it is.");
    if (request_has(request, "title"))
        TRY(db_exec_one(request->db, &sql_roadmap_rename,
                        DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id), db_text(request_text(request, "title")), db_time(clock_now()))));
    if (module_id.len) TRY(roadmap_store_set_status(request, module_id, status, NULL));
    return respond_roadmap(request, response, id);
}

enum err roadmap_api_archive(struct request *request, struct response *response)
{
    TRY(db_exec_one(request->db, &sql_roadmap_archive,
                    DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id")), db_time(clock_now()))));
    respond_empty(response, 204);
    return OK;
}
