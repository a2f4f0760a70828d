/* See api.h. */
#include "http/api.h"
#include "http/conditional.h"
#include "http/idempotency.h"
#include "http/private.h"

enum err api_run(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    struct str key;
    bool is_over = false;
    if (!route_is_api(request->route)) return request->route->handler(request, response);
    TRY(conditional_check(exchange));
    if (response->status >= 400) return OK;
    TRY(idempotency_begin(exchange, &key, &is_over));
    if (is_over) return OK;
    TRY(request->route->handler(request, response));
    if (key.len && response->status < 400) TRY(idempotency_finish(exchange, key));
    conditional_finish(exchange);
    return OK;
}
