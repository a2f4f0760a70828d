/* Views that every page shares: the frames and the components. */
#pragma once
#include "base/str.h"
#include "html/html.h"

/* What every document needs, whichever frame it stands in. */
struct frame {
    struct str title; /* of the document: "Skills" */
    struct str description;
    struct str theme;      /* "light", "dark" or "" (system) */
    struct str preset;     /* "forest", "ember" or "" (Slate) */
    bool sidebar_collapsed;
    bool is_signed_in;
    struct str toast;      /* one message of the page before, "" for none */
    bool toast_is_error;
    struct str initials, name, email;
    struct str canonical_url; /* absolute; "" when BASE_URL is unset */
    struct str picture_url;   /* absolute: what a link preview shows; "" for none */
    bool no_index;
};

enum nav { NAV_NONE, NAV_DASHBOARD, NAV_ROADMAP, NAV_INTERVIEWS, NAV_JOBS, NAV_SKILLS, NAV_MARKET, NAV_SETTINGS, NAV_ACTIVITY, NAV_ADMIN };

struct shell {
    struct frame frame;
    enum nav active;
    struct str title, sentence;
    int64_t unread;
    bool is_admin; /* sees the way to the operator's pages */
    bool shows_onboarding_banner;
    int onboarding_step;
    struct str username; /* "" without a public address */
    struct str search;   /* what stands in the search box */
};

/* One control of a form. */
struct field_view {
    struct str name, label, hint, value, error;
    const char *type;         /* of the input element: "text", "email", "password", "number", "date" ... */
    const char *autocomplete; /* NULL: none */
    const char *placeholder;
    const char *suggest;      /* address of suggestions, NULL: none */
    bool is_required, is_multiline, is_checked;
    int64_t maxlength, min, max; /* 0: no such attribute */
    bool has_range;
    int rows;
    struct choice *choices;
    size_t choices_count;
};

struct choice {
    struct str value, label, hint;
    bool is_selected;
};

struct empty_view {
    struct str icon; /* PAGES_ICON("mic") */
    struct str title, sentence;
    struct str action, href; /* "" for none */
};

struct pager {
    int64_t first, last, total;
    struct str previous, next; /* addresses, "" at the ends */
};

struct error_page {
    struct frame frame;
    int status;
    struct str title, detail;
    struct str request_id;
    bool can_sign_in;
    struct str next; /* the path to come back to after that; "" for none */
    bool can_retry;
};

#define PAGES_ICON(name) STR(ASSET_URL_icons_svg "#" name)
