/* Looking ahead: when requests wait for a worker, what their filters will ask the store for is asked for once, for several of them in one round.
 *
 * So the more there is to do, the fewer rounds each request takes. It changes nothing when the machine keeps up: nobody waits then. Whoever is looked at here goes back to
 * the front of the queue, where the next free worker takes it.
 */
#include "http/private.h"
#include "base/log.h"
#include "base/worker_pool.h"

static bool is_wanted(const struct request_private *exchange)
{
    const struct server_options *options = &exchange->server->options;
    return options->look_ahead && options->db && db_pool_is_shared(options->db) && !exchange->is_ahead && !exchange->filters_done;
}

static void ask(const struct server_options *options, struct request **requests, size_t count)
{
    struct db *db = NULL;
    enum err error = db_acquire(options->db, &db);
    if (error == OK) error = options->look_ahead(db, requests, count);
    db_release(db);
    if (error != OK) log_debug("each request asks for itself: %s", err_detail());
}

void look_ahead(struct request_private *exchange, void (*run)(void *argument))
{
    void *waiting[DB_ASKS_MAX - 1];
    struct request *requests[DB_ASKS_MAX] = {&exchange->request};
    size_t count = 1;
    if (!is_wanted(exchange)) return;
    size_t taken = worker_pool_lend(exchange->server->workers, run, waiting, COUNT_OF(waiting));
    if (!taken) return;
    exchange->is_ahead = true;
    for (size_t i = 0; i < taken; i++) {
        struct request_private *other = waiting[i];
        if (!is_wanted(other)) continue;
        other->is_ahead = true;
        requests[count++] = &other->request;
    }
    if (count > 1) ask(&exchange->server->options, requests, count);
    worker_pool_give_back(exchange->server->workers, run, waiting, taken);
}
