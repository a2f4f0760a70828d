/* The quota ledger. Design in quota.h. */
#include "bus/quota.h"

#include "base/buf.h"
#include "base/clock.h"
#include "bus/quota.sql.h"
#include "json/json.h"

#include <assert.h>
#include <string.h>

#define WINDOWS_KEPT 100
#define LIFETIME_LASTS_DAYS 365

static const struct quota_budget budgets[] = {
    {"adzuna", "searches at Adzuna", QUOTA_CALLS, CONFIG_QUOTA_ADZUNA},
    {"ai", "language models", QUOTA_MICRODOLLARS, CONFIG_AI_BUDGET},
    {"ai-tokens", "tokens of language models", QUOTA_TOKENS, CONFIG_AI_TOKEN_BUDGET},
    {"jooble", "searches at Jooble", QUOTA_CALLS, CONFIG_QUOTA_JOOBLE},
};
static_assert(COUNT_OF(budgets) <= QUOTA_PARTS_MAX, "all budgets are read at once");

const struct quota_budget *quota_budgets(size_t *count)
{
    *count = COUNT_OF(budgets);
    return budgets;
}

const struct quota_budget *quota_budget_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(budgets); i++)
        if (strcmp(budgets[i].name, name) == 0) return &budgets[i];
    assert(!"a budget that is not in the table");
    return NULL;
}

/* ---- amounts in words ---- */

void quota_write_amount(struct buf *out, enum quota_unit unit, int64_t amount)
{
    if (unit != QUOTA_MICRODOLLARS) {
        buf_append_format(out, "%lld", (long long)amount);
        return;
    }
    int64_t fraction = amount % 1000000;
    buf_append_format(out, fraction % 10000 ? "$%lld.%06lld" : "$%lld.%02lld", (long long)(amount / 1000000),
                      (long long)(fraction % 10000 ? fraction : fraction / 10000));
}

static const char *const period_words[PERIOD_COUNT] = {"this minute", "today", "this week", "this month", "in all"};

void quota_describe(const struct quota_state *state, struct buf *out)
{
    bool any = false;
    for (int period = 0; period < PERIOD_COUNT; period++) {
        const struct quota_window *window = &state->windows[period];
        if (window->limit == PERIOD_NO_LIMIT) continue;
        buf_append_str(out, any ? STR(", ") : STR(""));
        quota_write_amount(out, state->budget->unit, window->left);
        buf_append_str(out, STR(" of "));
        quota_write_amount(out, state->budget->unit, window->limit);
        buf_append_format(out, "%s %s", any ? "" : " left", period_words[period]);
        any = true;
    }
    if (any) return;
    buf_append_str(out, STR("no limit, "));
    quota_write_amount(out, state->budget->unit, state->windows[PERIOD_MONTH].used);
    buf_append_str(out, STR(" used this month"));
}

/* ---- the windows of a moment ---- */

/* The list that the statements take: for each part, and for each period within it, the window of `at`. */
static void list_windows(struct buf *out, const struct quota_part *parts, size_t count, int64_t at, bool is_limited)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_array_open(&writer);
    for (size_t i = 0; i < count; i++) {
        int64_t limits[PERIOD_COUNT];
        config_limits(parts[i].budget->limits, limits);
        for (int period = 0; period < PERIOD_COUNT; period++) {
            struct period_window window = period_window((enum period)period, at);
            struct period_window next = window.end == PERIOD_NEVER ? window : period_window((enum period)period, window.end);
            json_object_open(&writer);
            json_member_int(&writer, "position", (int64_t)i * PERIOD_COUNT + period);
            json_member_str(&writer, "budget", str_from(parts[i].budget->name));
            json_member_str(&writer, "period", str_from(period_name((enum period)period)));
            json_member_str(&writer, "name", str_from(window.name));
            json_member_str(&writer, "next", str_from(next.name));
            json_member_int(&writer, "amount", parts[i].amount);
            json_key(&writer, "limit");
            if (is_limited && limits[period] != PERIOD_NO_LIMIT) json_write_int(&writer, limits[period]);
            else json_write_null(&writer);
            json_object_close(&writer);
        }
    }
    json_array_close(&writer);
}

/* The state at `at` of each part's budget; one statement. */
static enum err read_states(struct db *db, const struct quota_part *parts, size_t count, int64_t at, struct quota_state *states)
{
    struct buf list CLEANUP(buf_dispose) = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    list_windows(&list, parts, count, at, false);
    TRY(db_query(db, &sql_quota_used, DB_ARGS(db_json(buf_str(&list))), &rows));
    for (size_t i = 0; i < count; i++) {
        int64_t limits[PERIOD_COUNT];
        config_limits(parts[i].budget->limits, limits);
        states[i] = (struct quota_state){.budget = parts[i].budget};
        for (int period = 0; period < PERIOD_COUNT && db_next(&rows); period++) {
            int64_t used = db_col_int(&rows, 0), limit = limits[period], left = limit > used ? limit - used : 0;
            states[i].windows[period] = (struct quota_window){.limit = limit,
                                                              .used = used,
                                                              .left = limit == PERIOD_NO_LIMIT ? INT64_MAX : left,
                                                              .ends_at = period_window((enum period)period, at).end};
        }
        states[i].in_use = states[i].windows[PERIOD_LIFETIME].used > 0 || strcmp(config_source(parts[i].budget->limits), "default") != 0;
    }
    return db_rows_result(&rows);
}

