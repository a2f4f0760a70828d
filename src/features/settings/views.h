/* View of the settings. */
#pragma once
#include "pages/views.h"

struct session_row {
    struct str hash, device, last_used, last_used_words, created_words;
    struct str end_href;
    bool is_this;
};

struct token_row {
    struct str id, name, scopes, used, ends;
    bool is_over;
};

struct scope_row {
    struct str name, words;
    bool is_checked;
};

struct token_new_page {
    struct shell shell;
    struct str id; /* of the token that the form makes, so that it makes one */
    struct field_view name, expires, password;
    struct scope_row *scopes;
    size_t scopes_count;
    struct str scopes_error, problem; /* "" for none */
    bool has_errors;
};

struct token_made_page {
    struct shell shell;
    struct str name, token, ends, example;
    struct scope_row *scopes;
    size_t scopes_count;
};

struct token_again_page {
    struct shell shell;
};

struct token_revoke_page {
    struct shell shell;
    struct str id, name, used;
};

struct settings_page {
    struct shell shell;
    struct field_view first_name, last_name, headline, public_bio;
    struct field_view username, is_public, twin_quotes_resume;
    struct str readable_name, readable_role, readable_places, readable_years; /* what a visitor of the profile reads, "" for nothing */
    bool has_headline, has_bio;
    struct str address; /* of the public profile, "" without a username */
    bool is_shown;      /* the profile is public now */
    struct field_view wants_drafts, drafts_min_score;
    struct field_view current_password, new_password;
    struct field_view confirm, delete_password;
    struct str email;
    struct str goals, experience; /* in one line, "" when not given */
    bool is_onboarded;
    struct session_row *sessions;
    size_t sessions_count;
    bool has_other_sessions;
    struct token_row *tokens;
    size_t tokens_count;
    bool tokens_full;
    bool has_resume;
    struct str resume_words;
};
