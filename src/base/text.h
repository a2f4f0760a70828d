/* Text as people see it. */
#pragma once
#include "base/str.h"

/* The text without what nobody sees: zero-width and direction-changing characters (which can make the rest of a page read backwards) go, and so
 * do blanks of any kind around it. "" when nothing is left to see. */
struct str text_visible(struct arena *arena, struct str text);

/* What LIKE looks for to find the words anywhere: "%words%" in lower case, with % _ and the escape sign TEXT_LIKE_ESCAPE before them. */
#define TEXT_LIKE_ESCAPE "!"
struct str text_like(struct arena *arena, struct str words);
