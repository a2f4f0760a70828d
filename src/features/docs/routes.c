/* Routes of the documentation. */
#include "features/docs/docs.h"

static const struct route routes[] = {
    {HTTP_GET, "/api/openapi.json", docs_openapi, ACCESS_PUBLIC, RATE_PUBLIC, .flags = ROUTE_API | ROUTE_ON_IO_THREAD | ROUTE_ETAG | ROUTE_WITHOUT_STORE,
     .summary = "this document", .answer = ANSWER(200, docs_document_schema)},
    {HTTP_GET, "/docs/api", docs_api_page, ACCESS_PUBLIC, RATE_PUBLIC, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE, .summary = "the API for people: every operation, to try"},
};

const struct feature feature_docs = {.name = "docs",
                                     .title = "Documentation",
                                     .says = "The API about itself.",
                                     .routes = routes,
                                     .routes_count = COUNT_OF(routes)};
