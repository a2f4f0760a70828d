/* Headings of resumes: which line opens which section.
 *
 * A heading is a short line made only of words that headings are made of ("Relevant Work Experience", "Education & Training:"), so that no
 * list of whole headings has to be complete. The strongest word says which section; the first of equals wins.
 */
#pragma once
#include "ai/resume.h"

enum heading_topic { TOPIC_NONE, TOPIC_CONTACT, TOPIC_REFERENCES };

struct heading {
    enum resume_section section;
    enum heading_topic topic;
    bool is_weak;       /* a heading only where no entries are listed: "Highlights" also stands under a job */
    bool is_label;      /* `content` stands beside it and not behind a colon */
    bool is_vague;      /* words that name a skill as well: "Training and Development", "Volunteer" */
    bool is_loud;       /* written so that no line of an entry is: in capitals, with spaced letters, or marked */
    struct str content; /* what follows on the same line: "Skills: Java, SQL" and "Work<tab>Acme" */
};

/* `can_run_in`: a heading with content on its line is looked for too. */
bool resume_heading_read(struct str line, bool can_run_in, struct heading *out);
