/* Market insights: which skills the imported listings ask for, by month, and how a person stands to them.
 *
 * The sentinel has counted (market_insights); two grouped queries bring all of it, and months, fields and roles are picked in memory. A share
 * is always of the listings of the shown months, so that months of different size can be compared.
 */
#include "features/market/market.h"

#include "ai/catalogue.h"
#include "base/clock.h"
#include "db/db.h"
#include "features/market/market_page.html.h"
#include "features/market/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BARS_SHOWN 12
#define ROWS_SHOWN 30
#define PERIODS_MAX 36
#define TREND_LISTINGS_MIN 20 /* a month with fewer listings says nothing about a trend */

struct demand {
    size_t skill;
    int64_t shown, now, before; /* listings: of the chosen months, of the newest month, of the one before it */
    double change;              /* in percentage points */
};

struct market {
    struct str periods[PERIODS_MAX]; /* newest first */
    int64_t totals[PERIODS_MAX];     /* listings of each, over the sources */
    size_t periods_count;
    struct str_list sources;
    int64_t computed_at;
    struct str chosen;      /* a period, "" for all */
    int64_t total;          /* listings of the chosen months */
    size_t now, before;     /* periods compared; before == periods_count: there is no trend */
    struct demand *demands; /* by catalogue index */
};

static size_t find_period(const struct market *market, struct str period)
{
    for (size_t i = 0; i < market->periods_count; i++)
        if (str_equal(market->periods[i], period)) return i;
    return market->periods_count;
}

static void add_source(struct arena *arena, struct market *market, struct str source)
{
    for (size_t i = 0; i < market->sources.count; i++)
        if (str_equal(market->sources.items[i], source)) return;
    str_list_add(arena, &market->sources, str_copy(arena, source));
}

static enum err read_buckets(struct request *request, struct market *market)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_market_buckets, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        struct str period = db_col_view(&rows, 0);
        size_t at = find_period(market, period);
        if (at == PERIODS_MAX) continue;
        if (at == market->periods_count) market->periods[market->periods_count++] = str_copy(request->arena, period);
        market->totals[at] += db_col_int(&rows, 2);
        add_source(request->arena, market, db_col_view(&rows, 1));
        if (db_col_time(&rows, 3) > market->computed_at) market->computed_at = db_col_time(&rows, 3);
    }
    return db_rows_result(&rows);
}

static void choose_periods(struct request *request, struct market *market)
{
    size_t chosen = find_period(market, request_text(request, "period"));
    if (request_has(request, "period") && chosen < market->periods_count) market->chosen = market->periods[chosen];
    for (size_t i = 0; i < market->periods_count; i++)
        if (!market->chosen.len || i == chosen) market->total += market->totals[i];
    market->now = market->chosen.len ? chosen : 0;
    market->before = market->now + 1 < market->periods_count ? market->now + 1 : market->periods_count;
    bool too_few = market->before == market->periods_count || market->totals[market->now] < TREND_LISTINGS_MIN ||
                   market->totals[market->before] < TREND_LISTINGS_MIN;
    if (too_few) market->before = market->periods_count;
}

static enum err read_demand(struct request *request, struct market *market)
{
    market->demands = arena_array(request->arena, struct demand, catalogue_skills_count);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_market_insights_all, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0)), period = find_period(market, db_col_view(&rows, 1));
        if (skill == CATALOGUE_NONE || period == market->periods_count) continue;
        int64_t listings = db_col_int(&rows, 2);
        struct demand *demand = &market->demands[skill];
        if (!market->chosen.len || str_equal(market->chosen, market->periods[period])) demand->shown += listings;
        if (period == market->now) demand->now = listings;
        if (period == market->before) demand->before = listings;
    }
    for (size_t skill = 0; skill < catalogue_skills_count; skill++) {
        struct demand *demand = &market->demands[skill];
        demand->skill = skill;
        if (market->before < market->periods_count)
            demand->change = 100.0 * (double)demand->now / (double)market->totals[market->now] -
                             100.0 * (double)demand->before / (double)market->totals[market->before];
    }
    return db_rows_result(&rows);
}

/* ---- what the person has ---- */

enum { STATE_MISSING, STATE_CLAIMED, STATE_VERIFIED };

static enum err read_states(struct request *request, uint8_t *states)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_market_person_skills, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) states[skill] = db_col_bool(&rows, 1) ? STATE_VERIFIED : STATE_CLAIMED;
    }
    return db_rows_result(&rows);
}

/* The occupations that the person's goals mean come first among the roles. */
static enum err read_goals(struct request *request, bool *is_goal)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_market_person_roles, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(db_col_view(&rows, 0), 1 << 20, &root));
    for (size_t i = 0; i < json_count(root); i++) {
        size_t occupation = catalogue_occupation_for(json_str(json_at(root, i)));
        if (occupation != CATALOGUE_NONE) is_goal[occupation] = true;
    }
    return OK;
}

