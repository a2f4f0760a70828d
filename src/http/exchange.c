/* Exchanges: made when a request line was read, recycled when the answer is out. A free list keeps a few dozen of them with
 * the first block of their arena, so that a request on a warm server allocates little; idle connections hold none.
 */
#include "base/clock.h"
#include "base/uuid.h"
#include "http/private.h"
#include "json/json.h"
#include <stdlib.h>
#include <string.h>

#define FREE_MAX 64

struct request_private *exchange_new(struct server *server, const char *target)
{
    pthread_mutex_lock(&server->lock);
    struct request_private *exchange = server->free_exchanges;
    if (exchange) {
        server->free_exchanges = exchange->next_free;
        server->free_count--;
    }
    pthread_mutex_unlock(&server->lock);
    if (exchange) {
        struct arena arena = exchange->arena;
        memset(exchange, 0, sizeof(*exchange));
        exchange->arena = arena;
    } else {
        exchange = mem_alloc(sizeof(*exchange));
        arena_init(&exchange->arena);
    }
    exchange->server = server;
    exchange->response.status = 200;
    exchange->request.arena = &exchange->arena;
    exchange->request.private = exchange;
    exchange->started = clock_monotonic();
    size_t len = strnlen(target, TARGET_MAX + 1);
    exchange->target = str_copy(&exchange->arena, (struct str){target, len});
    struct str id = random_hex(&exchange->arena, 8);
    memcpy(exchange->id_text, id.ptr, id.len);
    exchange->request.id = (struct str){exchange->id_text, id.len};
    return exchange;
}

void exchange_free(struct request_private *exchange)
{
    struct server *server = exchange->server;
    buf_dispose(&exchange->body);
    buf_dispose(&exchange->response.body);
    if (exchange->json) json_free(exchange->json);
    exchange->json = NULL;
    if (exchange->is_counted) atomic_fetch_sub(&server->active, 1);
    exchange->is_counted = false;
    arena_reset(&exchange->arena);
    pthread_mutex_lock(&server->lock);
    bool is_kept = server->free_count < FREE_MAX;
    if (is_kept) {
        exchange->next_free = server->free_exchanges;
        server->free_exchanges = exchange;
        server->free_count++;
    }
    pthread_mutex_unlock(&server->lock);
    if (is_kept) return;
    arena_dispose(&exchange->arena);
    free(exchange);
}

void exchanges_dispose(struct server *server)
{
    while (server->free_exchanges) {
        struct request_private *exchange = server->free_exchanges;
        server->free_exchanges = exchange->next_free;
        arena_dispose(&exchange->arena);
        free(exchange);
    }
}
