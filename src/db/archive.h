/* Backup and restore: one file of SQLite for both engines, so that a copy of either can be restored into either. Private to src/db; db.h has the
 * functions for everybody. */
#pragma once
#include "db/db.h"

/* A new file with all rows of one moment. ERR_INVALID when there is a file. */
enum err archive_backup(struct db *db, const char *path) MUST_CHECK;
/* For an engine that makes no such file itself: writes it, and checks it against what was read. */
enum err archive_write(struct db *db, const char *path) MUST_CHECK;
/* Checks the file, brings a copy of it to this program's version, and puts that in place of all that is in the store. */
enum err archive_restore(struct db *db, const char *path) MUST_CHECK;
/* For an engine that has no restore of its own: all rows of the checked, migrated file in one transaction. */
enum err archive_load(struct db *db, const char *path) MUST_CHECK;
