/* Worker pool: a ring of tasks under one lock. One of the few files that may lock.
 *
 * Signals are blocked in the workers: the main thread handles them.
 */
#include "base/worker_pool.h"
#include "base/arena.h"
#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct task {
    void (*run)(void *argument);
    void *argument;
};

struct worker_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task *queue; /* ring of queue_max */
    size_t queue_max;
    size_t head, queued;
    size_t lent; /* tasks that come back: their places are kept */
    size_t idle; /* threads that wait */
    bool stopping;
    pthread_t *threads;
    size_t threads_count;
};

static void *work(void *argument)
{
    struct worker_pool *pool = argument;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        pool->idle++;
        while (pool->queued == 0 && !pool->stopping) pthread_cond_wait(&pool->changed, &pool->lock);
        pool->idle--;
        if (pool->queued == 0) break;
        struct task task = pool->queue[pool->head];
        pool->head = (pool->head + 1) % pool->queue_max;
        pool->queued--;
        pthread_mutex_unlock(&pool->lock);
        task.run(task.argument);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct worker_pool *worker_pool_new(size_t threads, size_t queue_max, const char *name)
{
    struct worker_pool *pool = mem_alloc(sizeof *pool);
    pool->queue_max = queue_max ? queue_max : 1;
    pool->queue = mem_alloc(pool->queue_max * sizeof *pool->queue);
    pool->threads_count = threads ? threads : 1;
    pool->threads = mem_alloc(pool->threads_count * sizeof *pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);

    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < pool->threads_count; i++) {
        int error = pthread_create(&pool->threads[i], NULL, work, pool);
        if (error) log_fatal("cannot start a thread of the pool %s: %s", name, strerror(error));
        char thread_name[16]; /* the system's limit */
        snprintf(thread_name, sizeof thread_name, "%.10s-%zu", name, i % 1000);
        pthread_setname_np(pool->threads[i], thread_name);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool;
}

void worker_pool_stop(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool is_stopped = pool->stopping;
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->threads_count && !is_stopped; i++) pthread_join(pool->threads[i], NULL);
}

void worker_pool_free(struct worker_pool *pool)
{
    if (!pool) return;
    worker_pool_stop(pool);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool->queue);
    free(pool);
}

enum err worker_pool_submit(struct worker_pool *pool, void (*run)(void *argument), void *argument)
{
    pthread_mutex_lock(&pool->lock);
    bool accepted = !pool->stopping && pool->queued + pool->lent < pool->queue_max;
    if (accepted) {
        pool->queue[(pool->head + pool->queued) % pool->queue_max] = (struct task){run, argument};
        pool->queued++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return accepted ? OK : err_set(ERR_UNAVAILABLE, "the server is busy");
}

size_t worker_pool_lend(struct worker_pool *pool, void (*run)(void *argument), void **arguments, size_t most)
{
    size_t count = 0;
    pthread_mutex_lock(&pool->lock);
    for (; !pool->idle && count < most && pool->queued && pool->queue[pool->head].run == run; count++) {
        arguments[count] = pool->queue[pool->head].argument;
        pool->head = (pool->head + 1) % pool->queue_max;
        pool->queued--;
    }
    pool->lent += count;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

void worker_pool_give_back(struct worker_pool *pool, void (*run)(void *argument), void *const *arguments, size_t count)
{
    pthread_mutex_lock(&pool->lock);
    for (size_t i = count; i > 0; i--) {
        pool->head = (pool->head + pool->queue_max - 1) % pool->queue_max;
        pool->queue[pool->head] = (struct task){run, arguments[i - 1]};
        pthread_cond_signal(&pool->changed);
    }
    pool->queued += count;
    pool->lent -= count;
    pthread_mutex_unlock(&pool->lock);
}

size_t worker_pool_queued(struct worker_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t queued = pool->queued + pool->lent;
    pthread_mutex_unlock(&pool->lock);
    return queued;
}
