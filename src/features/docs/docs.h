/* The API documents itself: GET /api/openapi.json for programs, /docs/api for people. Both are written from one model of the operations,
 * which is read from the tables of routes, fields, scopes and answers; nothing is written down for a single operation. All of it is
 * constant while the server runs and made once, when first asked for.
 */
#pragma once
#include "features/docs/views.h"
#include "features/feature.h"
#include "http/response.h"
#include "http/schema.h"

extern const struct feature feature_docs;

enum parameter_place { IN_PATH, IN_QUERY, IN_HEADER };

struct parameter {
    enum parameter_place place;
    struct field field; /* of a header: name and limits alone */
    const char *says;   /* NULL: the field's label */
};

/* A status that is not the success, and whether a route can answer it. What leads to it, the kinds of problems say (http/problem.h). */
struct refusal {
    int status;
    const char *name; /* of the response in the document: "NotFound" */
    bool (*applies)(const struct route *route);
};
extern const struct refusal refusals[];
extern const size_t refusals_count;
/* The kinds with that status, in words. */
struct str docs_refusal_words(struct arena *arena, int status);

struct operation {
    const struct feature *feature;
    const struct route *route;
    struct str id;         /* "getJobsApplicationsById" */
    struct str summary;    /* of the route, as a sentence begins */
    const char *body_name; /* of the schema of the body: "PostJobsApplicationsBody" */
    struct parameter *parameters;
    size_t parameters_count;
    const struct field **body; /* the fields that the body takes */
    size_t body_count;
    bool body_is_required, body_has_file;
};

struct operations {
    struct arena arena;
    struct operation *items; /* by feature's title, in the order of their tables */
    size_t count;
};

/* The operations of this program. Constant; made at the first call, on any thread. */
const struct operations *docs_operations(void);
/* Every schema that answers name, each once, in the order in which they are met. */
struct schema_list {
    const struct schema **items;
    size_t count;
};
struct schema_list docs_schemas(struct arena *arena, const struct operations *operations);
/* False when anybody may call. */
bool docs_needs_sign_in(const struct route *route);
bool docs_may_be_unchanged(const struct route *route); /* answers 304 */

/* What respond_problem writes (http/problem.h). */
extern const struct schema docs_problem_schema, docs_problem_error_schema;
extern const struct schema docs_document_schema;

/* In words, with the limits: "whole number, 1 to 100". */
struct str docs_field_words(struct arena *arena, const struct field *field);
struct str docs_member_words(struct arena *arena, const struct schema_member *member);
/* A body that is taken: what is required, and what has an example. */
void docs_write_body_example(struct json_writer *writer, const struct operation *operation);
/* JSON of our own writer with line breaks and indents. */
struct str docs_indent(struct arena *arena, struct str json);

/* Writes the document. */
void docs_write_openapi(struct buf *out, const struct operations *operations);

enum err docs_openapi(struct request *request, struct response *response);
enum err docs_api_page(struct request *request, struct response *response);
