/* Figures and their text. Design in metrics.h. */
#include "base/metrics.h"
#include "base/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#define LABELS_MAX 8

static const struct {
    int64_t us;
    const char *seconds;
} bounds[HISTOGRAM_BUCKETS] = {
    {500, "0.0005"},  {2500, "0.0025"},  {10000, "0.01"},   {50000, "0.05"},     {250000, "0.25"},
    {1000000, "1"},   {5000000, "5"},    {30000000, "30"},  {300000000, "300"},  {INT64_MAX, "+Inf"},
};

void histogram_add(struct histogram *histogram, int64_t us, uint64_t times)
{
    size_t bucket = 0;
    if (us < 0) us = 0;
    while (us > bounds[bucket].us) bucket++;
    metrics_add(&histogram->buckets[bucket], times);
    metrics_add(&histogram->sum_us, (uint64_t)us * times);
}

uint64_t histogram_count(const struct histogram *histogram)
{
    uint64_t count = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) count += metrics_read(&histogram->buckets[i]);
    return count;
}

void metrics_family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_append_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void append_label_value(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\n') {
            buf_append_str(out, STR("\\n"));
            continue;
        }
        if (c == '\\' || c == '"') buf_append_char(out, '\\');
        buf_append_char(out, c);
    }
}

static void begin_sample(struct buf *out, const char *name, const char *suffix, const struct metric_label *labels, size_t count)
{
    buf_append_format(out, "%s%s", name, suffix);
    for (size_t i = 0; i < count; i++) {
        buf_append_format(out, "%c%s=\"", i ? ',' : '{', labels[i].name);
        append_label_value(out, labels[i].value);
        buf_append_char(out, '"');
    }
    buf_append_str(out, count ? STR("} ") : STR(" "));
}

void metrics_sample(struct buf *out, const char *name, const struct metric_label *labels, size_t count, int64_t value)
{
    begin_sample(out, name, "", labels, count);
    buf_append_format(out, "%" PRId64 "\n", value);
}

void metrics_sample_real(struct buf *out, const char *name, const struct metric_label *labels, size_t count, double value)
{
    assert(isfinite(value));
    begin_sample(out, name, "", labels, count);
    buf_append_format(out, "%.6f\n", value);
}

void metrics_histogram(struct buf *out, const char *name, const struct metric_label *labels, size_t count, const struct histogram *histogram)
{
    struct metric_label all[LABELS_MAX];
    uint64_t cumulative = 0;
    assert(count < LABELS_MAX);
    for (size_t i = 0; i < count; i++) all[i] = labels[i];
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        cumulative += metrics_read(&histogram->buckets[i]);
        all[count] = (struct metric_label){"le", str_from(bounds[i].seconds)};
        begin_sample(out, name, "_bucket", all, count + 1);
        buf_append_format(out, "%" PRIu64 "\n", cumulative);
    }
    begin_sample(out, name, "_sum", labels, count);
    buf_append_format(out, "%.6f\n", (double)metrics_read(&histogram->sum_us) / (double)US_PER_SECOND);
    begin_sample(out, name, "_count", labels, count);
    buf_append_format(out, "%" PRIu64 "\n", cumulative);
}
