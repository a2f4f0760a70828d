/* Hub: streams by channel, each with a bounded queue of bytes to send.
 *
 * A stream waits suspended: it holds no thread, only its connection and this small struct. Publishing appends to the queue of
 * each stream of the channel and resumes those that wait; the I/O thread then copies the bytes out (hub_stream_read). A stream
 * whose queue is full loses what it had and gets one "refresh" event instead: its page loads again what is stored.
 * Every 20 s a comment goes out, by which a connection that has gone is noticed and proxies are kept awake.
 *
 * One lock for the whole hub: it is held for copying a few hundred bytes. The library's own lock is taken inside it
 * (suspend, resume), never the other way round; that of the sockets too.
 */
#include "http/hub.h"
#include "base/clock.h"
#include "http/private.h"
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 256
#define QUEUE_MAX ((size_t)16 << 10)

struct stream {
    struct stream *next, *previous;
    struct hub *hub;
    struct MHD_Connection *connection;
    struct str channel, user_id, session_hash; /* our own copies, behind the struct */
    struct buf queue;
    size_t sent; /* bytes of the queue already handed out */
    int64_t last_write;
    bool is_suspended, is_closing;
};

struct hub {
    pthread_mutex_t lock;
    struct stream *buckets[BUCKETS];
    struct websockets *sockets;
    size_t count;
    bool is_closed;
};

struct hub *hub_new(void)
{
    struct hub *hub = mem_alloc(sizeof(*hub));
    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void hub_free(struct hub *hub)
{
    if (!hub) return;
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

static struct stream **bucket_of(struct hub *hub, struct str channel)
{
    return &hub->buckets[str_hash(channel) % BUCKETS];
}

static void stream_wake(struct stream *stream)
{
    if (!stream->is_suspended) return;
    stream->is_suspended = false;
    MHD_resume_connection(stream->connection);
}

static void stream_append(struct stream *stream, struct str bytes)
{
    if (stream->queue.len - stream->sent + bytes.len > QUEUE_MAX) {
        /* What is half sent must end properly; whole events are dropped. */
        struct str rest = str_slice(buf_str(&stream->queue), stream->sent, stream->queue.len);
        size_t end = stream->sent > 0 ? str_find(rest, STR("\n\n"), 0) : STR_NPOS;
        if (stream->sent == 0) {
            stream->queue.len = 0;
        } else if (end != STR_NPOS) {
            stream->queue.len = stream->sent + end + 2;
        }
        bytes = STR("event: refresh\ndata: {}\n\n");
    }
    buf_append_str(&stream->queue, bytes);
}

void hub_publish(struct hub *hub, struct str channel, const char *name, struct str data)
{
    struct buf event = {0};
    if (!hub) return;
    buf_append_format(&event, "event: %s\n", name);
    struct str line;
    while (str_split_next(&data, '\n', &line)) buf_append_format(&event, "data: %.*s\n", STR_ARG(line));
    buf_append_char(&event, '\n');
    pthread_mutex_lock(&hub->lock);
    for (struct stream *stream = *bucket_of(hub, channel); stream; stream = stream->next) {
        if (stream->is_closing || !str_equal(stream->channel, channel)) continue;
        stream_append(stream, buf_str(&event));
        stream_wake(stream);
    }
    pthread_mutex_unlock(&hub->lock);
    buf_dispose(&event);
}

size_t hub_stream_count(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    size_t count = hub->count;
    pthread_mutex_unlock(&hub->lock);
    return count;
}

static struct str keep(char **space, struct str text)
{
    struct str kept = {*space, text.len};
    if (text.len) memcpy(*space, text.ptr, text.len);
    *space += text.len;
    return kept;
}

struct stream *hub_open_stream(struct hub *hub, struct str channel, const struct identity *identity, struct MHD_Connection *connection)
{
    struct stream *stream = mem_alloc(sizeof(*stream) + channel.len + identity->user_id.len + identity->session_hash.len);
    char *space = (char *)(stream + 1);
    stream->hub = hub;
    stream->connection = connection;
    stream->channel = keep(&space, channel);
    stream->user_id = keep(&space, identity->user_id);
    stream->session_hash = keep(&space, identity->session_hash);
    stream->last_write = clock_monotonic();
    buf_append_str(&stream->queue, STR("retry: 3000\n: open\n\n"));
    pthread_mutex_lock(&hub->lock);
    struct stream **bucket = bucket_of(hub, channel);
    stream->next = *bucket;
    if (stream->next) stream->next->previous = stream;
    *bucket = stream;
    hub->count++;
    stream->is_closing = hub->is_closed;
    pthread_mutex_unlock(&hub->lock);
    return stream;
}

void hub_close_stream(struct stream *stream)
{
    struct hub *hub = stream->hub;
    pthread_mutex_lock(&hub->lock);
    if (stream->next) stream->next->previous = stream->previous;
    if (stream->previous) stream->previous->next = stream->next;
    else *bucket_of(hub, stream->channel) = stream->next;
    hub->count--;
    pthread_mutex_unlock(&hub->lock);
    buf_dispose(&stream->queue);
    free(stream);
}

long hub_stream_read(struct stream *stream, char *out, size_t max)
{
    struct hub *hub = stream->hub;
    long result = 0;
    pthread_mutex_lock(&hub->lock);
    size_t left = stream->queue.len - stream->sent, len = left < max ? left : max;
    if (len > 0) {
        memcpy(out, stream->queue.ptr + stream->sent, len);
        stream->sent += len;
        stream->last_write = clock_monotonic();
        result = (long)len;
        if (stream->sent == stream->queue.len) { /* an idle stream keeps no buffer */
            buf_dispose(&stream->queue);
            stream->sent = 0;
        }
    } else if (stream->is_closing) {
        result = -1;
    } else {
        MHD_suspend_connection(stream->connection);
        stream->is_suspended = true;
    }
    pthread_mutex_unlock(&hub->lock);
    return result;
}

static void each_stream(struct hub *hub, void (*visit)(struct stream *stream, int64_t time), int64_t time)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct stream *stream = hub->buckets[i]; stream; stream = stream->next) visit(stream, time);
    }
}

