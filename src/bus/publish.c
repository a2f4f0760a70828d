/* Publishing: events and the jobs they cause, jobs without an event, and what people are told. Design in bus.h. */
#include "base/clock.h"
#include "base/log.h"
#include "base/trace.h"
#include "base/uuid.h"
#include "bus/bus.sql.h"
#include "bus/internal.h"
#include "http/hub.h"
#include "json/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS 86400
#define NOTE_JOBS STR("jobs")

static struct hub *live;

void bus_set_hub(struct hub *hub) { live = hub; }

static void heard(void *unused, struct str note)
{
    (void)unused;
    hub_heard(live, note);
    struct str cancel = STR(BUS_NOTE_CANCEL);
    if (str_starts(note, cancel)) bus_stop_running(str_slice(note, cancel.len, note.len));
    if (!note.len || str_equal(note, NOTE_JOBS) || str_equal(note, STR(DB_NOTE_RESTORED))) bus_wake(); /* also when something may have been missed */
}

enum err bus_listen(struct db_pool *pool) { return db_listen(pool, heard, NULL); }

enum err bus_tell_workers(struct db *db) { return db_hint(db, NOTE_JOBS); }

static enum err tell_person(struct db *db, struct arena *arena, struct str user_id, const char *event, struct str data)
{
    return hub_tell(db, arena, str_format(arena, "user:%.*s", STR_ARG(user_id)), event, data);
}

/* ---- jobs ---- */

/* "person:0190…"; "" without a lane. ERR_INVALID when the payload lacks the field. */
static enum err lane_of(struct arena *arena, const struct job_kind *kind, struct str user_id, struct str payload, struct str *lane)
{
    const struct job_lane *rule = kind->lane;
    *lane = (struct str){0};
    if (!rule) return OK;
    struct str value = {0};
    if (rule->field && strcmp(rule->field, "user_id") == 0) {
        value = user_id;
    } else if (rule->field) {
        struct json *root CLEANUP(json_free_at) = NULL;
        TRY(json_parse(payload, BUS_PAYLOAD_MAX, &root));
        value = str_copy(arena, json_get_str(root, rule->field));
        if (!value.len || value.len > 200) return err_set(ERR_INVALID, "%s: the payload has no %s of 1 to 200 bytes, which is its lane", kind->name, rule->field);
    }
    *lane = str_format(arena, "%s:%.*s", rule->name, STR_ARG(value));
    return OK;
}

/* What is written of a job, whoever asks for it. */
struct row {
    const struct job_kind *kind;
    const struct job_spec *spec;
    struct str payload, event_id, lane, trace;
    int64_t needs, now;
};

static enum err describe(struct arena *arena, const struct job_spec *spec, struct row *row)
{
    *row = (struct row){.kind = bus_kind(str_from(spec->kind)), .spec = spec, .payload = spec->payload.len ? spec->payload : STR("{}"), .now = clock_now()};
    const struct job *cause = spec->cause; /* its event goes on with this job, unless it is another person's and would take the job with it */
    if (cause && (!cause->user_id.len || str_equal(cause->user_id, spec->user_id))) row->event_id = cause->event_id;
    row->trace = spec->trace.len ? spec->trace : trace_current_text(arena);
    if (!row->kind) return err_set(ERR_INTERNAL, "no job kind %s", spec->kind);
    if (cause && !bus_is_named(cause->kind->causes, spec->kind))
        return err_set(ERR_INTERNAL, "%s does not declare that it enqueues %s", cause->kind->name, spec->kind);
    if (spec->needs_count && spec->run_at) return err_set(ERR_INTERNAL, "%s: a job that needs others has no time of its own", spec->kind);
    if (row->payload.len > BUS_PAYLOAD_MAX) return err_set(ERR_TOO_LARGE, "%s: a payload has at most %zu bytes", spec->kind, BUS_PAYLOAD_MAX);
    TRY(lane_of(arena, row->kind, spec->user_id, row->payload, &row->lane));
    if (row->kind->is_secret) row->payload = bus_seal(arena, row->payload, bus_payload_context(arena, row->kind, spec->user_id));
    return OK;
}

static const char *first_status(const struct row *row)
{
    if (row->needs) return "waiting";
    if (row->spec->run_at > row->now) return "scheduled";
    return row->lane.len ? "blocked" : "queued";
}

/* The order of an ordered lane is stronger. */
static int priority_of(const struct row *row)
{
    bool is_ordered = row->kind->lane && row->kind->lane->ordered;
    return row->kind->priority + (is_ordered ? 0 : row->spec->priority);
}

