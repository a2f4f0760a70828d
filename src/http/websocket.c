/* WebSocket callbacks: one at a time and in order for each socket, on the worker pool.
 *
 * Events of a socket wait in its queue. One worker at a time takes them out (is_running), so a slow callback delays its own socket
 * only. A callback runs in a transaction; what it sends waits in `pending` until the commit, so a person never sees what was not
 * stored. When 64 messages wait, the I/O thread stops reading that socket: the sender's window fills, memory does not.
 */
#include "http/websocket.h"
#include "base/log.h"
#include "db/db.h"
#include "http/websocket_private.h"
#include "json/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The socket whose transactional callback runs on this thread. */
static _Thread_local struct websocket *current_socket;

struct socket_message *socket_message_new(enum socket_event event, struct str text)
{
    struct socket_message *message = mem_alloc(sizeof(*message) + text.len + 1);
    char *copy = (char *)(message + 1);
    if (text.len) memcpy(copy, text.ptr, text.len);
    message->event = event;
    message->text = (struct str){copy, text.len};
    return message;
}

void socket_queue_push(struct socket_queue *queue, struct socket_message *message)
{
    message->next = NULL;
    if (queue->last) queue->last->next = message;
    else queue->first = message;
    queue->last = message;
    queue->count++;
    queue->bytes += message->text.len;
}

struct socket_message *socket_queue_pop(struct socket_queue *queue)
{
    struct socket_message *message = queue->first;
    if (!message) return NULL;
    queue->first = message->next;
    if (!queue->first) queue->last = NULL;
    queue->count--;
    queue->bytes -= message->text.len;
    return message;
}

void socket_queue_clear(struct socket_queue *queue)
{
    struct socket_message *message;
    while ((message = socket_queue_pop(queue))) free(message);
}

void socket_free(struct websocket *socket)
{
    socket_queue_clear(&socket->in);
    socket_queue_clear(&socket->out);
    socket_queue_clear(&socket->pending);
    socket_queue_clear(&socket->behind);
    buf_dispose(&socket->early);
    arena_dispose(&socket->arena);
    free(socket);
}

void socket_mark_dirty(struct websocket *socket)
{
    struct websockets *all = socket->all;
    uint64_t one = 1;
    if (socket->is_dirty || socket->is_gone) return;
    socket->is_dirty = true;
    socket->dirty_next = all->dirty;
    all->dirty = socket;
    if (write(all->wake, &one, sizeof(one)) < 0) log_debug("the wake-up is already pending");
}

/* With the lock held. */
static void out_push(struct websocket *socket, struct socket_message *message)
{
    if (socket->is_gone || socket->is_overflowed || socket->out.bytes + message->text.len > SOCKET_OUT_MAX) {
        socket->is_overflowed = true;
        free(message);
    } else {
        socket_queue_push(&socket->out, message);
    }
    socket_mark_dirty(socket);
}

/* With the lock held: a copy to the other sockets of the key. One that is just being opened gets it behind what `opened` says. */
static void out_push_others(struct websocket *socket, struct str text)
{
    for (struct websocket *other = socket->all->sockets; other; other = other->next) {
        if (other == socket || other->handler != socket->handler || !str_equal(other->key, socket->key)) continue;
        if (other->is_opened) out_push(other, socket_message_new(SOCKET_RECEIVED, text));
        else if (other->behind.bytes + text.len <= SOCKET_OUT_MAX) socket_queue_push(&other->behind, socket_message_new(SOCKET_RECEIVED, text));
        else other->is_overflowed = true;
    }
}

static void send_message(struct websocket *socket, struct str text, bool to_all)
{
    struct socket_message *message = socket_message_new(SOCKET_RECEIVED, text);
    message->to_all = to_all;
    if (current_socket == socket) {
        if (socket->pending.bytes + text.len <= SOCKET_OUT_MAX) {
            socket_queue_push(&socket->pending, message);
            return;
        }
        free(message);
        log_warn("a socket's callback sends more than %zu bytes at once", SOCKET_OUT_MAX);
        return;
    }
    pthread_mutex_lock(&socket->all->lock);
    if (to_all) out_push_others(socket, text);
    out_push(socket, message);
    pthread_mutex_unlock(&socket->all->lock);
}

