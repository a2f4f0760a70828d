/* Views of the skills pages. */
#pragma once
#include "pages/views.h"

/* One proof: what was said, word for word. */
struct skill_proof {
    struct str snippet, summary, kind, confidence, iso, when, interview_id;
};

struct skill_row {
    struct str id, name, category, level, detail;
    bool is_verified, is_gap;
    bool has_detail; /* proofs or a gap to open in place */
    struct skill_proof *proofs; /* the latest three */
    size_t proofs_count;
    int64_t proofs_total;
    struct str gap_reason, gap_iso, gap_when, gap_interview;
    struct choice *levels;
    size_t levels_count;
};

/* What was just removed, and the form that brings it back. */
struct skill_removed {
    struct str name, skill_id, level;
};

struct skills_page {
    struct shell shell;
    struct skill_row *skills;
    size_t skills_count;
    int64_t claimed, verified, gaps;
    struct str query;
    struct choice *states;
    size_t states_count;
    struct field_view claim, level;
    struct str claim_id;
    struct skill_removed removed;
};

struct skill_remove_page {
    struct shell shell;
    struct skill_row skill;
    struct str proofs;
};

struct catalogue_entry {
    struct str id, name, category, aliases;
    bool is_claimed, is_verified;
};

struct catalogue_group {
    struct str name;
    struct catalogue_entry *skills;
    size_t skills_count;
};

struct catalogue_field_row {
    struct str name, count;
};

struct skill_catalogue_page {
    struct shell shell;
    struct str query, field, summary;
    struct catalogue_field_row *fields;
    size_t fields_count;
    struct catalogue_group *groups;
    size_t groups_count;
    bool shows_fields; /* nothing was asked for yet */
};