static enum err insert(struct db *db, const struct row *row, int64_t *id)
{
    const struct job_spec *spec = row->spec;
    const char *status = first_status(row);
    int64_t run_at = row->needs ? BUS_NEVER : spec->run_at > row->now ? spec->run_at : row->now;
    int attempts = row->kind->max_attempts ? row->kind->max_attempts : BUS_ATTEMPTS_DEFAULT;
    TRY(db_query_int(db, &sql_job_insert,
                     DB_ARGS(db_text(str_from(row->kind->name)), db_text(str_from(status)), db_int(priority_of(row)), db_time(run_at),
                                db_text_or_null(row->lane), db_int(row->needs), db_int(attempts), db_json(row->payload),
                                db_uuid_or_null(spec->user_id), db_uuid_or_null(row->event_id), db_uuid_or_null(spec->workflow_id), db_text_or_null(row->trace),
                                db_time(row->now)), id));
    return strcmp(status, "blocked") == 0 ? db_exec(db, &sql_mark, DB_ARGS(db_int(*id))) : OK;
}

/* Marks the jobs that are needed and not completed yet; *open gets those, each once. */
static enum err mark_needed(struct db *db, const struct job_spec *spec, int64_t *open, int64_t *count)
{
    for (size_t i = 0; i < spec->needs_count; i++) {
        size_t before = 0;
        while (before < i && spec->needs[before] != spec->needs[i]) before++;
        if (before < i) continue;
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(db, &sql_job_has_dependents, DB_ARGS(db_int(spec->needs[i])), &rows);
        if (found == ERR_NOT_FOUND) continue;
        TRY(found);
        open[(*count)++] = spec->needs[i];
        if (str_equal(db_col_view(&rows, 0), STR("cancelled"))) TRY(db_exec(db, &sql_mark, DB_ARGS(db_int(spec->needs[i]))));
    }
    return OK;
}

static enum err insert_with_needs(struct db *db, struct arena *arena, struct row *row, int64_t *id)
{
    int64_t *open = arena_array(arena, int64_t, row->spec->needs_count + 1);
    TRY(mark_needed(db, row->spec, open, &row->needs));
    TRY(insert(db, row, id));
    for (int64_t i = 0; i < row->needs; i++) TRY(db_exec(db, &sql_job_depend, DB_ARGS(db_int(open[i]), db_int(*id))));
    return OK;
}

struct holder {
    int64_t id, expires_at, created_at;
    bool is_finished, has_started;
};

static enum err read_holder(struct db *db, struct str key, struct holder *holder)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &sql_job_key_holder, DB_ARGS(db_text(key)), &rows));
    *holder = (struct holder){.id = db_col_int(&rows, 0), .expires_at = db_col_time(&rows, 1), .created_at = db_col_time(&rows, 3)};
    holder->is_finished = !db_col_is_null(&rows, 2);
    holder->has_started = holder->is_finished || db_col_int(&rows, 4) > 0;
    return OK;
}

static enum err put_off(struct db *db, const struct row *row, const struct holder *holder)
{
    const struct job_spec *spec = row->spec;
    int64_t latest = holder->created_at + (spec->key_seconds ? spec->key_seconds : DAY_SECONDS) * US_PER_SECOND;
    int64_t run_at = spec->run_at < latest ? spec->run_at : latest;
    if (row->lane.len) TRY(db_exec(db, &sql_mark, DB_ARGS(db_int(holder->id)))); /* it may give a slot back */
    return db_exec(db, &sql_job_put_off, DB_ARGS(db_int(holder->id), db_json(row->payload), db_time(run_at)));
}

/* Whether the key is held by another job, whose number *id gets; frees one that is held no longer. */
static enum err key_is_held(struct db *db, const struct row *row, int64_t *id, bool *is_held)
{
    struct holder holder = {0};
    enum job_key_use use = row->spec->key_use;
    *is_held = false;
    enum err found = read_holder(db, row->spec->key, &holder);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    bool is_open = use == JOB_KEY_ONCE ? holder.expires_at > row->now : use == JOB_KEY_UNFINISHED ? !holder.is_finished : !holder.has_started;
    if (!is_open) return db_exec(db, &sql_job_key_free, DB_ARGS(db_text(row->spec->key), db_int(holder.id)));
    *is_held = true;
    *id = holder.id;
    return use == JOB_KEY_DEBOUNCE ? put_off(db, row, &holder) : OK;
}

