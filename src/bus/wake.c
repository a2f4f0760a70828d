/* The wake-up of the workers of this process: they wait on it, a commit signals it. One in a process. */
#include "base/clock.h"
#include "bus/internal.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t generation;

static void init(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void wake(int (*tell)(pthread_cond_t *))
{
    pthread_once(&once, init);
    pthread_mutex_lock(&mutex);
    generation++;
    tell(&condition);
    pthread_mutex_unlock(&mutex);
}

void bus_wake(void) { wake(pthread_cond_signal); }
void bus_wake_all(void) { wake(pthread_cond_broadcast); }

uint64_t bus_wake_current(void)
{
    pthread_mutex_lock(&mutex);
    uint64_t current = generation;
    pthread_mutex_unlock(&mutex);
    return current;
}

void bus_wake_wait(uint64_t seen, int64_t microseconds)
{
    struct timespec until;
    pthread_once(&once, init);
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + microseconds % US_PER_SECOND * 1000;
    until.tv_sec += (time_t)(microseconds / US_PER_SECOND + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&mutex);
    while (generation == seen)
        if (pthread_cond_timedwait(&condition, &mutex, &until) == ETIMEDOUT) break;
    pthread_mutex_unlock(&mutex);
}
