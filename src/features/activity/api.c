/* /api/agent-events: what happened, each with what the agents did about it. */
#include "features/activity/activity.h"
#include "features/activity/store.sql.h"
#include "http/collection.h"
#include "json/json.h"

/* Opens the object and its jobs. */
static void open_event(struct json_writer *writer, const struct activity_row *row)
{
    json_object_open(writer);
    json_member_str(writer, "id", row->event.id);
    json_member_str(writer, "event_type", row->event.type);
    json_member_str(writer, "status", row->event.status);
    json_member_str(writer, "source_agent", row->event.source_agent);
    json_member_str(writer, "summary", row->event.summary);
    json_member_str(writer, "correlation_id", row->event.correlation_id);
    json_member_time(writer, "created_at", row->event.created_at);
    json_key(writer, "payload");
    json_write_raw(writer, row->event.payload);
    json_key(writer, "jobs");
    json_array_open(writer);
}

static void close_event(struct json_writer *writer)
{
    json_array_close(writer);
    json_object_close(writer);
}

static void write_job(struct json_writer *writer, const struct activity_row *row)
{
    if (!row->job.id.len) return;
    json_object_open(writer);
    json_member_str(writer, "id", row->job.id);
    json_member_str(writer, "kind", row->job.kind);
    json_member_str(writer, "status", row->job.status);
    json_member_int(writer, "attempts", row->job.attempts);
    json_member_str(writer, "error", row->job.error);
    json_member_time(writer, "finished_at", row->job.finished_at);
    json_object_close(writer);
}

/* The rows of one page, a row a job. */
static void write_events(struct collection_writer *list, struct db_rows *rows)
{
    struct arena *arena = list->request->arena;
    struct str open = STR("");
    while (db_next(rows)) {
        struct activity_row row = activity_read_row(rows, arena);
        if (!str_equal(open, row.event.id)) {
            if (open.len) close_event(list->writer);
            open = STR("");
            if (!collection_takes(list, page_time_key(arena, row.event.created_at), row.event.id)) break;
            open = row.event.id;
            open_event(list->writer, &row);
        }
        write_job(list->writer, &row);
    }
    if (open.len) close_event(list->writer);
}

enum err activity_api(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct db_value user = db_uuid(request->identity.user_id), type = db_text(request_text(request, "event_type")),
                    status = db_text(request_text(request, "status")), correlation = db_uuid_or_null(request_text(request, "correlation_id"));
    struct db_rows rows CLEANUP(db_rows_close) = {0}, total CLEANUP(db_rows_close) = {0};
    const struct db_ask asks[] = {
        {page->is_descending ? &sql_activity_page_down : &sql_activity_page_up,
         DB_ARGS(user, db_time(page_time(page)), db_uuid(page_id(page)), db_int(page->limit + 1), type, status, correlation), &rows},
        {&sql_activity_page_total, DB_ARGS(user, type, status, correlation), &total},
    };
    TRY(db_query_all(request->db, asks, COUNT_OF(asks)));
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    struct collection_writer list;
    collection_open(&list, request, &writer, &document);
    write_events(&list, &rows);
    TRY(db_rows_result(&rows));
    collection_close(&list);
    if (!db_next(&total)) return db_rows_result(&total);
    json_member_int(&writer, "total", db_col_int(&total, 0));
    collection_respond(&list, response);
    return OK;
}

enum err activity_api_event(struct request *request, struct response *response)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_activity_event, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id"))), &rows));
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    struct activity_row row = activity_read_row(&rows, request->arena);
    open_event(&writer, &row);
    write_job(&writer, &row);
    while (db_next(&rows)) {
        row = activity_read_row(&rows, request->arena);
        write_job(&writer, &row);
    }
    close_event(&writer);
    TRY(db_rows_result(&rows));
    respond_json(response, &document);
    return OK;
}
