/* The sentinel watches the market: what the imported listings ask for, by month and source, and which listings are over.
 *
 * Insights are counted again from the listings after each import; the same listings give the same rows. A month is that of the posting.
 * Counting is one ordered scan in `work`; `apply` writes the rows and has the action agent look for everybody whom new listings may
 * interest, once an import.
 */
#include "agents/kinds.h"
#include "agents/sentinel.sql.h"
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>

#define DEMAND_DAYS 60 /* of late: the months that began before that and later ones */
#define INSIGHTS_AT_ONCE 5000 /* a bucket more at most: a megabyte */

/* One source in one month. */
struct bucket {
    struct str source, period;
    uint32_t *by_skill; /* by catalogue index */
    uint32_t listings;
    struct bucket *next;
};

struct seen {
    uint64_t *slots; /* open addressing, 0 free */
    size_t size, used;
};

struct counts {
    struct bucket *buckets;
    struct seen seen;
    int64_t listings;
};

/* Whether this was not there yet. */
static bool seen_add(struct arena *arena, struct seen *seen, uint64_t hash)
{
    if (2 * seen->used >= seen->size) {
        struct seen old = *seen;
        seen->size = old.size ? 2 * old.size : 1024;
        seen->slots = arena_array(arena, uint64_t, seen->size);
        seen->used = 0;
        for (size_t i = 0; i < old.size; i++)
            if (old.slots[i]) (void)seen_add(arena, seen, old.slots[i]);
    }
    if (!hash) hash = 1;
    size_t i = (size_t)hash & (seen->size - 1);
    while (seen->slots[i] && seen->slots[i] != hash) i = (i + 1) & (seen->size - 1);
    if (seen->slots[i]) return false;
    seen->slots[i] = hash;
    seen->used++;
    return true;
}

static struct bucket *find_bucket(struct arena *arena, struct counts *counts, struct str source, struct str period)
{
    for (struct bucket *bucket = counts->buckets; bucket; bucket = bucket->next)
        if (str_equal(bucket->period, period) && str_equal(bucket->source, source)) return bucket;
    struct bucket *bucket = arena_new(arena, struct bucket);
    *bucket = (struct bucket){.source = str_copy(arena, source), .period = str_copy(arena, period), .next = counts->buckets,
                              .by_skill = arena_array(arena, uint32_t, catalogue_skills_count)};
    counts->buckets = bucket;
    return bucket;
}

static enum err count(struct job *job)
{
    struct counts *counts = arena_new(job->arena, struct counts);
    struct arena row CLEANUP(arena_dispose) = {0};
    job->state = counts;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(job->db, &sql_sentinel_listings, DB_NO_ARGS, &rows));
    char last[40] = "";
    struct bucket *bucket = NULL;
    bool counts_now = false;
    while (db_next(&rows)) {
        struct str id = db_col_view(&rows, 0);
        if (!str_equal(id, str_from(last))) {
            arena_reset(&row);
            snprintf(last, sizeof(last), "%.*s", STR_ARG(id));
            struct str source = db_col_text(&rows, 1, &row), period = str_slice(time_date(&row, db_col_time(&rows, 2)), 0, 7);
            struct str print = db_col_view(&rows, 3);
            struct str key = str_format(&row, "%.*s %.*s %.*s", STR_ARG(source), STR_ARG(period), STR_ARG(print.len ? print : str_from(last)));
            counts_now = seen_add(job->arena, &counts->seen, str_hash(key));
            bucket = find_bucket(job->arena, counts, source, period);
            if (counts_now) bucket->listings++;
            counts->listings += counts_now;
        }
        size_t skill = counts_now && !db_col_is_null(&rows, 4) ? catalogue_skill_by_id(db_col_view(&rows, 4)) : CATALOGUE_NONE;
        if (skill != CATALOGUE_NONE) bucket->by_skill[skill]++;
    }
    return db_rows_result(&rows);
}

/* Rows of market_insights on their way: some thousands a statement, however many months, sources and skills there are. */
struct insights {
    struct job *job;
    struct db_value now, current;
    struct json_list list;
    int64_t count, stored;
};

static void insights_begin(struct insights *insights)
{
    buf_clear(&insights->list.text);
    insights->count = 0;
    json_list_open(&insights->list);
}

static enum err insights_flush(struct insights *insights)
{
    TRY(db_exec(insights->job->db, &sql_sentinel_insights_upsert, DB_ARGS(db_json(json_list_str(&insights->list)), insights->now, insights->current)));
    insights->stored += insights->count;
    insights_begin(insights);
    return OK;
}

