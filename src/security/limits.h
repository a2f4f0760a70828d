/* Limits: how much one address or person may ask for.
 *
 * Two kinds. Rates by class and client are token buckets in memory: cheap, and a restart forgives. Limits that protect people or money
 * (sign-in attempts on one account, questions to a twin) are rows, hold across restarts and nodes and fail closed. What this installation may
 * spend at other services is the ledger's business (bus/quota.h).
 *
 * Several nodes on one store tell each other what their clients took (limits_share.c), so that a rate holds for all of them together. No request waits
 * for that: a thread tells what is worth telling every second, and at once what a client takes fast. So a client that asks N nodes can be served at
 * most N quarters of a burst more than one node would have served, and what arrives while a note is under way (milliseconds, or as long as the store is
 * away); what was taken too much is owed, down to four bursts, so over time the rate is that of one node.
 */
#pragma once
#include "http/response.h"

/* Filter: one token of the route's class; 429 with Retry-After when there is none. */
enum err limits_filter(struct request *request, struct response *response) MUST_CHECK;

struct db;
struct arena;
/* Takes one unit of `key` in the current window of `window_seconds`; ERR_TOO_MANY when `most` are used, and *retry_after says when
 * the window ends. Runs in the open transaction or in one of its own. */
enum err limit_take(struct db *db, struct str key, int64_t window_seconds, int64_t most, int64_t *retry_after) MUST_CHECK;
/* Gives one unit of the current window back: what it was taken for turned out well. */
enum err limit_return(struct db *db, struct str key, int64_t window_seconds) MUST_CHECK;
/* Gives all units of a key back. */
enum err limit_clear(struct db *db, struct str key) MUST_CHECK;
/* Removes every key that begins so: its person is gone. */
enum err limit_forget(struct db *db, struct str beginning) MUST_CHECK;
/* The client's address as a limit's key: whole for IPv4, the /64 for IPv6 (one household). */
struct str limits_client_key(struct arena *arena, struct str address);
void limits_reset_for_test(void);

struct db_pool;
/* Starts to tell the other nodes on a shared store, and to hear them; nothing to do on an embedded one. `seed`: the same on all nodes of a store. */
enum err limits_share_start(struct db_pool *pool, uint64_t seed) MUST_CHECK;
void limits_share_stop(void);

/* Shared with limits_share.c. What a client took of a bucket, by the key that is the same on all nodes. */
struct limits_taken {
    uint64_t key;
    enum rate_class class;
    unsigned count;
};
/* Moves what is worth telling to `taken`; returns how much, at most `max`. */
size_t limits_collect(struct limits_taken *taken, size_t max);
void limits_apply(const struct limits_taken *taken); /* what was taken elsewhere */
/* Says what is called, without locks, when a client takes fast (NULL: nothing), and how keys are mixed. */
void limits_when_fast(void (*on_fast_client)(void), uint64_t seed);
