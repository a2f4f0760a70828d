/* Views of market insights. */
#pragma once
#include "pages/views.h"

struct market_row {
    struct str name, skill_id, width, listings, share, change, state; /* width: "62%"; state: "verified", "claimed", "missing" */
    bool rises, falls;
};

struct market_page {
    struct shell shell;
    bool has_data, has_trend, has_filter;
    struct choice *periods;
    size_t periods_count;
    struct choice *fields;
    size_t fields_count;
    struct choice *roles;
    size_t roles_count;
    struct market_row *bars;  /* the first of the rows */
    size_t bars_count;
    struct market_row *rows;
    size_t rows_count;
    struct market_row *risers;
    size_t risers_count;
    struct str source, trend_title, missing; /* missing: one sentence on what is asked for and not yet claimed */
    struct str missing_skill;
    struct empty_view empty, none;
};
