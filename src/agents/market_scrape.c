/* The sentinel looks for new listings every night: `market.scrape` finds out which job boards may be asked, and `market.search`, one job a board, asks for what people look for.
 *
 * What is asked are the roles and places that people stated, nothing else. Calls are metered (bus/quota.h), so each night has its even share of the budget, and each call is
 * taken from the budget before it is made. While there are fewer calls than searches, the nights take turns. First come the first pages of all searches, then the second.
 *
 * A page is a durable step: its call is made without a transaction, then its listings and the step's result are committed together. A job that runs again, after a crash, a
 * pause for the budget of the minute, or a board that failed, does not ask for a finished page again. An answer that cannot be read does not stop the other searches; its page is asked
 * for again by the next try. A night that brought no page at all is a dead letter, whatever ended it. MARKET_UPDATE is published in the transaction that completes the job,
 * once for all pages: what follows from it looks at all listings.
 */
#include "agents/kinds.h"
#include "agents/market_scrape.sql.h"
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/log.h"
#include "bus/quota.h"
#include "features/jobs/board.h"
#include "features/jobs/import.h"
#include "json/json.h"

#include <inttypes.h>

#define SEARCHES_MAX 200
#define PAGES_MAX 5           /* of one search in one night */
#define CALL_SECONDS 20
#define SHORT_WAIT_SECONDS 120 /* a budget that has room again so soon is waited for, any other until the next night */
#define LONG_WAIT_SECONDS 3600 /* a board that asks for a longer pause is left for this night */
#define RUNS_MAX 100           /* of one job, which waits for the budget of the minute */
#define PAUSES_MAX 6           /* that a board may ask for beyond one for each page it gives */
#define PAUSE_FIRST_SECONDS 15 /* at least, doubled with each: a quarter of an hour for all */
#define UNREADABLE_MAX 3       /* pages of one run: it is the board then, and not a page */

static const char pause_reason[] = "the job board asks for a pause"; /* market_trouble counts them */

/* ---- market.scrape ---- */

static enum err plan_board(struct job *job, const struct board *board, int64_t now)
{
    int64_t until = now + US_PER_DAY, calls = 0, night = now / US_PER_DAY;
    TRY(quota_plan_spread(job->db, board->name, now, until, &calls));
    int64_t turn = calls < SEARCHES_MAX ? night * calls : 0; /* which search comes first */
    struct str payload = str_format(job->arena, "{\"board\":\"%s\",\"until\":%" PRId64 ",\"turn\":%" PRId64 "}", board->name, until, turn);
    return bus_enqueue(job->db, job->arena,
                       &(struct job_spec){.kind = "market.search", .payload = payload, .key = str_format(job->arena, "market.search %s", board->name),
                                          .key_use = JOB_KEY_UNFINISHED, .cause = job},
                       NULL);
}

/* Every night says which boards are off, and does not fail for it. */
static enum err plan(struct job *job)
{
    size_t count, asked = 0;
    const struct board *all = boards(&count);
    struct buf words CLEANUP(buf_dispose) = {0};
    int64_t now = clock_now();
    for (size_t i = 0; i < count; i++) {
        const char *missing = NULL;
        if (board_is_configured(&all[i], &missing)) {
            TRY(plan_board(job, &all[i], now));
            buf_append_format(&words, "%sAsking %s.", words.len ? " " : "", all[i].title);
            asked++;
        } else if (missing) {
            buf_append_format(&words, "%s%s is off: %s is not set.", words.len ? " " : "", all[i].title, missing);
        }
    }
    if (!words.len) buf_append_str(&words, STR("No source is configured: set ADZUNA_APP_ID and ADZUNA_APP_KEY, or JOOBLE_API_KEY."));
    log_info("listings: %.*s", STR_ARG(buf_str(&words)));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", buf_str(&words));
    json_member_int(&writer, "sources", (int64_t)asked);
    json_object_close(&writer);
    return OK;
}

/* ---- market.search ---- */

struct wanted {
    struct board_search search;
    uint64_t hash; /* names it in the keys of steps */
    bool has_more;  /* pages that were not asked for yet */
    int64_t before; /* jobs on those that were */
};

struct search {
    struct job *job;
    const struct board *board;
    int64_t until; /* the next night */
    struct wanted *wanted;
    size_t count;
    /* Of all finished pages, in this run and before. */
    struct import_report report;
    int64_t pages, refused_pages, left_out; /* left_out: searches that the board has no country for */
    struct str ended; /* why not everything was asked: "" as long as nothing is in the way */
    struct str trouble; /* why the last call that failed did, in this run or before; "": none has */
    int64_t pauses;     /* that the board has asked for, in a row */
    int unreadable;     /* answers of this run */
    enum err unreadable_as;
};