/* ---- filters ---- */

static struct str period_words(struct arena *arena, struct str period)
{
    int64_t at;
    if (time_parse(str_format(arena, "%.*s-01", STR_ARG(period)), &at) != OK) return period;
    struct str date = time_long_date(arena, at);
    return str_slice(date, 2, date.len); /* "1 March 2026" without the day */
}

static void offer_periods(struct request *request, const struct market *market, struct market_page *view)
{
    view->periods = arena_array(request->arena, struct choice, market->periods_count + 1);
    view->periods[view->periods_count++] = (struct choice){.label = STR("All months")};
    for (size_t i = 0; i < market->periods_count; i++) {
        struct str label = str_format(request->arena, "%.*s (%" PRId64 ")", STR_ARG(period_words(request->arena, market->periods[i])), market->totals[i]);
        view->periods[view->periods_count++] = (struct choice){.value = market->periods[i], .label = label,
                                                               .is_selected = str_equal(market->periods[i], market->chosen)};
    }
}

static int by_label(const void *left, const void *right)
{
    const struct choice *a = left, *b = right;
    return str_compare(a->label, b->label);
}

static void offer_fields(struct request *request, struct market_page *view)
{
    const struct str *names;
    size_t count = catalogue_fields(&names);
    view->fields = arena_array(request->arena, struct choice, count + 1);
    view->fields[view->fields_count++] = (struct choice){.label = STR("Every field")};
    for (size_t i = 0; i < count; i++)
        view->fields[view->fields_count++] = (struct choice){.value = names[i], .label = names[i],
                                                             .is_selected = str_equal(names[i], request_text(request, "field"))};
    qsort(view->fields + 1, count, sizeof(struct choice), by_label);
}

static void offer_roles(struct request *request, const bool *is_goal, struct market_page *view)
{
    view->roles = arena_array(request->arena, struct choice, catalogue_occupations_count + 1);
    view->roles[view->roles_count++] = (struct choice){.label = STR("Every role")};
    for (int goals = 1; goals >= 0; goals--) {
        size_t first = view->roles_count;
        for (size_t i = 0; i < catalogue_occupations_count; i++) {
            if (is_goal[i] != (goals == 1)) continue;
            const struct catalogue_occupation *occupation = catalogue_occupation_at(i);
            struct str label = goals ? str_format(request->arena, "%.*s (your goal)", STR_ARG(occupation->title)) : occupation->title;
            view->roles[view->roles_count++] = (struct choice){.value = occupation->id, .label = label,
                                                               .is_selected = str_equal(occupation->id, request_text(request, "role"))};
        }
        qsort(view->roles + first, view->roles_count - first, sizeof(struct choice), by_label);
    }
}

/* Which skills the filters let through. */
static bool *pick_skills(struct request *request)
{
    bool *picked = arena_array(request->arena, bool, catalogue_skills_count);
    struct str field = request_text(request, "field"), role = request_text(request, "role");
    for (size_t i = 0; i < catalogue_skills_count; i++) picked[i] = !role.len && (!field.len || str_equal(catalogue_skill_at(i)->field, field));
    for (size_t i = 0; i < catalogue_occupations_count && role.len; i++) {
        const struct catalogue_occupation *occupation = catalogue_occupation_at(i);
        if (!str_equal(occupation->id, role)) continue;
        for (size_t k = 0; k < occupation->core_count; k++) picked[occupation->core[k]] = true;
        for (size_t k = 0; k < occupation->useful_count; k++) picked[occupation->useful[k]] = true;
        for (size_t k = 0; k < catalogue_skills_count && field.len; k++)
            if (!str_equal(catalogue_skill_at(k)->field, field)) picked[k] = false;
    }
    return picked;
}

/* ---- rows ---- */

static int by_shown(const void *left, const void *right)
{
    const struct demand *a = left, *b = right;
    if (a->shown != b->shown) return a->shown > b->shown ? -1 : 1;
    return a->skill < b->skill ? -1 : a->skill > b->skill;
}

static int by_change(const void *left, const void *right)
{
    const struct demand *a = left, *b = right;
    if (a->change != b->change) return a->change > b->change ? -1 : 1;
    return a->skill < b->skill ? -1 : a->skill > b->skill;
}

static struct market_row make_row(struct arena *arena, const struct market *market, const struct demand *demand, const uint8_t *states, double width)
{
    static const char *const names[] = {"missing", "claimed", "verified"};
    const struct catalogue_skill *skill = catalogue_skill_at(demand->skill);
    double share = market->total ? 100.0 * (double)demand->shown / (double)market->total : 0;
    bool rises = demand->change >= 0.05, falls = demand->change <= -0.05;
    return (struct market_row){
        .name = skill->name,
        .skill_id = skill->id,
        .width = str_format(arena, "%.1f%%", width < 1 ? 1 : width),
        .listings = str_format(arena, "%" PRId64, demand->shown),
        .share = share >= 0.1 ? str_format(arena, "%.1f%%", share) : STR("under 0.1%"),
        .change = str_format(arena, "%s%.1f pp", rises ? "+" : falls ? "−" : "", demand->change < 0 ? -demand->change : demand->change),
        .state = str_from(names[states[demand->skill]]),
        .rises = rises,
        .falls = falls,
    };
}

