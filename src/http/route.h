/* Routes: one table a feature; dispatch, permission checks, validation, limits, documents and tests all read it.
 *
 * A handler is plain blocking code that reads top to bottom: it takes validated input, calls the store, fills a view and
 * returns OK with `response` filled, or an error, which becomes the page or problem document of its status (err_http_status).
 * It never parses, escapes, authorises or opens a transaction: a changing method (all but GET) runs in one transaction, opened
 * before the handler, committed when it returns OK with a status below 400 and rolled back otherwise.
 */
#pragma once
#include "base/str.h"

struct request;
struct response;
struct answer;
struct websocket_handler;

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHOD_COUNT };

enum access {
    ACCESS_PUBLIC,  /* anybody */
    ACCESS_GUEST,   /* only strangers: the signed-in are sent to /dashboard (sign-in pages) */
    ACCESS_USER,    /* somebody signed in */
    ACCESS_OWNER,   /* signed in, and the ids in path and body must be theirs: the store's WHERE user_id says so */
    ACCESS_ADMIN,
    ACCESS_WEBHOOK, /* a signature over the body */
    ACCESS_COUNT
};

/* What an API token may be allowed to do, each scope by itself; words for people in scope.h. A route that names none is closed to tokens. */
enum scope {
    SCOPE_NONE,
    SCOPE_PROFILE_READ,
    SCOPE_PROFILE_WRITE,
    SCOPE_SKILLS_READ,
    SCOPE_SKILLS_WRITE,
    SCOPE_ROADMAPS_READ,
    SCOPE_ROADMAPS_WRITE,
    SCOPE_APPLICATIONS_READ,
    SCOPE_APPLICATIONS_WRITE,
    SCOPE_INTERVIEWS_READ,
    SCOPE_INTERVIEWS_WRITE,
    SCOPE_EVENTS_READ,
    SCOPE_ACCOUNT,
    SCOPE_COUNT
};

/* What a request costs us; the limits stand in one table in src/security/limits.c. */
enum rate_class { RATE_PAGE, RATE_PUBLIC, RATE_SIGN_IN, RATE_CHANGE, RATE_UPLOAD, RATE_TWIN, RATE_ASSET, RATE_CLASS_COUNT };

enum field_type {
    FIELD_TEXT,      /* one line; trimmed; min..max code points */
    FIELD_MULTILINE, /* as FIELD_TEXT with line breaks (normalised to \n) */
    FIELD_EMAIL,     /* lower-cased; at most 254 bytes */
    FIELD_PASSWORD,  /* not trimmed; min..max bytes */
    FIELD_INT,       /* min..max */
    FIELD_BOOL,      /* a checkbox: "on", "true", "1" or JSON true; absent is false */
    FIELD_CHOICE,    /* one of `choices`, "a|b|c" */
    FIELD_ID,        /* a UUID */
    FIELD_KEY,       /* lower-case slug [a-z0-9-], up to max (64) */
    FIELD_DATE,      /* YYYY-MM-DD */
    FIELD_MONTH,     /* YYYY-MM */
    FIELD_URL,       /* http or https, at most 500 bytes */
    FIELD_LIST,      /* a JSON array, a repeated form field or one entry a line; min..max entries of at most 100 code points; repeats dropped */
    FIELD_FILE,      /* multipart file of at most max bytes */
    FIELD_TYPE_COUNT
};

struct field {
    const char *name;
    enum field_type type;
    const char *label; /* for messages: "Years of experience" */
    bool required;
    int64_t min, max; /* meaning by type; max 0 takes the type's own maximum */
    const char *choices;
    const char *message; /* shown when missing or wrong; NULL: made from label and limits */
    const char *example; /* of a text, a list's entry or a key: shown in the API's examples, which show what is required and what has one */
};

enum route_flag {
    ROUTE_ON_IO_THREAD = 1 << 0,   /* only reads the embedded store or memory, never blocks */
    ROUTE_SHOWS_ERRORS = 1 << 1,   /* the handler is called with request_has_errors() and shows them at the fields */
    ROUTE_NO_TRANSACTION = 1 << 2, /* a changing handler that hashes or waits first and calls db_transaction itself */
    ROUTE_STREAM = 1 << 3,         /* server-sent events: the handler names its channel with respond_stream */
    ROUTE_WEBSOCKET = 1 << 4,      /* upgraded after the handler returned OK; `websocket` serves it */
    ROUTE_API = 1 << 5,            /* errors are problem+json whatever the Accept header */
    ROUTE_RAW_BODY = 1 << 6,       /* any content type; the body is read with request_body */
    ROUTE_CACHE_PUBLIC = 1 << 7,   /* may be cached by anybody for a minute */
    ROUTE_FREE_TEXT = 1 << 8,      /* fields hold people's own prose (resume, transcript): exempt from pattern rules */
    /* The answer is the resource as it stands and gets an ETag. GET understands If-None-Match; PATCH and DELETE If-Match, with the tag of
     * GET at the same address. */
    ROUTE_ETAG = 1 << 9,
    /* Works while the store is away, too: `db` may be NULL then, and whoever asks is a stranger. */
    ROUTE_WITHOUT_STORE = 1 << 10,
};

/* A GET that is read page by page (collection.h). What an item has, and so what `fields` may choose, is in the answer's schema; what it is filtered by are the fields of its route; COLLECTION_FIELDS must be among them. */
struct collection {
    const char *items;   /* the member of the document that holds them: "roadmaps" */
    const char *sort;    /* the order when none is asked for: "-created_at" */
    int64_t limit;       /* items a page when none is asked for */
};

#define COLLECTION_LIMIT_MAX 100
/* `sorts`: a choice for each order, "created_at|-created_at"; '-' is from the last to the first. */
#define COLLECTION_FIELDS(sorts) \
    {.name = "limit", .type = FIELD_INT, .label = "limit", .min = 1, .max = COLLECTION_LIMIT_MAX}, \
    {.name = "cursor", .type = FIELD_TEXT, .label = "cursor", .max = 2000}, \
    {.name = "sort", .type = FIELD_CHOICE, .label = "sort", .choices = (sorts), .message = "sort must be one of " sorts "."}, \
    {.name = "fields", .type = FIELD_TEXT, .label = "fields", .max = 400}

struct route {
    enum http_method method;
    const char *pattern; /* "/interviews/{id}": a parameter is a whole segment */
    enum err (*handler)(struct request *request, struct response *response);
    enum access access;
    enum rate_class rate;
    size_t body_max; /* bytes; 0 for none on GET, 64 KiB otherwise */
    const struct field *fields; /* body and query fields; also path parameters that need more than FIELD_ID/KEY */
    size_t fields_count;
    unsigned flags;
    const char *summary; /* one line for `careerprep routes` and the API document */
    const struct websocket_handler *websocket;
    enum scope scope;                    /* what a token needs */
    const struct collection *collection; /* of a GET that is read page by page */
    const struct answer *answer; /* of a success: schema.h; every route under /api/ has one */
};

#define FIELDS(table) .fields = (table), .fields_count = sizeof(table) / sizeof((table)[0])

/* The limit that holds: body_max, or the default of the method. */
int64_t route_body_max(const struct route *route);
const char *http_method_name(enum http_method method);
const char *access_name(enum access access);
const char *rate_class_name(enum rate_class rate);
const char *field_type_name(enum field_type type);
/* Under /api/: names that its table does not have are refused (422), tokens with its scope may call it. */
bool route_is_api(const struct route *route);
/* An Idempotency-Key makes it happen once (idempotency.h). */
bool route_takes_idempotency_key(const struct route *route);