/* One page on its way, from call to rows. */
struct page {
    struct search *search;
    const struct wanted *of;
    int number;
    struct arena arena;
    struct board_page read;
    bool is_refused;      /* the board does not like this search: 400, 404 */
    bool is_boards_fault; /* the error is the board's, not ours */
    bool is_unreadable;   /* an answer came that is no list of jobs: other pages may be fine */
    bool is_new;          /* it was not finished before this run */
};

static void page_dispose(struct page *page) { arena_dispose(&page->arena); }

/* Not one that is there in other letters: its steps would have the same keys. */
static void add_search(struct search *search, struct board_search one)
{
    struct arena *arena = search->job->arena;
    struct str what = str_lower(arena, str_format(arena, "%.*s\n%.*s", STR_ARG(one.role), STR_ARG(one.place)));
    uint64_t hash = str_hash(what);
    for (size_t i = 0; i < search->count; i++)
        if (search->wanted[i].hash == hash) return;
    search->wanted[search->count++] = (struct wanted){.search = one, .hash = hash, .has_more = true};
}

static enum err read_searches(struct search *search)
{
    struct job *job = search->job;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    search->wanted = arena_array(job->arena, struct wanted, SEARCHES_MAX);
    TRY(db_query(job->db, &sql_market_searches, DB_ARGS(db_int(SEARCHES_MAX)), &rows));
    while (search->count < SEARCHES_MAX && db_next(&rows))
        add_search(search, (struct board_search){db_col_text(&rows, 0, job->arena), db_col_text(&rows, 1, job->arena)});
    return db_rows_result(&rows);
}

/* What went wrong in the runs before. */
static enum err read_trouble(struct search *search)
{
    struct job *job = search->job;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(job->db, &sql_market_trouble, DB_ARGS(db_int(job->id), db_text(str_from(pause_reason))), &rows));
    search->pauses = db_col_int(&rows, 0);
    search->trouble = db_col_text(&rows, 1, job->arena);
    return OK;
}

static int64_t good_pages(const struct search *search) { return search->pages - search->refused_pages; }

/* Ends the search for this night, with what there is. */
static enum err end_search(struct search *search, struct str why)
{
    search->ended = str_copy(search->job->arena, why);
    return OK;
}

/* One call out of the budget; without one left the search ends, or waits for the next minute. Then *taken_at is 0. */
static enum err take_call(struct search *search, int64_t *taken_at)
{
    struct job *job = search->job;
    int64_t now = clock_now(), calls = 0, when = 0;
    *taken_at = 0;
    TRY(quota_plan_spread(job->db, search->board->name, now, search->until, &calls));
    if (calls <= 0) return end_search(search, STR("tonight's share of the budget is used"));
    if (job->run > RUNS_MAX) return end_search(search, STR("it ran too often"));
    enum err taken = quota_take(job->db, search->board->name, 1, &when);
    if (taken == OK) *taken_at = when;
    if (taken != ERR_TOO_MANY) return taken;
    if (when - now > SHORT_WAIT_SECONDS * US_PER_SECOND) return end_search(search, STR("the budget is used"));
    return job_snooze(job, (when - now) / US_PER_SECOND + 1, "the budget of this minute is used");
}

static enum err stopped(void *job) { return job_stopped(job); }

/* Each pause in a row is longer, so that a board that always says "in five seconds" does not use up its budget. */
static enum err pause(struct search *search, int64_t seconds)
{
    if (search->pauses >= PAUSES_MAX + good_pages(search)) return end_search(search, STR("it said \"later\" too often"));
    int64_t least = PAUSE_FIRST_SECONDS << (search->pauses < PAUSES_MAX ? search->pauses : PAUSES_MAX - 1);
    return job_snooze(search->job, seconds > least ? seconds : least, pause_reason);
}

/* What the board said to a call that failed: another error, an end of the search, a refusal of this one search, or a pause. */
static enum err judge(struct page *page, enum err error, const struct http_answer *answer)
{
    struct search *search = page->search;
    TRY(job_stopped(search->job));
    if (answer->status == 400 || answer->status == 404) {
        log_warn("%s refuses a search (status %d)", search->board->title, answer->status);
        page->is_refused = true;
        return OK;
    }
    page->is_boards_fault = true;
    search->trouble = str_copy(search->job->arena, str_from(err_detail()));
    if (error != ERR_TOO_MANY || !answer->retry_after) return error;
    if (answer->retry_after > LONG_WAIT_SECONDS) return end_search(search, STR("it asks for a long pause"));
    return pause(search, answer->retry_after);
}

