/* Cross-site requests: a changing request or a WebSocket upgrade from another site is refused. */
#pragma once
#include "http/response.h"

/* Filter. Sec-Fetch-Site must be same-origin or none; without that header the Origin (or Referer) must be ours; a browser form or
 * script always sends one of them, so a request with none of the three passes only without a session cookie. Source: OWASP, Fetch
 * Metadata; RFC 6454. */
enum err origin_filter(struct request *request, struct response *response) MUST_CHECK;
