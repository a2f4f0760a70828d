/* The pages of the job hunt: matches, and one listing. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "features/jobs/jobs.h"
#include "features/jobs/jobs_page.html.h"
#include "features/jobs/listing_page.html.h"
#include "features/jobs/store.sql.h"
#include "pages/pages.h"

#include <inttypes.h>
#include <stdlib.h>

#define PAGE_SIZE 20
#define REASONS_IN_LIST 4
#define SKILLS_OFFERED 30

struct str jobs_status_title(struct str status)
{
    static const char *const titles[] = {"Saved", "Applied", "Interviewing", "Offer", "Rejected"};
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (str_equal_ci(status, str_from(titles[i]))) return str_from(titles[i]);
    return status;
}

/* 38841 as "38,841" */
static struct str grouped(struct arena *arena, int64_t value)
{
    if (value < 1000) return str_format(arena, "%" PRId64, value);
    return str_format(arena, "%.*s,%03d", STR_ARG(grouped(arena, value / 1000)), (int)(value % 1000));
}

/* Sources say "a year" of whatever number a form was given: below this it is a day's or a month's pay, and we do not know which. */
#define YEARLY_LEAST 2000

static struct str salary_words(struct arena *arena, const struct corpus_listing *l)
{
    const char *year = l->salary_min >= YEARLY_LEAST || l->salary_max >= YEARLY_LEAST ? " a year" : "";
    bool is_estimate = str_starts(l->salary_text, STR("estimated"));
    struct str note = is_estimate ? str_format(arena, " (%.*s)", STR_ARG(l->salary_text)) : (struct str){0};
    struct str space = l->salary_currency.len ? STR(" ") : STR("");
    if ((l->salary_text.len && !is_estimate) || (l->salary_min < 0 && l->salary_max < 0)) return l->salary_text; /* in the source's own words */
    struct str low = grouped(arena, l->salary_min), high = grouped(arena, l->salary_max);
    if (l->salary_min < 0) return str_format(arena, "up to %.*s%.*s%.*s%s%.*s", STR_ARG(l->salary_currency), STR_ARG(space), STR_ARG(high), year, STR_ARG(note));
    if (l->salary_max < 0 || l->salary_max == l->salary_min)
        return str_format(arena, "%.*s%.*s%.*s%s%.*s", STR_ARG(l->salary_currency), STR_ARG(space), STR_ARG(low), year, STR_ARG(note));
    return str_format(arena, "%.*s%.*s%.*s to %.*s%s%.*s", STR_ARG(l->salary_currency), STR_ARG(space), STR_ARG(low), STR_ARG(high), year, STR_ARG(note));
}

/* "today", "3 weeks ago", "9 years ago": how old an ad is, in the unit that people think in. */
static struct str age_words(struct arena *arena, int64_t days)
{
    static const struct {
        int64_t below, days;
        const char *unit;
    } units[] = {{14, 1, "day"}, {61, 7, "week"}, {730, 30, "month"}, {INT64_MAX, 365, "year"}};
    if (days <= 0) return STR("today");
    size_t i = 0;
    while (days >= units[i].below) i++;
    int64_t count = days / units[i].days;
    return str_format(arena, "%" PRId64 " %s%s ago", count, units[i].unit, count == 1 ? "" : "s");
}

static void fill_age(struct arena *arena, int64_t posted_at, struct match_view *view)
{
    int64_t days = (clock_now() - posted_at) / US_PER_DAY;
    view->posted_iso = time_iso(arena, posted_at);
    view->posted = time_long_date(arena, posted_at);
    view->age = age_words(arena, days);
    view->is_old = days > JOBS_FRESH_DAYS;
}

static void fill_reasons(struct arena *arena, const struct matcher *matcher, const struct corpus_listing *listing, size_t most, struct match_view *view)
{
    struct match_listing input = corpus_for_match(listing);
    struct match_reason *reasons;
    size_t count = match_reasons(arena, matcher, &input, &reasons);
    view->reasons = arena_array(arena, struct reason_view, count);
    for (size_t i = 0; i < count && view->reasons_count < most; i++) {
        bool is_last_place = view->reasons_count + 1 == most;
        bool has_lack = false; /* the list is cut, but not so that only praise is left */
        for (size_t k = 0; k < view->reasons_count; k++) has_lack |= !view->reasons[k].is_good;
        if (is_last_place && !has_lack && reasons[i].is_good && !reasons[count - 1].is_good) continue;
        view->reasons[view->reasons_count++] = (struct reason_view){reasons[i].text, reasons[i].is_good};
    }
}

