/* Views of the landing page, search and notifications. */
#pragma once
#include "pages/views.h"

struct landing_page {
    struct frame frame;
    bool is_example; /* no public profile has a proof yet */
    struct str username, name, skill, kind, strength, quote;
    struct str date, date_words;
};

struct search_hit {
    struct str title, detail, href;
};

struct search_group {
    struct str title;
    struct search_hit *hits;
    size_t hits_count;
};

struct search_page {
    struct shell shell;
    struct str query;
    struct search_group *groups;
    size_t groups_count;
    bool is_short; /* too short to search for */
};

struct notification_row {
    struct str id, title, body, time, time_words, open_href;
    bool is_unread, has_url;
};

struct notifications_page {
    struct shell shell;
    struct notification_row *rows;
    size_t rows_count;
    bool has_unread;
    struct empty_view empty;
    struct pager pager;
};
