/* Migrations: numbered files of `migrations/`, embedded in the binary, one portable source for both engines.
 *
 * A file is SQL with a few type names (UUID, TIME, BOOL, JSON, INT, REAL, TEXT, BLOB, VECTOR) written as `{uuid}` and so on, which each
 * engine replaces from one small table. Each file runs in a transaction and is recorded with a checksum; an applied file that
 * has changed since is refused.
 */
#pragma once
#include "db/db.h"

struct migration {
    int number;
    const char *name;
    struct str text;
};
extern const struct migration migrations[];
extern const size_t migrations_count;

/* Applies what is missing, in order; `applied` (may be NULL) gets how many. Safe when several processes start together. */
enum err db_migrate(struct db *db, int *applied) MUST_CHECK;
/* How many are missing; ERR_CONFLICT when an applied one has changed. */
enum err db_migrate_status(struct db *db, int *missing) MUST_CHECK;
