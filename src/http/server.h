/* The server: libmicrohttpd with an epoll loop a core; the only folder that knows it.
 *
 * A request goes: route (404, 405) -> filters in order (identify, origin check, limits ...) -> access -> body with its limit ->
 * fields -> handler, on the I/O thread when the route says so and on the worker pool otherwise, the connection suspended
 * meanwhile. A full pool answers 503 with Retry-After. server_stop refuses new connections, lets running requests end
 * (10 s), closes streams and sockets, and returns.
 */
#pragma once
#include "db/db.h"
#include "http/hub.h"
#include "http/response.h"
#include "http/route.h"

struct server;

/* `db` needs io_threads + worker_threads connections for the server alone: then a request never waits for one. */
struct server_options {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one */
    struct db_pool *db;
    struct hub *hub;
    const struct route *const *routes; /* all features' routes */
    size_t routes_count;
    bool has_no_assets; /* nothing is under /assets/ */
    /* Run in order before access is checked; an error, or a response with a status >= 300, ends the request. They see the headers but
     * not the body, so that a refused upload is not read. */
    enum err (*const *filters)(struct request *request, struct response *response);
    size_t filters_count;
    /* May ask the store for what the filters of several waiting requests (at most DB_ASKS_MAX) need, and leave it in request->ahead. NULL: each asks for itself. */
    enum err (*look_ahead)(struct db *db, struct request *const *requests, size_t count);
    /* Whether the session of a socket still is one, asked before each message; ERR_UNAUTHORIZED closes the socket. NULL: not asked. */
    enum err (*check_session)(struct db *db, const struct identity *identity);
    /* Renders an error for a browser. */
    void (*error_page)(struct request *request, struct response *response, enum err error, struct str detail);
    size_t io_threads;     /* 0: one a core, at most 4 */
    size_t worker_threads; /* 0: 4 */
    size_t worker_queue;   /* 0: 256 */
    bool store_may_block;  /* the store is over the network: nothing runs on the I/O threads, whatever the route says */
    size_t streams_of_one_max; /* event streams that one channel (a person) may have open here: one more ends the oldest; 0: no limit */
    int64_t patience_seconds; /* 0: 30; how long a client may take for a request, beyond 64 KiB/s for its body, and be idle */
    int64_t comment_seconds;  /* 0: 20; an event stream that was quiet for so long gets a comment */
    int64_t ping_seconds;     /* 0: 25; a socket that was quiet for so long is asked whether it lives */
    int64_t silence_seconds;  /* 0: 60; and one that still says nothing is closed with 1001 */
    bool tells_statements; /* X-Statements: how many statements the request ran, for tests and developers */
    const unsigned char *flash_key; /* 16 bytes, read at the start, the same on every node of a store; NULL: one for this process */
    const char *trusted_proxies;
};

enum err server_start(struct server **server, const struct server_options *options) MUST_CHECK;
int server_port(const struct server *server);
void server_stop(struct server *server); /* drains and frees */

/* What the server that runs this request has answered and what it has open, in Prometheus' text format. */
void server_write_metrics(const struct request *request, struct buf *out);

/* The route that serves a method and path, its parameters not yet bound: tests and `careerprep routes`. NULL: none. */
const struct route *server_find_route(const struct server_options *options, enum http_method method, struct str path);
