/* Token buckets in memory and limits in the store. Design in limits.h. */
#include "security/limits.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "security/limits.sql.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>

/* What each class allows: a burst, refilled evenly over the period. */
static const struct limit {
    double burst;
    double seconds;
} limits[RATE_CLASS_COUNT] = {
    [RATE_PAGE] = {600, 60},    [RATE_PUBLIC] = {300, 60}, [RATE_SIGN_IN] = {60, 60}, [RATE_CHANGE] = {600, 60},
    [RATE_UPLOAD] = {30, 600}, [RATE_TWIN] = {60, 600},   [RATE_ASSET] = {3000, 60},
};

/* Direct-mapped: two clients on one slot make the newer one start afresh, which costs nothing but strictness; 8,192 slots are 256 KiB. */
#define SLOTS 8192
struct bucket {
    uint64_t key;
    int64_t updated;
    double tokens;
    unsigned untold; /* taken here since the other nodes heard of it */
    enum rate_class class;
};
static struct bucket buckets[SLOTS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t hash_seed; /* so that nobody can choose addresses that share a slot with a victim */
static void (*when_fast)(void); /* NULL: no other nodes */

/* Of a burst: less is not told, so that ordinary visits cost nothing; more is told at once. */
#define WORTH_TELLING (1.0 / 20)
#define FAST (1.0 / 4)
#define OWED_MOST 4 /* bursts */

void limits_reset_for_test(void)
{
    pthread_mutex_lock(&mutex);
    memset(buckets, 0, sizeof(buckets));
    pthread_mutex_unlock(&mutex);
}

struct str limits_client_key(struct arena *arena, struct str address)
{
    struct in6_addr v6;
    if (inet_pton(AF_INET6, str_cstr(arena, address), &v6) != 1) return address;
    const uint8_t *b = v6.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) return str_format(arena, "%u.%u.%u.%u", b[12], b[13], b[14], b[15]);
    return str_format(arena, "%02x%02x:%02x%02x:%02x%02x:%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
}

/* The bucket of the key, filled up to now. */
static struct bucket *bucket_at(uint64_t key, enum rate_class class, int64_t now)
{
    const struct limit *limit = &limits[class];
    struct bucket *bucket = &buckets[key % SLOTS];
    if (bucket->key != key) *bucket = (struct bucket){.key = key, .class = class, .updated = now, .tokens = limit->burst};
    bucket->tokens += (double)(now - bucket->updated) / 1e6 * limit->burst / limit->seconds;
    if (bucket->tokens > limit->burst) bucket->tokens = limit->burst;
    bucket->updated = now;
    return bucket;
}

/* Seconds until a token is there; 0 when one was taken. *is_fast when the other nodes should hear of it at once. */
static double take(uint64_t key, enum rate_class class, int64_t now, bool *is_fast)
{
    const struct limit *limit = &limits[class];
    struct bucket *bucket = bucket_at(key, class, now);
    if (bucket->tokens < 1) return (1 - bucket->tokens) * limit->seconds / limit->burst;
    bucket->tokens -= 1;
    bucket->untold++;
    *is_fast = bucket->untold == (unsigned)(limit->burst * FAST);
    return 0;
}

size_t limits_collect(struct limits_taken *taken, size_t max)
{
    size_t count = 0;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < SLOTS && count < max; i++) {
        struct bucket *bucket = &buckets[i];
        if (!bucket->untold || bucket->untold < limits[bucket->class].burst * WORTH_TELLING) continue;
        taken[count++] = (struct limits_taken){bucket->key, bucket->class, bucket->untold};
        bucket->untold = 0;
    }
    pthread_mutex_unlock(&mutex);
    return count;
}

void limits_apply(const struct limits_taken *taken)
{
    double owed_most = -OWED_MOST * limits[taken->class].burst;
    pthread_mutex_lock(&mutex);
    struct bucket *bucket = bucket_at(taken->key, taken->class, clock_monotonic());
    bucket->tokens -= taken->count;
    if (bucket->tokens < owed_most) bucket->tokens = owed_most;
    pthread_mutex_unlock(&mutex);
}

void limits_when_fast(void (*on_fast_client)(void), uint64_t seed)
{
    pthread_mutex_lock(&mutex);
    hash_seed = seed;
    when_fast = on_fast_client;
    pthread_mutex_unlock(&mutex);
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

enum err limits_filter(struct request *request, struct response *response)
{
    enum rate_class class = request->route->rate;
    struct str client = request->identity.user_id.len ? request->identity.user_id : limits_client_key(request->arena, request->address);
    pthread_mutex_lock(&mutex);
    if (!hash_seed) random_bytes(&hash_seed, sizeof(hash_seed));
    uint64_t key = mix(str_hash(client) ^ hash_seed ^ ((uint64_t)class << 56));
    bool is_fast = false;
    double wait = take(key, class, clock_monotonic(), &is_fast);
    void (*tell)(void) = is_fast ? when_fast : NULL;
    pthread_mutex_unlock(&mutex);
    if (tell) tell();
    if (wait <= 0) return OK;
    response->retry_after = (int64_t)wait + 1;
    return err_set(ERR_TOO_MANY, "That was too much at once. Nothing was changed; try again in %lld %s.", (long long)response->retry_after,
                   response->retry_after == 1 ? "second" : "seconds");
}

static int64_t window_start(int64_t now, int64_t window) { return now - now % window; }

enum err limit_take(struct db *db, struct str key, int64_t window_seconds, int64_t most, int64_t *retry_after)
{
    int64_t window = window_seconds * US_PER_SECOND, now = clock_now(), start = window_start(now, window), used = 0;
    TRY(db_exec(db, &sql_limit_delete_expired, DB_ARGS(db_time(now - US_PER_DAY))));
    TRY(db_query_int(db, &sql_limit_use, DB_ARGS(db_text(key), db_time(start), db_time(start + window)), &used));
    *retry_after = (start + window - now) / US_PER_SECOND + 1;
    int64_t minutes = (*retry_after + 59) / 60;
    if (used > most) return err_set(ERR_TOO_MANY, "That was too often. Try again in %lld %s.", (long long)minutes, minutes == 1 ? "minute" : "minutes");
    return OK;
}

enum err limit_return(struct db *db, struct str key, int64_t window_seconds)
{
    return db_exec(db, &sql_limit_return, DB_ARGS(db_text(key), db_time(window_start(clock_now(), window_seconds * US_PER_SECOND))));
}

enum err limit_forget(struct db *db, struct str beginning) { return db_exec(db, &sql_limit_delete_begins, DB_ARGS(db_text(beginning))); }

enum err limit_clear(struct db *db, struct str key) { return db_exec(db, &sql_limit_delete, DB_ARGS(db_text(key))); }
