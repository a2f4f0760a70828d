/* View of the settings. */
#pragma once
#include "pages/views.h"

struct session_row {
    struct str hash, device, last_used, last_used_words, created_words;
    struct str end_href;
    bool is_this;
};

struct settings_page {
    struct shell shell;
    struct field_view first_name, last_name, headline, public_bio;
    struct field_view username, is_public, twin_quotes_resume;
    struct str readable_name, readable_role, readable_places, readable_years; /* what a visitor of the profile reads, "" for nothing */
    bool has_headline, has_bio;
    struct str address; /* of the public profile, "" without a username */
    bool is_shown;      /* the profile is public now */
    struct field_view current_password, new_password;
    struct field_view confirm, delete_password;
    struct str email;
    struct str goals, experience; /* in one line, "" when not given */
    bool is_onboarded;
    struct session_row *sessions;
    size_t sessions_count;
    bool has_other_sessions;
    bool has_resume;
    struct str resume_words;
};
