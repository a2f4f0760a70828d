/* The JSON side of the board: /api/jobs/applications. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/application/application.h"
#include "features/application/store.sql.h"
#include "http/collection.h"
#include "json/json.h"
#include <inttypes.h>

static void member_or_null(struct json_writer *writer, const char *name, struct str value)
{
    json_key(writer, name);
    if (value.len) json_write_str(writer, value);
    else json_write_null(writer);
}

static void write_application(struct json_writer *writer, const struct application *application)
{
    json_object_open(writer);
    json_member_str(writer, "id", application->id);
    member_or_null(writer, "job_listing_id", application->listing_id);
    json_member_str(writer, "title", application->title);
    json_member_str(writer, "company", application->company);
    json_member_str(writer, "url", application->url);
    json_member_str(writer, "status", application->status);
    json_member_str(writer, "notes", application->notes);
    member_or_null(writer, "applied_on", application->applied_on);
    member_or_null(writer, "next_step_on", application->next_step_on);
    json_member_time(writer, "created_at", application->created_at);
    json_member_time(writer, "updated_at", application->updated_at);
    json_object_close(writer);
}

static bool sorts_by_time(const struct page *page) { return str_ends(page->sort, STR("_at")); }

static bool sorts_as_board(const struct page *page) { return str_equal(page->sort, STR("board")); }

/* The column after those of an application is what the page is sorted by; beside the stage on the board. */
static struct str sort_key(struct arena *arena, const struct page *page, const struct db_rows *rows, const struct application *application)
{
    if (sorts_by_time(page)) return page_time_key(arena, db_col_time(rows, 11));
    if (sorts_as_board(page)) return str_format(arena, "%.*s|%" PRId64, STR_ARG(application->status), db_col_int(rows, 11));
    return db_col_text(rows, 11, arena);
}

static enum err query_board(struct request *request, const struct page *page, struct db_rows *rows)
{
    size_t bar = str_find_char(page->key, '|', 0);
    int64_t position = 0;
    if (!page->is_first) TRY(str_to_int(str_slice(page->key, bar == STR_NPOS ? page->key.len : bar + 1, page->key.len), &position));
    return db_query(request->db, &sql_application_page_board,
                    DB_ARGS(db_uuid(request->identity.user_id), db_text(request_text(request, "status")), db_uuid_or_null(request_text(request, "job_listing_id")),
                            db_text(str_slice(page->key, 0, bar)), db_int(position), db_uuid(page_id(page)), db_int(page->limit + 1), db_bool(page->is_first)),
                    rows);
}

/* One page and a row more. */
static enum err query_page(struct request *request, const struct page *page, struct db_rows *rows)
{
    struct db_value user = db_uuid(request->identity.user_id), status = db_text(request_text(request, "status")),
                    listing = db_uuid_or_null(request_text(request, "job_listing_id")), limit = db_int(page->limit + 1), id = db_uuid(page_id(page));
    if (sorts_as_board(page)) return query_board(request, page, rows);
    if (sorts_by_time(page))
        return db_query(request->db, page->is_descending ? &sql_application_page_times_down : &sql_application_page_times_up,
                        DB_ARGS(user, status, listing, db_text(page->sort), db_time(page_time(page)), id, limit), rows);
    return db_query(request->db, page->is_descending ? &sql_application_page_texts_down : &sql_application_page_texts_up,
                    DB_ARGS(user, status, listing, db_text(page->sort), db_text(page->key), id, limit, db_bool(page->is_first)), rows);
}

enum err application_api_list(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(query_page(request, page, &rows));
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    struct collection_writer list;
    collection_open(&list, request, &writer, &out);
    while (db_next(&rows)) {
        struct application application;
        application_read(&rows, request->arena, &application);
        if (!collection_takes(&list, sort_key(request->arena, page, &rows, &application), application.id)) break;
        write_application(&writer, &application);
    }
    TRY(db_rows_result(&rows));
    collection_close(&list);
    collection_respond(&list, response);
    return OK;
}

static enum err respond_application(struct request *request, struct response *response, struct str id)
{
    struct application application;
    TRY(application_find(request, id, &application));
    struct buf out = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    write_application(&writer, &application);
    respond_json(response, &out);
    return OK;
}

