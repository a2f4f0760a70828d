/* A feature: one folder, one line in src/features/meson.build, one line in src/features/features.c.
 *
 * What crosses between features is an event on the bus or a row in the store, never a header.
 */
#pragma once
#include "db/sql.h"
#include "http/route.h"

/* A subcommand: "skills extract". Returns the exit code: 0 success, 1 failure, 2 wrong usage (command_usage()). */
struct command {
    const char *name;    /* one or two words */
    const char *usage;   /* what follows the name: "FILE --json" */
    const char *summary; /* one line; further lines stand in --help of the command alone */
    int (*run)(int argc, char **argv); /* arguments after the name */
};

struct feature {
    const char *name;
    const char *title, *says; /* of its part of the API's document; NULL when it has none */
    const struct route *routes;
    size_t routes_count;
    const struct sql *const *statements;
    const size_t *statements_count;
    const struct command *commands;
    size_t commands_count;
};

extern const struct feature *const features[];
extern const size_t features_count;
