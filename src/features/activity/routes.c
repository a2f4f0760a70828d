/* Routes and field tables of the activity feature. */
#include "features/activity/activity.h"
#include "features/activity/answers.h"
#include "features/activity/store.sql.h"

const struct field activity_page_fields[ACTIVITY_PAGE_FIELDS] = {
    {.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 100000},
};

#define JOB_FIELD {.name = "id", .type = FIELD_INT, .label = "Number", .min = 1, .max = INT64_C(9000000000000000000)}
static const struct field job_fields[] = {JOB_FIELD};
static const struct field answer_fields[] = {
    JOB_FIELD,
    {.name = "step_key", .type = FIELD_TEXT, .label = "Step", .required = true, .max = 200},
    {.name = "answer", .type = FIELD_CHOICE, .label = "Answer", .required = true, .choices = "approve|decline"},
};

static const struct field list_fields[] = {
    {.name = "event_type", .type = FIELD_TEXT, .label = "Event type", .max = 60},
    {.name = "status", .type = FIELD_CHOICE, .label = "Status", .choices = "pending|processing|completed|failed"},
    {.name = "correlation_id", .type = FIELD_ID, .label = "Correlation"},
    COLLECTION_FIELDS("created_at|-created_at"),
};

static const struct collection list_collection = {
    .items = "events", .sort = "-created_at", .limit = 20};

static const struct field event_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Id"}};

static const struct route routes[] = {
    {HTTP_GET, "/activity", activity_page, ACCESS_USER, RATE_PAGE, FIELDS(activity_page_fields), .summary = "what happened and what the agents did about it"},
    {HTTP_POST, "/activity/seen", activity_seen, ACCESS_USER, RATE_CHANGE, .summary = "note that the news of the dashboard was seen"},
    {HTTP_POST, "/activity/jobs/{id}/retry", activity_retry, ACCESS_OWNER, RATE_CHANGE, .summary = "run a job again that was given up"},
    {HTTP_POST, "/activity/jobs/{id}/answer", activity_answer, ACCESS_OWNER, RATE_CHANGE, FIELDS(answer_fields), .summary = "approve or decline what an agent asks"},
    {HTTP_GET, "/activity/jobs/{id}/cancel", activity_cancel_ask, ACCESS_OWNER, RATE_PAGE, FIELDS(job_fields), .summary = "ask before a job is cancelled"},
    {HTTP_POST, "/activity/jobs/{id}/cancel", activity_cancel, ACCESS_OWNER, RATE_CHANGE, FIELDS(job_fields), .summary = "cancel a job that has not begun or waits"},
    {HTTP_GET, "/api/agent-events", activity_api, ACCESS_USER, RATE_PAGE, FIELDS(list_fields), .flags = ROUTE_API | ROUTE_ETAG, .collection = &list_collection,
     .scope = SCOPE_EVENTS_READ, .summary = "the person's events with their jobs",
     .answer = ANSWER(200, activity_list_schema)},
    {HTTP_GET, "/api/agent-events/{id}", activity_api_event, ACCESS_OWNER, RATE_PAGE, FIELDS(event_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_EVENTS_READ, .summary = "one event with its jobs: whether what was asked for is done",
     .answer = ANSWER(200, activity_event_schema)},
};

const struct feature feature_activity = {.name = "activity",
                                         .title = "Activity",
                                         .says = "What happened, and what the agents did because of it.",
                                         .routes = routes,
                                         .routes_count = COUNT_OF(routes),
                                         .statements = activity_statements,
                                         .statements_count = &activity_statements_count};
