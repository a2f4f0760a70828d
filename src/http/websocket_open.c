/* Opening a WebSocket (RFC 6455, 4.2): the checks of the request, the answer, and taking the connection over from the library.
 */
#include "base/config.h"
#include "base/log.h"
#include "http/sha1.h"
#include "http/websocket_private.h"
#include <microhttpd.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

void websocket_set_key(struct request *request, struct str key)
{
    request->private->websocket_key = key;
}

static bool has_token(struct str header, struct str token)
{
    struct str part;
    while (str_split_next(&header, ',', &part)) {
        if (str_equal_ci(str_trim(part), token)) return true;
    }
    return false;
}

static struct str host_of(struct str url)
{
    size_t start = str_find(url, STR("://"), 0);
    if (start == STR_NPOS) return STR("");
    return str_slice(url, start + 3, str_find_char(url, '/', start + 3));
}

/* Browsers always say where a socket is opened from; programs that say nothing carry no cookies of a victim. */
static bool origin_is_ours(const struct request *request)
{
    struct str origin = request_header(request, "Origin");
    if (origin.len == 0) return true;
    struct str host = host_of(origin);
    return host.len > 0 && (str_equal_ci(host, request_header(request, "Host")) ||
                            str_equal_ci(host, host_of(config_text(CONFIG_BASE_URL))));
}

static bool key_is_valid(struct str key)
{
    if (key.len != 24 || key.ptr[22] != '=' || key.ptr[23] != '=') return false;
    for (size_t i = 0; i < 22; i++) {
        char c = key.ptr[i];
        bool is_fine = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
        if (!is_fine) return false;
    }
    return true;
}

const char *websocket_check_upgrade(struct request_private *exchange, int *status)
{
    const struct request *request = &exchange->request;
    *status = 400;
    if (exchange->is_http_1_0 || exchange->is_head || !has_token(request_header(request, "Upgrade"), STR("websocket")) ||
        !has_token(request_header(request, "Connection"), STR("upgrade"))) {
        return "This address is a WebSocket.";
    }
    if (!str_equal(request_header(request, "Sec-WebSocket-Version"), STR("13"))) {
        *status = 426;
        response_header(&exchange->request, &exchange->response, "Sec-WebSocket-Version", STR("13"));
        return "This server speaks version 13 of the WebSocket protocol.";
    }
    if (!key_is_valid(request_header(request, "Sec-WebSocket-Key"))) return "The WebSocket key is malformed.";
    if (!origin_is_ours(request)) {
        *status = 403;
        return "The socket was opened from another site.";
    }
    return NULL;
}

static void accept_value(struct str key, char out[29])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455, 1.3 */
    char text[24 + sizeof(guid)];
    unsigned char digest[21] = {0};
    memcpy(text, key.ptr, 24);
    memcpy(text + 24, guid, sizeof(guid));
    sha1((struct str){text, 24 + sizeof(guid) - 1}, digest);
    for (size_t i = 0; i < 7; i++) {
        uint32_t word = (uint32_t)digest[3 * i] << 16 | (uint32_t)digest[3 * i + 1] << 8 | digest[3 * i + 2];
        for (size_t j = 0; j < 4; j++) out[4 * i + j] = digits[word >> (18 - 6 * j) & 63];
    }
    out[27] = '=';
    out[28] = 0;
}

/* The library has sent the answer; from here the connection is ours until MHD_upgrade_action. */
static void on_upgraded(void *cls, struct MHD_Connection *connection, void *context, const char *early, size_t early_len,
                        MHD_socket descriptor, struct MHD_UpgradeResponseHandle *handle)
{
    struct websocket *socket = cls;
    struct websockets *all = socket->all;
    struct request_private *exchange = context;
    int on = 1;
    uint64_t one = 1;
    (void)connection;
    exchange->websocket = NULL;
    if (exchange->is_counted) atomic_fetch_sub(&all->server->active, 1);
    exchange->is_counted = false;
    arena_dispose(&exchange->arena); /* the socket may live for hours */
    arena_init(&exchange->arena);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    socket->socket = descriptor;
    socket->handle = handle;
    buf_append(&socket->early, early, early_len);
    pthread_mutex_lock(&all->lock);
    bool is_late = all->is_over;
    if (!is_late) {
        all->count++;
        socket->dirty_next = all->arrived;
        all->arrived = socket;
    }
    pthread_mutex_unlock(&all->lock);
    if (is_late) {
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
        socket_free(socket);
    } else if (write(all->wake, &one, sizeof(one)) < 0) {
        log_debug("the wake-up is already pending");
    }
}

void websocket_discard(struct websocket *socket)
{
    if (socket) socket_free(socket);
}

struct MHD_Response *websocket_response(struct request_private *exchange)
{
    const struct request *request = &exchange->request;
    struct websocket *socket = mem_alloc(sizeof(*socket));
    char accept[29];
    arena_init(&socket->arena);
    socket->all = exchange->server->websockets;
    socket->handler = request->route->websocket;
    socket->key = str_copy(&socket->arena, exchange->websocket_key);
    socket->identity = request->identity;
    struct str *texts[] = {&socket->identity.user_id,    &socket->identity.email,     &socket->identity.username,
                           &socket->identity.first_name, &socket->identity.last_name, &socket->identity.session_hash};
    for (size_t i = 0; i < COUNT_OF(texts); i++) *texts[i] = str_copy(&socket->arena, *texts[i]);
    memcpy(socket->id, exchange->id_text, sizeof(socket->id));
    socket->trace = exchange->trace;
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgraded, socket);
    if (!response) {
        socket_free(socket);
        return NULL;
    }
    exchange->websocket = socket;
    accept_value(request_header(request, "Sec-WebSocket-Key"), accept);
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", accept);
    return response;
}
