/* Which route serves a path, and which paths are no paths. */
#include "http/router.h"
#include "test.h"

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/"},
    {.method = HTTP_GET, .pattern = "/interviews"},
    {.method = HTTP_POST, .pattern = "/interviews"},
    {.method = HTTP_GET, .pattern = "/interviews/new"},
    {.method = HTTP_GET, .pattern = "/interviews/{id}"},
    {.method = HTTP_POST, .pattern = "/interviews/{id}/turns/{turn}"},
    {.method = HTTP_GET, .pattern = "/interviews/new/help"},
    {.method = HTTP_GET, .pattern = "/{username}/card"},
};

TEST(a_path_finds_its_route)
{
    static const struct {
        enum http_method method;
        const char *path, *pattern, *first;
        unsigned allowed;
    } cases[] = {
        {HTTP_GET, "/", "/", NULL, 1},
        {HTTP_GET, "/interviews", "/interviews", NULL, 3},
        {HTTP_DELETE, "/interviews", NULL, NULL, 3},
        {HTTP_GET, "/interviews/new", "/interviews/new", NULL, 1},
        {HTTP_GET, "/interviews/newer", "/interviews/{id}", "newer", 1},
        {HTTP_GET, "/interviews/a%2Fb", "/interviews/{id}", "a/b", 1},
        {HTTP_POST, "/interviews/new/turns/2", "/interviews/{id}/turns/{turn}", "new", 2}, /* back from the literal */
        {HTTP_GET, "/interviews/card", "/interviews/{id}", "card", 1},
        {HTTP_GET, "/ann/card", "/{username}/card", "ann", 1},
        {HTTP_GET, "/ann/cards", NULL, NULL, 0},
    };
    const struct route *list[COUNT_OF(routes)];
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (size_t i = 0; i < COUNT_OF(routes); i++) list[i] = &routes[i];
    struct router *router = router_new(list, COUNT_OF(list));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct path path;
        struct route_match match = {0};
        REQUIRE(path_read(&arena, str_from(cases[i].path), &path) == OK);
        router_match(router, &path, cases[i].method, &match);
        CHECK_STR(match.route ? match.route->pattern : "", cases[i].pattern ? cases[i].pattern : "");
        CHECK_INT(match.allowed, cases[i].allowed);
        if (cases[i].first) CHECK_STR(match.params[0], cases[i].first);
    }
    router_free(router);
}

TEST(a_hostile_path_is_refused)
{
    static const struct {
        const char *path;
        enum err expected;
    } cases[] = {
        {"", ERR_INVALID},        {"a", ERR_INVALID},      {"/%", ERR_INVALID},        {"/%4", ERR_INVALID},      {"/%g0", ERR_INVALID},
        {"/%00", ERR_INVALID},    {"/%0a", ERR_INVALID},   {"/%c0%af", ERR_INVALID},   {"//", ERR_NOT_FOUND},     {"/a//b", ERR_NOT_FOUND},
        {"/a//", ERR_NOT_FOUND},  {"/..", ERR_NOT_FOUND},  {"/%2e%2e/a", ERR_NOT_FOUND}, {"/a/./b", ERR_NOT_FOUND}, {"/a/", OK},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", OK}, {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", ERR_NOT_FOUND},
    };
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct path path;
        if (!CHECK_INT(path_read(&arena, str_from(cases[i].path), &path), cases[i].expected)) printf("  for %s\n", cases[i].path);
    }
}