void jobs_fill_match(struct arena *arena, const struct corpus_listing *listing, const struct matcher *matcher, const enum match_band *band,
                     size_t reasons_most, struct match_view *view)
{
    bool has_both = listing->company.len && listing->location.len;
    *view = (struct match_view){
        .id = listing->id,
        .title = listing->title,
        .where = str_format(arena, "%.*s%s%.*s", STR_ARG(listing->company), has_both ? ", " : "", STR_ARG(listing->location)),
        .salary = salary_words(arena, listing),
        .type = listing->contract_type,
        .source = listing->source,
        .is_remote = listing->is_remote,
    };
    if (listing->posted_at) fill_age(arena, listing->posted_at, view);
    if (str_equal(listing->source, STR("adzuna"))) {
        view->attribution = STR("Jobs by Adzuna");
        view->attribution_url = STR("https://www.adzuna.com/");
    } else if (str_equal(listing->source, STR("jooble"))) {
        view->attribution = STR("Jobs by Jooble");
        view->attribution_url = STR("https://jooble.org/");
    }
    if (!band) return;
    view->band = str_from(match_band_name(*band));
    view->band_title = str_from(match_band_title(*band));
    fill_reasons(arena, matcher, listing, reasons_most, view);
}

/* ---- the list ---- */

static struct str page_address(struct arena *arena, const struct request *request, int64_t page)
{
    struct str q = request_text(request, "q");
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_append_str(&out, STR("/jobs?"));
    if (q.len) {
        buf_append_str(&out, STR("q="));
        for (size_t i = 0; i < q.len; i++) buf_append_format(&out, "%%%02X", (unsigned char)q.ptr[i]);
        buf_append_char(&out, '&');
    }
    static const char *const names[] = {"band", "skill"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (request_has(request, names[i])) buf_append_format(&out, "%s=%.*s&", names[i], STR_ARG(request_text(request, names[i])));
    if (request_bool(request, "remote")) buf_append_str(&out, STR("remote=true&"));
    buf_append_format(&out, "page=%" PRId64, page);
    return str_copy(arena, buf_str(&out));
}

static void offer_bands(struct request *request, struct jobs_page *view)
{
    view->bands = arena_array(request->arena, struct choice, BAND_COUNT + 1);
    view->bands[view->bands_count++] = (struct choice){.label = STR("Every match")};
    for (int band = 0; band < BAND_COUNT; band++) {
        struct str name = str_from(match_band_name((enum match_band)band));
        view->bands[view->bands_count++] = (struct choice){.value = name, .label = str_from(match_band_title((enum match_band)band)),
                                                           .is_selected = str_equal(name, request_text(request, "band"))};
    }
}

static int by_name(const void *left, const void *right)
{
    const struct choice *a = left, *b = right;
    return str_compare(a->label, b->label);
}

/* The skills most asked for, by name, and the chosen one. */
static void offer_skills(struct request *request, const struct match_demand *demand, struct jobs_page *view)
{
    size_t top[SKILLS_OFFERED], count = 0, chosen = catalogue_skill_by_id(request_text(request, "skill"));
    for (size_t skill = 0; skill < catalogue_skills_count; skill++) {
        if (!demand->listings_by_skill[skill]) continue;
        size_t at = count < SKILLS_OFFERED ? count++ : SKILLS_OFFERED;
        for (; at > 0 && demand->listings_by_skill[top[at - 1]] < demand->listings_by_skill[skill]; at--)
            if (at < SKILLS_OFFERED) top[at] = top[at - 1];
        if (at < SKILLS_OFFERED) top[at] = skill;
    }
    bool is_among = chosen == CATALOGUE_NONE;
    for (size_t i = 0; i < count; i++) is_among |= top[i] == chosen;
    view->skills = arena_array(request->arena, struct choice, SKILLS_OFFERED + 2);
    view->skills[view->skills_count++] = (struct choice){.label = STR("Any skill")};
    for (size_t i = 0; i < count + !is_among; i++) {
        size_t skill = i < count ? top[i] : chosen;
        const struct catalogue_skill *entry = catalogue_skill_at(skill);
        view->skills[view->skills_count++] = (struct choice){.value = entry->id, .label = entry->name, .is_selected = skill == chosen};
    }
    qsort(view->skills + 1, view->skills_count - 1, sizeof(*view->skills), by_name);
}

/* What of the shown listings is on the board already. One query. */
static enum err mark_applications(struct request *request, struct jobs_page *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_jobs_person_applications, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows)) {
        view->on_board++;
        for (size_t i = 0; i < view->matches_count; i++) {
            if (!str_equal(view->matches[i].id, db_col_view(&rows, 0))) continue;
            view->matches[i].application_id = db_col_text(&rows, 1, request->arena);
            view->matches[i].status = jobs_status_title(db_col_text(&rows, 2, request->arena));
        }
    }
    return db_rows_result(&rows);
}

