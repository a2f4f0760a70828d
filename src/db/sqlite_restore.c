/* Putting a copy back: SQLite's own backup interface writes it into the open store in one transaction, so that a crash leaves the old
 * content and other connections see either all of the old or all of the new.
 */
#include "base/log.h"
#include "db/sqlite.h"

#include <string.h>

/* ERR_INVALID unless the file is a whole, undamaged store of ours. */
static enum err check_copy(sqlite3 *copy, const char *path)
{
    static const char *const questions[] = {"PRAGMA quick_check(1)", "SELECT 'ok' FROM schema_migrations LIMIT 1"};
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        sqlite3_stmt *statement = NULL;
        bool fine = sqlite3_prepare_v2(copy, questions[i], -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW &&
                    strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
        sqlite3_finalize(statement);
        if (!fine) return err_set(ERR_INVALID, "%s is no undamaged copy of a Career Prep store; nothing was changed", path);
    }
    return OK;
}

static enum err write_back(struct db *db, sqlite3 *copy)
{
    sqlite3 *target = ((struct sqlite_connection *)db->connection)->handle;
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", copy, "main");
    if (!backup) return sqlite_fail(db, "restore", sqlite3_errcode(target));
    int code = sqlite3_backup_step(backup, -1);
    int finished = sqlite3_backup_finish(backup);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return err_set(ERR_UNAVAILABLE, "the store is in use: stop the server and restore again; nothing was changed");
    return finished == SQLITE_OK ? OK : sqlite_fail(db, "restore", finished);
}

enum err sqlite_restore(struct db *db, const char *path)
{
    sqlite3 *copy = NULL;
    if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        enum err error = err_set(ERR_NOT_FOUND, "%s cannot be read: %s", path, copy ? sqlite3_errmsg(copy) : "out of memory");
        sqlite3_close(copy);
        return error;
    }
    enum err error = check_copy(copy, path);
    if (error == OK) error = write_back(db, copy);
    sqlite3_close(copy);
    return error;
}
