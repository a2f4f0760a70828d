/* Commands that change or move whole stores: migrate, backup, restore, copy. */
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "commands/commands.h"
#include "commands/seed.sql.h"
#include "db/copy.h"
#include "db/migrate.h"
#include "db/vectors.h"
#include "features/command.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TELL_EACH (INT64_C(200) * 1000)       /* microseconds between two states of the bar */
#define TELL_EACH_LINE (INT64_C(5) * 1000000) /* and between two lines */
#define BAR_WIDTH 30

/* One connection to a store. */
struct opened {
    struct db_pool *pool;
    struct db *db;
};

static void close_store(struct opened *opened)
{
    db_release(opened->db);
    db_pool_close(opened->pool);
}

static enum err open_store(struct opened *opened, const char *where)
{
    TRY(file_make_dirs(config_cstr(CONFIG_DATA_DIR)));
    TRY(db_pool_open_at(&opened->pool, where, 1));
    return db_acquire(opened->pool, &opened->db);
}

/* ---- migrate ---- */

static bool is_missing_file(const char *where) { return !strstr(where, "://") && access(where, F_OK) != 0; }

static enum err print_plan(const char *where)
{
    struct opened store CLEANUP(close_store) = {0};
    struct buf text CLEANUP(buf_dispose) = {0};
    int applied = 0;
    if (!is_missing_file(where)) {
        TRY(db_pool_open_read_only(&store.pool, where));
        TRY(db_acquire(store.pool, &store.db));
        TRY(db_migrate_applied(store.db, &applied));
    }
    TRY(db_migrate_text(where, applied, &text));
    if (store.db) TRY(vectors_plan(store.db, &text));
    fwrite(text.ptr ? text.ptr : "", 1, text.len, stdout);
    if (!text.len) printf("-- Nothing to do: the store is up to date.\n");
    return OK;
}

static enum err migrate(const char *where, int *applied)
{
    struct opened store CLEANUP(close_store) = {0};
    TRY(open_store(&store, where));
    TRY(db_migrate(store.db, applied));
    return store_seed(store.db);
}

int command_migrate(int argc, char **argv)
{
    struct command_options options;
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    const char *where = db_configured_place(&arena);
    int applied = 0;
    enum err result = options.dry_run ? print_plan(where) : migrate(where, &applied);
    if (result != OK) return command_failed(result);
    if (options.dry_run) return 0;
    if (applied) printf("Applied %d migration%s.\n", applied, applied == 1 ? "" : "s");
    else printf("Nothing to do: the store is up to date.\n");
    return 0;
}

/* ---- backup, restore ---- */

static enum err backup(const char *where, const char *path)
{
    struct opened store CLEANUP(close_store) = {0};
    TRY(open_store(&store, where));
    return db_backup(store.db, path);
}

int command_backup(int argc, char **argv)
{
    struct command_options options;
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    enum err result = backup(db_configured_place(&arena), options.operands[0]);
    if (result != OK) return command_failed(result);
    printf("Saved %s\n", options.operands[0]);
    return 0;
}

/* Never over people unless forced: a restore replaces the whole store. */
static enum err restore(const char *where, const char *path, bool force)
{
    struct opened store CLEANUP(close_store) = {0};
    int64_t people = 0;
    TRY(open_store(&store, where));
    TRY(db_migrate(store.db, NULL));
    TRY(db_query_int(store.db, &sql_people_count, DB_NO_ARGS, &people));
    if (people && !force)
        return err_set(ERR_CONFLICT, "the store has %lld accounts; they would be replaced. Add --force if that is meant.", (long long)people);
    TRY(db_restore(store.db, path));
    return store_seed(store.db);
}

int command_restore(int argc, char **argv)
{
    struct command_options options;
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    enum err result = restore(db_configured_place(&arena), options.operands[0], options.force);
    if (result != OK) return command_failed(result);
    printf("Restored %s. Everybody signs in again and makes new API tokens.\n", options.operands[0]);
    return 0;
}

/* ---- copy ---- */

struct progress {
    bool is_bar;    /* standard error is a terminal */
    bool is_silent; /* --json on something else */
    int64_t last;   /* when it was told */
};

static void print_bar(struct str table, const char *what, int64_t done, int64_t total)
{
    static const char full[] = "##############################", none[] = "..............................";
    int share = total ? (int)(done * 100 / total) : 100, filled = share * BAR_WIDTH / 100;
    fprintf(stderr, "\r%s [%.*s%.*s] %3d%%  %" PRId64 " of %" PRId64 " rows  %-24.*s", what, filled, full, BAR_WIDTH - filled, none, share, done, total,
            STR_ARG(table));
    if (done == total) fputc('\n', stderr);
}

