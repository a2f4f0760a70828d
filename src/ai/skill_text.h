/* Skills named in a text: names, aliases and spellings of the catalogue, with the place of each.
 *
 * Longest match first, on word borders that know technical names (C++, C#, .NET, Node.js, CI/CD). Names that are ordinary words too
 * count only in their exact spelling and a fitting surrounding. One automaton over the whole catalogue: a megabyte of text takes
 * milliseconds.
 */
#pragma once
#include "base/str.h"

struct skill_mention {
    size_t skill; /* catalogue index */
    size_t start, end; /* byte offsets */
};

/* All mentions in order of place. */
size_t skill_text_find(struct arena *arena, struct str text, struct skill_mention **mentions);
/* Each skill once, in order of first mention. */
size_t skill_text_find_unique(struct arena *arena, struct str text, struct skill_mention **mentions);