static void fill_pager(struct request *request, const struct jobs_matches *matches, struct jobs_page *view)
{
    int64_t total = (int64_t)matches->count, page = request_int(request, "page", 1), pages = (total + PAGE_SIZE - 1) / PAGE_SIZE;
    if (page > pages) page = pages ? pages : 1;
    int64_t first = (page - 1) * PAGE_SIZE, last = first + PAGE_SIZE < total ? first + PAGE_SIZE : total;
    view->pager = (struct pager){.first = first + 1, .last = last, .total = total};
    if (page > 1) view->pager.previous = page_address(request->arena, request, page - 1);
    if (page < pages) view->pager.next = page_address(request->arena, request, page + 1);
    view->has_pages = pages > 1;
    view->total = str_format(request->arena, "%" PRId64 " %s", total, total == 1 ? "listing" : "listings");
    if (view->is_known)
        view->total = str_format(request->arena, "%.*s: %zu strong, %zu fair, %zu stretch", STR_ARG(view->total), matches->by_band[BAND_STRONG],
                                 matches->by_band[BAND_FAIR], matches->by_band[BAND_STRETCH]);
    if (view->is_known && request_has(request, "band"))
        view->total = str_format(request->arena, "%" PRId64 " %s", total, total == 1 ? "listing" : "listings");
    else if (matches->repeats)
        view->total = str_format(request->arena, "%.*s. %zu posted again %s merged into these.", STR_ARG(view->total), matches->repeats,
                                 matches->repeats == 1 ? "is" : "are");
}

static enum err fill_matches(struct request *request, const struct jobs_person *person, const struct corpus *corpus, struct jobs_page *view)
{
    struct jobs_filter filter = {.search = request_text(request, "q"), .band = -1, .only_remote = request_bool(request, "remote"),
                                 .skill = catalogue_skill_by_id(request_text(request, "skill"))};
    for (int band = 0; band < BAND_COUNT && person->is_known; band++)
        if (str_equal(request_text(request, "band"), str_from(match_band_name((enum match_band)band)))) filter.band = band;
    struct jobs_matches matches;
    TRY(jobs_matches_find(request->db, request->arena, person, corpus, &filter, &matches));
    fill_pager(request, &matches, view);
    view->matches = arena_array(request->arena, struct match_view, PAGE_SIZE);
    struct str back = page_address(request->arena, request, request_int(request, "page", 1));
    for (int64_t i = view->pager.first - 1; i < view->pager.last; i++) {
        struct match_view *card = &view->matches[view->matches_count++];
        const struct jobs_match *match = &matches.items[i];
        jobs_fill_match(request->arena, match->listing, matches.matcher, person->is_known ? &match->band : NULL, REASONS_IN_LIST, card);
        card->repeats = match->repeats;
        card->back = back;
    }
    return mark_applications(request, view);
}

enum err jobs_matches_page(struct request *request, struct response *response)
{
    struct jobs_page view = {.search = request_text(request, "q"), .only_remote = request_bool(request, "remote")};
    TRY(pages_shell(request, NAV_JOBS, STR("Job Hunt"), STR("Listings that fit what you have shown and said, each with the reasons."), &view.shell));
    struct jobs_person person;
    struct corpus corpus;
    TRY(jobs_person_load(request->db, request->arena, request->identity.user_id, &person));
    TRY(corpus_load(request->db, request->arena, clock_now(), &corpus));
    view.is_known = person.is_known;
    view.has_listings = corpus.count > 0;
    view.has_filter = view.search.len || view.only_remote || request_has(request, "band") || request_has(request, "skill");
    offer_bands(request, &view);
    offer_skills(request, &corpus.demand, &view);
    TRY(fill_matches(request, &person, &corpus, &view));
    if (!view.has_listings)
        view.empty = (struct empty_view){PAGES_ICON("inbox"), STR("No listings yet"),
                                         request->identity.is_admin ? STR("Bring listings in on the server with: careerprep jobs import FILE. Until then "
                                                                          "people can track applications of their own.")
                                                                    : STR("Your career centre has not added listings yet. Once it has, those that fit you stand "
                                                                          "here with the reasons. Until then you can track applications of your own."),
                                         STR("Add an application"), STR("/jobs/applications/new")};
    else
        view.empty = (struct empty_view){PAGES_ICON("search"), STR("No listing fits these filters"),
                                         STR("Take a word or a filter away."), STR("Show all listings"), STR("/jobs")};
    struct html page = {0};
    jobs_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

/* ---- one listing ---- */

struct read_listing {
    struct corpus_listing listing;
    struct str description;
    int64_t expires_at;
};

static enum err read_listing(struct request *request, struct read_listing *out)
{
    struct str id = request_param(request, "id");
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_jobs_listing_by_id, DB_ARGS(db_uuid(id)), &rows));
        corpus_read(&rows, request->arena, &out->listing);
        out->description = db_col_text(&rows, 15, request->arena);
        out->expires_at = db_col_time(&rows, 16);
    }
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_jobs_listing_skills, DB_ARGS(db_uuid(id)), &rows));
    out->listing.skills = arena_array(request->arena, uint16_t, catalogue_skills_count);
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) out->listing.skills[out->listing.skills_count++] = (uint16_t)skill;
    }
    return db_rows_result(&rows);
}

