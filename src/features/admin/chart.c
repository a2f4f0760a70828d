/* The charts of the overview: what ended in each of the last sixty minutes, and how long ready jobs waited for their start. Drawn as SVG in units of their own and
 * stretched to the page; the table beneath says the same in figures. */
#include "base/clock.h"
#include "features/admin/admin.h"

#include <stdlib.h>

#define MINUTE_US (60 * US_PER_SECOND)
#define COLUMN_WIDTH (ADMIN_CHART_WIDTH / ADMIN_MINUTES)

struct minute {
    int64_t completed, failed, p50, p95;
};

/* Jobs of one minute stand together, the shortest latency first. */
struct sample {
    int64_t minute, latency;
};

static int by_minute(const void *left, const void *right)
{
    const struct sample *a = left, *b = right;
    if (a->minute != b->minute) return a->minute < b->minute ? -1 : 1;
    return (a->latency > b->latency) - (a->latency < b->latency);
}

static void read_latencies(struct arena *arena, struct sample *samples, size_t count, struct minute *minutes)
{
    int64_t *values = arena_array(arena, int64_t, count + 1);
    qsort(samples, count, sizeof *samples, by_minute);
    for (size_t i = 0; i < count; i++) values[i] = samples[i].latency;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && samples[to].minute == samples[from].minute;) to++;
        struct minute *minute = &minutes[samples[from].minute];
        minute->p50 = admin_percentile(values + from, to - from, 0.5);
        minute->p95 = admin_percentile(values + from, to - from, 0.95);
    }
}

/* `first` is when the oldest minute begins. */
static void read_minutes(struct arena *arena, const struct admin_reading *reading, int64_t first, struct minute *minutes)
{
    struct sample *samples = arena_array(arena, struct sample, reading->ended_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ADMIN_MINUTES; i++) minutes[i] = (struct minute){.p50 = -1, .p95 = -1};
    for (size_t i = 0; i < reading->ended_count; i++) {
        const struct admin_ended *job = &reading->ended[i];
        int64_t at = (job->ended_at - first) / MINUTE_US;
        if (job->ended_at < first || at >= ADMIN_MINUTES) continue;
        if (job->is_dead) minutes[at].failed++;
        else minutes[at].completed++;
        if (job->latency >= 0) samples[count++] = (struct sample){at, job->latency};
    }
    read_latencies(arena, samples, count, minutes);
}

static int64_t height_of(int64_t value, int64_t most) { return most ? (value * ADMIN_CHART_HEIGHT + most - 1) / most : 0; }

static void draw_columns(const struct minute *minutes, int64_t most, struct admin_minute *shown)
{
    for (size_t i = 0; i < ADMIN_MINUTES; i++) {
        shown[i].x = (int64_t)i * COLUMN_WIDTH + 1;
        shown[i].completed = minutes[i].completed;
        shown[i].failed = minutes[i].failed;
        shown[i].failed_height = height_of(minutes[i].failed, most);
        shown[i].completed_height = height_of(minutes[i].completed + minutes[i].failed, most) - shown[i].failed_height;
        shown[i].failed_y = ADMIN_CHART_HEIGHT - shown[i].failed_height;
        shown[i].completed_y = shown[i].failed_y - shown[i].completed_height;
    }
}

/* A line through the minutes that have a value. */
static struct str draw_line(struct arena *arena, const struct minute *minutes, bool is_p95, int64_t most)
{
    struct buf points CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; i < ADMIN_MINUTES; i++) {
        int64_t value = is_p95 ? minutes[i].p95 : minutes[i].p50;
        if (value < 0 || !most) continue;
        buf_append_format(&points, "%s%zu,%.1f", points.len ? " " : "", i * COLUMN_WIDTH + COLUMN_WIDTH / 2,
                          ADMIN_CHART_HEIGHT * (1 - (double)value / (double)most));
    }
    return str_copy(arena, buf_str(&points));
}

void admin_fill_charts(struct request *request, const struct admin_reading *reading, struct admin_overview *view)
{
    struct arena *arena = request->arena;
    struct minute minutes[ADMIN_MINUTES];
    int64_t first = reading->now / MINUTE_US * MINUTE_US - (ADMIN_MINUTES - 1) * MINUTE_US, most_ended = 0, most_latency = 0;
    read_minutes(arena, reading, first, minutes);
    view->minutes = arena_array(arena, struct admin_minute, ADMIN_MINUTES);
    view->minutes_count = ADMIN_MINUTES;
    for (size_t i = 0; i < ADMIN_MINUTES; i++) {
        if (minutes[i].completed + minutes[i].failed > most_ended) most_ended = minutes[i].completed + minutes[i].failed;
        if (minutes[i].p95 > most_latency) most_latency = minutes[i].p95;
        view->minutes[i].label = str_slice(admin_clock(arena, first + (int64_t)i * MINUTE_US), 0, 5);
        view->minutes[i].p50 = admin_duration(arena, minutes[i].p50);
        view->minutes[i].p95 = admin_duration(arena, minutes[i].p95);
    }
    draw_columns(minutes, most_ended, view->minutes);
    view->p50_line = draw_line(arena, minutes, false, most_latency);
    view->p95_line = draw_line(arena, minutes, true, most_latency);
    view->most_ended = admin_count(arena, most_ended, false);
    view->most_latency = admin_duration(arena, most_latency);
    view->first_label = view->minutes[0].label;
    view->last_label = view->minutes[ADMIN_MINUTES - 1].label;
}
