/* What the files of src/http share and nobody else sees.
 *
 * A `struct request_private` (an exchange) is one request from its first line to the end of its answer. It belongs to the I/O
 * thread of its connection, except between MHD_suspend_connection and MHD_resume_connection, when it belongs to the worker
 * that runs it; so its fields need no lock. Exchanges are recycled with the first block of their arena.
 */
#pragma once
#include "base/trace.h"
#include "base/worker_pool.h"
#include "http/collection.h"
#include "http/fields.h"
#include "http/proxy.h"
#include "http/router.h"
#include "http/server.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;
struct http_figures;
struct websocket;
struct websockets;

#define ADDRESS_TEXT_MAX 46
#define TARGET_MAX 8192
#define BODY_DEFAULT ((size_t)64 << 10)

struct response_header {
    struct response_header *next;
    const char *name;
    const char *value;
};

/* A TCP connection. `deadline` is when it is cut off unless its request is complete by then: against clients that send a
 * byte now and then. 0: a request is being served. */
struct connection {
    struct connection *previous, *next;
    int socket;
    struct proxy_address address;
    char address_text[ADDRESS_TEXT_MAX];
    _Atomic int64_t deadline;
};

enum stage {
    STAGE_NEW,       /* the request line was read */
    STAGE_FILTERING, /* filters run on a worker, before the body is read */
    STAGE_BODY,      /* the body is read; without one this stage ends at once */
    STAGE_DISCARD,   /* refused, but the rest of the body is short: read and dropped, then answered */
    STAGE_LINGER,    /* refused and answered: what still comes is dropped, then the connection is cut */
    STAGE_RUNNING,   /* the handler runs on a worker */
    STAGE_READY,     /* the response is filled, not yet queued */
    STAGE_ANSWERED
};

struct request_private {
    struct request request;
    struct response response;
    struct arena arena;
    struct server *server;
    struct MHD_Connection *connection;
    struct connection *peer;
    struct request_private *next_free;
    struct str target; /* as in the request line */
    struct str raw_path;
    struct path path;
    struct route_match match;
    struct field_set fields;
    struct page page; /* of a route with a collection */
    struct buf body;
    struct json *json;
    uint64_t content_length; /* what the client says; UINT64_MAX when chunked */
    uint64_t body_seen;
    size_t body_max;
    int64_t started;
    uint64_t statements; /* run for it so far; while it has a connection, without those of before on it */
    struct str websocket_key;
    struct websocket *websocket; /* made, but not yet upgraded */
    struct str static_body; /* constant bytes instead of response.body: assets */
    enum stage stage;
    enum err early_error; /* answered after the filters have run; OK when the request can be served */
    int early_status;
    const char *early_detail;
    bool is_head, is_counted, is_http_1_0, expects_continue;
    bool filters_done, headers_again;
    bool is_ahead; /* its turn to be looked ahead for has been */
    bool must_close;
    bool flash_read, flash_set;
    char id_text[20];
    struct trace trace; /* its span is the request's id */
};

struct server {
    struct server_options options;
    struct http_figures *figures;
    struct MHD_Daemon *daemon;
    struct router *router;
    struct worker_pool *workers;
    struct websockets *websockets;
    struct proxy_list proxies;
    struct arena arena;
    int port;
    int64_t patience_us; /* time a client has to send a request */
    uint64_t flash_key[2];
    atomic_bool is_draining, is_out_of_time;
    atomic_int active; /* requests between their headers and the end of their answer */
    pthread_mutex_t lock; /* connections and free exchanges */
    struct connection *connections;
    struct request_private *free_exchanges;
    size_t free_count;
    pthread_t housekeeper;
    atomic_bool is_stopping;
};

/* figures.c */
struct http_figures *http_figures_new(const struct server_options *options);
void http_figures_free(struct http_figures *figures);
/* An answer has ended `us` after its request began; `route` NULL: none was found. */
void http_figures_count(struct http_figures *figures, const struct route *route, int status, int64_t us);

/* exchange.c */
struct request_private *exchange_new(struct server *server, const char *target);
void exchange_free(struct request_private *exchange);
/* What this thread logs and publishes from now on, until exchange_leave, belongs to the request. */
void exchange_enter(const struct request_private *exchange);
void exchange_leave(void);
void exchanges_dispose(struct server *server);

/* listen.c. `port` gets the real one. ERR_INVALID, ERR_IO. */
enum err listen_open(const char *text, int *descriptor, int *port) MUST_CHECK;
unsigned listen_connection_limit(void);

