/* Activity: every event of a person with what the agents did about it, plain words first. Read from agent_events and jobs. */
#pragma once
#include "db/db.h"
#include "features/activity/views.h"
#include "features/feature.h"
#include "http/response.h"

extern const struct feature feature_activity;

#define ACTIVITY_PAGE_FIELDS 1
extern const struct field activity_page_fields[ACTIVITY_PAGE_FIELDS];

enum err activity_page(struct request *request, struct response *response);
enum err activity_retry(struct request *request, struct response *response);
enum err activity_answer(struct request *request, struct response *response);
enum err activity_cancel_ask(struct request *request, struct response *response);
enum err activity_cancel(struct request *request, struct response *response);
enum err activity_seen(struct request *request, struct response *response);
enum err activity_api(struct request *request, struct response *response);
enum err activity_api_event(struct request *request, struct response *response);

/* One job of an event, or none (id ""). */
struct activity_row {
    struct {
        struct str id, type, payload, status, source_agent, summary, error, correlation_id;
        int64_t created_at;
    } event;
    struct {
        struct str id, kind, status, error, result;
        int64_t attempts, max_attempts, finished_at;
    } job;
};

/* One row of the statements activity_list, activity_page_up, activity_page_down and activity_event. */
struct activity_row activity_read_row(const struct db_rows *rows, struct arena *arena);
/* Calls `take` for each job of the events [offset, offset + limit), newest event first; an event without jobs comes once. */
enum err activity_read(struct request *request, int64_t limit, int64_t offset,
                       void (*take)(void *argument, const struct activity_row *row), void *argument) MUST_CHECK;
/* What is not finished, and what is asked: open.c. */
enum err activity_read_open(struct request *request, struct activity_page *view) MUST_CHECK;
enum err activity_count(struct request *request, int64_t *total) MUST_CHECK;
