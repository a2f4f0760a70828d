/* Routes of the interview feature. */
#include "features/interview/answers.h"
#include "features/interview/interview.h"
#include "features/interview/store.sql.h"

static const struct field list_fields[] = {
    {.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 100000},
};

static const struct field choose_fields[] = {
    {.name = "skill", .type = FIELD_KEY, .label = "Skill"},
};

static const struct field api_list_fields[] = {
    {.name = "status", .type = FIELD_CHOICE, .label = "Status", .choices = INTERVIEW_STATUSES},
    COLLECTION_FIELDS("created_at|-created_at"),
};

static const struct collection api_collection = {.items = "interviews", .sort = "-created_at", .limit = 50};

static const struct field id_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Id"}};

static const struct field say_fields[] = {
    {.name = "text", .type = FIELD_MULTILINE, .label = "Your answer", .required = true, .min = 1, .max = INTERVIEWER_ANSWER_MAX,
     .message = "Write your answer, of at most 4,000 characters."},
    {.name = "message_id", .type = FIELD_ID, .label = "Message"},
};

static const struct field session_fields[] = {
    {.name = "role_title", .type = FIELD_TEXT, .label = "Role", .min = 2, .max = 120, .example = "Platform engineer"},
    {.name = "skills", .type = FIELD_LIST, .label = "Skills", .max = INTERVIEWER_TOPICS_MAX},
    {.name = "length", .type = FIELD_CHOICE, .label = "Length", .choices = "short|normal"},
};

static const struct field complete_fields[] = {
    {.name = "interview_id", .type = FIELD_ID, .label = "Interview", .required = true},
};

#define SAY_BODY_MAX ((size_t)128 << 10) /* 4,000 characters of four bytes, each percent-encoded, and room to refuse a little more */

static const struct route routes[] = {
    {HTTP_GET, "/interviews", interview_list_page, ACCESS_USER, RATE_PAGE, FIELDS(list_fields), .summary = "my interviews"},
    {HTTP_GET, "/interviews/new", interview_new_page, ACCESS_USER, RATE_PAGE, FIELDS(choose_fields), .summary = "choose what an interview is about"},
    {HTTP_POST, "/interviews", interview_new, ACCESS_USER, RATE_CHANGE, .fields = interview_new_fields, .fields_count = INTERVIEW_NEW_FIELDS,
     .flags = ROUTE_SHOWS_ERRORS, .summary = "prepare an interview"},
    {HTTP_GET, "/interviews/{id}", interview_page, ACCESS_OWNER, RATE_PAGE, .summary = "one interview: before, during or after"},
    {HTTP_GET, "/interviews/{id}/progress", interview_progress_part, ACCESS_OWNER, RATE_PAGE, .summary = "whether it has been read (part of a page)"},
    {HTTP_POST, "/interviews/{id}/start", interview_start_action, ACCESS_OWNER, RATE_CHANGE, .summary = "begin, or take up again"},
    {HTTP_POST, "/interviews/{id}/say", interview_say_action, ACCESS_OWNER, RATE_CHANGE, SAY_BODY_MAX, FIELDS(say_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "answer without a socket"},
    {HTTP_GET, "/interviews/{id}/finish", interview_finish_page, ACCESS_OWNER, RATE_PAGE, .summary = "ask before finishing"},
    {HTTP_POST, "/interviews/{id}/finish", interview_finish_action, ACCESS_OWNER, RATE_CHANGE, .summary = "end it and have it read"},
    {HTTP_POST, "/interviews/{id}/read-again", interview_read_again_action, ACCESS_OWNER, RATE_CHANGE,
     .summary = "have answers read whose reading was given up"},
    {HTTP_GET, "/interviews/{id}/abandon", interview_abandon_page, ACCESS_OWNER, RATE_PAGE, .summary = "ask before leaving"},
    {HTTP_POST, "/interviews/{id}/abandon", interview_abandon_action, ACCESS_OWNER, RATE_CHANGE, .summary = "leave it without a reading"},
    {HTTP_GET, "/interviews/{id}/delete", interview_delete_page, ACCESS_OWNER, RATE_PAGE, .summary = "ask before deleting"},
    {HTTP_POST, "/interviews/{id}/delete", interview_delete_action, ACCESS_OWNER, RATE_CHANGE, .summary = "delete it with its proofs"},
    {HTTP_GET, "/api/interviews", interview_api_list, ACCESS_USER, RATE_PAGE, FIELDS(api_list_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .collection = &api_collection, .scope = SCOPE_INTERVIEWS_READ, .summary = "the person's interviews", .answer = ANSWER(200, interview_list_schema)},
    {HTTP_GET, "/api/interviews/{id}", interview_api_get, ACCESS_OWNER, RATE_PAGE, FIELDS(id_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_INTERVIEWS_READ, .summary = "one interview with what came of it", .answer = ANSWER(200, interview_whole_schema)},
    {HTTP_POST, "/api/interviews/session", interview_api_session, ACCESS_USER, RATE_CHANGE, FIELDS(session_fields), .flags = ROUTE_API,
     .scope = SCOPE_INTERVIEWS_WRITE, .summary = "open an interview session",
     .answer = ANSWER_AT(201, interview_session_schema, "/api/interviews/{id}")},
    {HTTP_POST, "/api/interviews/complete", interview_api_complete, ACCESS_OWNER, RATE_CHANGE, FIELDS(complete_fields), .flags = ROUTE_API,
     .scope = SCOPE_INTERVIEWS_WRITE, .summary = "complete an interview",
     .answer = ANSWER(200, interview_completed_schema)},
    {HTTP_GET, "/v0/evi/chat", interview_socket, ACCESS_OWNER, RATE_PAGE, FIELDS(complete_fields), .flags = ROUTE_WEBSOCKET | ROUTE_FREE_TEXT,
     .summary = "the conversation, in EVI's message format", .websocket = &interview_socket_handler},
};

static const struct command commands[] = {
    {"interview analyze", "FILE [--json]", "which claimed skills a transcript proves, with quotes; - reads standard input", interview_analyze_command},
};

const struct feature feature_interview = {.name = "interview",
                                          .title = "Interviews",
                                          .says = "Conversations in which skills are proved.",
                                          .routes = routes,
                                          .routes_count = sizeof(routes) / sizeof(routes[0]),
                                          .statements = interview_statements,
                                          .statements_count = &interview_statements_count,
                                          .commands = commands,
                                          .commands_count = sizeof(commands) / sizeof(commands[0])};
