/* See problem.h. */
#include "http/problem.h"

const struct problem_kind problems[PROBLEM_COUNT] = {
    [PROBLEM_BAD_REQUEST] = {"bad-request", 400, "The request cannot be read",
                             "Broken JSON, broken UTF-8, a value sent twice. Mend the request; sending it again unchanged does not help."},
    [PROBLEM_UNAUTHENTICATED] = {"unauthenticated", 401, "Nobody is signed in",
                                 "Send an API token in the header Authorization: Bearer, or the cookie of a session."},
    [PROBLEM_INVALID_TOKEN] = {"invalid-token", 401, "The token is not valid",
                               "It is mistyped, ran out, or was revoked. Make another one in the settings."},
    [PROBLEM_FORBIDDEN] = {"forbidden", 403, "This is not allowed",
                           "Another site sent it, or it is for administrators. A token needs no Origin header; a cookie does."},
    [PROBLEM_INSUFFICIENT_SCOPE] = {"insufficient-scope", 403, "The token may not do this",
                                    "The detail names the scope that is missing. Make a token that has it."},
    [PROBLEM_NOT_FOUND] = {"not-found", 404, "There is nothing here",
                           "No such address, or no such thing of yours: what belongs to somebody else looks the same."},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method-not-allowed", 405, "The address does not serve this method", "The header Allow lists those it serves."},
    [PROBLEM_CONFLICT] = {"conflict", 409, "It does not fit what is there", "It exists already, or its state does not allow this. The detail says which."},
    [PROBLEM_PRECONDITION_FAILED] = {"precondition-failed", 412, "It has changed in the meantime",
                                     "If-Match names another state than the present one, and nothing was changed. Get it again, look, and send the new ETag."},
    [PROBLEM_TOO_LARGE] = {"too-large", 413, "The request is too large", "The detail tells the limit."},
    [PROBLEM_ADDRESS_TOO_LONG] = {"address-too-long", 414, "The address is too long", "An address has at most 8 KiB."},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {"unsupported-media-type", 415, "The body is of a type that is not read here",
                                        "Send application/json (or a form) and name it in Content-Type."},
    [PROBLEM_VALIDATION] = {"validation", 422, "Some values are not valid",
                            "Each is named under errors: the field, whether it came in the query or the body, and what is wrong with it. Names that are not known are refused, too."},
    [PROBLEM_KEY_REUSED] = {"idempotency-key-reused", 422, "The idempotency key belongs to another request",
                            "The key was used within the last 24 hours with another method, address or body. Use a new one for each request that is meant to do something."},
    [PROBLEM_TOO_MANY_REQUESTS] = {"too-many-requests", 429, "Too much at once", "Wait the seconds of Retry-After."},
    [PROBLEM_INTERNAL] = {"internal", 500, "Something broke here", "Nothing was changed. The request's id (instance) finds it in the log."},
    [PROBLEM_UNAVAILABLE] = {"unavailable", 503, "Not available for a moment", "Wait the seconds of Retry-After and send it again, with an Idempotency-Key where it makes something."},
    [PROBLEM_TIMEOUT] = {"timeout", 504, "It took too long", "Send it again later."},
};

enum problem problem_of_status(int status)
{
    size_t i = 0;
    while (i < PROBLEM_COUNT && problems[i].status != status) i++;
    return (enum problem)i;
}
