/* A resume read into sections, contact data and skills, by rules and without invention: every text is a verbatim part of the input.
 */
#pragma once
#include "base/str.h"

enum resume_section {
     SECTION_SUMMARY, SECTION_EXPERIENCE, SECTION_EDUCATION, SECTION_SKILLS, SECTION_PROJECTS, SECTION_CERTIFICATIONS, SECTION_LANGUAGES, SECTION_OTHER, SECTION_COUNT
};
const char *resume_section_name(enum resume_section section); /* as in the store */

struct resume_chunk {
    enum resume_section section;
    struct str text;
    int index;
};

struct resume_contact {
    struct str name, email, phone, location, links; /* "" when not found; links: one a line */
};

struct resume {
    struct str text;
    struct resume_chunk *chunks;
    size_t chunks_count;
    struct resume_contact contact;
};

enum err resume_parse(struct arena *arena, struct str text, struct resume *out) MUST_CHECK;
