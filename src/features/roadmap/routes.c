/* Routes and field tables of the roadmap feature. */
#include "features/roadmap/answers.h"
#include "features/roadmap/roadmap.h"
#include "features/roadmap/store.sql.h"

#define ID_FIELD {.name = "id", .type = FIELD_ID, .label = "Id"}

const struct field roadmap_id_fields[ROADMAP_ID_FIELDS] = {ID_FIELD};

const struct field roadmap_status_fields[ROADMAP_STATUS_FIELDS] = {
    ID_FIELD,
    {.name = "status", .type = FIELD_CHOICE, .label = "Status", .required = true, .choices = ROADMAP_STATUSES},
};

const struct field roadmap_change_fields[ROADMAP_CHANGE_FIELDS] = {
    ID_FIELD,
    {.name = "title", .type = FIELD_TEXT, .label = "Title", .min = 1, .max = 120, .example = "Towards platform engineer"},
    {.name = "module_id", .type = FIELD_ID, .label = "Module"},
    {.name = "status", .type = FIELD_CHOICE, .label = "Status", .choices = ROADMAP_STATUSES},
};

static const struct field list_fields[] = {
    {.name = "status", .type = FIELD_CHOICE, .label = "Status", .choices = "active|archived"},
    COLLECTION_FIELDS("created_at|-created_at|updated_at|-updated_at"),
};

static const struct collection list_collection = {
    .items = "roadmaps", .sort = "-created_at", .limit = 50};

static const struct route routes[] = {
    {HTTP_GET, "/roadmap", roadmap_page, ACCESS_USER, RATE_PAGE, .summary = "the person's roadmap"},
    {HTTP_POST, "/roadmap/plan", roadmap_plan, ACCESS_USER, RATE_CHANGE, .summary = "ask for a new plan"},
    {HTTP_POST, "/roadmap/modules/{id}/status", roadmap_module_status, ACCESS_OWNER, RATE_CHANGE, FIELDS(roadmap_status_fields),
     .summary = "begin, finish or reopen a module"},
    {HTTP_GET, "/api/roadmaps", roadmap_api_list, ACCESS_USER, RATE_PAGE, FIELDS(list_fields), .flags = ROUTE_API | ROUTE_ETAG, .collection = &list_collection,
     .scope = SCOPE_ROADMAPS_READ, .summary = "the person's roadmaps",
     .answer = ANSWER(200, roadmap_list_schema)},
    {HTTP_POST, "/api/roadmaps", roadmap_api_plan, ACCESS_USER, RATE_CHANGE, .flags = ROUTE_API, .scope = SCOPE_ROADMAPS_WRITE, .summary = "ask for a plan",
     .answer = ANSWER_AT(202, roadmap_planning_schema, "/api/agent-events/{id}")},
    {HTTP_GET, "/api/roadmaps/{id}", roadmap_api_get, ACCESS_OWNER, RATE_PAGE, FIELDS(roadmap_id_fields), .flags = ROUTE_API | ROUTE_ETAG, .scope = SCOPE_ROADMAPS_READ, .summary = "one roadmap with its modules",
     .answer = ANSWER(200, roadmap_detail_schema)},
    {HTTP_PATCH, "/api/roadmaps/{id}", roadmap_api_change, ACCESS_OWNER, RATE_CHANGE, FIELDS(roadmap_change_fields), .flags = ROUTE_API | ROUTE_ETAG,
     .scope = SCOPE_ROADMAPS_WRITE, .summary = "rename a roadmap, or begin, finish or reopen a module",
     .answer = ANSWER(200, roadmap_detail_schema)},
    {HTTP_DELETE, "/api/roadmaps/{id}", roadmap_api_archive, ACCESS_OWNER, RATE_CHANGE, FIELDS(roadmap_id_fields), .flags = ROUTE_API | ROUTE_ETAG, .scope = SCOPE_ROADMAPS_WRITE, .summary = "archive a roadmap",
     .answer = ANSWER_EMPTY},
};

const struct feature feature_roadmap = {.name = "roadmap",
                                        .title = "Roadmaps",
                                        .says = "The plan of what to learn next, made from the gaps.",
                                        .routes = routes,
                                        .routes_count = COUNT_OF(routes),
                                        .statements = roadmap_statements,
                                        .statements_count = &roadmap_statements_count};
