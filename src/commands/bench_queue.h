/* Shared by the files of `careerprep bench queue` alone. */
#pragma once
#include "bus/bus.h"
#include "commands/bench.h"

#define BENCH_CHUNK 1000 /* jobs a transaction */
#define BENCH_LANES 1000

struct bench_run {
    struct bench_store store;
    struct bench_report *report;
    int64_t jobs;
    int64_t finished, waiting; /* in the full table */
    char lock[700];
};

extern const struct job_kind bench_single; /* one a claim */

/* Publishes `jobs` of a kind, a transaction for each BENCH_CHUNK; `name` (may be NULL) is the figure. */
enum err bench_publish(struct bench_run *run, const struct job_kind *kind, int64_t jobs, bool as_workflows, const char *name) MUST_CHECK;
/* How long a claim takes in an empty table, and in one with so many finished and waiting jobs (bench_claims.c). */
enum err bench_claims(struct bench_run *run) MUST_CHECK;
