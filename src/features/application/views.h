/* Views of the board and of one application. */
#pragma once
#include "pages/views.h"

struct board_card {
    struct str id, title, company, dates;
    bool is_due; /* its next step is today or past */
    struct choice *columns; /* for "Move to" */
    size_t columns_count;
};

struct board_column {
    struct str status, name;
    struct board_card *cards;
    size_t cards_count;
};

struct board_page {
    struct shell shell;
    struct board_column *columns;
    size_t columns_count;
    bool has_cards;
    struct empty_view empty;
    /* After a move without scripts: */
    struct str moved_id, moved_words, moved_from; /* "" for none */
};

struct application_form {
    struct field_view title, company, url, status, applied_on, next_step_on, notes;
    bool has_errors, has_status;
};

struct application_new_page {
    struct shell shell;
    struct application_form form;
};

struct application_page {
    struct shell shell;
    struct application_form form;
    struct str id, listing_id, url, where, status;
    struct choice *columns;
    size_t columns_count;
    struct str created_iso, created, updated_iso, updated;
};

struct application_delete_page {
    struct shell shell;
    struct str id, title, where;
};
