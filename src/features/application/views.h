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

/* An application that the action agent prepared. */
struct draft_link {
    struct str id, title, company;
};

struct board_page {
    struct shell shell;
    struct draft_link *drafts; /* wait for the person's word */
    size_t drafts_count;
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

struct document_view {
    struct str element_id, title, text, iso, when;
};

/* A skill that an answer or the listing shows to be missing. */
struct finding_view {
    struct str skill, quote;
    bool is_named; /* by the answer itself */
};

/* What the employer wrote back. */
struct answer_view {
    struct str id, text, iso, when;
    bool is_read, is_waiting; /* is_waiting: a job is to read it */
    struct str stopped;       /* why nobody has read it, and none is about to */
    struct finding_view *findings;
    size_t findings_count;
};

struct application_page {
    struct shell shell;
    struct application_form form;
    struct document_view *documents;
    size_t documents_count;
    struct answer_view *answers;
    size_t answers_count;
    bool is_reading; /* one of them is about to be read */
    struct field_view answer;
    struct str id, listing_id, url, where, status;
    struct choice *columns;
    size_t columns_count;
    struct str created_iso, created, updated_iso, updated;
};

struct application_delete_page {
    struct shell shell;
    struct str id, title, where;
};

struct draft_page {
    struct shell shell;
    struct str id, listing_id, url, where, iso, made;
    struct field_view cover_note;
    struct str *skills; /* whose proofs the note quotes */
    size_t skills_count;
    bool has_errors;
};
