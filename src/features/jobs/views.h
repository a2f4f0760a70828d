/* Views of the job hunt: matches and one listing. */
#pragma once
#include "pages/views.h"

struct reason_view {
    struct str text;
    bool is_good;
};

struct match_view {
    struct str id, title, where; /* "Northwind, Berlin" */
    struct str band, band_title; /* "" while nothing is known about the person */
    struct reason_view *reasons;
    size_t reasons_count;
    struct str posted_iso, posted, salary, type;
    struct str age; /* "3 weeks ago" */
    bool is_old;    /* so old that the job may be gone */
    struct str attribution, attribution_url; /* "Jobs by Adzuna", "" where the source asks for none */
    struct str source;
    struct str application_id, status; /* on the board, "" when not */
    struct str back;                   /* where a saved listing leads back to */
    bool is_remote;
    size_t repeats;
};

struct jobs_page {
    struct shell shell;
    struct str search;
    struct choice *bands;
    size_t bands_count;
    struct choice *skills;
    size_t skills_count;
    bool only_remote, has_filter, is_known, has_listings;
    int64_t on_board;
    struct match_view *matches;
    size_t matches_count;
    struct pager pager;
    bool has_pages;
    struct str total; /* "412 listings" */
    struct empty_view empty;
};

struct listing_page {
    struct shell shell;
    struct match_view match;
    struct str url;
    struct str *paragraphs;
    size_t paragraphs_count;
    struct choice *skills; /* label: name, hint: "verified", "claimed", "missing" */
    size_t skills_count;
    bool is_cut, is_known;
    struct str expires;
};
