/* Views of the roadmap page. */
#pragma once
#include "pages/views.h"

struct module_row {
    struct str id, title, summary, reason, kind_words, hours, skill_id;
    struct str done_iso, done_when;
    bool is_done, is_started, is_current;
    bool is_claimed;
    bool is_proof; /* finished by an interview, not by a tick */
};

/* Before and after of the last plan. */
struct roadmap_change {
    struct str reason, iso, when;
    struct str *added, *dropped, *finished;
    size_t added_count, dropped_count, finished_count;
    struct str moved; /* "3 modules moved", "" for none */
};

struct roadmap_page {
    struct shell shell;
    bool has_roadmap, is_planning, can_plan;
    struct str title, note, reason;
    struct module_row *modules;
    size_t modules_count;
    int64_t done, total;
    struct str hours_left;
    bool shows_change;
    struct roadmap_change change;
};
