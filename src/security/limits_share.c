/* Telling the other nodes what clients took: a thread, and notes "rate NODE KEY.CLASS.COUNT …" (numbers in hexadecimal). Design in limits.h. */
#include "base/log.h"
#include "base/uuid.h"
#include "db/db.h"
#include "security/limits.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOTE_RATE STR("rate ")
#define TOLD_AT_ONCE 120 /* of at most 16 + 1 + 1 + 1 + 8 + 1 bytes each: under DB_NOTE_MAX */

static struct {
    struct db_pool *pool;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    char node[17];
    bool is_running, is_stopping, is_urgent;
} share = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void wake_up(bool *why)
{
    pthread_mutex_lock(&share.mutex);
    *why = true;
    pthread_cond_signal(&share.wake);
    pthread_mutex_unlock(&share.mutex);
}

static void on_fast_client(void) { wake_up(&share.is_urgent); }

static enum err tell(const struct limits_taken *taken, size_t count)
{
    struct buf note CLEANUP(buf_dispose) = {0};
    struct db *db = NULL;
    buf_append_format(&note, "%.*s%s", STR_ARG(NOTE_RATE), share.node);
    for (size_t i = 0; i < count; i++) buf_append_format(&note, " %" PRIx64 ".%x.%x", taken[i].key, (unsigned)taken[i].class, taken[i].count);
    TRY(db_acquire(share.pool, &db));
    enum err told = db_notify(db, buf_str(&note));
    db_release(db);
    return told;
}

/* Waits a second, or until it is urgent; false when it is time to stop. */
static bool wait_a_second(void)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    int waited = 0;
    pthread_mutex_lock(&share.mutex);
    while (!share.is_stopping && !share.is_urgent && waited == 0) waited = pthread_cond_timedwait(&share.wake, &share.mutex, &until);
    share.is_urgent = false;
    bool goes_on = !share.is_stopping;
    pthread_mutex_unlock(&share.mutex);
    return goes_on;
}

static void *teller_main(void *unused)
{
    (void)unused;
    struct limits_taken taken[TOLD_AT_ONCE];
    while (wait_a_second()) {
        size_t count;
        while ((count = limits_collect(taken, TOLD_AT_ONCE)) > 0)
            if (tell(taken, count) != OK) log_debug("the other nodes do not hear of %zu rates: %s", count, err_detail());
    }
    return NULL;
}

static bool read_hex(struct str text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return false;
        *value = *value << 4 | (uint64_t)digit;
    }
    return text.len > 0 && text.len <= 16;
}

static void heard(void *unused, struct str note)
{
    (void)unused;
    if (!str_starts(note, NOTE_RATE)) return;
    struct str rest = str_slice(note, NOTE_RATE.len, note.len), node, entry, part;
    if (!str_split_next(&rest, ' ', &node) || str_equal(node, str_from(share.node))) return;
    while (str_split_next(&rest, ' ', &entry)) {
        uint64_t values[3];
        size_t count = 0;
        while (count < COUNT_OF(values) && str_split_next(&entry, '.', &part) && read_hex(part, &values[count])) count++;
        if (count < COUNT_OF(values) || values[1] >= RATE_CLASS_COUNT || values[2] > 100000) continue;
        limits_apply(&(struct limits_taken){values[0], (enum rate_class)values[1], (unsigned)values[2]});
    }
}

enum err limits_share_start(struct db_pool *pool, uint64_t seed)
{
    if (!db_pool_is_shared(pool)) return OK;
    struct arena arena CLEANUP(arena_dispose) = {0};
    snprintf(share.node, sizeof(share.node), "%.*s", STR_ARG(random_hex(&arena, 8)));
    share.pool = pool;
    share.is_stopping = false;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&share.wake, &attributes);
    pthread_condattr_destroy(&attributes);
    TRY(db_listen(pool, heard, NULL));
    if (pthread_create(&share.thread, NULL, teller_main, NULL) != 0) return err_set(ERR_UNAVAILABLE, "no thread to tell the other nodes of rates");
    share.is_running = true;
    limits_when_fast(on_fast_client, seed);
    return OK;
}

void limits_share_stop(void)
{
    if (!share.is_running) return;
    limits_when_fast(NULL, 0);
    wake_up(&share.is_stopping);
    pthread_join(share.thread, NULL);
    pthread_cond_destroy(&share.wake);
    share.is_running = false;
}
