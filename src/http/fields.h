/* Field table at work: raw values go in by name (from a query, an urlencoded or multipart body, or a JSON object), are checked
 * once against the route's table, and come out typed. One checker for all four sources, so that a rule cannot be passed by by
 * changing the content type.
 *
 * What is no proper input at all (broken UTF-8, NUL, a repeated name) ends the whole request with an error (400); what a
 * person can mend (too long, not a date) becomes a message at its field (422).
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "http/request.h"
#include "http/route.h"

struct json;

struct field_value {
    bool present;         /* a value was sent, even an empty one */
    bool is_wrong_type;   /* a JSON value that does not fit */
    struct str typed;     /* as sent; FIELD_LIST: the first value */
    struct str_list sent; /* FIELD_LIST: every value sent */
    struct str text;      /* checked and normalised; "" when absent */
    int64_t integer;      /* FIELD_INT */
    bool boolean;         /* FIELD_BOOL */
    struct str_list list; /* FIELD_LIST */
    struct upload *file;  /* FIELD_FILE; NULL when none was chosen */
    struct str error;     /* "" when fine */
};

/* What is wrong with a request and stands at no field of the table: names that it does not have, headers. */
struct field_refusal {
    struct field_refusal *next;
    struct str name; /* at most 64 code points of it */
    const char *source;
    const char *message;
};

struct field_set {
    struct arena *arena;
    const struct field *fields;
    size_t count;
    struct field_value *values; /* one a field */
    const char *source; /* of what is put in now: "query" or "body" */
    bool is_strict;     /* unknown names are errors */
    struct field_refusal *refusals; /* newest first, at most FIELD_REFUSALS_MAX */
    size_t refusals_count;
    bool has_errors;
};

#define FIELD_REFUSALS_MAX 10

void fields_init(struct field_set *set, struct arena *arena, const struct field *fields, size_t count);
/* One value of a form or query. Unknown names are passed over, or noted where the set is strict. ERR_INVALID: a repeat, broken text. `value` must outlive the set. */
enum err fields_put_text(struct field_set *set, struct str name, struct str value) MUST_CHECK;
enum err fields_put_file(struct field_set *set, struct str name, const struct upload *file) MUST_CHECK;
/* All members of a JSON object; null counts as absent. The document must outlive the set. */
enum err fields_put_json(struct field_set *set, const struct json *object) MUST_CHECK;
/* Checks every field and fills the typed values and messages. */
void fields_check(struct field_set *set);
/* Checks one value that came from elsewhere (a path parameter): true when it fits. */
bool fields_check_one(struct arena *arena, const struct field *field, struct str value);
/* The most that the field takes, in the unit of its type: its own `max`, or the type's. */
int64_t fields_max(const struct field *field);
#define FIELD_LIST_ENTRY_MAX 100 /* code points of one entry of a FIELD_LIST */
/* The field of that name, NULL when the table has none. */
struct field_value *fields_find(const struct field_set *set, struct str name);
/* `source`: "query", "body" or "header"; `message` is a constant. */
void fields_refuse(struct field_set *set, struct str name, const char *source, const char *message);
/* A name that the table does not have, or has for a part of the address: refused where the set is strict. */
void fields_pass_unknown(struct field_set *set, struct str name);
void fields_set_error(struct field_set *set, struct field_value *value, struct str message);
