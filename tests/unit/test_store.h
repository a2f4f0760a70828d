/* A fresh store for a test: a directory of its own under $TMPDIR, removed at the end.
 *
 *     struct test_store store CLEANUP(test_store_close) = {0};
 *     REQUIRE(test_store_open(&store, 4));      (migrated; store.pool, and store.db is one connection)
 *
 * With TEST_DATABASE_URL set (tests/postgres.sh) the store is a schema of its own on that PostgreSQL server.
 */
#pragma once
#include "base/uuid.h"
#include "db/migrate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_store {
    char directory[256];
    char path[600]; /* of the file, or the URL with the schema */
    char schema[64]; /* "" on SQLite */
    struct db_pool *pool;
    struct db *db;
};

static inline bool test_store_is_postgres(void) { return getenv("TEST_DATABASE_URL") != NULL; }

/* One statement on the server, outside the store's schema. */
static inline enum err test_store_on_server(const char *text)
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct sql sql = {"test", text, 0};
    enum err error = db_pool_open_at(&pool, getenv("TEST_DATABASE_URL"), 1);
    if (error == OK) error = db_acquire(pool, &db);
    if (error == OK) error = db_exec(db, &sql, DB_NO_ARGS);
    db_release(db);
    db_pool_close(pool);
    return error;
}

static inline bool test_store_make_file(struct test_store *store)
{
    const char *base = getenv("TMPDIR");
    snprintf(store->directory, sizeof store->directory, "%s/careerprep-test-XXXXXX", base && strlen(base) < 200 ? base : "/tmp");
    if (!mkdtemp(store->directory)) return false;
    snprintf(store->path, sizeof store->path, "%s/store.db", store->directory);
    return true;
}

__attribute__((unused)) static bool test_store_make(struct test_store *store)
{
    if (test_store_is_postgres()) {
        struct arena arena CLEANUP(arena_dispose) = {0};
        char text[128];
        snprintf(store->schema, sizeof store->schema, "test_%s", str_cstr(&arena, random_hex(&arena, 8)));
        snprintf(store->path, sizeof store->path, "%s?options=-csearch_path%%3D%s%%2Cpublic", getenv("TEST_DATABASE_URL"), store->schema);
        snprintf(text, sizeof text, "CREATE SCHEMA %s", store->schema);
        return test_store_on_server(text) == OK;
    }
    return test_store_make_file(store);
}

static inline bool test_store_open_made(struct test_store *store, size_t connections, bool is_made)
{
    enum err error = is_made ? OK : ERR_IO;
    if (error == OK) error = db_pool_open_at(&store->pool, store->path, connections);
    if (error == OK) error = db_acquire(store->pool, &store->db);
    if (error == OK) error = db_migrate(store->db, NULL);
    if (error != OK) printf("the test store cannot be opened: %s\n", err_detail());
    return error == OK;
}

__attribute__((unused)) static bool test_store_open(struct test_store *store, size_t connections)
{
    return test_store_open_made(store, connections, test_store_make(store));
}

/* On SQLite, whatever else is tested. */
__attribute__((unused)) static bool test_store_open_file(struct test_store *store, size_t connections)
{
    return test_store_open_made(store, connections, test_store_make_file(store));
}

__attribute__((unused)) static void test_store_close(struct test_store *store)
{
    db_release(store->db);
    db_pool_close(store->pool);
    if (store->schema[0]) {
        char text[128];
        snprintf(text, sizeof text, "DROP SCHEMA %s CASCADE", store->schema);
        if (test_store_on_server(text) != OK) printf("the test's schema stays: %s\n", err_detail());
    }
    DIR *directory = store->directory[0] ? opendir(store->directory) : NULL;
    if (!directory) return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        unlinkat(dirfd(directory), entry->d_name, 0); /* "." and ".." stay by themselves */
    closedir(directory);
    rmdir(store->directory);
}