enum err application_api_get(struct request *request, struct response *response)
{
    return respond_application(request, response, request_param(request, "id"));
}

static enum err create_from_listing(struct request *request, struct str id, struct str status, struct db_value applied_on)
{
    struct str listing = request_text(request, "job_listing_id");
    int64_t listings = 0;
    TRY(db_query_int(request->db, &sql_application_listing_exists, DB_ARGS(db_uuid(listing)), &listings));
    if (!listings) return err_set(ERR_NOT_FOUND, "There is no such listing.");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err made = db_query_one(request->db, &sql_application_from_listing,
                                 DB_ARGS(db_uuid(id), db_uuid(request->identity.user_id), db_uuid(listing), db_text(status),
                                         db_text(request_text(request, "notes")), applied_on,
                                         db_text_or_null(request_text(request, "next_step_on")), db_time(clock_now())), &rows);
    if (made == ERR_NOT_FOUND) return err_set(ERR_CONFLICT, "This listing is on your board already.");
    return made;
}

enum err application_api_create(struct request *request, struct response *response)
{
    struct str id = uuid_new(request->arena), status = request_has(request, "status") ? request_text(request, "status") : STR("saved");
    struct db_value applied_on = request_has(request, "applied_on") ? db_text(request_text(request, "applied_on"))
                                                                    : application_applied_on(request->arena, status);
    if (request_has(request, "job_listing_id")) {
        TRY(create_from_listing(request, id, status, applied_on));
    } else {
        if (!request_has(request, "title")) {
            request_add_error(request, "title", STR("Give a job title, or the id of a listing."));
            respond_problem(request, response, PROBLEM_VALIDATION, STR("Give a title or a job_listing_id."));
            return OK;
        }
        TRY(db_exec(request->db, &sql_application_insert,
                    DB_ARGS(db_uuid(id), db_uuid(request->identity.user_id), db_text(request_text(request, "title")),
                            db_text(request_text(request, "company")), db_text(request_text(request, "url")), db_text(status),
                            db_text(request_text(request, "notes")), applied_on, db_text_or_null(request_text(request, "next_step_on")),
                            db_time(clock_now()))));
    }
    response->status = 201;
    response_header(request, response, "Location", str_format(request->arena, "/api/jobs/applications/%.*s", STR_ARG(id)));
    return respond_application(request, response, id);
}

/* Puts what was sent over what is stored; null and "" empty a value. */
static void apply_change(struct request *request, struct application *application)
{
    const struct {
        const char *name;
        struct str *value;
    } members[] = {{"title", &application->title},   {"company", &application->company},       {"url", &application->url},
                   {"notes", &application->notes}, {"applied_on", &application->applied_on}, {"next_step_on", &application->next_step_on}};
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (request_sent(request, members[i].name)) *members[i].value = request_text(request, members[i].name);
}

enum err application_api_change(struct request *request, struct response *response)
{
    struct application application;
    struct db_value user = db_uuid(request->identity.user_id), id = db_uuid(request_param(request, "id"));
    struct str status = request_text(request, "status");
    TRY(application_find(request, id.text, &application));
    apply_change(request, &application);
    if (!application.title.len) request_add_error(request, "title", STR("An application keeps a title."));
    if (request_sent(request, "status") && !status.len) request_add_error(request, "status", STR("An application keeps a stage."));
    if (request_has_errors(request)) {
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Nothing was changed."));
        return OK;
    }
    TRY(db_exec_one(request->db, &sql_application_update,
                    DB_ARGS(user, id, db_text(application.title), db_text(application.company), db_text(application.url), db_text(application.notes),
                            db_text_or_null(application.applied_on), db_text_or_null(application.next_step_on), db_time(clock_now()))));
    if (status.len) {
        struct db_value applied_on = request_sent(request, "applied_on") ? db_null() : application_applied_on(request->arena, status);
        TRY(db_exec(request->db, &sql_application_move, DB_ARGS(user, id, db_text(status), applied_on, db_time(clock_now()))));
    }
    return respond_application(request, response, id.text);
}

enum err application_api_delete(struct request *request, struct response *response)
{
    TRY(db_exec_one(request->db, &sql_application_delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id")))));
    respond_empty(response, 204);
    return OK;
}