static void fill_rows(struct arena *arena, const struct market *market, struct demand *picked, size_t count, const uint8_t *states,
                      struct market_page *view)
{
    qsort(picked, count, sizeof(*picked), by_shown);
    if (count > ROWS_SHOWN) count = ROWS_SHOWN;
    view->rows = arena_array(arena, struct market_row, count);
    view->rows_count = count;
    for (size_t i = 0; i < count; i++)
        view->rows[i] = make_row(arena, market, &picked[i], states, 100.0 * (double)picked[i].shown / (double)picked[0].shown);
    view->bars = view->rows;
    view->bars_count = count < BARS_SHOWN ? count : BARS_SHOWN;
    for (size_t i = 0; i < view->bars_count && !view->missing.len; i++) {
        if (states[picked[i].skill] != STATE_MISSING) continue;
        view->missing_skill = view->rows[i].skill_id;
        view->missing = str_format(arena, "%.*s is asked for in %.*s listings and is not among your skills yet.", STR_ARG(view->rows[i].name),
                                   STR_ARG(view->rows[i].listings));
    }
    if (!view->has_trend) return;
    qsort(picked, count, sizeof(*picked), by_change);
    view->risers = arena_array(arena, struct market_row, BARS_SHOWN);
    for (size_t i = 0; i < count && i < BARS_SHOWN && picked[i].change >= 0.05; i++)
        view->risers[view->risers_count++] = make_row(arena, market, &picked[i], states, 100.0 * picked[i].change / picked[0].change);
}

static struct str source_words(struct arena *arena, const struct market *market)
{
    struct str names = str_join(arena, market->sources.items, market->sources.count, STR(", "));
    return str_format(arena, "Source: %" PRId64 " advertisements that name a skill (%.*s), repeats within a month counted once, counted on %.*s.", market->total, STR_ARG(names),
                      STR_ARG(time_long_date(arena, market->computed_at)));
}

static enum err fill(struct request *request, const struct market *market, struct market_page *view)
{
    uint8_t *states = arena_alloc(request->arena, catalogue_skills_count);
    bool *is_goal = arena_array(request->arena, bool, catalogue_occupations_count);
    TRY(read_states(request, states));
    TRY(read_goals(request, is_goal));
    offer_periods(request, market, view);
    offer_fields(request, view);
    offer_roles(request, is_goal, view);
    view->has_filter = request_has(request, "field") || request_has(request, "role") || market->chosen.len;
    view->has_trend = market->before < market->periods_count;
    if (view->has_trend)
        view->trend_title = str_format(request->arena, "What is asked for more in %.*s than in %.*s?",
                                       STR_ARG(period_words(request->arena, market->periods[market->now])),
                                       STR_ARG(period_words(request->arena, market->periods[market->before])));
    const bool *is_picked = pick_skills(request);
    struct demand *picked = arena_array(request->arena, struct demand, catalogue_skills_count);
    size_t count = 0;
    for (size_t i = 0; i < catalogue_skills_count; i++)
        if (is_picked[i] && market->demands[i].shown) picked[count++] = market->demands[i];
    fill_rows(request->arena, market, picked, count, states, view);
    view->source = source_words(request->arena, market);
    return OK;
}

enum err market_page(struct request *request, struct response *response)
{
    struct market_page view = {0};
    struct market *market = arena_new(request->arena, struct market);
    TRY(pages_shell(request, NAV_MARKET, STR("Market Insights"), STR("What the imported listings ask for, and where you stand."), &view.shell));
    TRY(read_buckets(request, market));
    view.has_data = market->periods_count > 0;
    if (view.has_data) {
        choose_periods(request, market);
        TRY(read_demand(request, market));
        TRY(fill(request, market, &view));
    }
    view.empty = (struct empty_view){PAGES_ICON("chart-no-axes-column"), STR("Nothing counted yet"),
                                     request->identity.is_admin ? STR("This page counts the skills that listings ask for. Bring listings in on the server with: "
                                                                      "careerprep jobs import FILE. They are counted a moment later.")
                                                                : STR("This page counts the skills that listings ask for. Your career centre has not added "
                                                                      "listings yet."),
                                     STR("Go to the job hunt"), STR("/jobs")};
    view.none = (struct empty_view){PAGES_ICON("funnel"), STR("No listing asks for these skills"), STR("Choose another field, role or month."),
                                    STR("Show everything"), STR("/market")};
    struct html page = {0};
    market_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
