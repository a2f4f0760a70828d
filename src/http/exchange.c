/* Exchanges: made when a request line was read, recycled when the answer is out. A free list keeps a few dozen of them with
 * the first block of their arena, so that a request on a warm server allocates little; idle connections hold none.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "http/private.h"
#include "json/json.h"
#include <stdio.h>
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
    struct str drawn = random_hex(&exchange->arena, (TRACE_SPAN_LENGTH + TRACE_ID_LENGTH) / 2); /* both at once: one call of the system */
    memcpy(exchange->id_text, drawn.ptr, TRACE_SPAN_LENGTH);
    memcpy(exchange->trace.span, drawn.ptr, TRACE_SPAN_LENGTH);
    memcpy(exchange->trace.id, drawn.ptr + TRACE_SPAN_LENGTH, TRACE_ID_LENGTH);
    exchange->request.id = (struct str){exchange->id_text, TRACE_SPAN_LENGTH};
    return exchange;
}

void exchange_enter(const struct request_private *exchange)
{
    log_set_context("request", exchange->id_text, exchange->trace.id);
    trace_set_current(&exchange->trace);
}

void exchange_leave(void)
{
    log_set_context(NULL, NULL, NULL);
    trace_set_current(NULL);
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
