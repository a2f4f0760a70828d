/* Views of the onboarding wizard. */
#pragma once
#include "pages/views.h"

struct wizard_step {
    struct str label, href;
    bool is_done, is_current, is_open; /* open: it can be gone to */
};

/* What every step shows around its fields. */
struct wizard {
    struct frame frame;
    struct str title, sentence;
    struct str saved_time;   /* of the last change, RFC 3339; "" when nothing was saved yet */
    struct str saved_words;  /* "Saved today at 14:03 UTC" */
    struct str action, autosave;
    struct wizard_step *steps;
    size_t steps_count;
    bool has_back;
    bool is_edit;      /* came from the summary or the settings: Save goes back there */
    bool is_completed; /* only editing is left */
    bool is_lenient;   /* the browser lets Continue pass: nothing has to be filled in */
    struct str problem; /* what stops the person, above the fields; "" for nothing */
};

struct welcome_page {
    struct wizard wizard;
    struct str name;
    struct field_view username;
    struct str address; /* how the profile's address begins: "https://example.org/profile/" */
};

struct goals_page {
    struct wizard wizard;
    struct field_view roles, locations;
};

struct experience_page {
    struct wizard wizard;
    struct field_view years, salary_min, salary_max, currency;
};

struct entry_row {
    struct str id, title, place, when, detail, edit_href, delete_href;
    bool is_unfinished;
};

struct resume_box {
    bool has_resume;
    struct str file_name, status, error; /* status: "processing", "ready", "failed" */
    struct str next; /* where an upload leads back to */
    int64_t max_bytes;
};

/* Education and work history: the entries there are, and the form of one. */
struct entries_page {
    struct wizard wizard;
    struct entry_row *rows;
    size_t rows_count;
    struct str entry_id, draft; /* of the form: a stored entry, or the token of a new one */
    bool is_unfinished;         /* the form shows what was typed and never added */
    struct str form_title, add_label;
    struct field_view head, place, detail, start, end, current;
    struct resume_box resume;
};

struct summary_page {
    struct wizard wizard;
    struct str username_text, roles, locations, years, salary;
    struct entry_row *education;
    size_t education_count;
    struct entry_row *work;
    size_t work_count;
    struct resume_box resume;
};

/* Asks before an entry is removed. */
struct remove_page {
    struct frame frame;
    struct entry_row row;
    struct str back_href;
    bool is_edit;
};
