/* Figures of this process and the text that Prometheus reads: exposition format 0.0.4,
 * prometheus.io/docs/instrumenting/exposition_formats.
 *
 * Counting is a relaxed atomic addition, without a lock: each figure is right by itself, and figures that are read together may be a few events
 * apart. All times share one table of buckets, so that they can be laid over each other.
 */
#pragma once
#include "base/buf.h"
#include <stdatomic.h>

#define HISTOGRAM_BUCKETS 10 /* 0.5 ms to 5 min, and what took longer */

struct histogram {
    _Atomic uint64_t buckets[HISTOGRAM_BUCKETS]; /* not cumulative */
    _Atomic uint64_t sum_us;
};

static inline void metrics_add(_Atomic uint64_t *counter, uint64_t amount) { atomic_fetch_add_explicit(counter, amount, memory_order_relaxed); }
static inline uint64_t metrics_read(const _Atomic uint64_t *counter) { return atomic_load_explicit(counter, memory_order_relaxed); }
/* `times` events that took `us` microseconds each; what is negative (a clock was put back) counts as 0. */
void histogram_add(struct histogram *histogram, int64_t us, uint64_t times);
uint64_t histogram_count(const struct histogram *histogram);

/* ---- the text ---- */

struct metric_label {
    const char *name; /* [a-z_]+ */
    struct str value; /* UTF-8; escaped where it is written */
};
#define LABELS(...) (const struct metric_label[]){__VA_ARGS__}, sizeof((const struct metric_label[]){__VA_ARGS__}) / sizeof(struct metric_label)
#define NO_LABELS NULL, 0

/* Begins a family, whose samples follow at once. `type`: "counter", "gauge" or "histogram"; `help`: one line. Names are [a-z_]+, counters end in _total. */
void metrics_family(struct buf *out, const char *name, const char *type, const char *help);
void metrics_sample(struct buf *out, const char *name, const struct metric_label *labels, size_t count, int64_t value);
void metrics_sample_real(struct buf *out, const char *name, const struct metric_label *labels, size_t count, double value);
/* In seconds: cumulative buckets, sum and count, which is that of the buckets as they were read. At most 7 labels. */
void metrics_histogram(struct buf *out, const char *name, const struct metric_label *labels, size_t count, const struct histogram *histogram);
