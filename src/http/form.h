/* Form bodies: urlencoded and multipart (RFC 7578), read from a complete body in memory into a field set.
 *
 * The body was already bounded by its route, so the parsers hand out slices of it and copy only what is percent-encoded. We
 * do not use the library's post processor: it needs a live connection, so it cannot be fuzzed or tested alone, it passes a
 * truncated multipart body as complete, and its older versions had memory errors.
 * Limits: FORM_FIELDS_MAX fields, names of at most FORM_NAME_MAX bytes, part headers of at most 1 KiB.
 */
#pragma once
#include "http/fields.h"

#define FORM_FIELDS_MAX 200
#define FORM_NAME_MAX 64

/* Reads a body by its content type. ERR_UNSUPPORTED: not a form; ERR_INVALID: malformed; ERR_TOO_LARGE: too many fields. */
enum err form_read(struct field_set *set, struct str content_type, struct str body) MUST_CHECK;
/* Reads "a=1&b=2", also the query of a GET. */
enum err form_read_urlencoded(struct field_set *set, struct str body) MUST_CHECK;
enum err form_read_multipart(struct field_set *set, struct str content_type, struct str body) MUST_CHECK;
/* Percent-decodes; `plus` also turns '+' into a space. ERR_INVALID on a broken escape. Copies only when there is something to decode. */
enum err form_decode(struct arena *arena, struct str s, bool plus, struct str *decoded) MUST_CHECK;
/* The media type without parameters and blanks, "text/html; charset=x" -> "text/html". */
struct str form_media_type(struct str content_type);
