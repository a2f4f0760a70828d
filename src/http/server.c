/* The server: the library's daemon and its callbacks, connections and their deadlines, start and stop.
 *
 * The library calls on_target for a request line, on_request when the headers are complete, for each piece of the body and at its
 * end, and on_completed when the answer is out. What to do is dispatch.c's decision; here it is carried out: go on, suspend
 * and submit, queue the answer, or cut.
 *
 * An answer in the middle of a body. The library can only answer before or after a body. When a refused body is short it is read
 * and dropped, and the connection lives on. When it is long the answer is written to the socket directly, the body is dropped for
 * up to LINGER_MAX more bytes (so that the client reads the answer before it meets a reset), and the connection is cut.
 *
 * Deadlines. The library's timeout starts again with every byte. The housekeeper cuts connections whose request is not complete in time.
 */
#include "http/server.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/private.h"
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_SECONDS 30
#define COMMENT_SECONDS 20
#define CONNECTION_MEMORY ((size_t)32 << 10)
#define DISCARD_MAX ((uint64_t)256 << 10)
#define LINGER_MAX ((uint64_t)16 << 20) /* more than the sockets of both sides hold, so that the answer arrives before the reset */
#define LINGER_US (5 * US_PER_SECOND)
#define BODY_BYTES_PER_SECOND 65536 /* slower senders are cut off */
#define DRAIN_US (10 * US_PER_SECOND)

void exchange_resume(struct request_private *exchange)
{
    MHD_resume_connection(exchange->connection);
}

/* ---- answers ---- */

static struct MHD_Response *response_make(struct request_private *exchange)
{
    struct response *response = &exchange->response;
    const struct route *route = exchange->request.route;
    if (response->status == 200 && response->stream_channel.len > 0 && !exchange->is_head) return stream_response(exchange);
    if (response->status == 200 && route->flags & ROUTE_WEBSOCKET) {
        response->status = 101;
        return websocket_response(exchange);
    }
    if (exchange->static_body.len > 0) {
        return MHD_create_response_from_buffer(exchange->static_body.len, (void *)(uintptr_t)exchange->static_body.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    }
    size_t len = 0;
    char *body = buf_take(&response->body, &len);
    if (!body) return MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer_with_free_callback(len, body, free);
}

static enum MHD_Result queue_answer(struct request_private *exchange)
{
    struct response *response = &exchange->response;
    bool is_upgrade = false;
    response_add_standard_headers(exchange);
    struct MHD_Response *answer = response_make(exchange);
    is_upgrade = response->status == 101;
    if (!answer) return MHD_NO;
    for (const struct response_header *header = response->headers; header; header = header->next) {
        if (is_upgrade && str_equal_ci(str_from(header->name), STR("Connection"))) continue;
        if (MHD_add_response_header(answer, header->name, header->value) != MHD_YES) {
            log_warn("the header %s was refused by the library", header->name);
        }
    }
    exchange->stage = STAGE_ANSWERED;
    enum MHD_Result result = MHD_queue_response(exchange->connection, (unsigned)response->status, answer);
    MHD_destroy_response(answer);
    return result;
}

/* Writes the answer past the library: see the head of the file. */
static void answer_raw(struct request_private *exchange)
{
    struct buf out = {0};
    exchange->must_close = true;
    response_add_standard_headers(exchange);
    response_write_raw(exchange, &out);
    ssize_t sent = send(exchange->peer->socket, out.ptr, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) shutdown(exchange->peer->socket, SHUT_WR);
    buf_dispose(&out);
    exchange->stage = STAGE_LINGER;
    atomic_store(&exchange->peer->deadline, clock_monotonic() + LINGER_US);
}

/* The request is refused and its body still to come. */
static enum MHD_Result refuse_body(struct request_private *exchange)
{
    if (exchange->stage == STAGE_LINGER) return exchange->body_seen > LINGER_MAX ? MHD_NO : MHD_YES;
    if (exchange->content_length <= DISCARD_MAX) return MHD_YES;
    answer_raw(exchange);
    exchange->body_seen = 0;
    return MHD_YES;
}

static enum MHD_Result suspend_and_submit(struct request_private *exchange)
{
    atomic_store(&exchange->peer->deadline, 0);
    MHD_suspend_connection(exchange->connection);
    if (!dispatch_submit(exchange)) {
        dispatch_busy(exchange);
        MHD_resume_connection(exchange->connection);
    }
    return MHD_YES;
}

/* ---- the library's callbacks ---- */

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)connection;
    return exchange_new(cls, target);
}

static void expect_body(struct request_private *exchange)
{
    uint64_t bytes = exchange->content_length < exchange->body_max ? exchange->content_length : exchange->body_max;
    int64_t extra = (int64_t)(bytes / BODY_BYTES_PER_SECOND) * US_PER_SECOND;
    atomic_store(&exchange->peer->deadline, clock_monotonic() + exchange->server->patience_us + extra);
}

