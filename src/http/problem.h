/* Kinds of problems, as RFC 9457 means them: what goes wrong with a request of the API, each with an address of its own that stays.
 *
 *     {"type": "/docs/api#problem-validation", "title": "Some values are not valid", "status": 422, "detail": "...", "instance": "REQUEST ID",
 *      "errors": [{"field": "limit", "in": "query", "message": "limit must be a whole number from 1 to 100."}]}
 *
 * A client tells kinds apart by `type` (or `status`), people read `title` and `detail`; `errors` comes with 422.
 */
#pragma once
#include "base/str.h"

enum problem {
    PROBLEM_BAD_REQUEST,
    PROBLEM_UNAUTHENTICATED,
    PROBLEM_INVALID_TOKEN,
    PROBLEM_FORBIDDEN,
    PROBLEM_INSUFFICIENT_SCOPE,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_CONFLICT,
    PROBLEM_PRECONDITION_FAILED,
    PROBLEM_TOO_LARGE,
    PROBLEM_ADDRESS_TOO_LONG,
    PROBLEM_UNSUPPORTED_MEDIA_TYPE,
    PROBLEM_VALIDATION,
    PROBLEM_KEY_REUSED,
    PROBLEM_TOO_MANY_REQUESTS,
    PROBLEM_INTERNAL,
    PROBLEM_UNAVAILABLE,
    PROBLEM_TIMEOUT,
    PROBLEM_COUNT
};

struct problem_kind {
    const char *name; /* the fragment of its address: "validation" */
    int status;
    const char *title;
    const char *words; /* when it is met and what a client does about it */
};

/* The page of the API tells all kinds. */
#define PROBLEM_ADDRESS "/docs/api#problem-"
extern const struct problem_kind problems[PROBLEM_COUNT];
/* The first kind with that status; PROBLEM_COUNT when there is none ("about:blank"). */
enum problem problem_of_status(int status);