static void insight_add(struct insights *insights, const struct bucket *bucket, size_t skill)
{
    struct json_writer *writer = &insights->list.writer;
    json_object_open(writer);
    json_member_str(writer, "id", uuid_new(insights->job->arena));
    json_member_str(writer, "skill", catalogue_skill_at(skill)->id);
    json_member_str(writer, "period", bucket->period);
    json_member_str(writer, "source", bucket->source);
    json_member_int(writer, "listings", bucket->by_skill[skill]);
    json_member_int(writer, "total", bucket->listings);
    json_member_double(writer, "share", (double)bucket->by_skill[skill] / bucket->listings);
    json_object_close(writer);
    insights->count++;
}

static enum err store_buckets(struct job *job, const struct counts *counts, int64_t now, int64_t *stored)
{
    struct insights insights = {.job = job, .now = db_time(now), .current = db_text(str_slice(time_date(job->arena, now), 0, 7))};
    enum err error = OK;
    insights_begin(&insights);
    for (const struct bucket *bucket = counts->buckets; bucket && error == OK; bucket = bucket->next) {
        for (size_t skill = 0; skill < catalogue_skills_count; skill++)
            if (bucket->by_skill[skill]) insight_add(&insights, bucket, skill);
        if (insights.count >= INSIGHTS_AT_ONCE) error = insights_flush(&insights);
    }
    if (error == OK) error = insights_flush(&insights);
    json_list_dispose(&insights.list);
    *stored = insights.stored;
    return error;
}

/* Tells of the skills whose demand has changed by a step, when there are any. Their number is *count. */
static enum err tell_of_shift(struct job *job, int64_t now, size_t *count)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    struct str first_month = str_slice(time_date(job->arena, now - DEMAND_DAYS * US_PER_DAY), 0, 7);
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_key(&writer, "skills");
    json_array_open(&writer);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(job->db, &sql_sentinel_demand, DB_ARGS(db_text(first_month), db_time(now)), &rows));
        for (*count = 0; db_next(&rows); (*count)++) json_write_str(&writer, db_col_view(&rows, 0));
        TRY(db_rows_result(&rows));
    }
    json_array_close(&writer);
    json_object_close(&writer);
    if (!*count) return OK;
    struct str summary = *count == 1 ? STR("Employers ask for one skill more or less than before.")
                                     : str_format(job->arena, "Employers ask for %zu skills more or less than before.", *count);
    return bus_publish(job->db, job->arena, &(struct event){.type = "MARKET_SHIFTED", .payload = buf_str(&payload), .summary = summary, .cause = job}, NULL);
}

static enum err look_for_people(struct job *job, int64_t *people)
{
    struct str_list ids = {0};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(job->db, &sql_sentinel_people, DB_NO_ARGS, &rows));
        while (db_next(&rows)) str_list_add(job->arena, &ids, db_col_text(&rows, 0, job->arena));
        TRY(db_rows_result(&rows));
    }
    *people = (int64_t)ids.count;
    struct job_spec *specs = arena_array(job->arena, struct job_spec, ids.count + 1);
    for (size_t i = 0; i < ids.count; i++)
        specs[i] = (struct job_spec){.kind = "jobs.match", .user_id = ids.items[i], .payload = str_format(job->arena, "{\"user_id\":\"%.*s\"}", STR_ARG(ids.items[i])),
                                     .priority = BUS_LAST, .cause = job};
    return bus_enqueue_many(job->db, job->arena, specs, ids.count, NULL);
}

static enum err store_insights(struct job *job)
{
    const struct counts *counts = job->state;
    int64_t insights = 0, people = 0, now = clock_now();
    size_t shifted = 0;
    TRY(store_buckets(job, counts, now, &insights));
    TRY(tell_of_shift(job, now, &shifted));
    if (json_get_int(job->payload, "new_listings", 0) > 0) TRY(look_for_people(job, &people));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", str_format(job->arena, "Counted what %" PRId64 " listings ask for.", counts->listings));
    json_member_int(&writer, "listings", counts->listings);
    json_member_int(&writer, "insights", insights);
    json_member_int(&writer, "shifted", (int64_t)shifted);
    json_member_int(&writer, "people", people);
    json_object_close(&writer);
    return OK;
}

/* Applications keep the title, company and address that they copied. */
static enum err clean_up(struct job *job)
{
    int64_t deleted = 0;
    TRY(db_exec_count(job->db, &sql_sentinel_delete_expired, DB_ARGS(db_time(clock_now())), &deleted));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", str_format(job->arena, "Removed %" PRId64 " listings that are over.", deleted));
    json_member_int(&writer, "deleted", deleted);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_market_insights = {
    .name = "market.insights", .agent = "sentinel", .title = "Counting what employers ask for", .work = count, .apply = store_insights,
    .causes = CAUSES("MARKET_SHIFTED", "jobs.match"), .concurrency = 1}; /* each counts all listings: two would undo each other */
static const struct schedule every_night = {.cron = "0 3 * * *"};
const struct job_kind kind_market_cleanup = {
    .name = "market.cleanup", .agent = "sentinel", .title = "Removing listings that are over", .apply = clean_up, .schedule = &every_night};
