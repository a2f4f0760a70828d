/* A small site for the HTTP tests: a server on a free port with a SQLite store in a temporary folder, and a client that speaks raw
 * bytes, because what is tested is often what no proper client would send.
 */
#pragma once
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "db/db.h"
#include "db/migrate.h"
#include "http/server.h"
#include "http/websocket.h"

struct site_options {
    const struct route *routes;
    size_t routes_count;
    size_t worker_threads, worker_queue;
    int64_t patience_seconds, comment_seconds, ping_seconds, silence_seconds;
    const char *trusted_proxies;
    bool store_may_block;
};

struct site {
    struct server *server;
    struct db_pool *pool;
    struct hub *hub;
    char folder[64];
    int port;
};

void site_start(struct site *site, const struct site_options *options);
void site_stop(struct site *site);
/* How many rows the test table has: what a transaction left behind. */
int64_t site_rows(struct site *site);
/* In a handler: adds one row. */
enum err site_add_row(struct db *db);

/* A reply as it came. Strings live until the client is closed or asks again. */
struct reply {
    int status; /* 0: the connection ended without an answer */
    struct str head, body;
};

struct client {
    int socket;
    struct buf in; /* what has come and is not yet read */
    size_t read;
    struct arena arena;
};

void client_open(struct client *client, const struct site *site);
void client_close(struct client *client);
void client_send(struct client *client, struct str bytes);
void client_send_text(struct client *client, const char *format, ...) PRINTF_LIKE(2, 3);
/* Reads one reply (`is_head`: without its body); waits at most 5 s. */
struct reply client_reply(struct client *client, bool is_head);
/* Waits up to `ms` for more bytes; the unread ones are returned. `is_closed` tells whether the other side has ended. */
struct str client_wait(struct client *client, int ms, bool *is_closed);
void client_skip(struct client *client, size_t bytes);
/* Value of a header in a reply's head, "" when absent. */
struct str reply_header(const struct reply *reply, const char *name);
/* One request on a connection of its own. The body is copied into `arena`. */
struct reply ask(const struct site *site, struct arena *arena, const char *format, ...) PRINTF_LIKE(3, 4);
