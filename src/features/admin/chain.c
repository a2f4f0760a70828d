/* What caused what: the events of one correlation and the jobs between them, as trees.
 *
 * An event names the event that caused it, and who published it. It stands beneath the job that published it: the job of the causing event whose
 * agent is the publisher; beneath the causing event itself when that cannot be told.
 */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/admin/admin.h"
#include "features/admin/store.sql.h"
#include "features/agent_words.h"
#include "json/json.h"
#include "pages/pages.h"

#include <inttypes.h>

#define EVENTS_MAX 200
#define JOBS_MAX 1000
#define ALIKE_MAX 20 /* events of one type that one event caused */
#define NONE SIZE_MAX

struct chain_event {
    struct str id, type, status, source, cause_id, summary;
    int64_t created_at;
    size_t cause_event, cause_job; /* NONE: a root; cause_job may be NONE beneath an event */
    bool is_placed;
};

struct chain_job {
    int64_t id;
    struct str event_id, kind_name, status, result, error, message;
    const struct job_kind *kind;
};

struct chain {
    struct arena *arena;
    struct chain_event *events;
    struct chain_job *jobs;
    size_t events_count, jobs_count, events_total;
    struct str current;
    int64_t now;
};

static enum err read_events(struct request *request, struct str correlation_id, struct chain *chain)
{
    struct arena *arena = request->arena;
    struct db_rows events CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_admin_chain_events, DB_ARGS(db_uuid(correlation_id), db_int(ALIKE_MAX), db_uuid(chain->current)), &events));
    chain->events = arena_array(arena, struct chain_event, EVENTS_MAX);
    while (db_next(&events) && chain->events_count < EVENTS_MAX) {
        chain->events[chain->events_count++] = (struct chain_event){
            .id = db_col_text(&events, 0, arena), .type = db_col_text(&events, 1, arena), .status = db_col_text(&events, 2, arena), .source = db_col_text(&events, 3, arena),
            .cause_id = db_col_text(&events, 4, arena), .summary = db_col_text(&events, 5, arena), .created_at = db_col_time(&events, 6), .cause_event = NONE, .cause_job = NONE};
        chain->events_total = (size_t)db_col_int(&events, 7);
    }
    return db_rows_result(&events);
}

static enum err read_jobs(struct request *request, struct chain *chain)
{
    struct arena *arena = request->arena;
    struct json_list ids CLEANUP(json_list_dispose) = {0};
    struct db_rows jobs CLEANUP(db_rows_close) = {0};
    json_list_open(&ids);
    for (size_t i = 0; i < chain->events_count; i++) json_write_str(&ids.writer, chain->events[i].id);
    TRY(db_query(request->db, &sql_admin_chain_jobs, DB_ARGS(db_json(json_list_str(&ids))), &jobs));
    chain->jobs = arena_array(arena, struct chain_job, JOBS_MAX);
    while (db_next(&jobs) && chain->jobs_count < JOBS_MAX) {
        struct chain_job *job = &chain->jobs[chain->jobs_count++];
        *job = (struct chain_job){.id = db_col_int(&jobs, 0), .event_id = db_col_text(&jobs, 1, arena), .kind_name = db_col_text(&jobs, 2, arena), .status = db_col_text(&jobs, 3, arena),
                                  .result = db_col_text(&jobs, 4, arena), .error = db_col_text(&jobs, 5, arena), .message = db_col_text(&jobs, 6, arena)};
        job->kind = bus_kind(job->kind_name);
    }
    return db_rows_result(&jobs);
}

static void find_causes(struct chain *chain)
{
    for (size_t i = 0; i < chain->events_count; i++) {
        struct chain_event *event = &chain->events[i];
        for (size_t k = 0; k < chain->events_count && event->cause_id.len; k++)
            if (k != i && str_equal(chain->events[k].id, event->cause_id)) event->cause_event = k;
        for (size_t k = 0; k < chain->jobs_count && event->cause_event != NONE && event->cause_job == NONE; k++)
            if (chain->jobs[k].kind && str_equal(chain->jobs[k].event_id, event->cause_id) && str_equal(str_from(chain->jobs[k].kind->agent), event->source)) event->cause_job = k;
    }
}

static struct admin_node event_node(struct chain *chain, size_t at);

