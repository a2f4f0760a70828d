/* Connection requests: a recruiter, who has no account, asks on the public profile; the student answers.
 *
 * A request counts five times a day for one address of the network, the same words from the same sender are one request while it waits, and
 * a field that people cannot see catches simple robots: they are thanked and nothing is stored. What was answered stays answered. The
 * e-mail address is shown after accepting.
 */
#include "features/connection/connection.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "db/db.h"
#include "features/connection/connect_page.html.h"
#include "features/connection/connections_page.html.h"
#include "features/connection/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"
#include "security/limits.h"

#define REQUESTS_A_DAY 5
#define DAY_SECONDS 86400
#define PAGE_SIZE 20

const struct field connect_fields[CONNECT_FIELDS] = {
    {.name = "name", .type = FIELD_TEXT, .label = "Your name", .required = true, .min = 1, .max = 100},
    {.name = "email", .type = FIELD_EMAIL, .label = "Your e-mail address", .required = true},
    {.name = "company", .type = FIELD_TEXT, .label = "Company", .max = 100},
    {.name = "link", .type = FIELD_URL, .label = "Link to you or the job"},
    {.name = "message", .type = FIELD_MULTILINE, .label = "Message", .required = true, .min = 10, .max = 2000},
    {.name = "fax", .type = FIELD_TEXT, .label = "Fax", .max = 200},
};

const struct field connect_page_fields[1] = {{.name = "sent", .type = FIELD_BOOL, .label = "Sent"}};
const struct field connections_fields[1] = {{.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 10000}};
const struct field connection_id_fields[1] = {{.name = "id", .type = FIELD_ID, .label = "Request"}};

struct student {
    struct str id, username, first_name, full_name;
};

static enum err find_student(struct request *request, struct student *student)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    student->username = request_param(request, "username");
    enum err found = db_query_one(request->db, &sql_connection_student, DB_ARGS(db_text(student->username)), &rows);
    if (found == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "There is no public profile at this address.");
    TRY(found);
    student->id = db_col_text(&rows, 0, request->arena);
    student->first_name = db_col_text(&rows, 1, request->arena);
    if (!student->first_name.len) student->first_name = student->username;
    student->full_name = str_trim(str_format(request->arena, "%.*s %.*s", STR_ARG(student->first_name), STR_ARG(db_col_view(&rows, 2))));
    return OK;
}

static struct field_view control(struct request *request, const char *name, const char *autocomplete, const char *hint)
{
    struct field_view field = PAGES_FIELD(request, connect_fields, name, (struct str){0}, hint);
    field.autocomplete = autocomplete;
    return field;
}

