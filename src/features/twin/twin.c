/* Asking somebody's twin: as JSON from the profile's chat, as a form without scripts; and what the owner sees of it.
 *
 * Twenty questions an hour for one address of the network, and two hundred a day for one person's twin, whoever asks: many addresses cannot
 * exceed that together. Both count before anything is read, and hold over a restart. Questions are kept for the owner; greetings
 * and the owner's own are not.
 */
#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "features/twin/store.sql.h"
#include "features/twin/twin_feature.h"
#include "features/twin/twin_log_page.html.h"
#include "features/twin/twin_reply_page.html.h"
#include "json/json.h"
#include "pages/pages.h"
#include "security/limits.h"

#define QUESTIONS_AN_HOUR 20
#define QUESTIONS_A_DAY 200
#define HOUR_SECONDS 3600
#define DAY_SECONDS 86400
#define PAGE_SIZE 25

const struct field twin_chat_fields[4] = {
    {.name = "username", .type = FIELD_KEY, .label = "Username", .example = "ada-tester"},
    {.name = "question", .type = FIELD_MULTILINE, .label = "Question", .max = TWIN_QUESTION_MAX, .example = "What has Ada built with Docker?"},
    {.name = "userId", .type = FIELD_TEXT, .label = "Person", .max = 255},
    {.name = "message", .type = FIELD_MULTILINE, .label = "Message", .max = TWIN_QUESTION_MAX},
};

const struct field twin_ask_fields[1] = {
    {.name = "question", .type = FIELD_MULTILINE, .label = "Your question", .required = true, .min = 1, .max = TWIN_QUESTION_MAX}};

const struct field twin_log_fields[1] = {{.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 10000}};

static enum err find_subject(struct request *request, struct str name, struct twin_subject *subject)
{
    struct db_value asker = db_uuid_or_null(request->identity.user_id);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = uuid_is_valid(name) ? db_query_one(request->db, &sql_twin_person_by_id, DB_ARGS(db_uuid(name), asker), &rows)
                                         : db_query_one(request->db, &sql_twin_person_by_name, DB_ARGS(db_text(name), asker), &rows);
    if (found == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "There is no public profile at this address.");
    TRY(found);
    twin_read_subject(request->arena, &rows, subject);
    return OK;
}

static enum err take_limits(struct request *request, struct response *response, const struct twin_subject *subject)
{
    struct str address = str_format(request->arena, "twin address %.*s", STR_ARG(limits_client_key(request->arena, request->address)));
    struct str owner = str_format(request->arena, "twin owner %.*s", STR_ARG(subject->user_id));
    int64_t wait = 0;
    enum err allowed = limit_take(request->db, address, HOUR_SECONDS, QUESTIONS_AN_HOUR, &wait);
    if (allowed == ERR_TOO_MANY) err_set(allowed, "That is enough questions for now. Ask again in %lld minutes.", (long long)(wait / 60 + 1));
    if (allowed == OK) {
        allowed = limit_take(request->db, owner, DAY_SECONDS, QUESTIONS_A_DAY, &wait);
        if (allowed == ERR_TOO_MANY) err_set(allowed, "This twin has answered enough questions today. Ask again tomorrow.");
    }
    if (allowed == ERR_TOO_MANY) response->retry_after = wait;
    return allowed;
}

struct keeping {
    struct arena *arena;
    const struct twin_subject *subject;
    const struct twin_answer *answer;
    struct str question;
};

static enum err keep_question(struct db *db, void *argument)
{
    struct keeping *keeping = argument;
    struct buf citations CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &citations);
    twin_write_citations(&writer, keeping->subject, keeping->answer);
    return db_exec(db, &sql_twin_keep_question,
                   DB_ARGS(db_uuid(uuid_new(keeping->arena)), db_uuid(keeping->subject->user_id), db_text(keeping->question),
                           db_text(keeping->answer->reply), db_bool(keeping->answer->answered), db_json(buf_str(&citations)), db_time(clock_now())));
}

/* Counts, answers and keeps. */
static enum err ask(struct request *request, struct response *response, struct twin_subject *subject, struct str question, struct twin_answer *answer)
{
    TRY(take_limits(request, response, subject));
    TRY(twin_load(request->db, request->arena, subject));
    twin_answer(request->arena, &subject->person, question, answer);
    if (answer->greeted || str_equal(subject->user_id, request->identity.user_id)) return OK;
    struct keeping keeping = {request->arena, subject, answer, question};
    return db_transaction(request->db, keep_question, &keeping);
}

enum err twin_chat(struct request *request, struct response *response)
{
    struct twin_subject subject;
    struct twin_answer answer;
    struct str name = request_text(request, request_has(request, "username") ? "username" : "userId");
    struct str question = request_text(request, request_has(request, "question") ? "question" : "message");
    if (!name.len || !question.len) {
        if (!name.len) request_add_error(request, "username", STR("Name whose twin is asked."));
        if (!question.len) request_add_error(request, "question", STR("Ask something."));
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Send a username and a question."));
        return OK;
    }
    TRY(find_subject(request, name, &subject));
    TRY(ask(request, response, &subject, question, &answer));
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "reply", answer.reply);
    json_key(&writer, "citations");
    twin_write_citations(&writer, &subject, &answer);
    json_member_bool(&writer, "answered", answer.answered);
    json_member_bool(&writer, "unverified", twin_says_unverified(answer.reply));
    json_object_close(&writer);
    respond_json(response, &document);
    return OK;
}