void websocket_send(struct websocket *socket, struct str text) { send_message(socket, text, false); }

void websocket_send_all(struct websocket *socket, struct str text) { send_message(socket, text, true); }

/* With the lock held. The first reason stays. */
static void set_close(struct websocket *socket, int code, const char *reason)
{
    if (socket->close_code) return;
    struct str words = str_slice(str_from(reason), 0, sizeof(socket->close_reason) - 1);
    if (words.len) memcpy(socket->close_reason, words.ptr, words.len);
    socket->close_reason[words.len] = 0;
    socket->close_code = code;
}

void websocket_close(struct websocket *socket, int code, const char *reason)
{
    pthread_mutex_lock(&socket->all->lock);
    set_close(socket, code, reason);
    if (current_socket == socket) socket->waits_to_close = true;
    else socket_mark_dirty(socket);
    pthread_mutex_unlock(&socket->all->lock);
}

/* One that is just arriving is met by the check before its first message. */
void websockets_end(struct websockets *all, struct str user_id, enum live_of which, struct str session_hash)
{
    pthread_mutex_lock(&all->lock);
    for (struct websocket *socket = all->sockets; socket; socket = socket->next) {
        bool is_session = str_equal(socket->identity.session_hash, session_hash);
        if (!str_equal(socket->identity.user_id, user_id) || is_session != (which == LIVE_OF_SESSION)) continue;
        set_close(socket, 1008, "signed out");
        socket_mark_dirty(socket);
    }
    pthread_mutex_unlock(&all->lock);
}

static void flush_pending(struct websocket *socket)
{
    struct socket_message *message;
    pthread_mutex_lock(&socket->all->lock);
    while ((message = socket_queue_pop(&socket->pending))) {
        if (message->to_all) out_push_others(socket, message->text);
        out_push(socket, message);
    }
    while ((message = socket_queue_pop(&socket->behind))) out_push(socket, message);
    socket->is_opened = true;
    socket->waits_to_close = false;
    if (socket->close_code) socket_mark_dirty(socket);
    pthread_mutex_unlock(&socket->all->lock);
}

static void send_error(struct websocket *socket, enum err error)
{
    struct buf document = {0};
    struct json_writer writer;
    bool is_ours = error == ERR_INTERNAL || error == ERR_IO;
    if (error == ERR_FORBIDDEN || error == ERR_NOT_FOUND || error == ERR_UNAUTHORIZED) {
        websocket_close(socket, 1008, err_name(error));
        return;
    }
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "type", STR("error"));
    json_member_str(&writer, "detail", is_ours ? STR("Something went wrong on our side. Nothing was lost; try again.") : str_from(err_words()));
    json_object_close(&writer);
    websocket_send(socket, buf_str(&document));
    buf_dispose(&document);
}

/* A session may have ended since the socket was opened: on another device, or on another node. */
static enum err check_session(const struct websocket_call *call, const struct socket_message *message)
{
    const struct server_options *options = &call->socket->all->server->options;
    if (!options->check_session || !call->db || message->event != SOCKET_RECEIVED || !call->identity.user_id.len) return OK;
    return options->check_session(call->db, &call->identity);
}

static enum err call_back(struct websocket_call *call, const struct socket_message *message)
{
    const struct websocket_handler *handler = call->socket->handler;
    if (message->event == SOCKET_OPENED) return handler->opened ? handler->opened(call) : OK;
    if (message->event == SOCKET_RECEIVED) return handler->received ? handler->received(call, message->text) : OK;
    if (handler->closed) handler->closed(call);
    return OK;
}

static enum err call_once(struct websocket_call *call, const struct socket_message *message, bool in_transaction)
{
    if (in_transaction) TRY(db_begin(call->db));
    enum err error = check_session(call, message);
    if (error == OK) error = call_back(call, message);
    if (error == OK && in_transaction) error = db_commit(call->db);
    if (error != OK && in_transaction) db_rollback(call->db);
    return error;
}

