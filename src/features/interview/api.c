/* The JSON interface of interviews: open a session, complete one. Design in interview.h. */
#include "base/config.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"
#include "http/collection.h"
#include "json/json.h"

static bool is_same_skill(const struct interviewer_claim *claim, struct str name)
{
    if (str_equal(claim->skill_id, name) || str_equal_ci(claim->skill, name)) return true;
    size_t known = catalogue_skill_by_name(name);
    return known != CATALOGUE_NONE && str_equal(catalogue_skill_at(known)->id, claim->skill_id);
}

/* The claims that are named, or the first ones that are not verified. One that is not claimed is an error at the field. */
static enum err choose(struct request *request, const struct interview_claims *claims, struct interviewer_claim *chosen, size_t *count)
{
    const struct str_list *names = request_list(request, "skills");
    *count = 0;
    if (!claims->count) return err_set(ERR_CONFLICT, "You have no claimed skills yet. Add one first.");
    for (size_t i = 0; i < names->count; i++) {
        size_t at = 0;
        while (at < claims->count && !is_same_skill(&claims->items[at].claim, names->items[i])) at++;
        if (at == claims->count) {
            request_add_error(request, "skills", str_format(request->arena, "'%.*s' is not among your claimed skills.", STR_ARG(names->items[i])));
            return OK;
        }
        bool taken = false;
        for (size_t j = 0; j < *count; j++) taken = taken || str_equal(chosen[j].skill_id, claims->items[at].claim.skill_id);
        if (!taken) chosen[(*count)++] = claims->items[at].claim;
    }
    for (size_t i = 0; !names->count && i < claims->count && *count < 4; i++) chosen[(*count)++] = claims->items[i].claim;
    return OK;
}

/* ws or wss with the host the client used. */
static struct str socket_address(struct request *request, struct str id)
{
    struct str base = config_text(CONFIG_BASE_URL), host = request_header(request, "Host"), path = STR("/v0/evi/chat?interview_id=");
    if (str_starts(base, STR("https://")) || str_starts(base, STR("http://"))) {
        bool secure = str_starts(base, STR("https://"));
        struct str rest = str_slice(base, secure ? 8 : 7, base.len);
        while (str_ends(rest, STR("/"))) rest.len--;
        return str_format(request->arena, "%s://%.*s%.*s%.*s", secure ? "wss" : "ws", STR_ARG(rest), STR_ARG(path), STR_ARG(id));
    }
    return str_format(request->arena, "%s://%.*s%.*s%.*s", request->is_https ? "wss" : "ws", STR_ARG(host), STR_ARG(path), STR_ARG(id));
}

/* Opens the object of a row of interview_page_up, interview_page_down and interview_whole. */
static void open_interview(struct json_writer *json, const struct db_rows *rows)
{
    json_object_open(json);
    json_member_str(json, "id", db_col_view(rows, 0));
    json_member_str(json, "role_title", db_col_view(rows, 1));
    json_member_str(json, "mode", db_col_view(rows, 2));
    json_member_str(json, "status", db_col_view(rows, 3));
    json_member_int(json, "verified_skills", db_col_int(rows, 8));
    json_member_time(json, "created_at", db_col_time(rows, 4));
    json_member_time(json, "started_at", db_col_time(rows, 5));
    json_member_time(json, "completed_at", db_col_time(rows, 6));
    json_member_time(json, "updated_at", db_col_time(rows, 7));
}

enum err interview_api_list(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, page->is_descending ? &sql_interview_page_down : &sql_interview_page_up,
                 DB_ARGS(db_uuid(request->identity.user_id), db_time(page_time(page)), db_uuid(page_id(page)), db_int(page->limit + 1),
                         db_text(request_text(request, "status"))), &rows));
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    struct collection_writer list;
    collection_open(&list, request, &json, &out);
    while (db_next(&rows)) {
        if (!collection_takes(&list, page_time_key(request->arena, db_col_time(&rows, 4)), db_col_text(&rows, 0, request->arena))) break;
        open_interview(&json, &rows);
        json_object_close(&json);
    }
    TRY(db_rows_result(&rows));
    collection_close(&list);
    collection_respond(&list, response);
    return OK;
}

enum err interview_api_get(struct request *request, struct response *response)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_interview_whole, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id"))), &rows));
    struct buf out = {0};
    struct json_writer json;
    json_begin(&json, &out);
    open_interview(&json, &rows);
    json_key(&json, "outcome");
    if (db_col_is_null(&rows, 9)) json_write_null(&json);
    else json_write_raw(&json, db_col_view(&rows, 9));
    json_object_close(&json);
    respond_json(response, &out);
    return OK;
}

enum err interview_api_session(struct request *request, struct response *response)
{
    struct interview_claims claims;
    struct interviewer_claim chosen[INTERVIEWER_TOPICS_MAX];
    struct interview_wish wish = {.role = request_text(request, "role_title"), .claims = chosen,
                                  .is_short = str_equal(request_text(request, "length"), STR("short"))};
    struct str id;
    TRY(interview_load_claims(request->db, request->arena, request->identity.user_id, &claims));
    TRY(choose(request, &claims, chosen, &wish.claims_count));
    if (request_has_errors(request)) {
        respond_problem(request, response, PROBLEM_VALIDATION, STR("An interview asks about skills that you claim."));
        return OK;
    }
    if (!wish.role.len) TRY(interview_default_role(request->db, request->arena, request->identity.user_id, &wish.role));
    TRY(interview_create(request->db, request->arena, &request->identity, &wish, &id));
    struct buf out = {0};
    struct json_writer json;
    json_begin(&json, &out);
    json_object_open(&json);
    json_member_str(&json, "interview_id", id);
    json_member_str(&json, "role_title", wish.role);
    json_key(&json, "skills");
    json_array_open(&json);
    for (size_t i = 0; i < wish.claims_count; i++) json_write_str(&json, chosen[i].skill);
    json_array_close(&json);
    json_member_str(&json, "status", STR("scheduled"));
    json_member_str(&json, "websocket_url", socket_address(request, id));
    json_object_close(&json);
    response->status = 201;
    response_header(request, response, "Location", str_format(request->arena, "/api/interviews/%.*s", STR_ARG(id)));
    respond_json(response, &out);
    return OK;
}

enum err interview_api_complete(struct request *request, struct response *response)
{
    struct interview_session session;
    TRY(interview_hold(request->db, request->arena, request->identity.user_id, request_text(request, "interview_id"), &session));
    TRY(interview_finish(&session));
    struct buf out = {0};
    struct json_writer json;
    json_begin(&json, &out);
    json_object_open(&json);
    json_member_bool(&json, "success", true);
    json_member_str(&json, "interview_id", session.row.id);
    json_member_str(&json, "status", session.row.status);
    json_object_close(&json);
    respond_json(response, &out);
    return OK;
}
