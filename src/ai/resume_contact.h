/* Who wrote a resume and how to reach them: only what stands there, looked for where people write it (before the first heading, then under
 * "Contact", then anywhere but under "References").
 */
#pragma once
#include "ai/resume.h"

struct resume_parts {
    struct str text;
    struct str opening;    /* before the first heading */
    struct str contact;    /* under "Contact" */
    struct str references; /* other people's names and numbers */
};

void resume_contact_read(struct arena *arena, const struct resume_parts *parts, struct resume_contact *out);