static void show_reply(struct request *request, struct response *response, const struct twin_subject *subject, const struct twin_answer *answer, struct str problem)
{
    struct twin_reply_page view = {.username = subject->username, .first_name = subject->person.first_name, .problem = problem, .quotes_resume = subject->quotes_resume,
                                   .question = request_typed(request, "question")};
    pages_frame(request, str_format(request->arena, "Ask %.*s’s twin", STR_ARG(view.first_name)), (struct str){0}, &view.frame);
    view.frame.no_index = true;
    if (answer) {
        view.reply = answer->reply;
        view.is_unverified = twin_says_unverified(answer->reply);
        view.citations = arena_array(request->arena, struct twin_citation_view, answer->citations_count);
        view.citations_count = answer->citations_count;
        for (size_t i = 0; i < answer->citations_count; i++) {
            const struct twin_proof *proof = &subject->person.proofs[answer->citations[i].proof];
            view.citations[i] = (struct twin_citation_view){.quote = answer->citations[i].quote, .skill = proof->skill, .date = proof->date};
        }
    }
    struct html page = {0};
    twin_reply_page_render(&page, &view);
    respond_html(response, &page);
}

enum err twin_ask(struct request *request, struct response *response)
{
    struct twin_subject subject;
    struct twin_answer answer;
    TRY(find_subject(request, request_param(request, "username"), &subject));
    if (request_has_errors(request)) {
        response->status = 422;
        show_reply(request, response, &subject, NULL, request_error(request, "question"));
        return OK;
    }
    enum err asked = ask(request, response, &subject, request_text(request, "question"), &answer);
    if (asked == ERR_TOO_MANY) {
        response->status = 429;
        show_reply(request, response, &subject, NULL, str_copy(request->arena, str_from(err_words())));
        return OK;
    }
    TRY(asked);
    show_reply(request, response, &subject, &answer, (struct str){0});
    return OK;
}

/* ---- the owner's side ---- */

static void page_links(struct arena *arena, int64_t page, size_t shown, int64_t total, struct pager *pager)
{
    int64_t first = (page - 1) * PAGE_SIZE + 1, last = first + (int64_t)shown - 1;
    *pager = (struct pager){.first = first, .last = last, .total = total};
    if (page > 1) pager->previous = str_format(arena, "/twin?page=%lld", (long long)page - 1);
    if (last < total) pager->next = str_format(arena, "/twin?page=%lld", (long long)page + 1);
}

enum err twin_log_page(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct twin_log_page view = {.questions = arena_array(arena, struct twin_question, PAGE_SIZE)};
    struct db_value user = db_uuid(request->identity.user_id);
    int64_t page = request_int(request, "page", 1), total = 0, unanswered = 0, now = clock_now();
    TRY(pages_shell(request, NAV_NONE, STR("Your twin"), STR("What visitors of your public profile asked, and what your twin answered."), &view.shell));
    TRY(db_query_int(request->db, &sql_twin_questions_count, DB_ARGS(user), &total));
    TRY(db_query_int(request->db, &sql_twin_unanswered_count, DB_ARGS(user), &unanswered));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_twin_questions, DB_ARGS(user, db_int(PAGE_SIZE), db_int((page - 1) * PAGE_SIZE)), &rows));
    while (view.questions_count < PAGE_SIZE && db_next(&rows))
        view.questions[view.questions_count++] = (struct twin_question){.question = db_col_text(&rows, 1, arena),
                                                                        .reply = db_col_text(&rows, 2, arena),
                                                                        .answered = db_col_bool(&rows, 3),
                                                                        .is_unverified = twin_says_unverified(db_col_view(&rows, 2)),
                                                                        .date = time_ago(arena, db_col_time(&rows, 4), now),
                                                                        .date_iso = time_iso(arena, db_col_time(&rows, 4))};
    TRY(db_rows_result(&rows));
    view.summary = str_format(arena, "%lld %s, %lld of them not answered. What is asked and not verified is worth showing in your next interview.",
                              (long long)total, total == 1 ? "question" : "questions", (long long)unanswered);
    page_links(arena, page, view.questions_count, total, &view.pager);
    view.empty = (struct empty_view){.icon = PAGES_ICON("message-circle"), .title = STR("Nobody has asked your twin yet"),
                                     .sentence = STR("It answers on your public profile with quotes that were verified in your interviews. A line of your resume is marked as not verified."),
                                     .action = STR("Go to interviews"), .href = STR("/interviews")};
    struct html out = {0};
    twin_log_page_render(&out, &view);
    respond_html(response, &out);
    return OK;
}
