/* Migrations: numbered files of `migrations/`, embedded in the binary (tools/migrationc), one portable source for both engines.
 *
 * A file is SQL with a few words that each engine replaces from its own table: the types {uuid} {time} {bool} {json} {int} {real}
 * {text} {blob} {vector}, and at the end of CREATE TABLE either {table} (checked types) or {clustered} (the same, stored in the
 * order of the primary key: narrow tables with a key of several columns). Each file runs in a transaction and is recorded with a
 * checksum; an applied file that has changed since is refused, and so is a store that a newer program has migrated.
 */
#pragma once
#include "base/buf.h"
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
/* The same with a list of one's own: numbers rising from 1. */
enum err db_migrate_list(struct db *db, const struct migration *list, size_t count, int *applied) MUST_CHECK;
/* The first thing in a transaction: waits for whoever migrates or does so, too. For what each start brings up to date. */
enum err db_migrate_lock(struct db *db) MUST_CHECK;
/* ERR_CONFLICT for a copy that was not finished (copy.h): rows are missing, so nobody may take it for a store. `what`: its name in that message. */
enum err db_check_finished(struct db *db, const char *what) MUST_CHECK;
/* How many are applied, without changing anything. ERR_CONFLICT as below. */
enum err db_migrate_applied(struct db *db, int *applied) MUST_CHECK;
/* The same for a store that may be an unfinished copy. */
enum err db_migrate_recorded(struct db *db, int *applied) MUST_CHECK;
/* The SQL of those after the first `applied`, in the words of the engine of the store at `where` (a path or URL), which is not opened. It can be run
 * as it is: each migration's record is part of it. */
enum err db_migrate_text(const char *where, int applied, struct buf *out) MUST_CHECK;
/* How many are missing, without changing anything; ERR_CONFLICT when an applied one has changed, or for an unfinished copy. */
enum err db_migrate_status(struct db *db, int *missing) MUST_CHECK;