/* Again when another transaction got in its way; nothing was sent yet. */
static enum err call_in_transaction(struct websocket_call *call, const struct socket_message *message)
{
    struct websocket *socket = call->socket;
    bool in_transaction = call->db && !socket->handler->no_transaction;
    int reruns = 0;
    for (;;) {
        enum err error = call_once(call, message, in_transaction);
        if (error == OK || !in_transaction || !db_may_rerun(call->db, &reruns)) return error;
        socket_queue_clear(&socket->pending);
    }
}

static void handle_event(struct websocket *socket, const struct socket_message *message)
{
    struct arena arena = {0};
    struct db_pool *pool = socket->all->server->options.db;
    struct websocket_call call = {.socket = socket, .arena = &arena, .identity = socket->identity, .key = socket->key};
    arena_init(&arena);
    log_set_context("request", socket->id, socket->trace.id);
    trace_set_current(&socket->trace);
    enum err error = pool ? db_acquire(pool, &call.db) : OK;
    if (!socket->handler->no_transaction) current_socket = socket;
    if (error == OK) error = call_in_transaction(&call, message);
    db_release(call.db);
    if (error != OK) {
        log_warn("socket: %s: %s", err_name(error), err_detail());
        socket_queue_clear(&socket->pending);
        send_error(socket, error);
    }
    current_socket = NULL;
    flush_pending(socket);
    log_set_context(NULL, NULL, NULL);
    trace_set_current(NULL);
    arena_dispose(&arena);
}

static void socket_run(void *argument)
{
    struct websocket *socket = argument;
    struct websockets *all = socket->all;
    bool is_over = false;
    for (;;) {
        pthread_mutex_lock(&all->lock);
        struct socket_message *message = socket_queue_pop(&socket->in);
        if (!message) {
            socket->is_running = false;
            if (is_over) all->count--;
            pthread_mutex_unlock(&all->lock);
            break;
        }
        if (socket->in.count == SOCKET_IN_MAX / 2) socket_mark_dirty(socket); /* reading may go on */
        pthread_mutex_unlock(&all->lock);
        handle_event(socket, message);
        is_over |= message->event == SOCKET_CLOSED; /* always the last one */
        free(message);
    }
    if (is_over) socket_free(socket);
}

void socket_submit(struct websocket *socket)
{
    struct websockets *all = socket->all;
    if (worker_pool_submit(all->server->workers, socket_run, socket) == OK) return;
    pthread_mutex_lock(&all->lock);
    socket->submit_next = all->unsubmitted;
    all->unsubmitted = socket;
    pthread_mutex_unlock(&all->lock);
}

void socket_deliver(struct websocket *socket, enum socket_event event, struct str text)
{
    pthread_mutex_lock(&socket->all->lock);
    socket_queue_push(&socket->in, socket_message_new(event, text));
    bool is_idle = !socket->is_running;
    socket->is_running = true;
    pthread_mutex_unlock(&socket->all->lock);
    if (is_idle) socket_submit(socket);
}

struct websockets *websockets_new(struct server *server)
{
    struct websockets *all = mem_alloc(sizeof(*all));
    all->server = server;
    pthread_mutex_init(&all->lock, NULL);
    all->poll = epoll_create1(EPOLL_CLOEXEC);
    all->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN};
    bool is_ready = all->poll >= 0 && all->wake >= 0 && epoll_ctl(all->poll, EPOLL_CTL_ADD, all->wake, &event) == 0 &&
                    pthread_create(&all->thread, NULL, socket_io_run, all) == 0;
    if (!is_ready) log_fatal("no thread for the sockets");
    return all;
}

size_t websockets_count(struct websockets *all)
{
    pthread_mutex_lock(&all->lock);
    size_t count = all->count;
    pthread_mutex_unlock(&all->lock);
    return count;
}

void websockets_stop(struct websockets *all)
{
    uint64_t one = 1;
    pthread_mutex_lock(&all->lock);
    all->is_stopping = true;
    pthread_mutex_unlock(&all->lock);
    if (write(all->wake, &one, sizeof(one)) < 0) log_debug("the wake-up is already pending");
    pthread_join(all->thread, NULL);
}

void websockets_free(struct websockets *all)
{
    if (!all) return;
    close(all->poll);
    close(all->wake);
    pthread_mutex_destroy(&all->lock);
    free(all);
}
