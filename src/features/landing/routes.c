/* Routes of the landing feature. */
#include "features/landing/landing.h"
#include "features/landing/store.sql.h"
#include "http/schema.h"

static const struct field query_fields[] = {{.name = "q", .type = FIELD_TEXT, .label = "Search words", .max = 100}};
static const struct field page_fields[] = {{.name = "page", .type = FIELD_INT, .label = "Page", .min = 1, .max = 100000}};
static const struct field id_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Notification"}};
static const struct field theme_fields[] = {
    {.name = "theme", .type = FIELD_CHOICE, .label = "Theme", .choices = "light|dark|system"},
    {.name = "preset", .type = FIELD_CHOICE, .label = "Colours", .choices = "slate|forest|ember"},
};

#define SUGGEST(what, does) \
    {HTTP_GET, "/suggest/" what, does, ACCESS_USER, RATE_PAGE, FIELDS(query_fields), .flags = ROUTE_ON_IO_THREAD | ROUTE_API, \
     .summary = what " that fit what is being typed"}

static const struct route routes[] = {
    {HTTP_GET, "/", landing_page, ACCESS_GUEST, RATE_PUBLIC, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE, .summary = "landing page"},
    {HTTP_GET, "/robots.txt", landing_robots, ACCESS_PUBLIC, RATE_PUBLIC, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE | ROUTE_CACHE_PUBLIC, .summary = "what crawlers may read"},
    {HTTP_GET, "/healthz", landing_health, ACCESS_PUBLIC, RATE_ASSET, .flags = ROUTE_API | ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE, .summary = "the process answers",
     .answer = ANSWER_TEXT},
    {HTTP_GET, "/readyz", landing_ready, ACCESS_PUBLIC, RATE_ASSET, .flags = ROUTE_API | ROUTE_ON_IO_THREAD, .summary = "the store answers too",
     .answer = ANSWER_TEXT},
    {HTTP_GET, "/search", landing_search, ACCESS_USER, RATE_PAGE, FIELDS(query_fields), .summary = "pages, skills, applications and listings"},
    {HTTP_GET, "/notifications", landing_notifications, ACCESS_USER, RATE_PAGE, FIELDS(page_fields), .flags = ROUTE_ON_IO_THREAD,
     .summary = "what concerns the person"},
    {HTTP_POST, "/notifications/read", landing_notifications_read, ACCESS_USER, RATE_CHANGE, .summary = "mark all as read"},
    {HTTP_POST, "/notifications/{id}/open", landing_notification_open, ACCESS_OWNER, RATE_CHANGE, FIELDS(id_fields),
     .summary = "mark one as read and go to what it is about"},
    {HTTP_GET, "/live", landing_live, ACCESS_USER, RATE_PAGE, .flags = ROUTE_STREAM | ROUTE_ON_IO_THREAD, .summary = "live updates of open pages"},
    {HTTP_POST, "/theme", landing_theme, ACCESS_PUBLIC, RATE_CHANGE, FIELDS(theme_fields), .flags = ROUTE_WITHOUT_STORE, .summary = "choose theme and colours"},
    SUGGEST("roles", landing_suggest_roles),
    SUGGEST("locations", landing_suggest_locations),
    SUGGEST("skills", landing_suggest_skills),
};

const struct feature feature_landing = {.name = "landing",
                                        .title = "Operation",
                                        .says = "Whether the server is well, for load balancers and monitors.",
                                        .routes = routes,
                                        .routes_count = COUNT_OF(routes),
                                        .statements = landing_statements,
                                        .statements_count = &landing_statements_count};
