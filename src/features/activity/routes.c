/* Routes and field tables of the activity feature. */
#include "features/activity/activity.h"
#include "features/activity/answers.h"
#include "features/activity/store.sql.h"

const struct field activity_page_fields[ACTIVITY_PAGE_FIELDS] = {
    {.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 100000},
};

const struct field activity_api_fields[ACTIVITY_API_FIELDS] = {
    {.name = "limit", .type = FIELD_INT, .label = "Limit", .min = 1, .max = 100},
    {.name = "offset", .type = FIELD_INT, .label = "Offset", .min = 0, .max = 1000000},
};

static const struct route routes[] = {
    {HTTP_GET, "/activity", activity_page, ACCESS_USER, RATE_PAGE, FIELDS(activity_page_fields), .summary = "what happened and what the agents did about it"},
    {HTTP_POST, "/activity/seen", activity_seen, ACCESS_USER, RATE_CHANGE, .summary = "note that the news of the dashboard was seen"},
    {HTTP_POST, "/activity/jobs/{id}/retry", activity_retry, ACCESS_OWNER, RATE_CHANGE, .summary = "run a job again that was given up"},
    {HTTP_GET, "/api/agent-events", activity_api, ACCESS_USER, RATE_PAGE, FIELDS(activity_api_fields), .flags = ROUTE_API,
     .scope = SCOPE_EVENTS_READ, .summary = "the person's events with their jobs",
     .answer = ANSWER(200, activity_list_schema)},
};

const struct feature feature_activity = {.name = "activity",
                                         .title = "Activity",
                                         .says = "What happened, and what the agents did because of it.",
                                         .routes = routes,
                                         .routes_count = COUNT_OF(routes),
                                         .statements = activity_statements,
                                         .statements_count = &activity_statements_count};
