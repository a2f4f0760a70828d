/* Publishing: the registry, events and the jobs they cause. Design in bus.h. */
#include "bus/bus.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/bus.sql.h"
#include "bus/internal.h"
#include "http/hub.h"
#include "json/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const struct bus_registry *registry;
static struct hub *live;

const struct bus_registry *bus_registry_current(void) { return registry; }

const struct job_kind *bus_kind(struct str name)
{
    for (size_t i = 0; registry && i < registry->kinds_count; i++)
        if (str_equal(name, str_from(registry->kinds[i]->name))) return registry->kinds[i];
    return NULL;
}

static const struct event_type *bus_event_type(const char *name)
{
    for (size_t i = 0; registry && i < registry->events_count; i++)
        if (strcmp(name, registry->events[i].name) == 0) return &registry->events[i];
    return NULL;
}

/* One field of a schema: "skills:texts?" */
struct schema_field {
    struct str name;
    struct str type;
    bool optional;
};

static bool schema_next(struct str *rest, struct schema_field *field)
{
    struct str word;
    do {
        if (!str_split_next(rest, ' ', &word)) return false;
    } while (word.len == 0);
    size_t colon = str_find_char(word, ':', 0);
    *field = (struct schema_field){.name = word};
    if (colon == STR_NPOS) return true;
    field->name = str_slice(word, 0, colon);
    field->type = str_slice(word, colon + 1, word.len);
    if (str_ends(field->type, STR("?"))) {
        field->optional = true;
        field->type.len--;
    }
    return true;
}

static bool schema_value_fits(struct str type, const struct json *value)
{
    enum json_type is = json_type_of(value);
    if (str_equal(type, STR("id"))) return is == JSON_STRING && uuid_is_valid(json_str(value));
    if (str_equal(type, STR("key")) || str_equal(type, STR("text"))) return is == JSON_STRING;
    if (str_equal(type, STR("number"))) return is == JSON_INT || is == JSON_REAL;
    if (str_equal(type, STR("object"))) return is == JSON_OBJECT;
    if (!str_equal(type, STR("texts")) || is != JSON_ARRAY) return false;
    for (size_t i = 0; i < json_count(value); i++)
        if (json_type_of(json_at(value, i)) != JSON_STRING) return false;
    return true;
}

static bool schema_type_exists(struct str type)
{
    static const char *const types[] = {"id", "key", "text", "texts", "number", "object"};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_equal(type, str_from(types[i]))) return true;
    return false;
}

enum err bus_payload_check(const struct event_type *type, struct str payload)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(payload, BUS_PAYLOAD_MAX, &root));
    if (json_type_of(root) != JSON_OBJECT) return err_set(ERR_INVALID, "%s: the payload is no object", type->name);
    size_t known = 0;
    struct str rest = str_from(type->schema);
    struct schema_field field;
    while (schema_next(&rest, &field)) {
        char name[64];
        if (field.name.len >= sizeof(name)) return err_set(ERR_INTERNAL, "%s: schema name too long", type->name);
        memcpy(name, field.name.ptr, field.name.len);
        name[field.name.len] = 0;
        const struct json *value = json_get(root, name);
        if (json_type_of(value) == JSON_MISSING) {
            if (field.optional) continue;
            return err_set(ERR_INVALID, "%s: the payload lacks %s", type->name, name);
        }
        known++;
        if (!schema_value_fits(field.type, value))
            return err_set(ERR_INVALID, "%s: %s must be of type %.*s", type->name, name, STR_ARG(field.type));
    }
    if (known != json_count(root)) return err_set(ERR_INVALID, "%s: the payload has a field that is not declared", type->name);
    return OK;
}

static size_t registry_mistakes(const struct event_type *type)
{
    size_t mistakes = 0;
    struct str rest = str_from(type->schema);
    struct schema_field field;
    bool has_fields = false;
    while (schema_next(&rest, &field)) {
        has_fields = true;
        if (schema_type_exists(field.type)) continue;
        log_error("event %s: field %.*s has no known type", type->name, STR_ARG(field.name));
        mistakes++;
    }
    if (!has_fields) {
        log_error("event %s has no schema", type->name);
        mistakes++;
    }
    if (!type->producers || !type->producers[0]) {
        log_error("event %s has no producer", type->name);
        mistakes++;
    }
    if ((!type->consumers || !type->consumers[0]) && !type->audit) {
        log_error("event %s has no consumer", type->name);
        mistakes++;
    }
    for (const char *const *name = type->consumers; name && *name; name++) {
        if (bus_kind(str_from(*name))) continue;
        log_error("event %s is consumed by the job kind %s, which does not exist", type->name, *name);
        mistakes++;
    }
    return mistakes;
}

