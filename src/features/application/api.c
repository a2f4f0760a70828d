/* The JSON side of the board: /api/jobs/applications. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/application/application.h"
#include "features/application/store.sql.h"
#include "json/json.h"

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

enum err application_api_list(struct request *request, struct response *response)
{
    struct str status = request_text(request, "status");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_application_board, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    struct buf out = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "applications");
    json_array_open(&writer);
    while (db_next(&rows)) {
        struct application application;
        application_read(&rows, request->arena, &application);
        if (!status.len || str_equal(status, application.status)) write_application(&writer, &application);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    enum err read = db_rows_result(&rows);
    if (read != OK) buf_dispose(&out);
    else respond_json(response, &out);
    return read;
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
            respond_problem(request, response, 422, STR("Something is not right yet"), STR("Give a title or a job_listing_id."));
            return OK;
        }
        TRY(db_exec(request->db, &sql_application_insert,
                    DB_ARGS(db_uuid(id), db_uuid(request->identity.user_id), db_text(request_text(request, "title")),
                            db_text(request_text(request, "company")), db_text(request_text(request, "url")), db_text(status),
                            db_text(request_text(request, "notes")), applied_on, db_text_or_null(request_text(request, "next_step_on")),
                            db_time(clock_now()))));
    }
    struct application application;
    TRY(application_find(request, id, &application));
    struct buf out = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    write_application(&writer, &application);
    respond_json(response, &out);
    response->status = 201;
    return OK;
}
