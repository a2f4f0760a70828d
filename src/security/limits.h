/* Limits: how much one address or person may ask for.
 *
 * Two kinds. Rates by class and client are token buckets in memory: cheap, and a restart forgives. Quotas that protect people or money
 * (sign-in attempts on one account, questions to a twin) are rows, hold across restarts and fail closed.
 */
#pragma once
#include "http/response.h"

/* Filter: one token of the route's class; 429 with Retry-After when there is none. */
enum err limits_filter(struct request *request, struct response *response) MUST_CHECK;

struct db;
struct arena;
/* Takes one unit of `key` in the current window of `window_seconds`; ERR_TOO_MANY when `most` are used, and *retry_after says when
 * the window ends. Runs in the open transaction or in one of its own. */
enum err quota_take(struct db *db, struct str key, int64_t window_seconds, int64_t most, int64_t *retry_after) MUST_CHECK;
/* Gives one unit of the current window back: what it was taken for turned out well. */
enum err quota_return(struct db *db, struct str key, int64_t window_seconds) MUST_CHECK;
/* Gives all units of a key back. */
enum err quota_clear(struct db *db, struct str key) MUST_CHECK;
/* Removes every key that begins so: its person is gone. */
enum err quota_forget(struct db *db, struct str beginning) MUST_CHECK;
/* The client's address as a limit's key: whole for IPv4, the /64 for IPv6 (one household). */
struct str limits_client_key(struct arena *arena, struct str address);
void limits_reset_for_test(void);
