/* A mutex that is handed over in the order of arrival, with a time limit. Fit for long waits: each waiter sleeps on a condition
 * of its own, so that a release wakes one thread and no late comer overtakes.
 */
#pragma once
#include "base/err.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct turn_waiter;
struct turn {
    pthread_mutex_t mutex;
    struct turn_waiter *first; /* of those who wait */
    struct turn_waiter **last;
    bool taken;
};

void turn_init(struct turn *turn);
void turn_dispose(struct turn *turn);
/* False when it was not our turn within `timeout` microseconds. */
bool turn_take(struct turn *turn, int64_t timeout) MUST_CHECK;
void turn_give(struct turn *turn);

/* Helpers for conditions that wait on the monotonic clock. */
void condition_init(pthread_cond_t *condition);
/* The time `timeout` microseconds from now, for pthread_cond_timedwait. */
struct timespec condition_deadline(int64_t timeout);
