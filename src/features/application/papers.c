/* What belongs to an application besides its fields: documents, and what the employer wrote back. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "features/application/application.h"
#include "features/application/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#define PAPERS_MAX 20
#define ANSWERS_MAX 10 /* of one application */
#define FINDINGS_MAX ((size_t)1 << 20)

static struct str document_title(struct str kind)
{
    if (str_equal(kind, STR("cover_letter"))) return STR("Cover note");
    return str_equal(kind, STR("resume")) ? STR("Resume") : STR("Document");
}

static enum err fill_documents(struct request *request, struct application_page *view)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->documents = arena_array(arena, struct document_view, PAPERS_MAX);
    TRY(db_query(request->db, &sql_application_documents, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(view->id)), &rows));
    while (db_next(&rows) && view->documents_count < PAPERS_MAX) {
        struct document_view *document = &view->documents[view->documents_count++];
        *document = (struct document_view){.element_id = str_format(arena, "document-%zu", view->documents_count), .title = document_title(db_col_view(&rows, 0)),
                                           .text = db_col_text(&rows, 1, arena), .iso = time_iso(arena, db_col_time(&rows, 2)),
                                           .when = time_long_date(arena, db_col_time(&rows, 2))};
    }
    return db_rows_result(&rows);
}

static enum err fill_findings(struct arena *arena, struct str text, struct answer_view *view)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(text, FINDINGS_MAX, &root));
    const struct json *gaps = json_get(root, "gaps");
    view->is_read = true;
    view->findings = arena_array(arena, struct finding_view, json_count(gaps) + 1);
    for (size_t i = 0; i < json_count(gaps); i++) {
        const struct json *gap = json_at(gaps, i);
        size_t skill = catalogue_skill_by_id(json_get_str(gap, "skill_id"));
        if (skill == CATALOGUE_NONE) continue;
        view->findings[view->findings_count++] = (struct finding_view){.skill = catalogue_skill_at(skill)->name, .quote = str_copy(arena, json_get_str(gap, "quote")),
                                                                       .is_named = str_equal(json_get_str(gap, "source"), STR("answer"))};
    }
    return OK;
}

/* Why nobody has read an answer whose last job is in this state; "" while one is to read it. */
static struct str stopped_words(struct str status)
{
    if (!status.len) return STR("It was not read.");
    if (str_equal(status, STR("cancelled"))) return STR("Reading it was cancelled, so nothing was looked for in it.");
    if (str_equal(status, STR("dead"))) return STR("Reading it did not work, and is not tried again by itself.");
    return str_equal(status, STR("completed")) ? STR("It was not read.") : (struct str){0};
}

static enum err fill_answers(struct request *request, struct application_page *view)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    view->answers = arena_array(arena, struct answer_view, PAPERS_MAX);
    TRY(db_query(request->db, &sql_application_answers, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(view->id)), &rows));
    while (db_next(&rows) && view->answers_count < PAPERS_MAX) {
        struct answer_view *answer = &view->answers[view->answers_count++];
        *answer = (struct answer_view){.id = db_col_text(&rows, 3, arena), .text = db_col_text(&rows, 0, arena), .iso = time_iso(arena, db_col_time(&rows, 2)), .when = time_ago(arena, db_col_time(&rows, 2), clock_now())};
        if (!db_col_is_null(&rows, 1)) TRY(fill_findings(arena, db_col_view(&rows, 1), answer));
        else answer->stopped = stopped_words(db_col_view(&rows, 4));
        answer->is_waiting = !answer->is_read && !answer->stopped.len;
        view->is_reading |= answer->is_waiting;
    }
    return db_rows_result(&rows);
}

enum err application_fill_papers(struct request *request, struct application_page *view)
{
    TRY(fill_documents(request, view));
    TRY(fill_answers(request, view));
    view->answer = pages_field_of(request, &application_answer_fields[0], (struct str){0}, "The whole message, up to 20,000 characters.");
    view->answer.rows = 6;
    return OK;
}

