/* Worker pool: a fixed number of threads and a bounded queue for work that may block.
 *
 * A full queue refuses at once (ERR_UNAVAILABLE), it never blocks the caller. worker_pool_free runs what is queued, then
 * joins the threads.
 */
#pragma once
#include "base/err.h"

struct worker_pool;
struct worker_pool *worker_pool_new(size_t threads, size_t queue_max, const char *name);
/* Runs what is queued and joins the threads; a later submit is refused. For an owner whose clients still hold the pool. Once, by one thread. */
void worker_pool_stop(struct worker_pool *pool);
void worker_pool_free(struct worker_pool *pool);
enum err worker_pool_submit(struct worker_pool *pool, void (*run)(void *argument), void *argument) MUST_CHECK;
/* For a task that can do something for those behind it at once: takes up to `most` of the next tasks with this function, when no thread is free for them; their
 * arguments are in the queue's order. All of them must be given back, soon: they go to its front. */
size_t worker_pool_lend(struct worker_pool *pool, void (*run)(void *argument), void **arguments, size_t most);
void worker_pool_give_back(struct worker_pool *pool, void (*run)(void *argument), void *const *arguments, size_t count);
size_t worker_pool_queued(struct worker_pool *pool);
