/* One named statement, made from a .sql file by tools/sqlc. */
#pragma once

struct sql {
    const char *name;
    const char *text; /* $1..$n, the same text on every engine */
    int params;       /* n */
};
