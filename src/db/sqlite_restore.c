/* Putting a copy back: SQLite's own backup interface writes it into the open store in one transaction, so that a crash leaves the old
 * content and other connections, of a server too, see either all of the old or all of the new.
 */
#include "base/clock.h"
#include "base/log.h"
#include "db/sqlite.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define WAIT_US (10 * US_PER_SECOND) /* for those who are writing */

static enum err not_ours(const char *path)
{
    return err_set(ERR_INVALID, "%s is no undamaged copy of a Career Prep store; nothing was changed", path);
}

/* ERR_INVALID unless the file is a whole, undamaged store of ours. */
static enum err check_copy(sqlite3 *copy, const char *path)
{
    static const char *const questions[] = {"PRAGMA integrity_check(1)", "SELECT 'ok' FROM schema_migrations LIMIT 1",
                                            "SELECT CASE WHEN COUNT(*) = 0 THEN 'ok' ELSE 'broken' END FROM pragma_foreign_key_check",
                                            /* we make none, and they would act in the store */
                                            "SELECT CASE WHEN COUNT(*) = 0 THEN 'ok' ELSE 'broken' END FROM sqlite_schema WHERE type IN ('trigger', 'view')"};
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        sqlite3_stmt *statement = NULL;
        bool fine = sqlite3_prepare_v2(copy, questions[i], -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW &&
                    strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
        sqlite3_finalize(statement);
        if (!fine) return not_ours(path);
    }
    return OK;
}

/* Reads every row, so that what is damaged shows. */
static enum err vacuum_into(sqlite3 *copy, const char *path, const char *target)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(copy, "VACUUM INTO ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_bind_text(statement, 1, target, -1, SQLITE_STATIC);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    if (code == SQLITE_DONE) return OK;
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB) return not_ours(path);
    return err_set((code & 0xff) == SQLITE_FULL ? ERR_UNAVAILABLE : ERR_IO, "%s: %s; nothing was changed", target, sqlite3_errmsg(copy));
}

enum err sqlite_checked_copy(const char *path, const char *target)
{
    sqlite3 *copy = NULL;
    struct stat info;
    enum err error = OK;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) /* opening a pipe would wait for whoever writes to it */
        return err_set(ERR_INVALID, "%s is no regular file; nothing was changed", path);
    if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        error = err_set(ERR_NOT_FOUND, "%s cannot be read: %s", path, copy ? sqlite3_errmsg(copy) : "out of memory");
    if (error == OK) error = sqlite_make_private_file(target);
    if (error == OK) error = check_copy(copy, path);
    if (error == OK) error = vacuum_into(copy, path, target);
    sqlite3_close(copy);
    return error;
}

enum err sqlite_restore(struct db *db, const char *path)
{
    sqlite3 *copy = NULL, *target = ((struct sqlite_connection *)db->connection)->handle;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READONLY, NULL);
    sqlite3_backup *backup = code == SQLITE_OK ? sqlite3_backup_init(target, "main", copy, "main") : NULL;
    if (!backup) {
        enum err error = err_set(ERR_IO, "%s cannot be restored: %s", path, sqlite3_errmsg(code == SQLITE_OK ? target : copy));
        sqlite3_close(copy);
        return error;
    }
    int64_t give_up = clock_monotonic() + WAIT_US;
    while ((code = sqlite3_backup_step(backup, -1)) == SQLITE_BUSY && clock_monotonic() < give_up) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    int finished = sqlite3_backup_finish(backup);
    sqlite3_close(copy);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return err_set(ERR_UNAVAILABLE, "others write to the store all the time; nothing was changed: restore again, or stop the server first");
    return finished == SQLITE_OK ? OK : sqlite_fail(db, "restore", finished);
}
