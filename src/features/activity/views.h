/* Views of the activity page. */
#pragma once
#include "pages/views.h"

/* What one agent did about an event. */
struct activity_job {
    struct str agent, words, id, kind, error;
    struct str state; /* "done", "running", "waiting", "given up" */
    int64_t attempts, max_attempts;
    bool is_done, is_dead;
};

struct activity_item {
    struct str icon, words, iso, when;
    struct str id, type, payload, correlation_id, error;
    struct activity_job *jobs;
    size_t jobs_count;
};

struct activity_page {
    struct shell shell;
    struct activity_item *items;
    size_t items_count;
    struct pager pager;
    bool has_pages;
    struct str self; /* this page's own address, to fetch again */
    struct empty_view nothing;
};
