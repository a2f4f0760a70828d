/* A fresh store for a test: a directory of its own under $TMPDIR, removed at the end.
 *
 *     struct test_store store CLEANUP(test_store_close) = {0};
 *     REQUIRE(test_store_open(&store, 4));      (migrated; store.pool, and store.db is one connection)
 */
#pragma once
#include "db/migrate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_store {
    char directory[256];
    char path[300];
    struct db_pool *pool;
    struct db *db;
};

__attribute__((unused)) static bool test_store_make(struct test_store *store)
{
    const char *base = getenv("TMPDIR");
    snprintf(store->directory, sizeof store->directory, "%s/careerprep-test-XXXXXX", base && strlen(base) < 200 ? base : "/tmp");
    if (!mkdtemp(store->directory)) return false;
    snprintf(store->path, sizeof store->path, "%s/store.db", store->directory);
    return true;
}

__attribute__((unused)) static bool test_store_open(struct test_store *store, size_t connections)
{
    enum err error = test_store_make(store) ? OK : ERR_IO;
    if (error == OK) error = db_pool_open_at(&store->pool, store->path, connections);
    if (error == OK) error = db_acquire(store->pool, &store->db);
    if (error == OK) error = db_migrate(store->db, NULL);
    if (error != OK) printf("the test store cannot be opened: %s\n", err_detail());
    return error == OK;
}

__attribute__((unused)) static void test_store_close(struct test_store *store)
{
    db_release(store->db);
    db_pool_close(store->pool);
    DIR *directory = store->directory[0] ? opendir(store->directory) : NULL;
    if (!directory) return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        unlinkat(dirfd(directory), entry->d_name, 0); /* "." and ".." stay by themselves */
    closedir(directory);
    rmdir(store->directory);
}