static void fill_text(struct arena *arena, struct str description, struct listing_page *view)
{
    size_t lines = 1;
    for (size_t i = 0; i < description.len; i++) lines += description.ptr[i] == '\n';
    view->paragraphs = arena_array(arena, struct str, lines);
    struct str rest = description, line;
    while (str_split_next(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.len) view->paragraphs[view->paragraphs_count++] = line;
    }
    view->is_cut = str_ends(description, STR("…")) || str_ends(description, STR("..."));
}

static void fill_asked(struct arena *arena, const struct jobs_person *person, const struct corpus_listing *listing, struct listing_page *view)
{
    view->skills = arena_array(arena, struct choice, listing->skills_count);
    for (size_t i = 0; i < listing->skills_count; i++) {
        struct str state = STR("missing");
        for (size_t k = 0; k < person->match.skills_count; k++)
            if (person->match.skills[k].skill == listing->skills[i]) state = person->match.skills[k].is_verified ? STR("verified") : STR("claimed");
        view->skills[view->skills_count++] = (struct choice){.label = catalogue_skill_at(listing->skills[i])->name, .hint = state};
    }
}

static enum err find_application(struct request *request, struct match_view *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_jobs_application_of_listing,
                                  DB_ARGS(db_uuid(request->identity.user_id), db_uuid(view->id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    view->application_id = db_col_text(&rows, 0, request->arena);
    view->status = jobs_status_title(db_col_text(&rows, 1, request->arena));
    return OK;
}

enum err jobs_listing_page(struct request *request, struct response *response)
{
    struct read_listing read = {0};
    TRY(read_listing(request, &read));
    struct listing_page view = {.url = read.listing.url};
    TRY(pages_shell(request, NAV_JOBS, read.listing.title, (struct str){0}, &view.shell));
    struct jobs_person person;
    struct match_demand demand;
    TRY(jobs_person_load(request->db, request->arena, request->identity.user_id, &person));
    TRY(corpus_load_demand(request->db, request->arena, &demand));
    const struct matcher *matcher = match_prepare(request->arena, &person.match, &demand);
    struct match_listing input = corpus_for_match(&read.listing);
    enum match_band band = match_score(matcher, &input).band;
    view.is_known = person.is_known;
    jobs_fill_match(request->arena, &read.listing, matcher, person.is_known ? &band : NULL, MATCH_REASONS_MAX, &view.match);
    TRY(find_application(request, &view.match));
    fill_text(request->arena, read.description, &view);
    fill_asked(request->arena, &person, &read.listing, &view);
    if (read.expires_at) view.expires = time_long_date(request->arena, read.expires_at);
    struct html page = {0};
    listing_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

static enum err score_of(struct request *request, double *score)
{
    struct read_listing read = {0};
    struct jobs_person person;
    struct match_demand demand;
    TRY(read_listing(request, &read));
    TRY(jobs_person_load(request->db, request->arena, request->identity.user_id, &person));
    TRY(corpus_load_demand(request->db, request->arena, &demand));
    struct match_listing input = corpus_for_match(&read.listing);
    *score = match_score(match_prepare(request->arena, &person.match, &demand), &input).score;
    return OK;
}

enum err jobs_listing_save(struct request *request, struct response *response)
{
    struct str status = request_text(request, "status"), back = request_text(request, "back"), listing = request_param(request, "id");
    double score = 0;
    int64_t now = clock_now();
    TRY(score_of(request, &score)); /* and not found, when there is no such listing */
    struct db_value applied_on = str_equal(status, STR("saved")) ? db_null() : db_text(time_date(request->arena, now));
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err stored = db_query_one(request->db, &sql_jobs_application_from_listing,
                                       DB_ARGS(db_uuid(uuid_new(request->arena)), db_uuid(request->identity.user_id), db_uuid(listing),
                                               db_text(status), db_real(score), applied_on, db_time(now)), &rows);
        if (stored != OK && stored != ERR_NOT_FOUND) return stored;
        bool is_new = stored == OK;
        struct str words = is_new ? str_format(request->arena, "It is on your board now: %.*s.", STR_ARG(jobs_status_title(status)))
                                  : STR("It was on your board already. Nothing changed.");
        respond_flash(request, response, false, words);
    }
    bool is_list = str_starts(back, STR("/jobs?"));
    respond_redirect(request, response, is_list ? back : str_format(request->arena, "/jobs/listings/%.*s", STR_ARG(listing)));
    return OK;
}