static void stream_keep_alive(struct stream *stream, int64_t quiet_since)
{
    if (stream->last_write > quiet_since || !stream->is_suspended) return;
    stream_append(stream, STR(": still here\n\n"));
    stream_wake(stream);
}

void hub_tick(struct hub *hub, int64_t quiet_since)
{
    pthread_mutex_lock(&hub->lock);
    each_stream(hub, stream_keep_alive, quiet_since);
    pthread_mutex_unlock(&hub->lock);
}

static void stream_end(struct stream *stream, int64_t now)
{
    (void)now;
    stream->is_closing = true;
    stream_wake(stream);
}

/* Its page loads again, and is asked who it is. */
static void stream_refresh(struct stream *stream, int64_t now)
{
    stream_append(stream, STR("event: refresh\ndata: {}\n\n"));
    stream_end(stream, now);
}

/* Of one session of a person, or of all their others. */
static void end_live(struct hub *hub, struct str user_id, enum live_of which, struct str session_hash)
{
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct stream *stream = hub->buckets[i]; stream; stream = stream->next) {
            bool is_session = str_equal(stream->session_hash, session_hash);
            if (str_equal(stream->user_id, user_id) && is_session == (which == LIVE_OF_SESSION)) stream_end(stream, 0);
        }
    }
    if (hub->sockets) websockets_end(hub->sockets, user_id, which, session_hash);
    pthread_mutex_unlock(&hub->lock);
}

void hub_keep_newest(struct hub *hub, struct str channel, size_t most)
{
    size_t count = 0;
    pthread_mutex_lock(&hub->lock);
    for (struct stream *stream = *bucket_of(hub, channel); stream; stream = stream->next) /* the newest stands first */
        if (str_equal(stream->channel, channel) && !stream->is_closing && ++count > most) stream_end(stream, 0);
    pthread_mutex_unlock(&hub->lock);
}

void hub_set_sockets(struct hub *hub, struct websockets *sockets)
{
    pthread_mutex_lock(&hub->lock);
    hub->sockets = sockets;
    pthread_mutex_unlock(&hub->lock);
}

/* ---- what processes tell each other: "live CHANNEL EVENT DATA", "end one|others USER HASH" ---- */

#define NOTE_LIVE STR("live ")
#define NOTE_END STR("end ")

enum err hub_tell(struct db *db, struct arena *arena, struct str channel, const char *name, struct str data)
{
    return db_notify(db, str_format(arena, "%.*s%.*s %s %.*s", STR_ARG(NOTE_LIVE), STR_ARG(channel), name, STR_ARG(data)));
}

enum err request_end_live(struct request *request, enum live_of which, struct str session_hash)
{
    return db_notify(request->db, str_format(request->arena, "%.*s%s %.*s %.*s", STR_ARG(NOTE_END), which == LIVE_OF_SESSION ? "one" : "others",
                                             STR_ARG(request->identity.user_id), STR_ARG(session_hash)));
}

static void heard_live(struct hub *hub, struct str rest)
{
    struct str channel, event;
    char name[32] = {0};
    if (!str_split_next(&rest, ' ', &channel) || !str_split_next(&rest, ' ', &event) || event.len >= sizeof(name)) return;
    memcpy(name, event.ptr, event.len);
    hub_publish(hub, channel, name, rest);
}

static void heard_end(struct hub *hub, struct str rest)
{
    struct str which, user_id;
    if (!str_split_next(&rest, ' ', &which) || !str_split_next(&rest, ' ', &user_id)) return;
    end_live(hub, user_id, str_equal(which, STR("one")) ? LIVE_OF_SESSION : LIVE_OF_OTHER_SESSIONS, rest);
}

bool hub_heard(struct hub *hub, struct str note)
{
    bool is_live = str_starts(note, NOTE_LIVE), is_end = str_starts(note, NOTE_END);
    if (hub && is_live) heard_live(hub, str_slice(note, NOTE_LIVE.len, note.len));
    if (hub && is_end) heard_end(hub, str_slice(note, NOTE_END.len, note.len));
    bool is_restored = str_equal(note, STR(DB_NOTE_RESTORED));
    if (hub && (!note.len || is_restored)) {
        pthread_mutex_lock(&hub->lock);
        each_stream(hub, is_restored ? stream_refresh : stream_end, 0);
        pthread_mutex_unlock(&hub->lock);
    }
    return is_live || is_end;
}

void hub_close_streams(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->is_closed = true;
    each_stream(hub, stream_end, 0);
    pthread_mutex_unlock(&hub->lock);
}

void hub_reopen(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->is_closed = false;
    pthread_mutex_unlock(&hub->lock);
}
