/* Views of the dashboard. */
#pragma once
#include "pages/views.h"

struct dashboard_match {
    struct str id, title, where;
};

struct dashboard_news {
    struct str icon, words, iso, when;
};

struct dashboard_page {
    struct shell shell;
    struct {
        struct str title, reason, action, href;
        bool is_rest; /* nothing is waiting */
    } step;
    int64_t claimed, verified, gaps;
    struct str gaps_words;
    bool shows_beginning; /* no proof yet: the three steps to the first */
    bool is_blank;        /* nothing claimed, planned, matched or done: those steps are all there is to say */
    bool has_claims, has_interview;
    struct str interview_href; /* of the second of the three steps */
    bool has_roadmap;
    int64_t modules, modules_done;
    struct {
        struct str title, reason, hours; /* title "": none is open */
        bool is_started;
    } module;
    struct dashboard_match *matches;
    size_t matches_count;
    struct str connections; /* "2 people ask to connect", "" for none */
    struct dashboard_news *news;
    size_t news_count;
    struct str seen; /* "since yesterday", "" for never */
};
