/* The frame around every page: shell (sidebar, header, notifications), public and sign-in frames, error pages, and components that
 * templates include. Above http, below the features: it knows requests but no feature.
 */
#pragma once
#include "html/html.h"
#include "http/response.h"
#include "pages/views.h"

/* Fills the frame for a signed-in page: who, theme, flash message, unread notifications, the onboarding banner, the navigation with
 * `active` marked ("dashboard", "roadmap", "interviews", "jobs", "skills", "market", "settings", "activity"). `title` is the page's h1 and
 * document title, `sentence` the line beneath. One query. */
enum err pages_shell(struct request *request, const char *active, struct str title, struct str sentence, struct shell *shell) MUST_CHECK;
/* For pages without the sidebar: landing, sign-in, onboarding wizard, public profile. No query. */
void pages_frame(struct request *request, struct str title, struct str sentence, struct frame *frame);
/* error_page of server_options. */
void pages_error(struct request *request, struct response *response, enum err error, struct str detail);
/* A form field with its label, value, hint and error, taken from the request's field table and what was typed; `value` is shown
 * when nothing was typed (first display). Include it in a template with {% include field v.email %}. */
struct field_view pages_field(struct request *request, const char *name, struct str value, const char *hint);