static enum err take_key(struct db *db, const struct row *row, int64_t id)
{
    const struct job_spec *spec = row->spec;
    int64_t until = spec->key_use == JOB_KEY_ONCE ? row->now + (spec->key_seconds ? spec->key_seconds : DAY_SECONDS) * US_PER_SECOND : 0;
    int64_t owner;
    enum err taken = db_query_int(db, &sql_job_key_take, DB_ARGS(db_text(spec->key), db_int(id), db_time_or_null(until)), &owner);
    return taken == ERR_NOT_FOUND ? err_set(ERR_CONFLICT, "%s: another process took the key at the same moment", spec->kind) : taken;
}

struct enqueueing {
    struct arena *arena;
    const struct row *row;
    int64_t id;
};

static enum err enqueue(struct db *db, void *argument)
{
    struct enqueueing *enqueueing = argument;
    struct row row = *enqueueing->row; /* as it was, when another got in the way */
    bool is_held = false;
    if (row.spec->key.len) TRY(key_is_held(db, &row, &enqueueing->id, &is_held));
    if (is_held) return OK;
    if (row.spec->needs_count) TRY(insert_with_needs(db, enqueueing->arena, &row, &enqueueing->id));
    else TRY(insert(db, &row, &enqueueing->id));
    if (row.spec->key.len) TRY(take_key(db, &row, enqueueing->id));
    bus_person_changed(db, enqueueing->arena, row.spec->user_id);
    return bus_tell_workers(db);
}

enum err bus_enqueue(struct db *db, struct arena *arena, const struct job_spec *spec, int64_t *id)
{
    struct row row;
    TRY(describe(arena, spec, &row));
    struct enqueueing enqueueing = {.arena = arena, .row = &row};
    bool is_one_statement = !spec->key.len && !spec->needs_count && !row.lane.len;
    TRY(is_one_statement ? enqueue(db, &enqueueing) : db_transaction(db, enqueue, &enqueueing));
    if (id) *id = enqueueing.id;
    return OK;
}

static void write_row(struct json_writer *writer, const struct row *row)
{
    json_object_open(writer);
    json_member_str(writer, "kind", str_from(row->kind->name));
    json_member_str(writer, "status", str_from(first_status(row)));
    json_member_int(writer, "priority", priority_of(row));
    json_member_int(writer, "max_attempts", row->kind->max_attempts ? row->kind->max_attempts : BUS_ATTEMPTS_DEFAULT);
    json_key(writer, "payload");
    json_write_raw(writer, row->payload);
    if (row->lane.len) json_member_str(writer, "lane", row->lane);
    if (row->spec->user_id.len) json_member_str(writer, "user_id", row->spec->user_id);
    if (row->event_id.len) json_member_str(writer, "event_id", row->event_id);
    if (row->spec->workflow_id.len) json_member_str(writer, "workflow_id", row->spec->workflow_id);
    if (row->trace.len) json_member_str(writer, "trace", row->trace);
    json_object_close(writer);
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static enum err mark_many(struct db *db, const int64_t *ids, size_t count)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < count; i++) json_write_int(&list.writer, ids[i]);
    return db_exec(db, &sql_mark_many, DB_ARGS(db_json(json_list_str(&list))));
}

/* Rows of jobs on their way into one statement. */
struct many {
    struct json_list list;
    size_t count;
    bool has_lanes;
};

static void many_begin(struct many *many)
{
    buf_init(&many->list.text, BUS_MANY_MAX);
    json_list_open(&many->list);
}

static void many_add(struct many *many, const struct row *row)
{
    write_row(&many->list.writer, row);
    many->has_lanes |= row->lane.len > 0;
    many->count++;
}

/* `ids` has room for all. */
static enum err many_insert(struct db *db, struct many *many, int64_t now, int64_t run_at, int64_t *ids)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    if (json_list_overflows(&many->list)) return err_set(ERR_TOO_LARGE, "so many jobs do not go in one statement");
    TRY(db_query(db, &sql_job_insert_many, DB_ARGS(db_json(json_list_str(&many->list)), db_time(now), db_time(run_at)), &rows));
    for (size_t at = 0; db_next(&rows); at++)
        if (at < many->count) ids[at] = db_col_int(&rows, 0);
    TRY(db_rows_result(&rows));
    qsort(ids, many->count, sizeof *ids, by_number); /* numbers are given in the order of the list */
    return many->has_lanes && run_at == now ? mark_many(db, ids, many->count) : OK;
}