/* ---- taking and giving back ---- */

/* Once a day for each budget, which is often enough for tables of this size. */
static enum err sweep(struct db *db, int64_t now)
{
    int64_t this_month = period_window(PERIOD_MONTH, now).start;
    int64_t a_year_before = period_window(PERIOD_MONTH, this_month - 360 * US_PER_DAY).start; /* in the first week of that month */
    TRY(db_exec(db, &sql_quota_sweep, DB_ARGS(db_int(WINDOWS_KEPT))));
    return db_exec(db, &sql_cost_sweep, DB_ARGS(db_time(a_year_before)));
}

/* Writes the list if it fits: *counted tells whether. */
static enum err use(struct db *db, const struct quota_part *parts, size_t count, int64_t at, bool is_limited, bool *counted)
{
    struct buf list CLEANUP(buf_dispose) = {0};
    bool is_first_today = false;
    *counted = false;
    list_windows(&list, parts, count, at, is_limited);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &sql_quota_use, DB_ARGS(db_json(buf_str(&list))), &rows));
        while (db_next(&rows)) {
            *counted = true;
            if (!str_equal(db_col_view(&rows, 0), str_from(period_name(PERIOD_DAY)))) continue;
            for (size_t i = 0; i < count; i++) is_first_today |= db_col_int(&rows, 1) == parts[i].amount;
        }
        TRY(db_rows_result(&rows));
    }
    return is_first_today ? sweep(db, at) : OK;
}

/* Finds the full window that is full for the longest, and says so. */
static enum err refuse(struct db *db, const struct quota_part *parts, size_t count, int64_t now, int64_t *when)
{
    struct quota_state states[QUOTA_PARTS_MAX];
    struct buf words CLEANUP(buf_dispose) = {0};
    TRY(read_states(db, parts, count, now, states));
    *when = now;
    for (size_t i = 0; i < count; i++) {
        for (int period = 0; period < PERIOD_COUNT; period++) {
            const struct quota_window *window = &states[i].windows[period];
            if (window->left >= parts[i].amount) continue;
            int64_t fits_at = parts[i].amount > window->limit ? PERIOD_NEVER : window->ends_at;
            if (fits_at < *when) continue;
            *when = fits_at;
            buf_clear(&words);
            buf_append_format(&words, "The budget for %s allows ", parts[i].budget->title);
            quota_write_amount(&words, parts[i].budget->unit, window->limit);
            buf_append_format(&words, " %s, and ", period_words[period]);
            quota_write_amount(&words, parts[i].budget->unit, window->used);
            buf_append_str(&words, STR(" is used."));
        }
    }
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (words.len == 0) return err_set(ERR_TOO_MANY, "The budget was full a moment ago. Try again.");
    if (*when != PERIOD_NEVER) buf_append_format(&words, " There is more at %.*s.", STR_ARG(time_iso(&arena, *when)));
    return err_set(ERR_TOO_MANY, "%.*s", STR_ARG(buf_str(&words)));
}

/* Leaves out what is 0; returns how many are left. */
static size_t keep_parts(const struct quota_part *parts, size_t count, struct quota_part kept[QUOTA_PARTS_MAX])
{
    size_t n = 0;
    assert(count <= QUOTA_PARTS_MAX);
    for (size_t i = 0; i < count; i++)
        if (parts[i].amount > 0) kept[n++] = parts[i];
    return n;
}

enum err quota_in_transaction(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument)
{
    return db_in_transaction(db) ? body(db, argument) : db_transaction(db, body, argument);
}

struct asked {
    struct quota_part parts[QUOTA_PARTS_MAX];
    size_t count;
    int64_t now, when;
};

static enum err take(struct db *db, void *argument)
{
    struct asked *asked = argument;
    bool counted;
    asked->when = asked->now;
    TRY(use(db, asked->parts, asked->count, asked->now, true, &counted));
    return counted ? OK : refuse(db, asked->parts, asked->count, asked->now, &asked->when);
}

enum err quota_take_parts(struct db *db, const struct quota_part *parts, size_t count, int64_t *when)
{
    struct asked asked = {.now = clock_now()};
    asked.count = keep_parts(parts, count, asked.parts);
    *when = asked.now;
    if (asked.count == 0) return OK;
    enum err result = quota_in_transaction(db, take, &asked); /* a lone statement would not be serializable */
    *when = asked.when;
    return result;
}