static enum err show_form(struct request *request, struct response *response, const struct student *student, struct str problem)
{
    struct connect_page view = {.username = student->username, .first_name = student->first_name, .full_name = student->full_name, .problem = problem};
    view.is_sent = request->method == HTTP_GET && request_bool(request, "sent");
    struct str title = view.is_sent ? STR("Request sent") : str_format(request->arena, "Connect with %.*s", STR_ARG(student->full_name));
    pages_frame(request, title, (struct str){0}, &view.frame);
    view.frame.no_index = true;
    view.name = control(request, "name", "name", NULL);
    view.email = control(request, "email", "email", NULL);
    view.company = control(request, "company", "organization", NULL);
    view.link = control(request, "link", "url", NULL);
    view.message = control(request, "message", NULL, NULL);
    struct html page = {0};
    connect_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err connect_page(struct request *request, struct response *response)
{
    struct student student = {0};
    TRY(find_student(request, &student));
    return show_form(request, response, &student, (struct str){0});
}

/* The row, its event and the student's notification. */
static enum err store_request(struct request *request, const struct student *student)
{
    struct arena *arena = request->arena;
    struct str id = uuid_new(arena), name = request_text(request, "name"), company = request_text(request, "company");
    TRY(db_exec(request->db, &sql_connection_insert,
                DB_ARGS(db_uuid(id), db_uuid(student->id), db_text(name), db_text(request_text(request, "email")), db_text(company),
                        db_text(request_text(request, "link")), db_text(request_text(request, "message")), db_time(clock_now()))));
    struct str who = company.len ? str_format(arena, "%.*s of %.*s", STR_ARG(name), STR_ARG(company)) : name;
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", student->id);
    json_member_str(&writer, "request_id", id);
    json_object_close(&writer);
    struct event event = {.type = "CONNECTION_REQUESTED", .user_id = student->id, .payload = buf_str(&payload),
                          .summary = str_format(arena, "%.*s asks to connect.", STR_ARG(who))};
    TRY(bus_publish(request->db, arena, &event, NULL));
    return bus_notify(request->db, arena, student->id, "connection", event.summary,
                      STR("Read the message, then accept or decline."), STR("/connections"));
}

enum err connect_send(struct request *request, struct response *response)
{
    struct student student = {0};
    TRY(find_student(request, &student));
    if (request_has_errors(request)) {
        response->status = 422;
        return show_form(request, response, &student, (struct str){0});
    }
    struct str thanks = str_format(request->arena, "/profile/%.*s/connect?sent=true", STR_ARG(student.username));
    int64_t same = 0;
    TRY(db_query_int(request->db, &sql_connection_same,
                     DB_ARGS(db_uuid(student.id), db_text(request_text(request, "email")), db_text(request_text(request, "message"))), &same));
    if (request_has(request, "fax") || same) {
        respond_redirect(request, response, thanks);
        return OK;
    }
    struct str key = str_format(request->arena, "connect %.*s", STR_ARG(limits_client_key(request->arena, request->address)));
    enum err allowed = limit_take(request->db, key, DAY_SECONDS, REQUESTS_A_DAY, &response->retry_after);
    if (allowed == ERR_TOO_MANY) {
        response->status = 429;
        return show_form(request, response, &student, STR("That is enough requests for today. Nothing was sent; what you wrote is below. Try again tomorrow."));
    }
    TRY(allowed);
    TRY(store_request(request, &student));
    respond_redirect(request, response, thanks);
    return OK;
}

/* ---- the student's side ---- */

static struct connection read_connection(struct arena *arena, const struct db_rows *rows, int64_t now)
{
    struct connection one = {
        .id = db_col_text(rows, 0, arena),
        .name = db_col_text(rows, 1, arena),
        .email = db_col_text(rows, 2, arena),
        .company = db_col_text(rows, 3, arena),
        .link = db_col_text(rows, 4, arena),
        .message = db_col_text(rows, 5, arena),
        .is_pending = str_equal(db_col_view(rows, 6), STR("pending")),
        .is_accepted = str_equal(db_col_view(rows, 6), STR("accepted")),
        .date = time_ago(arena, db_col_time(rows, 7), now),
        .date_iso = time_iso(arena, db_col_time(rows, 7)),
    };
    one.mail_link = str_format(arena, "mailto:%.*s", STR_ARG(one.email));
    if (!one.is_pending)
        one.answered = str_format(arena, "You %s %.*s.", one.is_accepted ? "accepted" : "declined", STR_ARG(time_ago(arena, db_col_time(rows, 8), now)));
    return one;
}

enum err connections_page(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct connections_page view = {.requests = arena_array(arena, struct connection, PAGE_SIZE)};
    struct db_value user = db_uuid(request->identity.user_id);
    int64_t page = request_int(request, "page", 1), total = 0;
    TRY(pages_shell(request, NAV_NONE, STR("Connections"), STR("People who read your public profile and would like to talk."), &view.shell));
    TRY(db_query_int(request->db, &sql_connection_count, DB_ARGS(user), &total));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_connection_list, DB_ARGS(user, db_int(PAGE_SIZE), db_int((page - 1) * PAGE_SIZE)), &rows));
    while (view.requests_count < PAGE_SIZE && db_next(&rows)) view.requests[view.requests_count++] = read_connection(arena, &rows, clock_now());
    TRY(db_rows_result(&rows));
    int64_t first = (page - 1) * PAGE_SIZE + 1, last = first + (int64_t)view.requests_count - 1;
    view.pager = (struct pager){.first = first, .last = last, .total = total};
    if (page > 1) view.pager.previous = str_format(arena, "/connections?page=%lld", (long long)page - 1);
    if (last < total) view.pager.next = str_format(arena, "/connections?page=%lld", (long long)page + 1);
    bool has_address = request->identity.username.len > 0;
    view.empty = (struct empty_view){.icon = PAGES_ICON("handshake"), .title = STR("Nobody has asked yet"),
                                     .sentence = STR("A public profile with verified skills is what people answer to. Share its address."),
                                     .action = has_address ? STR("See your profile") : STR("Choose an address"),
                                     .href = has_address ? str_format(arena, "/profile/%.*s", STR_ARG(request->identity.username)) : STR("/settings")};
    struct html out = {0};
    connections_page_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

static enum err answer(struct request *request, struct response *response, struct str status, struct str words)
{
    struct db_value user = db_uuid(request->identity.user_id), id = db_uuid(request_param(request, "id"));
    enum err changed = db_exec_one(request->db, &sql_connection_answer, DB_ARGS(user, id, db_text(status), db_time(clock_now())));
    if (changed == ERR_NOT_FOUND) {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(request->db, &sql_connection_status, DB_ARGS(user, id), &rows);
        if (found == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "You have no such request.");
        TRY(found);
        words = STR("You have answered this request already. It stays as it was.");
        respond_flash(request, response, true, words);
    } else {
        TRY(changed);
        respond_flash(request, response, false, words);
    }
    respond_redirect(request, response, STR("/connections"));
    return OK;
}

enum err connection_accept(struct request *request, struct response *response)
{
    return answer(request, response, STR("accepted"), STR("Accepted. You find the e-mail address below."));
}

enum err connection_decline(struct request *request, struct response *response)
{
    return answer(request, response, STR("declined"), STR("Declined. We do not tell the sender."));
}
