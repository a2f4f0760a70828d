/* The text of figures: what Prometheus could not read would be lost as a whole. */
#include "test.h"

#include "base/metrics.h"

TEST(labels_are_escaped)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    metrics_sample(&out, "x_total", LABELS({"route", STR("/a\"b\\c\nd")}, {"method", STR("GET")}), 7);
    CHECK(str_equal(buf_str(&out), STR("x_total{route=\"/a\\\"b\\\\c\\nd\",method=\"GET\"} 7\n")));
}

TEST(buckets_are_cumulative_and_hold_every_event_once)
{
    struct histogram histogram = {0};
    struct buf out CLEANUP(buf_dispose) = {0};
    histogram_add(&histogram, 500, 1);      /* a bound belongs to its bucket */
    histogram_add(&histogram, 501, 2);
    histogram_add(&histogram, -5, 1);       /* a clock was put back */
    histogram_add(&histogram, INT64_C(3600000000), 1);
    CHECK(histogram_count(&histogram) == 5);
    metrics_histogram(&out, "t_seconds", LABELS({"kind", STR("k")}), &histogram);
    static const char *const lines[] = {
        "t_seconds_bucket{kind=\"k\",le=\"0.0005\"} 2\n", "t_seconds_bucket{kind=\"k\",le=\"0.0025\"} 4\n", "t_seconds_bucket{kind=\"k\",le=\"300\"} 4\n",
        "t_seconds_bucket{kind=\"k\",le=\"+Inf\"} 5\n",   "t_seconds_sum{kind=\"k\"} 3600.001502\n",         "t_seconds_count{kind=\"k\"} 5\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) CHECK(str_find(buf_str(&out), str_from(lines[i]), 0) != STR_NPOS);
}

TEST(families_say_what_they_are)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    metrics_family(&out, "up", "gauge", "Whether it is.");
    metrics_sample_real(&out, "up", NO_LABELS, 0.25);
    CHECK(str_equal(buf_str(&out), STR("# HELP up Whether it is.\n# TYPE up gauge\nup 0.250000\n")));
}
