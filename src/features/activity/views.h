/* Views of the activity page. */
#pragma once
#include "pages/views.h"

/* What one agent did about an event. */
struct activity_job {
    struct str agent, words, id, kind, error;
    struct str state; /* "done", "running", "waiting", "given up", "cancelled" */
    int64_t attempts, max_attempts;
    bool is_done, is_dead, is_cancelled;
};

/* A job that is not finished. */
struct activity_open {
    int64_t id, progress;
    struct str agent, words;
    struct str because;  /* the event's words, "" without one */
    struct str state;    /* "running for 3 min", "put off, begins in 2 h" */
    struct str message;  /* what it is doing, or why it was put off; "" for none */
    struct str step_key, question, until, until_iso; /* of a question; until "" without an end */
    bool has_progress, can_cancel, is_slow, is_running;
};

struct activity_cancel_page {
    struct shell shell;
    int64_t id;
    struct str words;
};

struct activity_item {
    struct str icon, words, iso, when;
    struct str id, type, payload, correlation_id, error;
    struct activity_job *jobs;
    size_t jobs_count;
};

struct activity_page {
    struct shell shell;
    struct activity_open *questions;
    size_t questions_count;
    struct activity_open *open;
    size_t open_count;
    struct activity_item *items;
    size_t items_count;
    struct pager pager;
    bool has_pages;
    struct str self; /* this page's own address, to fetch again */
    struct empty_view nothing;
};
