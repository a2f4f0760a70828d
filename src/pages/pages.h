/* The frame around every page: shell (sidebar, header, notifications), bare frame, error pages, and the components that templates
 * include. Above http, below the features: it knows requests but no feature.
 */
#pragma once
#include "html/html.h"
#include "http/assets.h"
#include "http/response.h"
#include "pages/views.h"

/* Fills the frame of a signed-in page with `active` marked in the navigation. `title` is the page's h1 and document title, `sentence`
 * the line beneath. One query. */
enum err pages_shell(struct request *request, enum nav active, struct str title, struct str sentence, struct shell *shell) MUST_CHECK;
/* For pages without the sidebar: landing, sign-in, onboarding wizard, public profile. No query. `sentence` describes the page to
 * search engines, "" for none. */
void pages_frame(struct request *request, struct str title, struct str sentence, struct frame *frame);
/* "https://example.org" without a slash: BASE_URL, else as the person's own request names this server. For addresses to show and copy. */
struct str pages_site_address(const struct request *request);
/* The error_page of server_options. */
void pages_error(struct request *request, struct response *response, enum err error, struct str detail);

/* A form control from its entry in a field table: label, limits, what was typed and its error. `value` is shown when the page is a
 * GET. `field` need not be of this route's table (a GET page shows the fields of its POST). Include it with {% include field v.email %}. */
struct field_view pages_field_of(struct request *request, const struct field *field, struct str value, const char *hint);
/* The entry of a table; asserts that it is there. */
const struct field *pages_find_field(const struct field *fields, size_t count, const char *name);
/* PAGES_FIELD(request, sign_up_fields, "email", value, hint) */
#define PAGES_FIELD(request, table, name, value, hint)                                                                 \
    pages_field_of((request), pages_find_field((table), COUNT_OF(table), (name)), (value), (hint))
/* The same for a field of this route's own table. */
struct field_view pages_field(struct request *request, const char *name, struct str value, const char *hint);