static bool is_beneath(const struct chain_event *event, size_t cause_event, size_t cause_job) { return event->cause_event == cause_event && event->cause_job == cause_job; }

static size_t count_beneath(const struct chain *chain, size_t event, size_t job)
{
    size_t count = 0;
    for (size_t i = 0; i < chain->events_count; i++) count += is_beneath(&chain->events[i], event, job);
    return count;
}

static size_t count_jobs(const struct chain *chain, struct str event_id)
{
    size_t count = 0;
    for (size_t i = 0; i < chain->jobs_count; i++) count += str_equal(chain->jobs[i].event_id, event_id);
    return count;
}

/* The events that the job published, or those beneath the event that no job claims (`job` NONE). */
static void add_events(struct chain *chain, size_t event, size_t job, struct admin_node *node)
{
    for (size_t i = 0; i < chain->events_count; i++)
        if (is_beneath(&chain->events[i], event, job) && !chain->events[i].is_placed)
            node->children[node->children_count++] = event_node(chain, i);
}

static struct admin_node job_node(struct chain *chain, size_t event, size_t at)
{
    const struct chain_job *job = &chain->jobs[at];
    struct admin_status status = admin_job_status(chain->arena, job->status);
    bool has_failed = str_equal(job->status, STR("dead"));
    struct admin_node node = {
        .words = str_format(chain->arena, "%.*s: %.*s", STR_ARG(agent_name(chain->arena, job->kind ? job->kind->agent : NULL)),
                            STR_ARG(agent_job_words(chain->arena, job->kind, job->kind_name, job->result))),
        .detail = has_failed ? job->error : job->message.len ? job->message : job->kind_name,
        .href = str_format(chain->arena, "/admin/jobs/%" PRId64, job->id),
        .icon = PAGES_ICON("bot"),
        .status = status,
        .children = arena_array(chain->arena, struct admin_node, count_beneath(chain, event, at) + 1),
    };
    add_events(chain, event, at, &node);
    return node;
}

static struct admin_node event_node(struct chain *chain, size_t at)
{
    struct chain_event *event = &chain->events[at];
    event->is_placed = true;
    struct admin_node node = {
        .words = agent_event_words(event->type, event->summary),
        .detail = event->type,
        .href = str_format(chain->arena, "/admin/events/%.*s", STR_ARG(event->id)),
        .iso = time_iso(chain->arena, event->created_at),
        .when = time_ago(chain->arena, event->created_at, chain->now),
        .icon = PAGES_ICON("zap"),
        .status = admin_event_status(chain->arena, event->status),
        .is_current = str_equal(event->id, chain->current),
        .children = arena_array(chain->arena, struct admin_node, count_jobs(chain, event->id) + count_beneath(chain, at, NONE) + 1),
    };
    for (size_t i = 0; i < chain->jobs_count; i++)
        if (str_equal(chain->jobs[i].event_id, event->id)) node.children[node.children_count++] = job_node(chain, at, i);
    add_events(chain, at, NONE, &node);
    return node;
}

enum err admin_fill_chain(struct request *request, struct str correlation_id, struct str current, struct admin_event *view)
{
    struct chain chain = {.arena = request->arena, .current = current, .now = clock_now()};
    TRY(read_events(request, correlation_id, &chain));
    TRY(read_jobs(request, &chain));
    find_causes(&chain);
    view->roots = arena_array(request->arena, struct admin_node, chain.events_count + 1);
    for (size_t i = 0; i < chain.events_count; i++)
        if (chain.events[i].cause_event == NONE) view->roots[view->roots_count++] = event_node(&chain, i);
    for (size_t i = 0; i < chain.events_count; i++) /* causes that lead in a circle: nothing of ours writes such */
        if (!chain.events[i].is_placed) view->roots[view->roots_count++] = event_node(&chain, i);
    view->is_cut = chain.events_count < chain.events_total || chain.jobs_count == JOBS_MAX;
    struct str shown = view->is_cut ? str_format(request->arena, "%zu of %zu events", chain.events_count, chain.events_total)
                                    : str_format(request->arena, "%zu event%s", chain.events_count, chain.events_count == 1 ? "" : "s");
    view->chain_words = str_format(request->arena, "%.*s and %zu job%s", STR_ARG(shown), chain.jobs_count, chain.jobs_count == 1 ? "" : "s");
    return OK;
}
