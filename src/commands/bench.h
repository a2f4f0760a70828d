/* What the benchmarks share: a scratch store of the configured engine, and what is printed. */
#pragma once
#include "db/db.h"
#include "features/command.h"

/* A migrated store that is nobody's: a directory under DATA_DIR, or a schema of its own in the configured database; both go when it is closed. */
struct bench_store {
    char path[700], directory[600], schema[64];
    struct db_pool *pool;
};
enum err bench_store_open(struct bench_store *store, size_t connections) MUST_CHECK;
void bench_store_close(struct bench_store *store);

/* One figure, in the order in which they are printed. */
struct figure {
    const char *name;
    double value;
};
/* Of this process, in MiB. */
double bench_resident(void);
/* The value that a share of the sorted list does not exceed. */
double bench_percentile(const double *sorted, size_t count, double share);
void bench_sort(double *values, size_t count);

#define BENCH_FIGURES_MAX 40
struct bench_report {
    char engine[64];
    struct figure figures[BENCH_FIGURES_MAX];
    size_t count;
};
void bench_add(struct bench_report *report, const char *name, double value);

enum err bench_embed(const struct command_options *options, struct bench_report *report) MUST_CHECK;
enum err bench_queue(const struct command_options *options, struct bench_report *report) MUST_CHECK;