enum err bus_enqueue_many(struct db *db, struct arena *arena, const struct job_spec *specs, size_t count, int64_t *ids)
{
    struct many many = {0};
    int64_t now = clock_now(), run_at = count && specs[0].run_at > now ? specs[0].run_at : now;
    enum err error = OK;
    assert(db_in_transaction(db));
    many_begin(&many);
    for (size_t i = 0; i < count && error == OK; i++) {
        struct row row;
        bool is_alike = !specs[i].key.len && !specs[i].needs_count && specs[i].run_at == specs[0].run_at;
        error = is_alike ? describe(arena, &specs[i], &row) : err_set(ERR_INTERNAL, "jobs that are published together have one time, and no keys or needs");
        if (error == OK) many_add(&many, &row);
    }
    if (error == OK) error = many_insert(db, &many, now, run_at, ids ? ids : arena_array(arena, int64_t, count + 1));
    json_list_dispose(&many.list);
    return error == OK ? bus_tell_workers(db) : error;
}

/* ---- events ---- */

static enum err correlation_of(struct db *db, struct arena *arena, const struct job *cause, struct str *id)
{
    *id = (struct str){0};
    if (!cause) return OK;
    if (cause->correlation_id.len) {
        *id = cause->correlation_id;
        return OK;
    }
    if (!cause->event_id.len) return OK;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &sql_event_correlation, DB_ARGS(db_uuid(cause->event_id)), &rows));
    *id = db_col_text(&rows, 0, arena);
    return OK;
}

/* What is the same of all events that are published together. */
struct publishing {
    const struct event_type *type;
    const char *source;
    struct str causation_id, correlation_id, trace; /* correlation_id "": the event's own id */
    struct db_value status, target, processed_at;
    bool has_jobs;
    int64_t now;
};

static enum err prepare(struct db *db, struct arena *arena, const struct event *event, struct publishing *p)
{
    assert(db_in_transaction(db));
    const struct job *cause = event->cause;
    *p = (struct publishing){.type = bus_event_type(str_from(event->type)), .trace = trace_current_text(arena), .now = clock_now()};
    if (!p->type) return err_set(ERR_INTERNAL, "no event type %s", event->type);
    if (cause && !bus_is_named(cause->kind->causes, p->type->name)) return err_set(ERR_INTERNAL, "%s does not declare that it publishes %s", cause->kind->name, p->type->name);
    p->source = event->source ? event->source : cause ? cause->kind->agent : p->type->producers[0];
    if (!bus_is_named(p->type->producers, p->source)) return err_set(ERR_INTERNAL, "%s does not publish %s", p->source, p->type->name);
    TRY(correlation_of(db, arena, cause, &p->correlation_id));
    if (cause) p->causation_id = cause->event_id;
    p->has_jobs = p->type->consumers && p->type->consumers[0];
    const struct job_kind *first = p->has_jobs ? bus_kind(str_from(p->type->consumers[0])) : NULL;
    p->status = db_text(p->has_jobs ? STR("pending") : STR("completed"));
    p->target = db_text_or_null(str_from(first ? first->agent : NULL));
    p->processed_at = db_time_or_null(p->has_jobs ? 0 : p->now);
    return OK;
}

/* The payload of an event as it is stored. */
static struct str kept_payload(struct arena *arena, const struct event_type *type, struct str id, struct str payload)
{
    return type->is_secret ? bus_seal(arena, payload, str_format(arena, "event %s %.*s", type->name, STR_ARG(id))) : payload;
}

/* The row of the job that one of its consumers has for an event. */
static enum err describe_consumer(struct arena *arena, const struct event *event, const char *kind, struct str event_id, struct str trace, struct job_spec *spec, struct row *row)
{
    *spec = (struct job_spec){.kind = kind, .user_id = event->user_id, .payload = event->payload, .priority = event->priority, .trace = trace};
    TRY(describe(arena, spec, row));
    row->event_id = event_id;
    return OK;
}

enum err bus_publish(struct db *db, struct arena *arena, const struct event *event, struct str *event_id)
{
    struct publishing p;
    struct str id = uuid_new(arena), await_key = {0};
    TRY(prepare(db, arena, event, &p));
    TRY(bus_payload_check(p.type, event->payload));
    if (p.type->is_awaited) TRY(bus_await_key(arena, p.type, event->payload, &await_key));
    TRY(db_exec(db, &sql_event_insert,
                DB_ARGS(db_uuid(id), db_text(str_from(p.type->name)), db_json(kept_payload(arena, p.type, id, event->payload)), p.status, db_text(str_from(p.source)), p.target,
                        db_uuid_or_null(event->user_id), db_uuid_or_null(p.causation_id), db_uuid(p.correlation_id.len ? p.correlation_id : id),
                        db_text(event->summary), db_time(p.now), p.processed_at, db_text_or_null(p.trace))));
    for (const char *const *name = p.type->consumers; name && *name; name++) { /* a few, named in the registry */
        struct job_spec spec;
        struct row row;
        int64_t job_id;
        TRY(describe_consumer(arena, event, *name, id, p.trace, &spec, &row));
        TRY(insert(db, &row, &job_id));
    }
    if (p.type->is_awaited) TRY(bus_deliver(db, p.type, id, await_key, event->payload));
    if (p.has_jobs) TRY(bus_tell_workers(db));
    bus_person_changed(db, arena, event->user_id); /* with the commit */
    if (event_id) *event_id = id;
    return OK;
}

