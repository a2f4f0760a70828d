/* What the three files of the WebSocket share: opening (websocket_open.c), bytes and frames (websocket_io.c), callbacks (websocket.c). */
#pragma once
#include "http/private.h"
#include "http/websocket.h"
#include <sys/epoll.h>
#include <wslay/wslay.h>

#define SOCKET_MESSAGE_MAX ((size_t)64 << 10)
#define SOCKET_IN_MAX 64                    /* messages received and not yet handled: then reading pauses */
#define SOCKET_OUT_MAX ((size_t)4 << 20)    /* bytes not yet sent: then the socket is dropped */

struct MHD_UpgradeResponseHandle;

enum socket_event { SOCKET_OPENED, SOCKET_RECEIVED, SOCKET_CLOSED };

struct socket_message {
    struct socket_message *next;
    enum socket_event event; /* of incoming ones */
    bool to_all;             /* of outgoing ones: the other sockets of the key get it too */
    struct str text;         /* behind the struct */
};

struct socket_queue {
    struct socket_message *first, *last;
    size_t count, bytes;
};

struct websocket {
    struct websockets *all;
    const struct websocket_handler *handler;
    struct arena arena; /* identity and key */
    struct identity identity;
    struct str key;
    char id[20]; /* the request's, for the log */
    struct trace trace; /* the request's */
    /* The I/O thread's; under the lock when they change, so that others may walk them with it. */
    struct websocket *next, *previous;
    /* The I/O thread's alone. */
    struct MHD_UpgradeResponseHandle *handle;
    int socket;
    wslay_event_context_ptr frames;
    struct buf early; /* bytes that came with the handshake */
    size_t early_read;
    int64_t last_heard, last_ping, close_deadline;
    uint32_t events;
    bool is_lingering, is_cut; /* cut: reading failed or ended */
    /* The running callback's alone. */
    struct socket_queue pending;
    /* Under the lock of `all`. */
    struct socket_queue in, out;
    struct socket_queue behind; /* from other sockets, while what `opened` says is not yet sent */
    struct websocket *dirty_next, *submit_next;
    int close_code;
    char close_reason[124];
    bool is_dirty, is_running, is_gone, is_overflowed, is_opened;
    bool waits_to_close; /* close_code was set by a callback that still runs: what it sent goes first */
};

struct websockets {
    struct server *server;
    pthread_mutex_t lock;
    pthread_t thread;
    int poll, wake;
    struct websocket *sockets; /* the I/O thread's; changed under the lock */
    struct websocket *arrived; /* upgraded, not yet taken by the I/O thread; linked by dirty_next */
    struct websocket *dirty;   /* have something for the I/O thread to do */
    struct websocket *unsubmitted; /* the pool was full */
    size_t count;              /* sockets not yet freed */
    bool is_stopping, is_over; /* over: the I/O thread has ended */
};

struct socket_message *socket_message_new(enum socket_event event, struct str text);
void socket_queue_push(struct socket_queue *queue, struct socket_message *message);
struct socket_message *socket_queue_pop(struct socket_queue *queue);
void socket_queue_clear(struct socket_queue *queue);
/* Gives an event to the callbacks. I/O thread. */
void socket_deliver(struct websocket *socket, enum socket_event event, struct str text);
/* Submits the callbacks of a socket; when the pool is full the I/O thread tries again shortly. */
void socket_submit(struct websocket *socket);
/* With the lock held: the I/O thread shall look at the socket. */
void socket_mark_dirty(struct websocket *socket);
void socket_free(struct websocket *socket);
void *socket_io_run(void *websockets); /* the I/O thread */
