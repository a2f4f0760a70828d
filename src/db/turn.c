/* A fair lock: the holder hands it straight to the first waiter, so `taken` stays true in between and nobody slips in. A waiter
 * whose time runs out unlinks itself under the mutex; if it was handed the lock in that very moment, it has it.
 */
#include "db/turn.h"
#include <assert.h>
#include <time.h>

struct turn_waiter {
    struct turn_waiter *next;
    pthread_cond_t granted_condition;
    bool granted;
};

void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec condition_deadline(int64_t timeout)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t nanoseconds = at.tv_nsec + (timeout % 1000000) * 1000;
    at.tv_sec += (time_t)(timeout / 1000000 + nanoseconds / 1000000000);
    at.tv_nsec = (long)(nanoseconds % 1000000000);
    return at;
}

void turn_init(struct turn *turn)
{
    *turn = (struct turn){0};
    turn->last = &turn->first;
    pthread_mutex_init(&turn->mutex, NULL);
}

void turn_dispose(struct turn *turn)
{
    assert(!turn->taken && !turn->first);
    pthread_mutex_destroy(&turn->mutex);
}

static void leave_queue(struct turn *turn, struct turn_waiter *waiter)
{
    struct turn_waiter **link = &turn->first;
    while (*link != waiter) link = &(*link)->next;
    *link = waiter->next;
    if (turn->last == &waiter->next) turn->last = link;
}

static bool wait_in_queue(struct turn *turn, int64_t timeout)
{
    struct timespec deadline = condition_deadline(timeout);
    struct turn_waiter self = {0};
    condition_init(&self.granted_condition);
    *turn->last = &self;
    turn->last = &self.next;
    int status = 0;
    while (!self.granted && status == 0)
        status = pthread_cond_timedwait(&self.granted_condition, &turn->mutex, &deadline);
    if (!self.granted) leave_queue(turn, &self);
    pthread_cond_destroy(&self.granted_condition);
    return self.granted;
}

bool turn_take(struct turn *turn, int64_t timeout)
{
    pthread_mutex_lock(&turn->mutex);
    bool granted = true;
    if (turn->taken)
        granted = wait_in_queue(turn, timeout);
    else
        turn->taken = true;
    pthread_mutex_unlock(&turn->mutex);
    return granted;
}

void turn_give(struct turn *turn)
{
    pthread_mutex_lock(&turn->mutex);
    assert(turn->taken);
    struct turn_waiter *next = turn->first;
    if (next) {
        turn->first = next->next;
        if (!turn->first) turn->last = &turn->first;
        next->granted = true;
        pthread_cond_signal(&next->granted_condition);
    } else {
        turn->taken = false;
    }
    pthread_mutex_unlock(&turn->mutex);
}
