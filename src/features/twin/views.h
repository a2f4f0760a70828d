/* Views of the digital twin. */
#pragma once
#include "pages/views.h"

struct twin_citation_view {
    struct str quote, skill, date;
};

/* The conversation without scripts: one question, one answer. */
struct twin_reply_page {
    struct frame frame;
    struct str username, first_name;
    struct str question, reply;
    struct str problem; /* above the form, "" for none */
    bool is_unverified; /* the reply says so */
    bool quotes_resume; /* the owner lets the twin quote it */
    struct twin_citation_view *citations;
    size_t citations_count;
};

struct twin_question {
    struct str question, reply, date, date_iso;
    bool answered, is_unverified;
};

struct twin_log_page {
    struct shell shell;
    struct twin_question *questions;
    size_t questions_count;
    struct str summary; /* "12 questions, 5 of them not answered" */
    struct empty_view empty;
    struct pager pager;
};