/* The slow part of a page's step. */
static enum err fetch(struct job *job, void *argument)
{
    struct page *page = argument;
    struct search *search = page->search;
    struct http_call call;
    struct http_answer answer;
    int64_t taken_at;
    page->is_new = true;
    TRY(board_call(&page->arena, search->board, &page->of->search, page->number, &call));
    TRY(take_call(search, &taken_at));
    if (!taken_at) return err_set(ERR_TOO_MANY, "no call is left");
    call.timeout_seconds = CALL_SECONDS;
    call.stopped = stopped;
    call.argument = job;
    enum err called = http_call(&page->arena, &call, &answer);
    if (!answer.was_sent) {
        struct err_state state;
        err_save(&state);
        TRY(quota_give_back(job->db, search->board->name, 1, taken_at));
        err_restore(&state);
    }
    page->is_unreadable = called == ERR_TOO_LARGE;
    if (called == OK) {
        called = board_read(&page->arena, search->board, answer.body, page->of->before, clock_now(), &page->read);
        page->is_unreadable = called != OK;
    }
    if (called != OK) TRY(judge(page, called, &answer));
    return search->ended.len ? err_set(ERR_TOO_MANY, "%.*s", STR_ARG(search->ended)) : OK;
}

static void write_skills(struct json_writer *writer, const uint32_t *by_skill)
{
    json_key(writer, "skills");
    json_object_open(writer);
    for (size_t i = 0; i < catalogue_skills_count; i++)
        if (by_skill[i]) json_member_int(writer, catalogue_skill_at(i)->id.ptr, by_skill[i]);
    json_object_close(writer);
}

/* The rest of it, in the transaction that finishes the step: what the page was is the step's result. */
static enum err store(struct job *job, void *argument, struct buf *result)
{
    struct page *page = argument;
    struct import_report report;
    TRY(import_store(job->db, &page->arena, page->read.listings, page->read.count, &report));
    struct json_writer writer;
    json_begin(&writer, result);
    json_object_open(&writer);
    json_member_bool(&writer, "is_refused", page->is_refused);
    json_member_int(&writer, "read", report.read);
    json_member_int(&writer, "unusable", (int64_t)page->read.refused);
    json_member_int(&writer, "added", report.added);
    json_member_int(&writer, "updated", report.updated);
    json_member_bool(&writer, "has_more", page->read.has_more);
    write_skills(&writer, report.by_skill);
    json_object_close(&writer);
    return OK;
}

/* Adds a finished page to what the job has found. */
static enum err count_page(struct search *search, struct wanted *wanted, struct str result)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    void *iterator = NULL;
    struct str id;
    const struct json *value;
    TRY(json_parse(result, result.len, &root));
    wanted->has_more = json_get_bool(root, "has_more", false);
    wanted->before += json_get_int(root, "read", 0) + json_get_int(root, "unusable", 0);
    search->pages++;
    search->refused_pages += json_get_bool(root, "is_refused", false);
    search->report.read += json_get_int(root, "read", 0);
    search->report.added += json_get_int(root, "added", 0);
    search->report.updated += json_get_int(root, "updated", 0);
    while (json_next_member(json_get(root, "skills"), &iterator, &id, &value)) {
        size_t skill = catalogue_skill_by_id(id);
        if (skill != CATALOGUE_NONE) search->report.by_skill[skill] += (uint32_t)json_int(value);
    }
    return OK;
}

/* Whether a failure would be the job's last: then what was found before is kept, and told. */
static bool is_last_try(const struct job *job, enum err error)
{
    return job->attempt >= job->kind->max_attempts || error == ERR_FORBIDDEN || error == ERR_UNSUPPORTED || error == ERR_TOO_LARGE || error == ERR_INVALID;
}

/* The board failed: the job is tried again, or ends with what was found before when this was its last try. */
static enum err board_failed(struct search *search, enum err error)
{
    if (error == ERR_CANCELLED) return error; /* a pause */
    if (good_pages(search) && is_last_try(search->job, error)) return end_search(search, search->trouble);
    return err_set(error, "%.*s", STR_ARG(search->trouble));
}

static enum err ask_page(struct search *search, struct wanted *wanted, int number, int64_t done)
{
    struct job *job = search->job;
    struct page page CLEANUP(page_dispose) = {.search = search, .of = wanted, .number = number};
    struct str result;
    const char *key = str_cstr(job->arena, str_format(job->arena, "%s %016" PRIx64 " %d", search->board->name, wanted->hash, number));
    enum err asked = job_step_work(job, key, fetch, store, &page, &result);
    if (asked == OK) {
        TRY(count_page(search, wanted, result));
        struct str words = str_format(job->arena, "%s: %" PRId64 " listings so far", search->board->title, search->report.read);
        return page.is_new ? job_progress(job, done, PAGES_MAX * (int64_t)search->count, words) : OK;
    }
    if (search->ended.len) return OK;
    if (!page.is_boards_fault) return asked;
    if (!page.is_unreadable) return board_failed(search, asked);
    wanted->has_more = false; /* not in this run */
    search->unreadable_as = asked;
    return ++search->unreadable < UNREADABLE_MAX ? OK : board_failed(search, asked);
}

