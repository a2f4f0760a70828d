/* What other processes on the same PostgreSQL have to tell: one connection that waits (LISTEN), and a thread that hands on what comes.
 *
 * A message is lost while nobody listens, so whoever hears is told with an empty message, each time the connection is made, that something
 * may have been missed. A pooler cannot be listened through: then this process hears itself alone, and who waits for others looks every few seconds.
 * The connection also holds the lock that says that somebody serves the store (`careerprep copy` into it is refused); not through a pooler, where a lock
 * would stay with a server process. The first connection is therefore made before postgres_listen returns: whoever serves holds the lock before anybody
 * is told where. If the store is away then, the thread goes on trying.
 */
#include "base/log.h"
#include "db/postgres.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define AGAIN_AFTER_MS 1000
#define COPIED_INTO "the store is the target of `careerprep copy`: stop one of the two"

struct postgres_listener {
    pthread_t thread;
    int stop; /* an eventfd */
    struct postgres_store *store;
    const char *url;
    void (*heard)(void *argument, struct str message);
    void *argument;
    PGconn *handle; /* NULL: to be made; the thread's, as the rest below, once it runs */
    bool is_served; /* the handle holds the lock, or leads through a pooler */
    bool is_away;   /* the store could not be reached, and the log says so */
};

/* True when it is time to stop; waits until the socket has something (-1: none) or the time is over (-1: never). */
static bool wait_for(const struct postgres_listener *listener, int socket, int milliseconds)
{
    struct pollfd ready[] = {{.fd = listener->stop, .events = POLLIN}, {.fd = socket, .events = POLLIN}};
    if (poll(ready, socket < 0 ? 1 : 2, milliseconds) < 0 && errno != EINTR) log_warn("listening to the store: %s", strerror(errno));
    return ready[0].revents != 0;
}

/* Waits for a copy that is about to end, as long as any statement waits for a lock. */
static bool say_served(PGconn *handle)
{
    PGresult *result = PQexec(handle, "SET lock_timeout = '10s'; SELECT pg_advisory_lock_shared(" POSTGRES_SERVED_LOCK ")");
    bool is_held = PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return is_held;
}

static void note_deafness(struct postgres_store *store, bool is_pooled)
{
    bool was_deaf = atomic_exchange(&store->is_deaf, is_pooled);
    if (is_pooled && !was_deaf) log_warn("a pooler stands before the store: other processes are heard of by looking every few seconds, unless DATABASE_LISTEN_URL leads past it");
}

/* Sets the handle, or leaves it NULL when the store cannot be reached. */
static void connect_and_listen(struct postgres_listener *listener)
{
    PGconn *handle = postgres_connect(listener->url);
    PGresult *result = PQstatus(handle) == CONNECTION_OK ? PQexec(handle, "LISTEN " POSTGRES_CHANNEL) : NULL;
    bool is_fine = PQresultStatus(result) == PGRES_COMMAND_OK, is_pooled = is_fine && postgres_is_pooled(handle);
    PQclear(result);
    listener->is_served = is_fine && (is_pooled || say_served(handle));
    if (is_fine && PQstatus(handle) == CONNECTION_OK) {
        note_deafness(listener->store, is_pooled);
        listener->handle = handle;
        listener->is_away = false;
        return;
    }
    PQfinish(handle);
    if (!listener->is_away) log_warn("nobody listens to the other processes on the store until it can be reached again");
    listener->is_away = true;
}

static void disconnect(struct postgres_listener *listener)
{
    PQfinish(listener->handle);
    listener->handle = NULL;
}

/* Hands on what has come; false when the connection is lost. */
static bool hand_on(const struct postgres_listener *listener)
{
    PGconn *handle = listener->handle;
    if (!PQconsumeInput(handle)) return false;
    for (PGnotify *notify = PQnotifies(handle); notify; notify = PQnotifies(handle)) {
        listener->heard(listener->argument, str_from(notify->extra));
        PQfreemem(notify);
    }
    return PQstatus(handle) == CONNECTION_OK;
}

static void *listener_main(void *argument)
{
    struct postgres_listener *listener = argument;
    bool is_over = false;
    while (!is_over) {
        if (!listener->handle) {
            connect_and_listen(listener);
            if (listener->handle && !listener->is_served) log_error(COPIED_INTO);
        }
        if (!listener->handle) {
            is_over = wait_for(listener, -1, AGAIN_AFTER_MS);
            continue;
        }
        listener->heard(listener->argument, STR(""));
        while (!is_over && hand_on(listener)) is_over = wait_for(listener, PQsocket(listener->handle), -1);
        disconnect(listener);
    }
    return NULL;
}

static enum err begin(struct postgres_listener *listener)
{
    if (listener->stop < 0) return err_set(ERR_UNAVAILABLE, "no means to stop listening to the store");
    connect_and_listen(listener);
    if (listener->handle && !listener->is_served) return err_set(ERR_UNAVAILABLE, COPIED_INTO);
    return pthread_create(&listener->thread, NULL, listener_main, listener) == 0 ? OK : err_set(ERR_UNAVAILABLE, "no thread to listen to the store");
}

enum err postgres_listen(void *shared, const char *url, void (*heard)(void *argument, struct str message), void *argument)
{
    struct postgres_store *store = shared;
    struct postgres_listener *listener = mem_alloc(sizeof *listener);
    *listener = (struct postgres_listener){.stop = eventfd(0, EFD_CLOEXEC), .store = store, .url = url ? url : store->url, .heard = heard, .argument = argument};
    enum err error = begin(listener);
    if (error == OK) {
        store->listener = listener;
        return OK;
    }
    disconnect(listener);
    if (listener->stop >= 0) close(listener->stop);
    free(listener);
    return error;
}

void postgres_listen_stop(struct postgres_store *store)
{
    struct postgres_listener *listener = store->listener;
    uint64_t one = 1;
    if (!listener) return;
    if (write(listener->stop, &one, sizeof one) < 0) log_error("the listener of the store cannot be stopped: %s", strerror(errno));
    pthread_join(listener->thread, NULL);
    close(listener->stop);
    free(listener);
    store->listener = NULL;
}
