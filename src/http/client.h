/* Calls to other services over HTTP/1.1 (libcurl), for jobs: a call blocks its thread, which must be a worker's.
 *
 * Only http and https; certificates are checked against the system's authorities; redirects are not followed, for they would take keys along; proxies are those of
 * the environment (https_proxy, no_proxy). Each call is a span of its own in the trace of what this thread does, sent as `traceparent`.
 *
 * Addresses and headers may hold keys. Of an address the log, errors and figures name the host alone, of headers and bodies nothing.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define HTTP_CALL_SECONDS 30
#define HTTP_ANSWER_MAX ((size_t)4 << 20)

struct http_call_header {
    const char *name;
    struct str value; /* "": left out */
};

struct http_call {
    struct str url; /* http or https, percent-encoded (buf_append_url_part) */
    const struct http_call_header *headers;
    size_t headers_count;
    struct str body;       /* JSON, sent with POST; "": GET */
    int timeout_seconds;   /* for all of it; 0: HTTP_CALL_SECONDS */
    size_t answer_max;     /* bytes of the body as it is unpacked; 0: HTTP_ANSWER_MAX */
    enum err (*stopped)(void *argument); /* asked at least once a second; its error ends the call and is passed up. A name server that is silent may hold it up. May be NULL */
    void *argument;
    const char *ca_file; /* authorities to believe instead of the system's, as PEM: tests. NULL: the system's */
};

struct http_answer {
    int status; /* 0: none came */
    struct str body;
    int64_t retry_after; /* seconds, as its Retry-After says, at most a day; 0: it does not say */
    bool was_sent;       /* the service may have seen the call, so a meter may have counted it */
};

/* OK for 2xx. Otherwise the class says what a second try may do, as the bus reads it (bus/bus.h): ERR_TOO_MANY for 429; ERR_UNAVAILABLE for 5xx, 408, 425 and when the
 * service could not be reached, has a wrong certificate or broke off; ERR_TIMEOUT; ERR_FORBIDDEN for 401, 402 and 403; ERR_NOT_FOUND for 404 and 410; ERR_UNSUPPORTED for a
 * redirect; ERR_INVALID for other refusals and for a call that cannot be made (an address or a header with control characters); ERR_TOO_LARGE for the answer. *answer is filled
 * in as far as it came, in the arena. */
enum err http_call(struct arena *arena, const struct http_call *call, struct http_answer *answer) MUST_CHECK;

/* What this process has called, by host and outcome, in Prometheus' text format. */
void http_write_call_counts(struct buf *out);
