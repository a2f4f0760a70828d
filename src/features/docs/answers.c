/* What is written beside the features' own answers: problem documents, and the document about the API itself. */
#include "features/docs/docs.h"

static const struct schema_member error_members[] = {
    {.name = "field", .type = SCHEMA_TEXT, .says = "its name", .example = "limit"},
    {.name = "in", .type = SCHEMA_CHOICE, .says = "where it was sent", .choices = "query|body|path|header"},
    {.name = "message", .type = SCHEMA_TEXT, .says = "for people", .example = "limit must be a whole number from 1 to 100."},
};
const struct schema docs_problem_error_schema = SCHEMA("ProblemError", "What is wrong with one field.", error_members);

static const struct schema_member problem_members[] = {
    {.name = "type", .type = SCHEMA_TEXT, .says = "which kind of problem it is", .example = "/docs/api#problem-validation"},
    {.name = "title", .type = SCHEMA_TEXT, .example = "Some values are not valid"},
    {.name = "status", .type = SCHEMA_INT, .example = "422"},
    {.name = "detail", .type = SCHEMA_TEXT, .flags = MEMBER_OPTIONAL, .says = "for people", .example = "limit must be a whole number from 1 to 100."},
    {.name = "instance", .type = SCHEMA_TEXT, .says = "the request's id, as in X-Request-Id", .example = "5f2e61c0a8b47d43"},
    {.name = "errors", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST | MEMBER_OPTIONAL, .says = "with 422", .object = &docs_problem_error_schema},
};
const struct schema docs_problem_schema = SCHEMA("Problem", "Why a request was not carried out (RFC 9457).", problem_members);

static const struct schema_member document_members[] = {
    {.name = "openapi", .type = SCHEMA_TEXT, .example = "3.1.0"},
    {.name = "info", .type = SCHEMA_FREE},
    {.name = "servers", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "tags", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "paths", .type = SCHEMA_FREE},
    {.name = "components", .type = SCHEMA_FREE},
};
const struct schema docs_document_schema = SCHEMA("OpenApiDocument", "This document: OpenAPI 3.1.", document_members);
