/* The commands that belong to no feature. */
#pragma once
#include "db/db.h"
#include "features/feature.h"

extern const struct command house_commands[];
extern const size_t house_commands_count;

/* Brings the skills table up to the built-in catalogue; cheap when it already is. */
enum err store_seed(struct db *db) MUST_CHECK;

int command_serve(int argc, char **argv);
int command_worker(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_copy(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_embed(int argc, char **argv);
/* All features' routes in one array, made once. */
const struct route *const *all_routes(size_t *count);
