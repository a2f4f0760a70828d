/* Scopes of API tokens: their names, as they stand in a token and in the API's document, and what each lets a token do, for people. */
#pragma once
#include "http/route.h"

struct scope_text {
    const char *name;  /* "skills:write" */
    const char *words; /* "Claim skills, change their level, remove them" */
};

/* By enum scope; SCOPE_NONE has no name. */
extern const struct scope_text scope_table[SCOPE_COUNT];
const char *scope_name(enum scope scope); /* "" for SCOPE_NONE */
/* SCOPE_NONE for a name that is none. */
enum scope scope_by_name(struct str name);
