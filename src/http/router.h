/* Router: a tree of path segments. A literal segment wins over a parameter; a dead end goes back and tries the parameter.
 * Matching allocates nothing and reads only constant memory.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "http/route.h"

#define PATH_SEGMENTS_MAX 16
#define PATH_PARAMS_MAX 8

struct router;

/* A request path cut into decoded segments. "/" has none. */
struct path {
    struct str segments[PATH_SEGMENTS_MAX];
    size_t count;
    bool has_trailing_slash; /* "/skills/": not for "/" itself */
    struct str decoded;      /* the whole, with '/' between the segments */
};

struct route_match {
    const struct route *route; /* NULL: see `allowed` */
    unsigned allowed;          /* bits of the methods the path knows; 0: the path is unknown */
    struct str params[PATH_PARAMS_MAX];
    size_t params_count;
};

/* Cuts and decodes a raw path. ERR_INVALID: not absolute, a broken escape, NUL, control characters or bytes that are not UTF-8;
 * ERR_NOT_FOUND: empty, "." and ".." segments or too many of them. */
enum err path_read(struct arena *arena, struct str raw, struct path *path) MUST_CHECK;

/* Two routes for the same method and pattern, and a malformed pattern, end the process: a programming mistake. */
struct router *router_new(const struct route *const *routes, size_t count);
void router_free(struct router *router);
void router_match(const struct router *router, const struct path *path, enum http_method method, struct route_match *match);
/* The position of `{name}` among the parameters of a pattern; STR_NPOS when it has none of that name. */
size_t route_param_index(const char *pattern, struct str name);
