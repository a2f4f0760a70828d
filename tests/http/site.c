/* The site and the client of the HTTP tests: see site.h. */
#include "site.h"
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct sql sql_create = {"test.create", "CREATE TABLE IF NOT EXISTS rows_of_test (n INTEGER)", 0};
static const struct sql sql_add = {"test.add", "INSERT INTO rows_of_test (n) VALUES (1)", 0};
static const struct sql sql_count = {"test.count", "SELECT COUNT(*) FROM rows_of_test", 0};

static void must(enum err error, const char *what)
{
    if (error != OK) log_fatal("%s: %s", what, err_detail());
}

static enum err identify(struct request *request, struct response *response)
{
    (void)response;
    struct str who = request_header(request, "X-Test-User");
    if (str_equal(who, STR("limited"))) return err_set(ERR_TOO_MANY, "Too many requests.");
    request->identity.user_id = who;
    request->identity.is_admin = str_equal(who, STR("admin"));
    return OK;
}

void site_start(struct site *site, const struct site_options *from)
{
    static enum err (*const filters[])(struct request *, struct response *) = {identify};
    char path[96];
    struct db *db;
    memset(site, 0, sizeof(*site));
    snprintf(site->folder, sizeof(site->folder), "/tmp/careerprep-http-XXXXXX");
    if (!mkdtemp(site->folder)) log_fatal("no temporary folder");
    snprintf(path, sizeof(path), "%s/store.db", site->folder);
    must(db_pool_open_at(&site->pool, path, 12), "store");
    must(db_acquire(site->pool, &db), "connection");
    must(db_exec(db, &sql_create, DB_NO_ARGS), "table");
    db_release(db);
    site->hub = hub_new();
    const struct route **routes = mem_alloc(from->routes_count * sizeof(*routes));
    for (size_t i = 0; i < from->routes_count; i++) routes[i] = &from->routes[i];
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .db = site->pool,
        .hub = site->hub,
        .routes = routes,
        .routes_count = from->routes_count,
        .filters = filters,
        .filters_count = 1,
        .io_threads = 2,
        .worker_threads = from->worker_threads,
        .worker_queue = from->worker_queue,
        .patience_seconds = from->patience_seconds,
        .comment_seconds = from->comment_seconds,
        .ping_seconds = from->ping_seconds,
        .silence_seconds = from->silence_seconds,
        .trusted_proxies = from->trusted_proxies,
        .store_may_block = from->store_may_block,
    };
    must(server_start(&site->server, &options), "server");
    free(routes);
    site->port = server_port(site->server);
}

void site_stop(struct site *site)
{
    char command[128];
    server_stop(site->server);
    hub_free(site->hub);
    db_pool_close(site->pool);
    snprintf(command, sizeof(command), "rm -rf %s", site->folder);
    /* lint: allow banned, because the folder's name is the test's own */
    if (system(command) != 0) log_warn("%s stays behind", site->folder);
}

int64_t site_rows(struct site *site)
{
    struct db *db;
    int64_t count = -1;
    must(db_acquire(site->pool, &db), "connection");
    must(db_query_int(db, &sql_count, DB_NO_ARGS, &count), "count");
    db_release(db);
    return count;
}

enum err site_add_row(struct db *db)
{
    return db_exec(db, &sql_add, DB_NO_ARGS);
}

void client_open(struct client *client, const struct site *site)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)site->port)};
    *client = (struct client){.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(client->socket, (struct sockaddr *)&address, sizeof(address)) != 0) log_fatal("connect: %s", strerror(errno));
}

void client_close(struct client *client)
{
    close(client->socket);
    buf_dispose(&client->in);
    arena_dispose(&client->arena);
}

void client_send(struct client *client, struct str bytes)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t sent = send(client->socket, bytes.ptr + done, bytes.len - done, MSG_NOSIGNAL);
        if (sent <= 0) return; /* the other side has closed: the test looks at its answer */
        done += (size_t)sent;
    }
}

void client_send_text(struct client *client, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = str_vformat(&client->arena, format, args);
    va_end(args);
    client_send(client, text);
}

/* False when nothing came in time or the other side has ended. */
static bool receive(struct client *client, int ms, bool *is_closed)
{
    char bytes[16384];
    struct pollfd wait = {.fd = client->socket, .events = POLLIN};
    *is_closed = false;
    if (poll(&wait, 1, ms) <= 0) return false;
    ssize_t len = recv(client->socket, bytes, sizeof(bytes), 0);
    *is_closed = len <= 0;
    if (len > 0) buf_append(&client->in, bytes, (size_t)len);
    return len > 0;
}

struct str client_wait(struct client *client, int ms, bool *is_closed)
{
    bool ended = false;
    if (client->in.len == client->read || ms > 0) receive(client, ms, &ended);
    if (is_closed) *is_closed = ended;
    return str_slice(buf_str(&client->in), client->read, client->in.len);
}

void client_skip(struct client *client, size_t bytes)
{
    client->read += bytes;
}

struct str reply_header(const struct reply *reply, const char *name)
{
    struct str rest = reply->head, line;
    while (str_split_next(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        if (colon != STR_NPOS && str_equal_ci(str_slice(line, 0, colon), str_from(name))) {
            return str_trim(str_slice(line, colon + 1, line.len));
        }
    }
    return STR("");
}

static struct str unread(const struct client *client)
{
    return str_slice(buf_str(&client->in), client->read, client->in.len);
}

struct reply client_reply(struct client *client, bool is_head)
{
    struct reply reply = {0};
    bool is_closed = false;
    size_t end;
    int64_t length = 0;
    while ((end = str_find(unread(client), STR("\r\n\r\n"), 0)) == STR_NPOS) {
        if (!receive(client, 5000, &is_closed)) return reply;
    }
    reply.head = str_copy(&client->arena, str_slice(unread(client), 0, end));
    client->read += end + 4;
    if (str_to_int(str_slice(reply.head, 9, 12), &length) != OK) return reply;
    int status = (int)length;
    length = 0;
    struct str stated = reply_header(&reply, "Content-Length");
    if (stated.len > 0 && str_to_int(stated, &length) != OK) return reply;
    if (is_head || status == 204 || status == 304 || status == 101) length = 0;
    while (unread(client).len < (size_t)length) {
        if (!receive(client, 5000, &is_closed)) return reply;
    }
    reply.body = str_copy(&client->arena, str_slice(unread(client), 0, (size_t)length));
    client->read += (size_t)length;
    reply.status = status;
    return reply;
}

struct reply ask(const struct site *site, struct arena *arena, const char *format, ...)
{
    struct client client;
    va_list args;
    client_open(&client, site);
    va_start(args, format);
    struct str text = str_vformat(&client.arena, format, args);
    va_end(args);
    client_send(&client, text);
    struct reply reply = client_reply(&client, str_starts(text, STR("HEAD ")));
    reply.head = str_copy(arena, reply.head);
    reply.body = str_copy(arena, reply.body);
    client_close(&client);
    return reply;
}
