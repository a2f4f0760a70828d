/* Views of the public profile. */
#pragma once
#include "pages/views.h"

struct profile_proof {
    struct str quote, summary;
    struct str kind;     /* "From a project" */
    const char *strength; /* "Strong" */
    int percent;
    struct str date, date_iso;
};

/* A verified skill with its latest proof in view and up to two earlier ones behind a click. */
struct profile_skill {
    struct str name, category;
    struct str level; /* as claimed: "proficient" */
    struct str times; /* "Verified 3 times" */
    int number;       /* of its card on this page, from 1 */
    struct profile_proof latest;
    struct profile_proof *earlier;
    size_t earlier_count;
    struct str earlier_label; /* "2 earlier proofs", "2 more proofs" when the next one is of the same day */
    bool follows; /* another one in the list */
};

struct profile_milestone {
    struct str title, summary, date, date_iso;
};

struct profile_question {
    struct str text;
};

struct profile_page {
    struct frame frame;
    struct str username, name, first_name, initials;
    struct str role, bio, locations, experience;
    struct str skills_summary; /* "7 verified skills" */
    struct profile_skill *skills;
    size_t skills_count;
    struct profile_milestone *milestones;
    size_t milestones_count;
    struct profile_question *questions; /* to start the conversation with */
    size_t questions_count;
    int64_t more_online; /* skills that do not fit on one printed page */
    bool is_owner, is_public;
    bool twin_quotes_resume;
};
