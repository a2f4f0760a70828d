/* Conditional requests of the API (RFC 9110, section 13): an ETag tells a state of a resource from every other.
 *
 * The tag is a hash of the document itself, so whatever changes in it changes the tag, and no table needs a version for it. If-Match is
 * answered by making the document of GET at the same address inside the transaction that is about to change it: transactions are
 * serializable, so nobody can change it in between.
 */
#pragma once
#include "base/str.h"

struct request_private;

/* Strong: "\"16 hexadecimal digits\"". */
struct str etag_of(struct arena *arena, struct str document);
/* Whether the list of If-Match (strong comparison) or If-None-Match (weak) has the tag; "*" has any. A list that is malformed has
 * none: a change that it guards is not made. */
bool etag_list_has(struct str list, struct str etag, bool is_strong);

/* If-Match of a PATCH or DELETE: response 412 when the present state is none of those named. Errors of the GET (not found) are its. */
enum err conditional_check(struct request_private *exchange) MUST_CHECK;
/* After the handler: the ETag of a route with ROUTE_ETAG, and 304 where a GET would tell what is known. */
void conditional_finish(struct request_private *exchange);