static enum err give_back(struct db *db, const struct quota_part *parts, size_t count, int64_t taken_at)
{
    struct buf list CLEANUP(buf_dispose) = {0};
    list_windows(&list, parts, count, taken_at, false);
    return db_exec(db, &sql_quota_give_back, DB_ARGS(db_json(buf_str(&list))));
}

enum err quota_correct(struct db *db, const struct quota_part *parts, size_t count, int64_t taken_at)
{
    struct quota_part more[QUOTA_PARTS_MAX], less[QUOTA_PARTS_MAX], turned[QUOTA_PARTS_MAX];
    bool counted;
    size_t more_count = keep_parts(parts, count, more);
    for (size_t i = 0; i < count; i++) turned[i] = (struct quota_part){parts[i].budget, -parts[i].amount};
    size_t less_count = keep_parts(turned, count, less);
    if (more_count) TRY(use(db, more, more_count, taken_at, false, &counted));
    return less_count ? give_back(db, less, less_count, taken_at) : OK;
}

static enum err check_amount(int64_t amount)
{
    if (amount >= 1 && amount <= PERIOD_LIMIT_MAX) return OK;
    return err_set(ERR_INVALID, "%lld of a budget cannot be taken at once", (long long)amount);
}

enum err quota_take(struct db *db, const char *name, int64_t amount, int64_t *when)
{
    TRY(check_amount(amount));
    return quota_take_parts(db, &(struct quota_part){quota_budget_find(name), amount}, 1, when);
}

enum err quota_give_back(struct db *db, const char *name, int64_t amount, int64_t taken_at)
{
    TRY(check_amount(amount));
    return give_back(db, &(struct quota_part){quota_budget_find(name), amount}, 1, taken_at);
}

/* ---- what is left, and planning with it ---- */

enum err quota_left(struct db *db, struct arena *arena, const char *name, struct quota_state **states, size_t *count)
{
    struct quota_part parts[COUNT_OF(budgets)];
    *count = name ? 1 : COUNT_OF(budgets);
    for (size_t i = 0; i < *count; i++) parts[i] = (struct quota_part){.budget = name ? quota_budget_find(name) : &budgets[i]};
    *states = arena_array(arena, struct quota_state, *count);
    return read_states(db, parts, *count, clock_now(), *states);
}

/* What may be used until `until` so that the rest of the window keeps its even share of the limit. */
static int64_t share_until(int64_t limit, int64_t used, const struct period_window *window, int64_t until)
{
    if (until < window->start) until = window->start;
    if (until > window->end) until = window->end;
    int64_t length = (window->end - window->start) / US_PER_SECOND, rest = (window->end - until) / US_PER_SECOND;
    int64_t may = limit - limit * rest / length - used; /* at most 1e12 times the seconds of a month: it fits */
    return may > 0 ? may : 0;
}

/* What the windows of the same length that follow allow until `until`. */
static int64_t share_after(int64_t limit, const struct period_window *window, int64_t until)
{
    if (until <= window->end) return 0;
    return limit * ((until - window->end) / US_PER_SECOND) / ((window->end - window->start) / US_PER_SECOND);
}

static enum err plan(struct db *db, const char *name, int64_t now, int64_t until, bool is_spread, int64_t *calls)
{
    struct quota_state state;
    TRY(read_states(db, &(struct quota_part){.budget = quota_budget_find(name)}, 1, now, &state));
    *calls = INT64_MAX;
    for (int period = 0; period < PERIOD_COUNT; period++) {
        int64_t limit = state.windows[period].limit, used = state.windows[period].used, left = state.windows[period].left;
        struct period_window window = period_window((enum period)period, now);
        if (limit == PERIOD_NO_LIMIT) continue;
        if (period == PERIOD_LIFETIME) { /* as a limit of the day */
            int64_t used_today = state.windows[PERIOD_DAY].used, left_this_morning = left + used_today;
            limit = (left_this_morning + LIFETIME_LASTS_DAYS - 1) / LIFETIME_LASTS_DAYS;
            used = used_today;
            window = period_window(PERIOD_DAY, now);
        }
        int64_t may = share_until(limit, used, &window, until);
        if (is_spread) may += share_after(limit, &window, until);
        bool comes_again = is_spread && period != PERIOD_LIFETIME && until > window.end;
        if (!comes_again && may > left) may = left;
        if (may < *calls) *calls = may;
    }
    return OK;
}

enum err quota_plan(struct db *db, const char *name, int64_t now, int64_t until, int64_t *calls) { return plan(db, name, now, until, false, calls); }

enum err quota_plan_spread(struct db *db, const char *name, int64_t now, int64_t until, int64_t *calls) { return plan(db, name, now, until, true, calls); }