static enum err ask_all(struct search *search, size_t first)
{
    for (int number = 1; number <= PAGES_MAX; number++) {
        for (size_t i = 0; i < search->count && !search->ended.len; i++) {
            struct wanted *wanted = &search->wanted[(first + i) % search->count];
            struct http_call call;
            if (!wanted->has_more) continue;
            if (board_call(search->job->arena, search->board, &wanted->search, number, &call) != OK) {
                wanted->has_more = false;
                search->left_out++;
                continue;
            }
            TRY(ask_page(search, wanted, number, (number - 1) * (int64_t)search->count + (int64_t)i + 1));
        }
    }
    return search->unreadable && !search->ended.len ? board_failed(search, search->unreadable_as) : OK;
}

/* A night without a page is no success, whatever ended it: the job is a dead letter with the reason, since tonight there is nothing more to try. */
static enum err judge_night(const struct search *search)
{
    if (good_pages(search)) return OK;
    const char *title = search->board->title;
    struct str trouble = search->trouble, ended = search->ended;
    if (trouble.len) return err_set(ERR_INVALID, "%s gave no listings: %.*s%s%.*s", title, STR_ARG(trouble), ended.len ? "; " : "", STR_ARG(ended));
    return search->pages ? err_set(ERR_INVALID, "%s refuses every search", title) : OK;
}

static enum err look(struct job *job)
{
    struct search *search = arena_new(job->arena, struct search);
    *search = (struct search){.job = job, .board = board_find(json_get_str(job->payload, "board")), .until = json_get_int(job->payload, "until", 0)};
    job->state = search;
    search->report.by_skill = arena_array(job->arena, uint32_t, catalogue_skills_count);
    if (!search->board) return err_set(ERR_INVALID, "the job names no job board that this version knows");
    if (!board_is_configured(search->board, NULL)) return end_search(search, STR("it is not configured any more"));
    TRY(read_searches(search));
    if (!search->count) return end_search(search, STR("nobody has said what they look for"));
    TRY(read_trouble(search));
    int64_t turn = json_get_int(job->payload, "turn", 0);
    size_t tried = (size_t)(job->attempt - 1) * UNREADABLE_MAX; /* those that could not be read do not come first again */
    TRY(ask_all(search, ((size_t)(turn < 0 ? 0 : turn) + tried) % search->count));
    return judge_night(search);
}

static enum err tell(struct job *job)
{
    const struct search *search = job->state;
    const struct import_report *report = &search->report;
    if (report->added + report->updated > 0) TRY(import_publish(job->db, job->arena, report, job));
    struct str summary = str_format(job->arena, "%s: %" PRId64 " listings on %" PRId64 " pages, %" PRId64 " new and %" PRId64 " changed.", search->board->title, report->read,
                                    search->pages, report->added, report->updated);
    if (search->left_out) summary = str_format(job->arena, "%.*s Left out for their place: %" PRId64 " (ADZUNA_COUNTRY).", STR_ARG(summary), search->left_out);
    if (search->ended.len) summary = str_format(job->arena, "%.*s Not all was asked: %.*s.", STR_ARG(summary), STR_ARG(search->ended));
    if (search->ended.len && search->trouble.len && !str_equal(search->ended, search->trouble))
        summary = str_format(job->arena, "%.*s The last call that failed: %.*s.", STR_ARG(summary), STR_ARG(search->trouble));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", summary);
    json_member_int(&writer, "pages", search->pages);
    json_member_int(&writer, "listings", report->read);
    json_member_int(&writer, "new", report->added);
    json_member_int(&writer, "updated", report->updated);
    json_object_close(&writer);
    return OK;
}

static const struct schedule every_night = {.cron = "0 2 * * *", .jitter_seconds = 600, .missed = SCHEDULE_MISSED_ONCE};
const struct job_kind kind_market_scrape = {.name = "market.scrape", .agent = "sentinel", .title = "Looking for new listings", .apply = plan, .schedule = &every_night,
                                            .causes = CAUSES("market.search")};

/* A board is asked by one job at a time; one that fails and is tried again asks no faster than this. */
static const struct job_lane lane_board = {.name = "job_board", .field = "board", .width = 1, .rate = 6, .rate_seconds = 60, .burst = 2};
static const struct job_retry retries[] = {
    {.error = ERR_UNAVAILABLE, .first_seconds = 60, .most_seconds = 1800},
    {.error = ERR_TIMEOUT, .first_seconds = 60, .most_seconds = 1800},
    {.error = OK},
};
const struct job_kind kind_market_search = {.name = "market.search", .agent = "sentinel", .title = "Asking a job board", .work = look, .apply = tell, .max_attempts = 5,
                                            .timeout_seconds = 1800, .lane = &lane_board, .retries = retries, .causes = CAUSES("MARKET_UPDATE")};
