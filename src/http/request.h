/* One request, as a handler sees it: input is already decoded, validated and limited; strings live in the request's arena.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "http/identity.h"
#include "http/route.h"

struct db;
struct json;
struct request_private;

struct upload {
    struct str file_name;  /* base name, control characters removed, at most 200 bytes; "" when no file was chosen */
    struct str media_type; /* as the client says: a hint, never believed */
    struct str content;
};

struct request {
    struct arena *arena;
    struct db *db; /* a connection for this request's time; in a transaction where the route says so */
    const struct route *route;
    enum http_method method;
    struct str path;  /* decoded, without query */
    struct str query; /* raw, without '?' */
    struct str address; /* the client's, by X-Forwarded-For only from a trusted proxy */
    struct identity identity;
    void *ahead; /* what server_options.look_ahead found for a filter; NULL: it was not asked */
    struct str id; /* random request id, also in the response header and the log */
    bool is_https; /* by BASE_URL, or as told by a trusted proxy */
    struct request_private *private;
};

static inline bool request_is_signed_in(const struct request *request) { return request->identity.user_id.len > 0; }

/* A path parameter; asserts that the pattern has it. */
struct str request_param(const struct request *request, const char *name);
/* Validated fields of the route's table; a name that is not in the table asserts. Absent gives "" / the fallback / an empty list. */
struct str request_text(const struct request *request, const char *field);
int64_t request_int(const struct request *request, const char *field, int64_t fallback);
bool request_bool(const struct request *request, const char *field);
const struct str_list *request_list(const struct request *request, const char *field);
const struct upload *request_file(const struct request *request, const char *field);
bool request_has(const struct request *request, const char *field); /* present and not empty */
bool request_sent(const struct request *request, const char *field); /* present, even empty or null: for PATCH, which changes what was sent */
/* What the person typed, valid or not (text up to the field's maximum): to show the form again. */
struct str request_typed(const struct request *request, const char *field);

/* Validation: only routes with ROUTE_SHOWS_ERRORS are called with errors. Handlers may add their own ("address is taken"). */
bool request_has_errors(const struct request *request);
struct str request_error(const struct request *request, const char *field); /* "" when fine */
void request_add_error(struct request *request, const char *field, struct str message);

/* Ends what is open of this person on every node, streams and sockets: of the session with this hash, or of all but it. Happens with the
 * commit of the open transaction. A browser that still has a session comes back by itself. */
enum live_of { LIVE_OF_SESSION, LIVE_OF_OTHER_SESSIONS };
enum err request_end_live(struct request *request, enum live_of which, struct str session_hash) MUST_CHECK;

struct str request_header(const struct request *request, const char *name); /* "" when absent */
struct str request_cookie(const struct request *request, const char *name); /* "" when absent */
struct str request_body(const struct request *request);                     /* raw bytes; ROUTE_RAW_BODY */
const struct json *request_json(const struct request *request);             /* the parsed JSON body, NULL when it was a form */
bool request_wants_json(const struct request *request); /* ROUTE_API, or Accept asks for JSON before HTML */
bool request_is_enhanced(const struct request *request); /* sent by our script: X-Requested-With or HX-Request */