enum err bus_init(const struct bus_registry *new_registry, struct hub *hub)
{
    registry = new_registry;
    live = hub;
    size_t mistakes = 0;
    for (size_t i = 0; i < registry->events_count; i++) mistakes += registry_mistakes(&registry->events[i]);
    for (size_t i = 0; i < registry->kinds_count; i++) {
        const struct job_kind *kind = registry->kinds[i];
        if (kind->work || kind->apply) continue;
        log_error("job kind %s does nothing", kind->name);
        mistakes++;
    }
    if (mistakes) return err_set(ERR_INTERNAL, "the event registry has %zu mistakes (see the log)", mistakes);
    return OK;
}

#define NOTE_JOBS STR("jobs")

static void heard(void *unused, struct str note)
{
    (void)unused;
    hub_heard(live, note);
    if (!note.len || str_equal(note, NOTE_JOBS) || str_equal(note, STR(DB_NOTE_RESTORED))) bus_wake(); /* also when something may have been missed */
}

enum err bus_listen(struct db_pool *pool) { return db_listen(pool, heard, NULL); }

static enum err tell_person(struct db *db, struct arena *arena, struct str user_id, const char *event, struct str data)
{
    return hub_tell(db, arena, str_format(arena, "user:%.*s", STR_ARG(user_id)), event, data);
}

static enum err insert_job(struct db *db, struct arena *arena, const struct job_kind *kind, struct str user_id,
                           struct str event_id, struct str payload, struct str unique_key, int64_t run_at)
{
    int64_t now = clock_now();
    TRY(db_exec(db, &sql_job_insert,
                DB_ARGS(db_uuid(uuid_new(arena)), db_text(str_from(kind->name)), db_json(payload), db_uuid_or_null(user_id),
                        db_uuid_or_null(event_id), db_text_or_null(unique_key),
                        db_int(kind->max_attempts ? kind->max_attempts : BUS_ATTEMPTS_DEFAULT),
                        db_time(run_at ? run_at : now), db_time(now))));
    return db_notify(db, NOTE_JOBS);
}

static enum err correlation_of(struct db *db, struct arena *arena, const struct job *cause, struct str own_id, struct str *id)
{
    *id = own_id;
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

static bool is_named(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

enum err bus_publish(struct db *db, struct arena *arena, const struct event *event, struct str *event_id)
{
    assert(db_in_transaction(db));
    const struct event_type *type = bus_event_type(event->type);
    if (!type) return err_set(ERR_INTERNAL, "no event type %s", event->type);
    TRY(bus_payload_check(type, event->payload));
    struct str id = uuid_new(arena), correlation_id = {0};
    TRY(correlation_of(db, arena, event->cause, id, &correlation_id));
    const char *source = event->source ? event->source : type->producers[0];
    if (!is_named(type->producers, source)) return err_set(ERR_INTERNAL, "%s does not publish %s", source, type->name);
    bool has_jobs = type->consumers && type->consumers[0];
    int64_t now = clock_now();
    const struct job_kind *first = has_jobs ? bus_kind(str_from(type->consumers[0])) : NULL;
    TRY(db_exec(db, &sql_event_insert,
                DB_ARGS(db_uuid(id), db_text(str_from(type->name)), db_json(event->payload),
                        db_text(has_jobs ? STR("pending") : STR("completed")), db_text(str_from(source)),
                        db_text_or_null(str_from(first ? first->agent : NULL)), db_uuid_or_null(event->user_id),
                        db_uuid_or_null(event->cause ? event->cause->event_id : (struct str){0}), db_uuid(correlation_id),
                        db_text(event->summary), db_time(now), db_time_or_null(has_jobs ? 0 : now))));
    for (const char *const *name = type->consumers; name && *name; name++) {
        struct str key = str_format(arena, "%.*s %s", STR_ARG(id), *name);
        TRY(insert_job(db, arena, bus_kind(str_from(*name)), event->user_id, id, event->payload, key, 0));
    }
    if (event_id) *event_id = id;
    return OK;
}

enum err bus_enqueue(struct db *db, struct arena *arena, const char *kind_name, struct str user_id, struct str payload,
                     struct str unique_key, int64_t run_at)
{
    const struct job_kind *kind = bus_kind(str_from(kind_name));
    if (!kind) return err_set(ERR_INTERNAL, "no job kind %s", kind_name);
    return insert_job(db, arena, kind, user_id, (struct str){0}, payload, unique_key, run_at);
}

enum err bus_redrive(struct db *db, struct arena *arena, struct str user_id, struct str job_id)
{
    assert(db_in_transaction(db));
    struct str event_id = {0};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(db, &sql_job_redrive, DB_ARGS(db_uuid(job_id), db_uuid(user_id), db_time(clock_now())), &rows));
        event_id = db_col_text(&rows, 0, arena);
        while (db_next(&rows)) {}
        TRY(db_rows_result(&rows));
    }
    TRY(db_notify(db, NOTE_JOBS));
    return event_id.len ? db_exec(db, &sql_event_reopen, DB_ARGS(db_uuid(event_id))) : OK;
}

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
