/* Who sends a request: filled by the identify filter (src/security), read by access checks, handlers and the shell. */
#pragma once
#include "base/str.h"

struct identity {
    struct str user_id; /* "" for a stranger */
    struct str email;
    struct str username; /* "" until chosen */
    struct str first_name, last_name;
    struct str session_hash; /* the session row, "" for a token */
    struct str token_id;     /* the API token, "" for a session */
    unsigned scopes;         /* of the token: bits 1 << enum scope */
    bool sent_token;         /* a token was sent, good or bad: no cookie counts */
    bool is_admin;
    bool onboarding_completed;
    bool onboarding_skipped;
    int onboarding_step;
};
