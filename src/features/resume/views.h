/* Views of the resume page. */
#pragma once
#include "pages/views.h"

struct resume_section_view {
    struct str title; /* "Experience" */
    struct str text;
};

struct resume_fact {
    struct str label, value;
};

struct resume_suggestion {
    struct str id, name, category, snippet;
};

/* Skills of one field of work, which may be decided together. */
struct resume_group {
    struct str title; /* "Cloud and DevOps" */
    struct str names; /* of its skills, in one line */
    int number;       /* from 1 */
    struct resume_suggestion *suggestions;
    size_t suggestions_count;
    bool is_many; /* more than one: there is something to decide together */
    bool is_open; /* each of its skills is in view */
};

struct resume_page {
    struct shell shell;
    bool has_resume;    /* any, read or not */
    bool is_processing, is_failed, is_slow;
    struct str waiting_name; /* of the file that waits or failed */
    struct str failure;
    bool has_ready;
    struct str ready_name, uploaded, uploaded_iso;
    struct resume_fact *facts;
    size_t facts_count;
    struct resume_section_view *sections;
    size_t sections_count;
    struct resume_group *groups; /* the largest first */
    size_t groups_count, suggestions_count;
    struct str suggestions_title; /* "12 skills found in it" */
    struct str file_error;
    int64_t max_bytes;
};
