/* The answer a handler fills. Exactly one of the respond_ functions for the body; headers and cookies at any time before.
 */
#pragma once
#include "base/buf.h"
#include "http/problem.h"
#include "http/request.h"

struct html;
struct cookie {
    const char *name;
    struct str value;    /* ASCII without control characters, ; and , */
    int64_t max_age;     /* seconds; 0: until the browser closes; negative: delete it */
    bool readable;       /* scripts may read it: only for display settings */
};

struct response {
    int status; /* 200 unless set */
    struct buf body;
    const char *content_type;
    struct response_header *headers; /* linked list in the arena */
    struct str stream_channel;
    int64_t retry_after; /* seconds, with 429 and 503 */
};

void response_header(struct request *request, struct response *response, const char *name, struct str value);
/* HttpOnly unless readable, SameSite=Lax, Path=/, Secure under https. Takes the place of one of that name. */
void response_cookie(struct request *request, struct response *response, const struct cookie *cookie);

/* Takes the markup (and its memory) as the page. */
void respond_html(struct response *response, struct html *page);
/* 303 to an address of ours ("/dashboard"); asserts that it starts with one '/'. Enhanced requests get 200 with a JSON
 * {"redirect": "..."} instead when they asked for JSON. */
void respond_redirect(struct request *request, struct response *response, struct str location);
/* Hands over a JSON document. */
void respond_json(struct response *response, struct buf *document);
void respond_text(struct response *response, const char *content_type, struct str text);
void respond_empty(struct response *response, int status);
/* Opens a server-sent event stream on a hub channel ("user:ID"); the route has ROUTE_STREAM. */
void respond_stream(struct response *response, struct str channel);
/* RFC 9457 problem document with the kind's status; `detail` may be "". Field errors of the request are listed under "errors". */
void respond_problem(struct request *request, struct response *response, enum problem kind, struct str detail);
/* The same for any status of 400 and more: of a kind when one has it. */
void respond_problem_status(struct request *request, struct response *response, int status, struct str detail);

/* One message shown once on the next page: a cookie of 60 seconds, authenticated with a key of this data directory, so that nobody can
 * put words on somebody's page; at most 200 bytes. `is_error` only changes the look. */
void respond_flash(struct request *request, struct response *response, bool is_error, struct str message);
/* The message of the page before, "" when there is none or it is not ours. The dispatcher deletes the cookie with any HTML page. */
struct str request_flash(struct request *request, bool *is_error);
