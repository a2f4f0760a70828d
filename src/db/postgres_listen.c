/* What other processes on the same PostgreSQL have to tell: one connection that waits (LISTEN), and a thread that hands on what comes.
 *
 * A message is lost while nobody listens, so whoever hears is told with an empty message, each time the connection is made, that something
 * may have been missed. A pooler cannot be listened through: then this process hears itself alone, and who waits for others looks every few seconds.
 * The connection also holds the lock that says that somebody serves the store (`careerprep copy` into it is refused); not through a pooler, where a lock
 * would stay with a server process. The first connection is therefore made before postgres_listen returns: whoever serves holds the lock before anybody
 * is told where. If the store is away then, the thread goes on trying.
 */
#include "base/clock.h"
#include "base/log.h"
#include "db/postgres.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define AGAIN_AFTER_MS 1000
#define COPIED_INTO "the store is the target of `careerprep copy`: stop one of the two"

#define HINTS_EVERY_US 5000 /* those that come meanwhile are one; the first after a pause goes at once */

struct postgres_listener {
    pthread_t thread;
    int stop; /* an eventfd */
    int hinted; /* an eventfd: there are hints to send */
    pthread_mutex_t mutex; /* of the hints, each ended by a NUL byte */
    struct buf hints;
    int64_t hints_at; /* clock_monotonic: not sent before */
    struct postgres_store *store;
    const char *url;
    void (*heard)(void *argument, struct str message);
    void *argument;
    PGconn *handle; /* NULL: to be made; the thread's, as the rest below, once it runs */
    bool is_served; /* the handle holds the lock, or leads through a pooler */
    bool is_away;   /* the store could not be reached, and the log says so */
};

/* True when it is time to stop; waits until the socket has something (-1: none), there are hints, or the time is over (-1: never). */
static bool wait_for(const struct postgres_listener *listener, int socket, int milliseconds)
{
    struct pollfd ready[] = {{.fd = listener->stop, .events = POLLIN}, {.fd = socket, .events = POLLIN}, {.fd = listener->hinted, .events = POLLIN}};
    if (poll(ready, socket < 0 ? 1 : COUNT_OF(ready), milliseconds) < 0 && errno != EINTR) log_warn("listening to the store: %s", strerror(errno));
    return ready[0].revents != 0;
}

/* Those that nobody hears are lost: the others look by themselves every few seconds. */
static void send_hints(struct postgres_listener *listener)
{
    uint64_t count;
    struct buf hints = {0};
    struct str rest, hint;
    if (read(listener->hinted, &count, sizeof count) < 0) return; /* none: it does not block */
    int64_t early = listener->hints_at - clock_monotonic();
    if (early > 0) nanosleep(&(struct timespec){.tv_nsec = early * 1000}, NULL);
    pthread_mutex_lock(&listener->mutex);
    hints = listener->hints;
    listener->hints = (struct buf){0};
    pthread_mutex_unlock(&listener->mutex);
    rest = buf_str(&hints);
    while (rest.len && str_split_next(&rest, '\0', &hint) && hint.len) {
        const char *value = hint.ptr; /* a NUL byte follows */
        PQclear(PQexecParams(listener->handle, "SELECT pg_notify(" POSTGRES_CHANNEL ", $1)", 1, NULL, &value, NULL, NULL, 0));
    }
    buf_dispose(&hints);
    listener->hints_at = clock_monotonic() + HINTS_EVERY_US;
}

bool postgres_hint(void *shared, struct str message)
{
    struct postgres_store *store = shared;
    struct postgres_listener *listener = store->listener;
    uint64_t one = 1;
    if (!listener) return false;
    pthread_mutex_lock(&listener->mutex);
    struct str rest = buf_str(&listener->hints), hint;
    bool is_known = false;
    while (rest.len && str_split_next(&rest, '\0', &hint)) is_known |= str_equal(hint, message);
    if (!is_known) {
        buf_append_str(&listener->hints, message);
        buf_append_char(&listener->hints, '\0');
    }
    pthread_mutex_unlock(&listener->mutex);
    if (!is_known && write(listener->hinted, &one, sizeof one) < 0) log_debug("a hint waits for the next: %s", strerror(errno));
    return true;
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
    PGresult *result = PQstatus(handle) == CONNECTION_OK ? PQexec(handle, "DO $$ BEGIN EXECUTE 'LISTEN ' || " POSTGRES_CHANNEL "; END $$") : NULL;
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
        bool is_own = notify->be_pid == PQbackendPID(handle); /* a hint, which this process has heard */
        if (!is_own) listener->heard(listener->argument, str_from(notify->extra));
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
        while (!is_over && hand_on(listener)) {
            is_over = wait_for(listener, PQsocket(listener->handle), -1);
            if (!is_over) send_hints(listener);
        }
        disconnect(listener);
    }
    return NULL;
}

static enum err begin(struct postgres_listener *listener)
{
    if (listener->stop < 0 || listener->hinted < 0) return err_set(ERR_UNAVAILABLE, "no means to stop listening to the store");
    connect_and_listen(listener);
    if (listener->handle && !listener->is_served) return err_set(ERR_UNAVAILABLE, COPIED_INTO);
    return pthread_create(&listener->thread, NULL, listener_main, listener) == 0 ? OK : err_set(ERR_UNAVAILABLE, "no thread to listen to the store");
}

static void listener_free(struct postgres_listener *listener)
{
    if (listener->stop >= 0) close(listener->stop);
    if (listener->hinted >= 0) close(listener->hinted);
    pthread_mutex_destroy(&listener->mutex);
    buf_dispose(&listener->hints);
    free(listener);
}

enum err postgres_listen(void *shared, const char *url, void (*heard)(void *argument, struct str message), void *argument)
{
    struct postgres_store *store = shared;
    struct postgres_listener *listener = mem_alloc(sizeof *listener);
    *listener = (struct postgres_listener){.stop = eventfd(0, EFD_CLOEXEC), .hinted = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .store = store, .url = url ? url : store->url, .heard = heard, .argument = argument};
    pthread_mutex_init(&listener->mutex, NULL);
    enum err error = begin(listener);
    if (error == OK) {
        store->listener = listener;
        return OK;
    }
    disconnect(listener);
    listener_free(listener);
    return error;
}

void postgres_listen_stop(struct postgres_store *store)
{
    struct postgres_listener *listener = store->listener;
    uint64_t one = 1;
    if (!listener) return;
    if (write(listener->stop, &one, sizeof one) < 0) log_error("the listener of the store cannot be stopped: %s", strerror(errno));
    pthread_join(listener->thread, NULL);
    store->listener = NULL;
    listener_free(listener);
}
