/* What this installation spent at services that meter it, and what it may spend yet. */
#include "base/clock.h"
#include "base/period.h"
#include "bus/quota.h"
#include "features/admin/admin.h"
#include "features/admin/admin_budgets.html.h"
#include "pages/pages.h"

#include <ctype.h>

static struct str amount(struct arena *arena, enum quota_unit unit, int64_t value)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    quota_write_amount(&out, unit, value);
    return str_copy(arena, buf_str(&out));
}

static struct admin_window make_window(struct arena *arena, const struct quota_budget *budget, enum period period, const struct quota_window *window, int64_t now)
{
    struct admin_window made = {.period = str_from(period_name(period)), .used = amount(arena, budget->unit, window->used), .has_limit = window->limit != PERIOD_NO_LIMIT};
    if (made.has_limit) {
        made.limit = amount(arena, budget->unit, window->limit);
        made.left = amount(arena, budget->unit, window->left);
        made.is_used_up = window->left == 0;
        made.percent = made.is_used_up ? 100 : (int64_t)(100.0 * (double)window->used / (double)window->limit);
    }
    if (window->ends_at != PERIOD_NEVER) {
        made.ends_iso = time_iso(arena, window->ends_at);
        made.ends = admin_until(arena, window->ends_at, now);
    }
    return made;
}

static struct admin_budget make_budget(struct arena *arena, const struct quota_state *state, int64_t now)
{
    struct buf words CLEANUP(buf_dispose) = {0};
    quota_describe(state, &words);
    struct admin_budget made = {.name = str_from(state->budget->name), .title = str_format(arena, "%c%s", toupper((unsigned char)state->budget->title[0]), state->budget->title + 1), .words = str_copy(arena, buf_str(&words)), .in_use = state->in_use,
                                .windows = arena_array(arena, struct admin_window, PERIOD_COUNT)};
    for (int period = 0; period < PERIOD_COUNT; period++)
        made.windows[made.windows_count++] = make_window(arena, state->budget, (enum period)period, &state->windows[period], now);
    return made;
}

enum err admin_budgets(struct request *request, struct response *response)
{
    struct admin_budgets view = {0};
    struct quota_state *states;
    size_t count;
    TRY(admin_shell(request, ADMIN_BUDGETS, STR("Budgets"), STR("What was spent at services that meter it, and what is left."), &view.shell, &view.tabs));
    TRY(quota_left(request->db, request->arena, NULL, &states, &count));
    view.rows = arena_array(request->arena, struct admin_budget, count + 1);
    for (size_t i = 0; i < count; i++) view.rows[view.rows_count++] = make_budget(request->arena, &states[i], clock_now());
    struct html page = {0};
    admin_budgets_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
