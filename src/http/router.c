/* The tree of path segments: see router.h. */
#include "http/router.h"
#include "base/log.h"
#include "http/form.h"
#include <stdlib.h>
#include <string.h>

struct node {
    struct str segment; /* "" for a parameter */
    struct node *children, *next;
    struct node *param;
    const struct route *routes[HTTP_METHOD_COUNT];
};

struct router {
    struct arena arena;
    struct node root;
};

static bool segment_is_param(struct str segment)
{
    return segment.len >= 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

static struct node *node_child(struct router *router, struct node *node, struct str segment)
{
    if (segment_is_param(segment)) {
        if (!node->param) node->param = arena_new(&router->arena, struct node);
        return node->param;
    }
    for (struct node *child = node->children; child; child = child->next) {
        if (str_equal(child->segment, segment)) return child;
    }
    struct node *child = arena_new(&router->arena, struct node);
    child->segment = segment;
    child->next = node->children;
    node->children = child;
    return child;
}

static void router_add(struct router *router, const struct route *route)
{
    struct str rest = str_from(route->pattern), segment;
    struct node *node = &router->root;
    size_t params = 0, segments = 0;
    if (rest.len == 0 || rest.ptr[0] != '/') log_fatal("route pattern \"%s\" does not start with '/'", route->pattern);
    rest = str_slice(rest, 1, rest.len);
    while (rest.len > 0 && str_split_next(&rest, '/', &segment)) {
        if (segment.len == 0) log_fatal("route pattern \"%s\" has an empty segment", route->pattern);
        params += segment_is_param(segment);
        segments++;
        node = node_child(router, node, segment);
    }
    if (params > PATH_PARAMS_MAX || segments > PATH_SEGMENTS_MAX) log_fatal("route pattern \"%s\" is too long", route->pattern);
    if (node->routes[route->method]) {
        log_fatal("two routes for %s %s", http_method_name(route->method), route->pattern);
    }
    node->routes[route->method] = route;
}

struct router *router_new(const struct route *const *routes, size_t count)
{
    struct router *router = mem_alloc(sizeof(*router));
    arena_init(&router->arena);
    for (size_t i = 0; i < count; i++) router_add(router, routes[i]);
    return router;
}

void router_free(struct router *router)
{
    if (!router) return;
    arena_dispose(&router->arena);
    free(router);
}

static bool node_has_route(const struct node *node)
{
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (node->routes[i]) return true;
    }
    return false;
}

/* Depth first; the number of branches is bounded by 2 a segment and 16 segments, and patterns share few prefixes. */
static const struct node *node_find(const struct node *node, const struct path *path, size_t depth, struct route_match *match)
{
    if (depth == path->count) return node_has_route(node) ? node : NULL;
    struct str segment = path->segments[depth];
    for (const struct node *child = node->children; child; child = child->next) {
        if (!str_equal(child->segment, segment)) continue;
        const struct node *found = node_find(child, path, depth + 1, match);
        if (found) return found;
        break;
    }
    if (!node->param) return NULL;
    size_t params_count = match->params_count;
    match->params[match->params_count++] = segment;
    const struct node *found = node_find(node->param, path, depth + 1, match);
    if (!found) match->params_count = params_count;
    return found;
}

void router_match(const struct router *router, const struct path *path, enum http_method method, struct route_match *match)
{
    match->route = NULL;
    match->allowed = 0;
    match->params_count = 0;
    const struct node *node = node_find(&router->root, path, 0, match);
    if (!node) return;
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) match->allowed |= node->routes[i] ? 1u << i : 0;
    if (method < HTTP_METHOD_COUNT) match->route = node->routes[method];
}

size_t route_param_index(const char *pattern, struct str name)
{
    struct str rest = str_from(pattern), segment;
    size_t index = 0;
    while (str_split_next(&rest, '/', &segment)) {
        if (!segment_is_param(segment)) continue;
        if (str_equal(str_slice(segment, 1, segment.len - 1), name)) return index;
        index++;
    }
    return STR_NPOS;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f) return true;
    }
    return false;
}

enum err path_read(struct arena *arena, struct str raw, struct path *path)
{
    path->count = 0;
    path->has_trailing_slash = false;
    path->decoded = raw;
    if (raw.len == 0 || raw.ptr[0] != '/') return err_set(ERR_INVALID, "The address is not an absolute path.");
    TRY(form_decode(arena, raw, false, &path->decoded));
    if (has_control(path->decoded) || !str_is_text(path->decoded)) {
        return err_set(ERR_INVALID, "The address is not well-formed text.");
    }
    struct str rest = str_slice(raw, 1, raw.len), segment;
    if (rest.len > 0 && rest.ptr[rest.len - 1] == '/') {
        path->has_trailing_slash = true;
        rest.len--;
        if (rest.len == 0) return err_set(ERR_NOT_FOUND, "There is no page at this address.");
    }
    while (rest.len > 0) {
        if (path->count == PATH_SEGMENTS_MAX) return err_set(ERR_NOT_FOUND, "There is no page at this address.");
        size_t slash = str_find_char(rest, '/', 0);
        TRY(form_decode(arena, str_slice(rest, 0, slash), false, &segment));
        bool is_odd = segment.len == 0 || str_equal(segment, STR(".")) || str_equal(segment, STR("..")) ||
                      slash == rest.len - 1;
        if (is_odd) return err_set(ERR_NOT_FOUND, "There is no page at this address.");
        path->segments[path->count++] = segment;
        rest = slash == STR_NPOS ? STR("") : str_slice(rest, slash + 1, rest.len);
    }
    return OK;
}
