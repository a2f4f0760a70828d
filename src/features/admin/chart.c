/* The charts of the overview: what ended in each minute of the last hour, or hour of the last day (a slot), and how long ready jobs waited for their start.
 * Drawn as SVG in units of their own and stretched to the page; the table beneath says the same in figures. */
#include "base/clock.h"
#include "features/admin/admin.h"

#include <stdlib.h>

struct slot {
    int64_t completed, failed, p50, p95;
};

/* Jobs of one slot stand together, the shortest latency first. */
struct sample {
    int64_t slot, latency;
};

static int by_slot(const void *left, const void *right)
{
    const struct sample *a = left, *b = right;
    if (a->slot != b->slot) return a->slot < b->slot ? -1 : 1;
    return (a->latency > b->latency) - (a->latency < b->latency);
}

static void read_latencies(struct arena *arena, struct sample *samples, size_t count, struct slot *slots)
{
    int64_t *values = arena_array(arena, int64_t, count + 1);
    qsort(samples, count, sizeof *samples, by_slot);
    for (size_t i = 0; i < count; i++) values[i] = samples[i].latency;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && samples[to].slot == samples[from].slot;) to++;
        struct slot *slot = &slots[samples[from].slot];
        slot->p50 = admin_percentile(values + from, to - from, 0.5);
        slot->p95 = admin_percentile(values + from, to - from, 0.95);
    }
}

/* `first` is when the oldest slot begins. */
static void read_slots(struct arena *arena, const struct admin_reading *reading, int64_t first, struct slot *slots)
{
    struct sample *samples = arena_array(arena, struct sample, reading->ended_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < reading->span->slots; i++) slots[i] = (struct slot){.p50 = -1, .p95 = -1};
    for (size_t i = 0; i < reading->ended_count; i++) {
        const struct admin_ended *job = &reading->ended[i];
        int64_t at = (job->ended_at - first) / reading->span->slot_us;
        if (job->ended_at < first || at >= (int64_t)reading->span->slots) continue;
        if (job->is_dead) slots[at].failed++;
        else slots[at].completed++;
        if (job->latency >= 0) samples[count++] = (struct sample){at, job->latency};
    }
    read_latencies(arena, samples, count, slots);
}

static int64_t height_of(int64_t value, int64_t most) { return most ? (value * ADMIN_CHART_HEIGHT + most - 1) / most : 0; }

static void draw_columns(const struct slot *slots, size_t count, int64_t most, struct admin_slot *shown)
{
    for (size_t i = 0; i < count; i++) {
        shown[i].x = (int64_t)(i * (ADMIN_CHART_WIDTH / count)) + 1;
        shown[i].completed = slots[i].completed;
        shown[i].failed = slots[i].failed;
        shown[i].failed_height = height_of(slots[i].failed, most);
        shown[i].completed_height = height_of(slots[i].completed + slots[i].failed, most) - shown[i].failed_height;
        shown[i].failed_y = ADMIN_CHART_HEIGHT - shown[i].failed_height;
        shown[i].completed_y = shown[i].failed_y - shown[i].completed_height;
    }
}

/* A line through the slots that have a value. */
static struct str draw_line(struct arena *arena, const struct slot *slots, size_t count, bool is_p95, int64_t most)
{
    size_t width = ADMIN_CHART_WIDTH / count;
    struct buf points CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; i < count; i++) {
        int64_t value = is_p95 ? slots[i].p95 : slots[i].p50;
        if (value < 0 || !most) continue;
        buf_append_format(&points, "%s%zu,%.1f", points.len ? " " : "", i * width + width / 2,
                          ADMIN_CHART_HEIGHT * (1 - (double)value / (double)most));
    }
    return str_copy(arena, buf_str(&points));
}

void admin_fill_charts(struct request *request, const struct admin_reading *reading, struct admin_overview *view)
{
    struct arena *arena = request->arena;
    size_t count = reading->span->slots;
    struct slot *slots = arena_array(arena, struct slot, count);
    int64_t slot_us = reading->span->slot_us, first = reading->now / slot_us * slot_us - ((int64_t)count - 1) * slot_us, most_ended = 0, most_latency = 0;
    read_slots(arena, reading, first, slots);
    view->slots = arena_array(arena, struct admin_slot, count);
    view->slots_count = count;
    for (size_t i = 0; i < count; i++) {
        if (slots[i].completed + slots[i].failed > most_ended) most_ended = slots[i].completed + slots[i].failed;
        if (slots[i].p95 > most_latency) most_latency = slots[i].p95;
        view->slots[i].label = str_slice(admin_clock(arena, first + (int64_t)i * slot_us), 0, 5);
        view->slots[i].p50 = admin_duration(arena, slots[i].p50);
        view->slots[i].p95 = admin_duration(arena, slots[i].p95);
    }
    draw_columns(slots, count, most_ended, view->slots);
    view->p50_line = draw_line(arena, slots, count, false, most_latency);
    view->p95_line = draw_line(arena, slots, count, true, most_latency);
    view->most_ended = admin_count(arena, most_ended, false);
    view->most_latency = admin_duration(arena, most_latency);
    view->column_width = (int64_t)(ADMIN_CHART_WIDTH / count) - 2;
    view->first_label = view->slots[0].label;
    view->last_label = view->slots[count - 1].label;
}
