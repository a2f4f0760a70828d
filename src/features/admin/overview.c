/* The overview: every kind of job with its figures, the last hour as charts, and who runs jobs. Design in admin.h. */
#include "base/clock.h"
#include "features/admin/admin.h"
#include "features/admin/admin_overview.html.h"
#include "features/agent_words.h"
#include "pages/pages.h"

#include <inttypes.h>
#include <stdlib.h>

enum err admin_shell(struct request *request, enum admin_tab tab, struct str title, struct str sentence, struct shell *shell, struct admin_tabs *tabs)
{
    tabs->active = tab;
    return pages_shell(request, NAV_ADMIN, title, sentence, shell);
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static struct admin_times times_of(struct arena *arena, const struct admin_reading *reading, size_t kind, bool is_latency, int64_t *values)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->ended_count; i++) {
        const struct admin_ended *job = &reading->ended[i];
        int64_t value = is_latency ? job->latency : job->took;
        if (job->kind == kind && value >= 0) values[count++] = value;
    }
    qsort(values, count, sizeof *values, by_value);
    return (struct admin_times){admin_duration(arena, admin_percentile(values, count, 0.5)), admin_duration(arena, admin_percentile(values, count, 0.95))};
}

static struct str failed_share(struct arena *arena, const struct admin_figures *figures)
{
    if (!figures->day) return STR("–");
    return str_format(arena, "%.1f%%", 100.0 * (double)figures->day_dead / (double)figures->day);
}

/* Whether there may be more of the last hour than was looked at. */
static bool is_partial_hour(const struct admin_reading *reading)
{
    return (int64_t)reading->ended_count == reading->span->most && reading->ended[reading->ended_count - 1].ended_at > reading->now - 3600 * US_PER_SECOND;
}

static struct admin_kind make_kind(struct arena *arena, const struct admin_reading *reading, size_t at, int64_t *values)
{
    const struct admin_figures *figures = &reading->kinds[at];
    const int64_t *states = figures->states;
    bool later_bound = reading->later >= ADMIN_COUNTED_MAX;
    return (struct admin_kind){
        .name = figures->name,
        .title = figures->kind ? str_from(figures->kind->title) : STR("Not known to this version"),
        .agent = figures->kind ? agent_name(arena, figures->kind->agent) : (struct str){0},
        .queued = admin_count(arena, states[STATE_QUEUED], states[STATE_QUEUED] >= ADMIN_COUNTED_MAX),
        .scheduled = admin_count(arena, states[STATE_SCHEDULED], later_bound),
        .waiting = admin_count(arena, states[STATE_WAITING], later_bound),
        .blocked = admin_count(arena, states[STATE_BLOCKED], states[STATE_BLOCKED] >= ADMIN_COUNTED_MAX),
        .running = admin_count(arena, states[STATE_RUNNING], states[STATE_RUNNING] >= ADMIN_COUNTED_MAX),
        .dead = admin_count(arena, states[STATE_DEAD], states[STATE_DEAD] >= ADMIN_COUNTED_MAX),
        .hour = admin_count(arena, figures->hour, is_partial_hour(reading)),
        .day = admin_count(arena, figures->day, reading->day >= ADMIN_DAY_MAX),
        .failed = failed_share(arena, figures),
        .latency = times_of(arena, reading, at, true, values),
        .run = times_of(arena, reading, at, false, values),
        .is_paused = figures->is_paused,
        .is_known = figures->kind != NULL,
        .has_dead = states[STATE_DEAD] > 0,
    };
}

static void fill_kinds(struct arena *arena, const struct admin_reading *reading, struct admin_overview *view)
{
    int64_t *values = arena_array(arena, int64_t, reading->ended_count + 1);
    struct buf unknown CLEANUP(buf_dispose) = {0};
    view->kinds = arena_array(arena, struct admin_kind, reading->kinds_count + 1);
    for (size_t i = 0; i < reading->kinds_count; i++) {
        const struct admin_figures *figures = &reading->kinds[i];
        int64_t open = 0;
        for (size_t state = 0; state < STATE_DEAD; state++) open += figures->states[state];
        view->kinds[view->kinds_count++] = make_kind(arena, reading, i, values);
        view->has_paused |= figures->is_paused;
        if (!figures->kind && open) buf_append_format(&unknown, "%s%.*s (%" PRId64 ")", unknown.len ? ", " : "", STR_ARG(figures->name), open);
    }
    if (unknown.len)
        view->unknown = str_format(arena, "This version does not know %.*s. Such jobs stay where they are until a worker runs that knows them, or somebody cancels them.",
                                   STR_ARG(buf_str(&unknown)));
}

static struct str sum_of(struct arena *arena, const struct admin_reading *reading, enum admin_state state)
{
    int64_t sum = 0;
    bool is_bound = false;
    for (size_t i = 0; i < reading->kinds_count; i++) {
        sum += reading->kinds[i].states[state];
        is_bound |= reading->kinds[i].states[state] >= ADMIN_COUNTED_MAX;
    }
    return admin_count(arena, sum, is_bound);
}

static void fill_sums(struct arena *arena, const struct admin_reading *reading, struct admin_overview *view)
{
    view->slot_word = str_from(reading->span->slot_word);
    view->refresh_seconds = reading->span->refresh_seconds;
    view->is_day = reading->span == &admin_day;
    view->self = view->is_day ? STR("/admin?span=day") : STR("/admin");
    view->has_ended = reading->ended_count > 0;
    view->is_partial = (int64_t)reading->ended_count == reading->span->most;
    view->at = admin_clock(arena, reading->now);
    view->ready = sum_of(arena, reading, STATE_QUEUED);
    view->running = sum_of(arena, reading, STATE_RUNNING);
    view->dead = sum_of(arena, reading, STATE_DEAD);
    int64_t hour = 0;
    for (size_t i = 0; i < reading->kinds_count; i++) hour += reading->kinds[i].hour;
    view->ended = admin_count(arena, hour, is_partial_hour(reading));
    view->window = str_format(arena, "Times and charts are of the last %s.", reading->span->name);
    if (view->is_partial)
        view->window = str_format(arena, "Times and charts are of the %.*s jobs that ended last, in %.*s.", STR_ARG(admin_count(arena, reading->span->most, false)),
                                  STR_ARG(admin_duration(arena, reading->now - reading->ended[reading->ended_count - 1].ended_at)));
}

enum err admin_overview(struct request *request, struct response *response)
{
    struct admin_overview view = {0};
    struct admin_reading *reading = arena_new(request->arena, struct admin_reading);
    TRY(admin_shell(request, ADMIN_OVERVIEW, STR("Operation"), STR("What the agents have to do, and how it goes."), &view.shell, &view.tabs));
    TRY(admin_read(request, str_equal(request_text(request, "span"), STR("day")) ? &admin_day : &admin_hour, reading));
    fill_kinds(request->arena, reading, &view);
    fill_sums(request->arena, reading, &view);
    admin_fill_charts(request, reading, &view);
    view.workers = reading->workers;
    view.workers_count = reading->workers_count;
    struct html page = {0};
    admin_overview_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
