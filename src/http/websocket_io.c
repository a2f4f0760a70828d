/* WebSocket bytes and frames: one thread with epoll for all sockets; wslay reads and writes frames (RFC 6455).
 *
 * wslay answers what breaks the protocol: an unmasked frame or one out of order closes with 1002, a message that is too long with
 * 1009, text that is not UTF-8 with 1007; we add 1003 for binary messages. A frame whose header is wrong by itself (a
 * fragmented or long control frame, a length in more bytes than needed) it ends with a closing frame without a code: we say 1002
 * in its place. After the closing frames our side is shut down and what still comes is dropped until the peer ends too (at
 * most 2 s), so that a reset does not swallow the closing frame.
 */
#include "base/clock.h"
#include "base/log.h"
#include "http/websocket_private.h"
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PING_SECONDS 25
#define SILENCE_SECONDS 60
#define CLOSE_US (5 * US_PER_SECOND)
#define LINGER_US (2 * US_PER_SECOND)

static bool is_full(struct websocket *socket)
{
    pthread_mutex_lock(&socket->all->lock);
    bool full = socket->in.count >= SOCKET_IN_MAX;
    pthread_mutex_unlock(&socket->all->lock);
    return full;
}

static ssize_t on_recv(wslay_event_context_ptr frames, uint8_t *out, size_t max, int flags, void *user)
{
    struct websocket *socket = user;
    (void)flags;
    if (is_full(socket)) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (socket->early_read < socket->early.len) {
        size_t left = socket->early.len - socket->early_read, len = left < max ? left : max;
        memcpy(out, socket->early.ptr + socket->early_read, len);
        socket->early_read += len;
        if (socket->early_read == socket->early.len) buf_dispose(&socket->early), socket->early_read = 0;
        return (ssize_t)len;
    }
    ssize_t len = recv(socket->socket, out, max, MSG_DONTWAIT);
    if (len > 0) {
        socket->last_heard = clock_monotonic();
        return len;
    }
    bool is_empty = len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    socket->is_cut = !is_empty;
    wslay_event_set_error(frames, is_empty ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr frames, const uint8_t *bytes, size_t len, int flags, void *user)
{
    struct websocket *socket = user;
    ssize_t sent = send(socket->socket, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT | (flags & WSLAY_MSG_MORE ? MSG_MORE : 0));
    if (sent >= 0) return sent;
    bool is_slow = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    wslay_event_set_error(frames, is_slow ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static void close_queue(struct websocket *socket, int code, const char *reason)
{
    if (socket->close_deadline) return;
    socket->close_deadline = clock_monotonic() + CLOSE_US;
    if (wslay_event_queue_close(socket->frames, (uint16_t)code, (const uint8_t *)reason, strlen(reason)) != 0) {
        log_debug("socket: the closing frame could not be queued");
    }
}

static void on_message(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *message, void *user)
{
    struct websocket *socket = user;
    (void)frames;
    if (message->opcode == WSLAY_TEXT_FRAME) {
        if (socket->close_deadline) return;
        socket_deliver(socket, SOCKET_RECEIVED, (struct str){(const char *)message->msg, message->msg_length});
    } else if (message->opcode == WSLAY_BINARY_FRAME) {
        close_queue(socket, WSLAY_CODE_UNSUPPORTED_DATA, "text only");
    }
}

static void socket_drop(struct websocket *socket)
{
    struct websockets *all = socket->all;
    epoll_ctl(all->poll, EPOLL_CTL_DEL, socket->socket, NULL);
    if (socket->frames) wslay_event_context_free(socket->frames);
    socket->frames = NULL;
    MHD_upgrade_action(socket->handle, MHD_UPGRADE_ACTION_CLOSE);
    pthread_mutex_lock(&all->lock);
    if (socket->previous) socket->previous->next = socket->next;
    else all->sockets = socket->next;
    if (socket->next) socket->next->previous = socket->previous;
    for (struct websocket **at = &all->dirty; *at; at = &(*at)->dirty_next) {
        if (*at != socket) continue;
        *at = socket->dirty_next;
        break;
    }
    socket->is_gone = true;
    pthread_mutex_unlock(&all->lock);
    socket_deliver(socket, SOCKET_CLOSED, STR("")); /* from here the socket belongs to its callbacks */
}

static void watch(struct websocket *socket)
{
    uint32_t events = 0;
    if (socket->is_lingering || (wslay_event_want_read(socket->frames) && !is_full(socket))) events |= EPOLLIN;
    if (!socket->is_lingering && wslay_event_want_write(socket->frames)) events |= EPOLLOUT;
    if (events == socket->events) return;
    struct epoll_event event = {.events = events, .data.ptr = socket};
    epoll_ctl(socket->all->poll, EPOLL_CTL_MOD, socket->socket, &event);
    socket->events = events;
}

/* True when the peer has ended, too. */
static bool linger(struct websocket *socket)
{
    char bytes[4096];
    ssize_t len;
    size_t total = 0;
    while ((len = recv(socket->socket, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0 && total < (1 << 20)) total += (size_t)len;
    return len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR);
}

/* Moves messages to wslay while it has none, so that what waits is counted in one place. False: drop the socket. */
static bool feed(struct websocket *socket)
{
    struct websockets *all = socket->all;
    for (;;) {
        pthread_mutex_lock(&all->lock);
        bool is_overflowed = socket->is_overflowed;
        pthread_mutex_unlock(&all->lock);
        if (is_overflowed) return false;
        if (wslay_event_want_write(socket->frames)) {
            if (wslay_event_send(socket->frames) != 0) return false;
            if (wslay_event_want_write(socket->frames)) return true;
        }
        pthread_mutex_lock(&all->lock);
        struct socket_message *message = socket->close_deadline ? NULL : socket_queue_pop(&socket->out);
        int code = socket->waits_to_close ? 0 : socket->close_code;
        pthread_mutex_unlock(&all->lock);
        if (message) {
            struct wslay_event_msg frame = {WSLAY_TEXT_FRAME, (const uint8_t *)message->text.ptr, message->text.len};
            int result = wslay_event_queue_msg(socket->frames, &frame);
            free(message);
            if (result != 0) return true; /* closing: the message comes too late */
        } else if (code && !socket->close_deadline) {
            close_queue(socket, code, socket->close_reason);
        } else {
            return true;
        }
    }
}

/* Reads what has come. False: the peer has gone. A header that wslay cannot read ends with our own closing frame (RFC 6455, 7.1.7),
 * unless something of ours may be half sent: then with wslay's, which has no code. */
static bool read_frames(struct websocket *socket)
{
    static const unsigned char protocol_error[] = {0x88, 2, WSLAY_CODE_PROTOCOL_ERROR >> 8, WSLAY_CODE_PROTOCOL_ERROR & 0xff};
    bool has_output = wslay_event_want_write(socket->frames);
    if (!wslay_event_want_read(socket->frames) || wslay_event_recv(socket->frames) == 0) return true;
    if (socket->is_cut) return false;
    socket->close_deadline = clock_monotonic() + CLOSE_US;
    if (has_output) return true;
    wslay_event_shutdown_write(socket->frames);
    return send(socket->socket, protocol_error, sizeof(protocol_error), MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(protocol_error);
}

/* Reads and writes what can be; drops the socket when it is over. */
static void socket_work(struct websocket *socket)
{
    if (socket->is_lingering) {
        if (linger(socket)) socket_drop(socket);
        return;
    }
    if (!read_frames(socket) || !feed(socket)) {
        socket_drop(socket);
        return;
    }
    if (!wslay_event_want_read(socket->frames) && !wslay_event_want_write(socket->frames)) {
        shutdown(socket->socket, SHUT_WR);
        socket->is_lingering = true;
        socket->close_deadline = clock_monotonic() + LINGER_US;
    }
    watch(socket);
}

static void socket_begin(struct websocket *socket)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_recv, .send_callback = on_send, .on_msg_recv_callback = on_message};
    struct websockets *all = socket->all;
    size_t max = socket->handler->message_max ? socket->handler->message_max : SOCKET_MESSAGE_MAX;
    socket->last_heard = socket->last_ping = clock_monotonic();
    pthread_mutex_lock(&all->lock);
    socket->next = all->sockets;
    if (socket->next) socket->next->previous = socket;
    all->sockets = socket;
    pthread_mutex_unlock(&all->lock);
    if (wslay_event_context_server_init(&socket->frames, &callbacks, socket) != 0) log_fatal("out of memory");
    wslay_event_config_set_max_recv_msg_length(socket->frames, max);
    socket->events = EPOLLIN;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = socket};
    epoll_ctl(all->poll, EPOLL_CTL_ADD, socket->socket, &event);
    socket_deliver(socket, SOCKET_OPENED, STR(""));
    socket_work(socket); /* what came with the handshake */
}

/* Takes the lists that other threads filled. False when there is nothing left to do for ever. */
static void take_work(struct websockets *all)
{
    pthread_mutex_lock(&all->lock);
    struct websocket *arrived = all->arrived;
    all->arrived = NULL;
    pthread_mutex_unlock(&all->lock);
    while (arrived) {
        struct websocket *socket = arrived;
        arrived = socket->dirty_next;
        socket_begin(socket);
    }
    for (;;) {
        pthread_mutex_lock(&all->lock);
        struct websocket *socket = all->dirty;
        if (socket) {
            all->dirty = socket->dirty_next;
            socket->is_dirty = false;
        }
        pthread_mutex_unlock(&all->lock);
        if (!socket) return;
        socket_work(socket);
    }
}

static void tick(struct websockets *all, int64_t now, bool is_stopping)
{
    const struct server_options *options = &all->server->options;
    int64_t quiet = (options->ping_seconds ? options->ping_seconds : PING_SECONDS) * US_PER_SECOND;
    int64_t silence = (options->silence_seconds ? options->silence_seconds : SILENCE_SECONDS) * US_PER_SECOND;
    struct websocket *next;
    for (struct websocket *socket = all->sockets; socket; socket = next) {
        next = socket->next;
        if (socket->close_deadline && now > socket->close_deadline) {
            socket_drop(socket);
            continue;
        }
        if (socket->is_lingering || socket->close_deadline) continue;
        if (is_stopping) {
            close_queue(socket, WSLAY_CODE_GOING_AWAY, "the server stops");
        } else if (now - socket->last_heard > silence) {
            close_queue(socket, WSLAY_CODE_GOING_AWAY, "silence");
        } else if (now - socket->last_heard > quiet && now - socket->last_ping > quiet) {
            struct wslay_event_msg ping = {WSLAY_PING, NULL, 0};
            socket->last_ping = now;
            if (wslay_event_queue_msg(socket->frames, &ping) != 0) continue;
        } else {
            continue;
        }
        socket_work(socket);
    }
}

/* What a full pool did not take. Also sockets that are gone: their last callback has not run. */
static void submit_again(struct websockets *all)
{
    pthread_mutex_lock(&all->lock);
    struct websocket *socket = all->unsubmitted;
    all->unsubmitted = NULL;
    pthread_mutex_unlock(&all->lock);
    while (socket) {
        struct websocket *next = socket->submit_next;
        socket_submit(socket);
        socket = next;
    }
}

void *socket_io_run(void *argument)
{
    struct websockets *all = argument;
    struct epoll_event events[64];
    int64_t last_tick = 0;
    for (;;) {
        int count = epoll_wait(all->poll, events, COUNT_OF(events), 100);
        for (int i = 0; i < count; i++) {
            uint64_t wakes;
            if (events[i].data.ptr) socket_work(events[i].data.ptr);
            else if (read(all->wake, &wakes, sizeof(wakes)) < 0) continue;
        }
        take_work(all);
        submit_again(all);
        pthread_mutex_lock(&all->lock);
        bool is_stopping = all->is_stopping, is_over = is_stopping && all->count == 0;
        all->is_over = is_over;
        pthread_mutex_unlock(&all->lock);
        if (is_over) return NULL;
        int64_t now = clock_monotonic();
        if (!is_stopping && now - last_tick < US_PER_SECOND) continue;
        last_tick = now;
        tick(all, now, is_stopping);
    }
}