/* The headers allow the body, or refuse it. */
static enum MHD_Result start_body(struct request_private *exchange)
{
    expect_body(exchange);
    if (exchange->stage == STAGE_BODY) return MHD_YES;
    if (!exchange->expects_continue) return refuse_body(exchange);
    exchange->must_close = true; /* nothing was sent yet, and nothing shall be */
    return queue_answer(exchange);
}

static enum MHD_Result on_headers(struct request_private *exchange, const char *method, const char *version)
{
    exchange->is_counted = true;
    atomic_fetch_add(&exchange->server->active, 1);
    enum next next = dispatch_headers(exchange, method, version);
    if (next == NEXT_SUSPEND) {
        exchange->headers_again = true;
        return suspend_and_submit(exchange);
    }
    if (exchange->content_length > 0) return start_body(exchange);
    atomic_store(&exchange->peer->deadline, 0);
    return MHD_YES;
}

static enum MHD_Result on_body(struct request_private *exchange, const char *bytes, size_t len)
{
    enum next next = dispatch_body(exchange, bytes, len);
    if (next == NEXT_CONTINUE) return MHD_YES;
    return next == NEXT_QUEUE ? refuse_body(exchange) : MHD_NO;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_size, void **context)
{
    struct request_private *exchange = *context;
    (void)cls;
    (void)url;
    if (!exchange) return MHD_NO;
    if (exchange->stage == STAGE_NEW) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        exchange->connection = connection;
        exchange->peer = info ? info->socket_context : NULL;
        return exchange->peer ? on_headers(exchange, method, version) : MHD_NO;
    }
    if (exchange->headers_again) { /* the library repeats the call in which the connection was suspended */
        exchange->headers_again = false;
        if (*data_size == 0) return start_body(exchange);
    }
    if (*data_size > 0) {
        enum MHD_Result result = on_body(exchange, data, *data_size);
        *data_size = 0;
        return result;
    }
    if (exchange->stage == STAGE_LINGER) return MHD_NO;
    atomic_store(&exchange->peer->deadline, 0);
    enum next next = dispatch_end(exchange);
    return next == NEXT_SUSPEND ? suspend_and_submit(exchange) : queue_answer(exchange);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
    struct request_private *exchange = *context;
    (void)cls;
    (void)connection;
    (void)code;
    if (!exchange) return;
    *context = NULL;
    if (exchange->peer) {
        bool was_answered = exchange->stage == STAGE_ANSWERED || exchange->stage == STAGE_LINGER;
        atomic_store(&exchange->peer->deadline, clock_monotonic() + exchange->server->patience_us);
        exchange_enter(exchange);
        dispatch_log(exchange, was_answered ? exchange->response.status : 499);
        exchange_leave();
    }
    websocket_discard(exchange->websocket);
    exchange_free(exchange);
}

/* A stopping server takes no newcomers. (MHD_quiesce_daemon would close the door itself, but until libmicrohttpd 1.0 it races with its own
 * threads: both take the listener out of an epoll set, and the second aborts the process.) */
static enum MHD_Result on_newcomer(void *cls, const struct sockaddr *address, socklen_t len)
{
    const struct server *server = cls;
    (void)address;
    (void)len;
    return atomic_load(&server->is_draining) ? MHD_NO : MHD_YES;
}

static void on_connection(void *cls, struct MHD_Connection *handle, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct server *server = cls;
    struct connection *connection = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *client = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        connection = mem_alloc(sizeof(*connection));
        if (client) proxy_address_from_socket(client->client_addr, &connection->address);
        proxy_address_write(&connection->address, connection->address_text);
        connection->socket = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        atomic_store(&connection->deadline, clock_monotonic() + server->patience_us);
        *context = connection;
        pthread_mutex_lock(&server->lock);
        connection->next = server->connections;
        if (connection->next) connection->next->previous = connection;
        server->connections = connection;
        pthread_mutex_unlock(&server->lock);
    } else if (connection) {
        pthread_mutex_lock(&server->lock);
        if (connection->next) connection->next->previous = connection->previous;
        if (connection->previous) connection->previous->next = connection->next;
        if (server->connections == connection) server->connections = connection->next;
        pthread_mutex_unlock(&server->lock);
        free(connection);
        *context = NULL;
    }
}

/* We decode addresses ourselves (router.c): the library must leave them alone. */
static size_t on_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void on_library_log(void *cls, const char *format, va_list args)
{
    char line[400];
    (void)cls;
    int len = vsnprintf(line, sizeof(line), format, args);
    while (len > 0 && (size_t)len < sizeof(line) && line[len - 1] == '\n') line[--len] = 0;
    log_debug("library: %s", line);
}

/* ---- housekeeping ---- */

