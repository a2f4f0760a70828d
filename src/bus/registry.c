/* The registry: events, what their payloads hold, and the kinds of jobs. Design in bus.h. */
#include "bus/bus.h"

#include "base/log.h"
#include "base/uuid.h"
#include "bus/internal.h"
#include "bus/schedules.h"
#include "json/json.h"
#include "security/seal.h"

#include <string.h>

static const struct bus_registry *registry;

const struct bus_registry *bus_registry_current(void) { return registry; }

const struct job_kind *bus_kind(struct str name)
{
    for (size_t i = 0; registry && i < registry->kinds_count; i++)
        if (str_equal(name, str_from(registry->kinds[i]->name))) return registry->kinds[i];
    return NULL;
}

const struct event_type *bus_event_type(struct str name)
{
    for (size_t i = 0; registry && i < registry->events_count; i++)
        if (str_equal(name, str_from(registry->events[i].name))) return &registry->events[i];
    return NULL;
}

bool bus_is_named(const char *const *names, const char *name)
{
    while (names && *names && strcmp(*names, name) != 0) names++;
    return names && *names;
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

/* What is secret is so on its whole way, and there is a key. */
static size_t secret_mistakes(const struct event_type *type)
{
    size_t mistakes = 0;
    for (const char *const *name = type->consumers; name && *name; name++) {
        const struct job_kind *kind = bus_kind(str_from(*name));
        if (!kind || kind->is_secret == type->is_secret) continue;
        log_error("event %s and the job kind %s have the same payload, and only one keeps it secret", type->name, kind->name);
        mistakes++;
    }
    if (type->is_secret && type->is_awaited) {
        log_error("event %s is secret, so no steps can wait for it", type->name);
        mistakes++;
    }
    if (type->is_secret && !seal_has_keys()) {
        log_error("event %s is secret: PAYLOAD_KEYS has no key", type->name);
        mistakes++;
    }
    return mistakes;
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
    return mistakes + secret_mistakes(type);
}

static size_t lane_mistakes(const struct job_kind *kind)
{
    const struct job_lane *lane = kind->lane;
    size_t mistakes = 0;
    if (lane->width < 1 || (lane->ordered && lane->width != 1)) {
        log_error("job kind %s: its lane %s is %d wide", kind->name, lane->name, lane->width);
        mistakes++;
    }
    if (lane->rate && lane->rate_seconds < 1) {
        log_error("job kind %s: the rate of its lane %s has no period", kind->name, lane->name);
        mistakes++;
    }
    for (size_t i = 0; i < registry->kinds_count; i++) {
        const struct job_lane *other = registry->kinds[i]->lane;
        if (!other || strcmp(other->name, lane->name) != 0) continue;
        if (lane->ordered && registry->kinds[i]->priority != kind->priority) {
            log_error("job kinds %s and %s share the ordered lane %s and differ in priority", kind->name, registry->kinds[i]->name, lane->name);
            mistakes++;
        }
        if (other->width == lane->width && other->ordered == lane->ordered && other->rate == lane->rate && other->rate_seconds == lane->rate_seconds &&
            other->burst == lane->burst)
            continue;
        log_error("job kinds %s and %s say different things of the lane %s", kind->name, registry->kinds[i]->name, lane->name);
        mistakes++;
    }
    return mistakes;
}

/* What a job of a kind causes, and what that causes: a way through the registry, from its end. */
struct way {
    const struct job_kind *kind;
    const struct way *before;
};

/* Every way from here on; a few, since a registry has some dozen kinds. Whether one comes back to where it was. */
static bool comes_back(const struct way *way)
{
    for (const struct way *at = way->before; at; at = at->before) {
        if (at->kind != way->kind) continue;
        log_error("job kind %s causes itself again, by way of %s", way->kind->name, way->before->kind->name);
        return true;
    }
    for (const char *const *name = way->kind->causes; name && *name; name++) {
        const struct event_type *event = bus_event_type(str_from(*name));
        const char *const self[] = {*name, NULL};
        for (const char *const *kind = event ? event->consumers : self; kind && *kind; kind++) {
            struct way next = {bus_kind(str_from(*kind)), way};
            if (next.kind && comes_back(&next)) return true;
        }
    }
    return false;
}

static size_t cause_mistakes(const struct job_kind *kind)
{
    size_t mistakes = comes_back(&(struct way){kind, NULL});
    for (const char *const *name = kind->causes; name && *name; name++) {
        const struct event_type *event = bus_event_type(str_from(*name));
        if (event ? bus_is_named(event->producers, kind->agent) : bus_kind(str_from(*name)) != NULL) continue;
        log_error("job kind %s causes %s, which %s", kind->name, *name, event ? "does not name its agent as a producer" : "does not exist");
        mistakes++;
    }
    return mistakes;
}

static size_t kind_mistakes(const struct job_kind *kind)
{
    size_t mistakes = 0;
    if (!kind->work && !kind->apply) {
        log_error("job kind %s does nothing", kind->name);
        mistakes++;
    }
    if (kind->batch > 1 && kind->work) {
        log_error("job kind %s: jobs with slow work share no transaction", kind->name);
        mistakes++;
    }
    if (bus_kind(str_from(kind->name)) != kind) {
        log_error("job kind %s is there twice", kind->name);
        mistakes++;
    }
    if (kind->is_secret && !seal_has_keys()) {
        log_error("job kind %s is secret: PAYLOAD_KEYS has no key", kind->name);
        mistakes++;
    }
    if (schedule_check(kind) != OK) {
        log_error("job kind %s: %s", kind->name, err_detail());
        mistakes++;
    }
    return mistakes + cause_mistakes(kind) + (kind->lane ? lane_mistakes(kind) : 0);
}

enum err bus_init(const struct bus_registry *new_registry, struct hub *hub)
{
    registry = new_registry;
    bus_set_hub(hub);
    TRY(seal_init());
    size_t mistakes = 0;
    for (size_t i = 0; i < registry->events_count; i++) mistakes += registry_mistakes(&registry->events[i]);
    for (size_t i = 0; i < registry->kinds_count; i++) mistakes += kind_mistakes(registry->kinds[i]);
    bus_figures_init(registry);
    if (mistakes) return err_set(ERR_INTERNAL, "the event registry has %zu mistakes (see the log)", mistakes);
    return OK;
}
