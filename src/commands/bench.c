/* careerprep bench NAME: our own figures on this machine; those of the queue on a scratch store of the configured engine. */
#include "commands/bench.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
#include "base/uuid.h"
#include "commands/commands.h"
#include "db/migrate.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct bench {
    const char *name;
    enum err (*run)(const struct command_options *options, struct bench_report *report);
} benches[] = {{"embed", bench_embed}, {"queue", bench_queue}};

/* ---- the scratch store ---- */

static enum err on_server(const char *text)
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct sql sql = {"bench", text, 0};
    enum err error = db_pool_open_at(&pool, config_cstr(CONFIG_DATABASE_URL), 1);
    if (error == OK) error = db_acquire(pool, &db);
    if (error == OK) error = db_exec(db, &sql, DB_NO_ARGS);
    db_release(db);
    db_pool_close(pool);
    return error;
}

static enum err make_schema(struct bench_store *store)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *url = config_cstr(CONFIG_DATABASE_URL);
    char text[128];
    snprintf(store->schema, sizeof store->schema, "bench_%s", str_cstr(&arena, random_hex(&arena, 8)));
    snprintf(store->path, sizeof store->path, "%s%coptions=-csearch_path%%3D%s%%2Cpublic", url, strchr(url, '?') ? '&' : '?', store->schema);
    snprintf(text, sizeof text, "CREATE SCHEMA %s", store->schema);
    return on_server(text);
}

static enum err make_directory(struct bench_store *store)
{
    TRY(file_make_dirs(config_cstr(CONFIG_DATA_DIR)));
    snprintf(store->directory, sizeof store->directory, "%.500s/bench-XXXXXX", config_cstr(CONFIG_DATA_DIR));
    if (!mkdtemp(store->directory)) return err_set(ERR_IO, "no directory for the benchmark can be made in %s", config_cstr(CONFIG_DATA_DIR));
    snprintf(store->path, sizeof store->path, "%s/store.db", store->directory);
    return OK;
}

enum err bench_store_open(struct bench_store *store, size_t connections)
{
    struct db *db = NULL;
    TRY(config_is_set(CONFIG_DATABASE_URL) ? make_schema(store) : make_directory(store));
    TRY(db_pool_open_at(&store->pool, store->path, connections));
    TRY(db_acquire(store->pool, &db));
    enum err migrated = db_migrate(db, NULL);
    db_release(db);
    return migrated;
}

void bench_store_close(struct bench_store *store)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm", "workers.lock"};
    char path[700];
    db_pool_close(store->pool);
    if (store->schema[0]) {
        snprintf(path, sizeof path, "DROP SCHEMA %s CASCADE", store->schema);
        if (on_server(path) != OK) log_warn("the schema %s stays behind: %s", store->schema, err_detail());
    }
    for (size_t i = 0; store->directory[0] && i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", store->directory, names[i]);
        unlink(path);
    }
    if (store->directory[0] && rmdir(store->directory) != 0) log_warn("%s stays behind", store->directory);
}

/* ---- figures ---- */

void bench_add(struct bench_report *report, const char *name, double value)
{
    if (report->count < BENCH_FIGURES_MAX) report->figures[report->count++] = (struct figure){name, value};
}

double bench_resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

void bench_sort(double *values, size_t count) { qsort(values, count, sizeof *values, by_value); }

double bench_percentile(const double *sorted, size_t count, double share)
{
    size_t at = (size_t)((double)count * share);
    return count ? sorted[at < count ? at : count - 1] : 0;
}

static void print_figures(const struct bench_report *report)
{
    printf("%-40s %s\n", "engine", report->engine);
    for (size_t i = 0; i < report->count; i++) printf("%-40s %.*f\n", report->figures[i].name, report->figures[i].value < 100 ? 3 : 0, report->figures[i].value);
}

static int print_json(const struct bench_report *report)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_str(&writer, "engine", str_from(report->engine));
    for (size_t i = 0; i < report->count; i++) json_member_double(&writer, report->figures[i].name, report->figures[i].value);
    json_object_close(&writer);
    return command_print_json(&out);
}

int command_bench(int argc, char **argv)
{
    struct command_options options;
    struct bench_report report = {0};
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    const struct bench *bench = NULL;
    for (size_t i = 0; i < COUNT_OF(benches); i++)
        if (strcmp(benches[i].name, options.operands[0]) == 0) bench = &benches[i];
    if (!bench) {
        fprintf(stderr, "careerprep: there is no benchmark %s; there are: embed, queue\n", options.operands[0]);
        return 2;
    }
    log_set_level(LOG_WARN);
    enum err result = bench->run(&options, &report);
    if (result != OK) return command_failed(result);
    if (options.json) return print_json(&report);
    print_figures(&report);
    return 0;
}