/* Why this answer is not taken, "" when it is. */
static enum err refuse(struct request *request, struct str id, struct str text, struct str *why)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_application_answers_known, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id), db_text(text)), &rows));
    if (db_col_int(&rows, 1)) *why = STR("This answer is here already.");
    else if (db_col_int(&rows, 0) >= ANSWERS_MAX) *why = STR("There are ten answers for this application; that is the most.");
    return OK;
}

/* `said`: what the person did with the answer, "You entered". */
static enum err publish(struct request *request, const struct application *application, struct str rejection_id, const char *said)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", request->identity.user_id);
    json_member_str(&writer, "application_id", application->id);
    json_member_str(&writer, "rejection_id", rejection_id);
    json_object_close(&writer);
    struct str from = application->company.len ? application->company : application->title;
    struct event event = {.type = "REJECTION_RECEIVED", .user_id = request->identity.user_id, .payload = buf_str(&payload),
                          .summary = str_format(request->arena, "%s the answer of %.*s.", said, STR_ARG(from))};
    return bus_publish(request->db, request->arena, &event, NULL);
}

/* Without the marks that turn the direction of what comes after them: a quote would stand mirrored on every page that shows it. */
static struct str without_direction_marks(struct arena *arena, struct str text)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    for (size_t at = 0; at < text.len; at++) {
        const unsigned char *c = (const unsigned char *)text.ptr + at;
        bool is_mark = at + 2 < text.len && c[0] == 0xE2 && ((c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE) || (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9)); /* U+202A to U+202E, U+2066 to U+2069 */
        if (is_mark) at += 2;
        else buf_append_char(&out, text.ptr[at]);
    }
    return str_copy(arena, buf_str(&out));
}

enum err application_answer(struct request *request, struct response *response)
{
    struct application application;
    struct str id = request_param(request, "id"), text = without_direction_marks(request->arena, request_text(request, "answer")), why = {0}, rejection_id = uuid_new(request->arena);
    struct db_value user = db_uuid(request->identity.user_id), now = db_time(clock_now());
    TRY(application_find(request, id, &application));
    if (!request_has_errors(request)) TRY(refuse(request, id, text, &why));
    if (why.len) request_add_error(request, "answer", why);
    if (request_has_errors(request)) return application_page(request, response);
    TRY(db_exec(request->db, &sql_application_answer_insert, DB_ARGS(db_uuid(rejection_id), user, db_uuid(id), db_text(text), now)));
    TRY(db_exec(request->db, &sql_application_move, DB_ARGS(user, db_uuid(id), db_text(STR("rejected")), application_applied_on(request->arena, STR("rejected")), now)));
    TRY(publish(request, &application, rejection_id, "You entered"));
    respond_flash(request, response, false, STR("Kept. The strategist is reading it."));
    respond_redirect(request, response, str_format(request->arena, "/jobs/applications/%.*s", STR_ARG(id)));
    return OK;
}

/* Nobody waits for what is being read already: only a job that was cancelled, gave up or is gone gets a successor. */
enum err application_answer_read(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct str rejection_id = request_param(request, "id"), stopped;
    struct application application = {0};
    int64_t job_id;
    bool is_dead;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_application_answer_unread, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(rejection_id)), &rows));
        application = (struct application){.id = db_col_text(&rows, 0, arena), .title = db_col_text(&rows, 1, arena), .company = db_col_text(&rows, 2, arena)};
        job_id = db_col_int(&rows, 3);
        is_dead = str_equal(db_col_view(&rows, 4), STR("dead"));
        stopped = stopped_words(db_col_view(&rows, 4));
    }
    if (is_dead) TRY(bus_redrive(request->db, arena, request->identity.user_id, job_id));
    else if (stopped.len) TRY(publish(request, &application, rejection_id, "You asked to have read once more"));
    respond_flash(request, response, false, STR("The strategist is reading it."));
    respond_redirect(request, response, str_format(arena, "/jobs/applications/%.*s", STR_ARG(application.id)));
    return OK;
}
