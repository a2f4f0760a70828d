/* Shapes of answers: what a route writes on success, told once beside the feature that writes it. The API's document, its page and the
 * tests that hold real answers against it all read these tables; nothing checks an answer while the server runs.
 *
 *     static const struct schema_member note_members[] = {
 *         {.name = "id", .type = SCHEMA_ID, .says = "the note"},
 *         {.name = "text", .type = SCHEMA_TEXT, .says = "what was written", .example = "Ask about the night shifts"},
 *         {.name = "read_at", .type = SCHEMA_TIME, .flags = MEMBER_NULLABLE, .says = "null until it was read"},
 *     };
 *     static const struct schema note_schema = SCHEMA("Note", "a note of the person", note_members);
 *     ... {HTTP_POST, "/api/notes", notes_add, ..., .answer = ANSWER(201, note_schema)}
 */
#pragma once
#include "base/buf.h"
#include "http/route.h"

struct json_writer;

enum schema_type {
    SCHEMA_TEXT,
    SCHEMA_INT,
    SCHEMA_NUMBER,
    SCHEMA_BOOL,
    SCHEMA_ID,     /* a UUID */
    SCHEMA_KEY,    /* lower-case slug */
    SCHEMA_TIME,   /* RFC 3339, UTC */
    SCHEMA_DATE,   /* YYYY-MM-DD */
    SCHEMA_CHOICE, /* one of `choices` */
    SCHEMA_OBJECT, /* `object` */
    SCHEMA_FREE,   /* an object whose members depend on something else: say on what */
    SCHEMA_TYPE_COUNT
};

enum schema_member_flag {
    MEMBER_NULLABLE = 1 << 0,
    MEMBER_OPTIONAL = 1 << 1, /* not in every answer */
    MEMBER_LIST = 1 << 2,     /* an array of that type */
};

struct schema_member {
    const char *name;
    enum schema_type type;
    unsigned flags;
    const char *says;    /* what it means, where the name does not tell all */
    const char *choices; /* SCHEMA_CHOICE: "a|b|c" */
    const struct schema *object;
    const char *example; /* SCHEMA_TEXT and SCHEMA_KEY: a text; numbers: digits. NULL: one of the type's own */
};

struct schema {
    const char *name; /* unique among all schemas: "Application" */
    const char *says;
    const struct schema_member *members;
    size_t members_count;
};

#define SCHEMA(name_, says_, table) {.name = (name_), .says = (says_), .members = (table), .members_count = COUNT_OF(table)}

/* What a route answers when all went well. */
struct answer {
    int status;
    const struct schema *schema; /* NULL: no body, or not JSON */
    const char *media_type;      /* NULL: application/json when there is a schema, else no body */
    const char *location;        /* what the header Location leads to: "/api/notes/{id}"; NULL without one */
};

/* Of a page of a collection (collection.h). */
#define NEXT_CURSOR_MEMBER \
    {.name = "next_cursor", .type = SCHEMA_TEXT, .flags = MEMBER_NULLABLE, .says = "for the next page, as ?cursor=; null on the last one", .example = "MDAwMDAwMDAtY3JlYXRlZF9hdA"}

#define ANSWER(status_, schema_) (&(const struct answer){.status = (status_), .schema = &(schema_)})
#define ANSWER_AT(status_, schema_, location_) (&(const struct answer){.status = (status_), .schema = &(schema_), .location = (location_)})
#define ANSWER_EMPTY (&(const struct answer){.status = 204})
#define ANSWER_TEXT (&(const struct answer){.status = 200, .media_type = "text/plain"})

/* The JSON Schema (2020-12) of one input field, as fields.c checks it; of an answer, and an example of it. Schemas name each other as
 * "#/components/schemas/NAME". Where a client chooses among the members of `partial` (the items of a collection), it is named NAMEPart, which
 * schema_write_part writes: the same, and any member may be missing. NULL: there is none. */
void field_write_schema(struct json_writer *writer, const struct field *field, bool is_nullable);
void schema_write(struct json_writer *writer, const struct schema *schema, const struct schema *partial);
void schema_write_part(struct json_writer *writer, const struct schema *schema);
void schema_write_example(struct json_writer *writer, const struct schema *schema);
/* A value that a field of this type takes, as text: for examples. */
const char *field_example(const struct field *field);
