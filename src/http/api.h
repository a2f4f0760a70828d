/* What routes under /api/ have around their handlers: If-Match, Idempotency-Key, ETag. All of it happens in the transaction of the request, and
 * nothing of it costs a statement when its header was not sent. */
#pragma once
#include "base/err.h"

struct request_private;

/* Runs the handler of the request's route, with that around it where the route is one of the API. */
enum err api_run(struct request_private *exchange) MUST_CHECK;
