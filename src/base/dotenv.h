/* Reader of `.env` files: NAME=value, one a line, no expansion, no value over several lines.
 *
 * An `export ` in front is allowed. An unquoted value ends at the line's end or at ` #`; 'single quotes' keep everything;
 * "double quotes" know \n \r \t \\ \" \$. Text behind the closing quote must be a comment.
 */
#pragma once
#include "base/buf.h"

struct dotenv_entry {
    struct str name;
    struct str value;
    size_t line; /* from 1 */
};

struct dotenv {
    struct dotenv_entry *entries;
    size_t entries_count;
};

/* Reads `content`; entries live in the arena. Mistakes are appended as `file:line: what`, one a line; the lines that are
 * right are read all the same. ERR_INVALID when there was a mistake. */
enum err dotenv_parse(struct arena *arena, struct str content, const char *file, struct dotenv *dotenv, struct buf *mistakes) MUST_CHECK;