static void tell(void *argument, struct str table, bool is_verifying, int64_t done, int64_t total)
{
    struct progress *progress = argument;
    int64_t now = clock_monotonic();
    if (progress->is_silent || (done < total && now - progress->last < (progress->is_bar ? TELL_EACH : TELL_EACH_LINE))) return;
    progress->last = now;
    if (progress->is_bar) print_bar(table, is_verifying ? "Verifying" : "Copying  ", done, total);
    else fprintf(stderr, "%s %" PRId64 " of %" PRId64 " rows (%.*s)\n", is_verifying ? "verified" : "copied", done, total, STR_ARG(table));
}

static int print_report(const struct copy_report *report, int64_t us)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_bool(&writer, "equal", report->is_equal);
    json_member_int(&writer, "rows", report->rows);
    json_member_int(&writer, "resumed_rows", report->resumed);
    json_member_double(&writer, "seconds", (double)us / US_PER_SECOND);
    json_key(&writer, "tables");
    json_array_open(&writer);
    for (size_t i = 0; i < report->count; i++) {
        const struct copy_table *table = &report->tables[i];
        json_object_open(&writer);
        json_member_str(&writer, "table", table->name);
        json_member_int(&writer, "rows", table->rows);
        json_member_int(&writer, "target_rows", table->target_rows);
        json_member_str(&writer, "checksum", table->sum);
        json_member_str(&writer, "target_checksum", table->target_sum);
        json_member_bool(&writer, "equal", table->is_equal);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return command_print_json(&out);
}

static void print_words(const struct copy_report *report, bool only_verify, int64_t us)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct copy_table *table = &report->tables[i];
        if (!table->is_equal)
            printf("%.*s differs: %" PRId64 " rows here, %" PRId64 " there, checksums %.*s and %.*s\n", STR_ARG(table->name), table->rows,
                   table->target_rows, STR_ARG(table->sum), STR_ARG(table->target_sum));
    }
    if (!report->is_equal) return;
    if (report->resumed) printf("Went on after %" PRId64 " rows of an earlier run.\n", report->resumed);
    printf("%s %" PRId64 " rows of %zu tables in %.1f s: equal by count and checksum.\n", only_verify ? "Compared" : "Copied", report->rows, report->count,
           (double)us / US_PER_SECOND);
}

static enum err copy(const char *from, const char *to, struct arena *arena, const struct copy_options *options, struct copy_report *report)
{
    struct opened source CLEANUP(close_store) = {0}, target CLEANUP(close_store) = {0};
    if (is_missing_file(from)) return err_set(ERR_NOT_FOUND, "there is no store to copy: %s is not there", from);
    TRY(db_pool_open_read_only(&source.pool, from));
    TRY(db_acquire(source.pool, &source.db));
    TRY(db_pool_open_at(&target.pool, to, 1));
    TRY(db_acquire(target.pool, &target.db));
    return store_copy(source.db, target.db, arena, options, report);
}

/* "sqlite:PATH" as a path, a URL as it is, NULL for anything else. */
static const char *place_of(const char *to)
{
    if (strncmp(to, "sqlite:", 7) == 0 && to[7]) return to + 7;
    return strncmp(to, "postgres://", 11) == 0 || strncmp(to, "postgresql://", 13) == 0 ? to : NULL;
}

int command_copy(int argc, char **argv)
{
    struct command_options options;
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    const char *to = options.to ? place_of(options.to) : NULL;
    if (!to) {
        fprintf(stderr, "careerprep: copy needs --to postgres://user@host/database or --to sqlite:PATH\n");
        return 2;
    }
    bool is_terminal = isatty(STDERR_FILENO);
    struct progress progress = {.is_bar = is_terminal, .is_silent = options.json && !is_terminal, .last = clock_monotonic()};
    struct copy_options how = {.only_verify = options.verify, .told = tell, .argument = &progress};
    struct copy_report report = {0};
    int64_t start = clock_monotonic();
    enum err result = copy(db_configured_place(&arena), to, &arena, &how, &report);
    int64_t us = clock_monotonic() - start;
    if (result != OK && !report.count) return command_failed(result);
    int printed = 0;
    if (options.json) printed = print_report(&report, us);
    else print_words(&report, options.verify, us);
    return result != OK ? command_failed(result) : printed;
}