static void write_event(struct json_writer *writer, const struct event *event, struct str payload, struct str id, struct str correlation_id)
{
    json_object_open(writer);
    json_member_str(writer, "id", id);
    json_key(writer, "payload");
    json_write_raw(writer, payload);
    if (event->user_id.len) json_member_str(writer, "user_id", event->user_id);
    json_member_str(writer, "correlation", correlation_id.len ? correlation_id : id);
    json_member_str(writer, "summary", event->summary);
    json_object_close(writer);
}

static enum err insert_events(struct db *db, struct arena *arena, const struct publishing *p, const struct event *events, size_t count, struct str *ids)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    buf_init(&list.text, BUS_MANY_MAX);
    json_list_open(&list);
    for (size_t i = 0; i < count; i++) {
        bool is_alike = strcmp(events[i].type, events[0].type) == 0 && events[i].cause == events[0].cause && events[i].source == events[0].source;
        if (!is_alike) return err_set(ERR_INTERNAL, "events that are published together have one type, cause and source");
        TRY(bus_payload_check(p->type, events[i].payload));
        ids[i] = uuid_new(arena);
        write_event(&list.writer, &events[i], kept_payload(arena, p->type, ids[i], events[i].payload), ids[i], p->correlation_id);
    }
    if (json_list_overflows(&list)) return err_set(ERR_TOO_LARGE, "so many events do not go in one statement");
    return db_exec(db, &sql_event_insert_many,
                   DB_ARGS(db_json(json_list_str(&list)), db_text(str_from(p->type->name)), p->status, db_text(str_from(p->source)), p->target,
                           db_uuid_or_null(p->causation_id), db_time(p->now), p->processed_at, db_text_or_null(p->trace)));
}

static enum err insert_consumers(struct db *db, struct arena *arena, const struct publishing *p, const struct event *events, size_t count, const struct str *ids)
{
    struct many many = {0};
    enum err error = OK;
    many_begin(&many);
    for (size_t i = 0; i < count; i++) {
        for (const char *const *name = p->type->consumers; *name && error == OK; name++) {
            struct job_spec spec;
            struct row row;
            error = describe_consumer(arena, &events[i], *name, ids[i], p->trace, &spec, &row);
            if (error == OK) many_add(&many, &row);
        }
    }
    if (error == OK) error = many_insert(db, &many, p->now, p->now, arena_array(arena, int64_t, many.count + 1));
    json_list_dispose(&many.list);
    return error == OK ? bus_tell_workers(db) : error;
}

enum err bus_publish_many(struct db *db, struct arena *arena, const struct event *events, size_t count)
{
    struct publishing p;
    if (!count) return OK;
    if (count > BUS_PUBLISH_MAX) return err_set(ERR_TOO_LARGE, "%zu events are published together, and %d may be", count, BUS_PUBLISH_MAX);
    TRY(prepare(db, arena, &events[0], &p));
    if (p.type->is_awaited) return err_set(ERR_INTERNAL, "steps wait for %s, so it is published singly", p.type->name);
    struct str *ids = arena_array(arena, struct str, count);
    TRY(insert_events(db, arena, &p, events, count, ids));
    return p.has_jobs ? insert_consumers(db, arena, &p, events, count, ids) : OK;
}

/* ---- people ---- */

enum err bus_notify(struct db *db, struct arena *arena, struct str user_id, const char *kind, struct str title,
                    struct str body, struct str url)
{
    TRY(db_exec(db, &sql_notification_insert,
                DB_ARGS(db_uuid(uuid_new(arena)), db_uuid(user_id), db_text(str_from(kind)), db_text(title), db_text(body),
                        db_text(url), db_time(clock_now()))));
    int64_t unread = 0;
    TRY(db_query_int(db, &sql_notification_unread, DB_ARGS(db_uuid(user_id)), &unread));
    return tell_person(db, arena, user_id, "notifications", str_format(arena, "%" PRId64, unread));
}

/* Every part of a page that listens fetches itself again. */
void bus_person_changed(struct db *db, struct arena *arena, struct str user_id)
{
    if (user_id.len && tell_person(db, arena, user_id, "refresh", STR("[hx-trigger*=refresh]")) != OK)
        log_warn("open pages were not told: %s", err_detail());
}