/* dispatch.c: the request's way, told by the library's callback (server.c). */
enum next { NEXT_CONTINUE, NEXT_SUSPEND, NEXT_QUEUE, NEXT_CUT };
enum next dispatch_headers(struct request_private *exchange, const char *method, const char *version);
enum next dispatch_body(struct request_private *exchange, const char *bytes, size_t len);
enum next dispatch_end(struct request_private *exchange);
/* By a worker that begins with a request, whose task `run` is: see look_ahead.c. */
void look_ahead(struct request_private *exchange, void (*run)(void *argument));
/* After the connection was suspended: gives the exchange to a worker; false when the queue is full, then dispatch_busy. */
bool dispatch_submit(struct request_private *exchange);
void dispatch_busy(struct request_private *exchange);
/* Fills the response for an error; `status` 0 takes the error's own. */
void dispatch_fail(struct request_private *exchange, enum err error, int status, struct str detail);
void exchange_resume(struct request_private *exchange); /* server.c: hands the exchange back to its I/O thread */
void dispatch_log(const struct request_private *exchange, int status); /* and counts it */
/* What is served without a row in any feature's table: addresses that nobody serves, and embedded assets. */
extern const struct route dispatch_unknown_route, dispatch_asset_route;
/* Puts the parameters of the path into the fields that the route's table has for them. */
void fields_take_params(struct request_private *exchange);
/* collection.c: fills `page` from the checked fields, adding errors to them. */
void collection_read(struct request_private *exchange);
/* request.c */
void request_read_address(struct request_private *exchange);
bool request_accepts_encoding(const struct request *request, const char *name);
/* Visits the values of a repeated header in order. */
/* Why the headers cannot be believed (a name that is no token, a value with a control character, a second Host), or NULL. */
const char *request_headers_wrong(const struct request *request);
void request_each_header(const struct request *request, const char *name, void (*visit)(void *argument, struct str value), void *argument);
/* response.c: adds what every answer carries (security, caching, the request's id, connection handling). */
void response_add_standard_headers(struct request_private *exchange);
struct str response_find_header(const struct response *response, const char *name);
/* Writes status line, headers and body: for answers the library cannot send any more. */
void response_write_raw(struct request_private *exchange, struct buf *out);
const char *http_status_text(int status);

/* flash.c: the key of the options, or one for this process. */
void flash_key_take(struct server *server);

/* asset_serve.c: fills the response when the path is an embedded asset's. */
bool asset_serve(struct request_private *exchange);

/* sse.c */
struct MHD_Response *stream_response(struct request_private *exchange);
/* hub.c: streams of a hub. */
struct stream;
struct stream *hub_open_stream(struct hub *hub, struct str channel, const struct identity *identity, struct MHD_Connection *connection);
void hub_close_stream(struct stream *stream);
/* Ends the oldest streams of the channel here, until `most` are left: a page that is gone is only noticed when something is written to it. */
void hub_keep_newest(struct hub *hub, struct str channel, size_t most);
/* Fills `out` for the I/O thread: >0 bytes, 0 suspended the connection, -1 the end. */
long hub_stream_read(struct stream *stream, char *out, size_t max);
void hub_tick(struct hub *hub, int64_t quiet_since); /* a comment for streams that wrote nothing since then */
/* The sockets that end with the streams of their session; NULL: none any more. */
void hub_set_sockets(struct hub *hub, struct websockets *sockets);
void hub_close_streams(struct hub *hub);        /* ends all streams, for the stop */
void hub_reopen(struct hub *hub);               /* a server starts with this hub */

/* websocket.c */
struct websockets *websockets_new(struct server *server);
size_t websockets_count(struct websockets *websockets); /* open ones */
void websockets_stop(struct websockets *websockets); /* closes all sockets with 1001, waits for their callbacks */
void websockets_free(struct websockets *websockets); /* after the stop and the worker pool's end */
/* Closes the sockets of a person that `which` and the hash choose, with 1008. */
void websockets_end(struct websockets *websockets, struct str user_id, enum live_of which, struct str session_hash);
void websocket_discard(struct websocket *websocket); /* the upgrade did not happen */
/* NULL when the request is a proper upgrade, else the reason; sets the status. */
const char *websocket_check_upgrade(struct request_private *exchange, int *status);
struct MHD_Response *websocket_response(struct request_private *exchange);
