/* See scope.h. */
#include "http/scope.h"

const struct scope_text scope_table[SCOPE_COUNT] = {
    [SCOPE_NONE] = {"", ""},
    [SCOPE_PROFILE_READ] = {"profile:read", "Read your profile: name, address, goals, salary, headline and bio"},
    [SCOPE_PROFILE_WRITE] = {"profile:write", "Change your profile, also whether it is public"},
    [SCOPE_SKILLS_READ] = {"skills:read", "Read the catalogue of skills and your claims with their proofs"},
    [SCOPE_SKILLS_WRITE] = {"skills:write", "Claim skills, change their level, and remove them with their proofs"},
    [SCOPE_ROADMAPS_READ] = {"roadmaps:read", "Read your roadmaps and their modules"},
    [SCOPE_ROADMAPS_WRITE] = {"roadmaps:write", "Ask for a plan, rename and archive roadmaps, begin and finish modules"},
    [SCOPE_APPLICATIONS_READ] = {"applications:read", "Read your job applications with their notes"},
    [SCOPE_APPLICATIONS_WRITE] = {"applications:write", "Add, change and remove job applications"},
    [SCOPE_INTERVIEWS_READ] = {"interviews:read", "Read which interviews you have had, and what they showed"},
    [SCOPE_INTERVIEWS_WRITE] = {"interviews:write", "Prepare interviews and complete them"},
    [SCOPE_EVENTS_READ] = {"events:read", "Read what happened and what the agents did"},
    [SCOPE_ACCOUNT] = {"account", "Download everything we keep about you, and delete your account"},
};

const char *scope_name(enum scope scope) { return (unsigned)scope < SCOPE_COUNT ? scope_table[scope].name : ""; }

enum scope scope_by_name(struct str name)
{
    for (size_t i = 1; i < SCOPE_COUNT; i++)
        if (str_equal(name, str_from(scope_table[i].name))) return (enum scope)i;
    return SCOPE_NONE;
}