static void cut_late_connections(struct server *server, int64_t now)
{
    pthread_mutex_lock(&server->lock); /* a connection leaves the list before its socket is closed */
    for (struct connection *connection = server->connections; connection; connection = connection->next) {
        int64_t deadline = atomic_load(&connection->deadline);
        if (deadline == 0 || deadline > now) continue;
        atomic_store(&connection->deadline, 0);
        shutdown(connection->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->lock);
}

static void *housekeeper_run(void *argument)
{
    struct server *server = argument;
    int64_t last = 0, comment = server->options.comment_seconds ? server->options.comment_seconds : COMMENT_SECONDS;
    while (!atomic_load(&server->is_stopping)) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        int64_t now = clock_monotonic();
        if (now - last < US_PER_SECOND / 2) continue;
        last = now;
        cut_late_connections(server, now);
        if (server->options.hub) hub_tick(server->options.hub, now - comment * US_PER_SECOND);
    }
    return NULL;
}

/* ---- start and stop ---- */

static enum err start_daemon(struct server *server, int listener)
{
    size_t threads = server->options.io_threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads == 0) threads = cores < 1 ? 1 : cores > 4 ? 4 : (size_t)cores;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_library_log, server},
        {MHD_OPTION_LISTEN_SOCKET, listener, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)on_unescape, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)listen_connection_limit(), NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, server->proxies.count ? 0 : 4096, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)(server->patience_us / US_PER_SECOND), NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE |
                                          MHD_USE_ERROR_LOG | MHD_USE_TURBO,
                                      0, on_newcomer, server, on_request, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (!server->daemon) return err_set(ERR_IO, "The web server could not start: %s", strerror(errno));
    return OK;
}

static void server_free(struct server *server)
{
    worker_pool_free(server->workers);
    websockets_free(server->websockets);
    router_free(server->router);
    http_figures_free(server->figures);
    exchanges_dispose(server);
    arena_dispose(&server->arena);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

enum err server_start(struct server **out, const struct server_options *options)
{
    struct server *server = mem_alloc(sizeof(*server));
    int listener = -1;
    server->options = *options;
    server->patience_us = (options->patience_seconds ? options->patience_seconds : PATIENCE_SECONDS) * US_PER_SECOND;
    pthread_mutex_init(&server->lock, NULL);
    arena_init(&server->arena);
    server->router = router_new(options->routes, options->routes_count);
    server->figures = http_figures_new(options);
    flash_key_take(server);
    enum err error = proxy_list_read(&server->arena, options->trusted_proxies, &server->proxies);
    if (error == OK) error = listen_open(options->listen, &listener, &server->port);
    if (error == OK) {
        server->workers = worker_pool_new(options->worker_threads ? options->worker_threads : 4,
                                          options->worker_queue ? options->worker_queue : 256, "http");
        server->websockets = websockets_new(server);
        error = start_daemon(server, listener);
        if (error != OK) {
            websockets_stop(server->websockets);
            close(listener);
        }
    }
    if (error != OK) {
        server_free(server);
        return error;
    }
    if (options->hub) {
        hub_reopen(options->hub);
        hub_set_sockets(options->hub, server->websockets);
    }
    if (pthread_create(&server->housekeeper, NULL, housekeeper_run, server) != 0) log_fatal("no thread for the housekeeper");
    *out = server;
    return OK;
}

int server_port(const struct server *server)
{
    return server->port;
}

static void wait_for_requests(struct server *server)
{
    int64_t end = clock_monotonic() + DRAIN_US;
    while (atomic_load(&server->active) > 0 && clock_monotonic() < end) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    if (atomic_load(&server->active) > 0) log_warn("stopping with %d requests still running", atomic_load(&server->active));
}

void server_stop(struct server *server)
{
    if (!server) return;
    atomic_store(&server->is_draining, true);
    if (server->options.hub) {
        hub_close_streams(server->options.hub);
        hub_set_sockets(server->options.hub, NULL);
    }
    websockets_stop(server->websockets);
    wait_for_requests(server);
    atomic_store(&server->is_out_of_time, true);
    /* The last handlers end and resume their connections; a request on a kept connection meanwhile is answered with 503. The pool itself
     * goes with the server, after the daemon's threads. */
    worker_pool_stop(server->workers);
    atomic_store(&server->is_stopping, true);
    pthread_join(server->housekeeper, NULL);
    MHD_stop_daemon(server->daemon); /* and closes the listener */
    server_free(server);
}

const struct route *server_find_route(const struct server_options *options, enum http_method method, struct str text)
{
    struct arena arena = {0};
    struct path path;
    struct route_match match = {0};
    struct router *router = router_new(options->routes, options->routes_count);
    arena_init(&arena);
    if (path_read(&arena, text, &path) == OK && !path.has_trailing_slash) router_match(router, &path, method, &match);
    arena_dispose(&arena);
    router_free(router);
    return match.route;
}
