/* WebSocket (RFC 6455, by wslay): callbacks run on the worker pool, one at a time and in order for each socket; the I/O is one
 * thread's for all sockets. Limits: a message of 64 KiB; 64 messages not yet handled (then reading pauses); 4 MiB not yet sent (then the
 * socket is dropped); ping after 25 s, closed after 60 s of silence. Binary messages close with 1003.
 */
#pragma once
#include "base/str.h"
#include "http/identity.h"

struct db;
struct websocket;

/* One callback: arena and connection are for its time only. Changing callbacks run in a transaction: OK commits and then sends what
 * websocket_send queued; an error rolls back, drops it, sends {"type":"error"} with the detail and keeps the socket open
 * (ERR_FORBIDDEN, ERR_NOT_FOUND close it with 1008). So what a person sees is always stored. */
struct websocket_call {
    struct websocket *socket;
    struct arena *arena;
    struct db *db;
    struct identity identity;
    struct str key; /* what the upgrade handler chose with websocket_set_key: the interview's id */
};

struct websocket_handler {
    enum err (*opened)(struct websocket_call *call);
    enum err (*received)(struct websocket_call *call, struct str text);
    void (*closed)(struct websocket_call *call);
    size_t message_max; /* bytes; 0: 64 KiB */
    bool no_transaction; /* the callbacks compute or wait first and call db_transaction themselves; they send at once */
};

/* Any thread, until `closed` has returned. */
void websocket_send(struct websocket *socket, struct str text);
/* To this socket and to every other open one of the same handler and key in this process: two windows on one conversation. */
void websocket_send_all(struct websocket *socket, struct str text);
void websocket_close(struct websocket *socket, int code, const char *reason);
/* In the upgrade handler: what the callbacks get as call->key. */
struct request;
void websocket_set_key(struct request *request, struct str key);
