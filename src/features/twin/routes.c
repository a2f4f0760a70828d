/* Routes and command of the twin. */
#include "features/twin/answers.h"
#include "features/twin/store.sql.h"
#include "features/twin/twin_feature.h"

static const struct route routes[] = {
    {HTTP_POST, "/api/digital-twin/chat", twin_chat, ACCESS_PUBLIC, RATE_TWIN, FIELDS(twin_chat_fields),
     .flags = ROUTE_API | ROUTE_NO_TRANSACTION | ROUTE_FREE_TEXT, .summary = "ask a person's twin: an answer from verified quotes, or that it is not verified",
     .answer = ANSWER(200, twin_reply_schema)},
    {HTTP_POST, "/profile/{username}/ask", twin_ask, ACCESS_PUBLIC, RATE_TWIN, FIELDS(twin_ask_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION | ROUTE_FREE_TEXT, .summary = "the same as a page"},
    {HTTP_GET, "/twin", twin_log_page, ACCESS_USER, RATE_PAGE, FIELDS(twin_log_fields), .flags = ROUTE_ON_IO_THREAD,
     .summary = "what your twin was asked"},
};

static const struct command commands[] = {
    {"twin ask", "USERNAME QUESTION [--json]", "what somebody's twin answers", twin_ask_command},
};

const struct feature feature_twin = {.name = "twin",
                                     .title = "Digital twin",
                                     .says = "Questions to a public profile, answered from verified evidence.",
                                     .routes = routes,
                                     .routes_count = COUNT_OF(routes),
                                     .statements = twin_statements,
                                     .statements_count = &twin_statements_count,
                                     .commands = commands,
                                     .commands_count = COUNT_OF(commands)};
