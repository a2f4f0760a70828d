/* The strategist: after a plan or a match it decides what is best for the person now, and speaks up only when it matters.
 *
 * A plan is told by the architect already, so the decision alone is kept as the job's result. Matches are told in one digest: everything
 * found since the last digest, each listing once in its life. The matches of one run arrive as several events; the first review tells
 * them all and the others find nothing left to tell.
 */
#include "agents/kinds.h"
#include "agents/strategist.sql.h"
#include "base/clock.h"
#include "features/standing.h"
#include "json/json.h"

#define MATCHES_MAX 200

struct matches {
    struct str_list fresh, known; /* ids of listings */
};

static bool has(const struct str_list *list, struct str id)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i], id)) return true;
    return false;
}

/* Sorts the listings of all matches by whether a digest has told them; the newest come first. */
static enum err read_matches(struct job *job, int64_t told_at, struct matches *matches)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(job->db, &sql_strategist_matches, DB_ARGS(db_uuid(job->user_id)), &rows));
    struct str_list newest = {0};
    while (db_next(&rows)) {
        struct json *payload CLEANUP(json_free_at) = NULL;
        TRY(json_parse(db_col_view(&rows, 0), (size_t)64 << 10, &payload));
        struct str id = str_copy(job->arena, json_get_str(payload, "job_listing_id"));
        struct str_list *list = db_col_time(&rows, 1) > told_at ? &newest : &matches->known;
        if (!has(list, id)) str_list_add(job->arena, list, id);
    }
    for (size_t i = 0; i < newest.count; i++)
        if (!has(&matches->known, newest.items[i])) str_list_add(job->arena, &matches->fresh, newest.items[i]);
    return db_rows_result(&rows);
}

static enum err told_at(struct job *job, int64_t *at)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(job->db, &sql_strategist_last_told, DB_ARGS(db_uuid(job->user_id), db_time(0)), &rows));
    *at = db_col_time(&rows, 0);
    return OK;
}

static enum err tell_matches(struct job *job, const struct matches *matches)
{
    struct str id = matches->fresh.items[0], title, body;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(job->db, &sql_strategist_listing, DB_ARGS(db_uuid(id)), &rows);
        if (found == ERR_NOT_FOUND) return OK; /* it expired in between */
        TRY(found);
        struct str company = db_col_text(&rows, 1, job->arena);
        body = str_format(job->arena, "%.*s%s%.*s", STR_ARG(db_col_text(&rows, 0, job->arena)), company.len ? " at " : "", STR_ARG(company));
    }
    if (matches->fresh.count == 1) {
        title = STR("A listing fits you strongly");
        return bus_notify(job->db, job->arena, job->user_id, "match", title, body, str_format(job->arena, "/jobs/listings/%.*s", STR_ARG(id)));
    }
    title = str_format(job->arena, "%zu listings fit you strongly", matches->fresh.count);
    body = str_format(job->arena, "%.*s, and %zu more.", STR_ARG(body), matches->fresh.count - 1);
    return bus_notify(job->db, job->arena, job->user_id, "match", title, body, STR("/jobs"));
}

static enum err review(struct job *job)
{
    struct standing standing;
    struct next_step step;
    struct matches matches = {0};
    int64_t at = 0;
    TRY(standing_read(job->db, job->arena, job->user_id, &standing));
    next_step_decide(job->arena, &standing.facts, &step);
    TRY(told_at(job, &at));
    TRY(read_matches(job, at, &matches));
    if (matches.fresh.count) TRY(tell_matches(job, &matches));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", str_format(job->arena, "Next best step: %.*s. %.*s", STR_ARG(step.title), STR_ARG(step.reason)));
    json_member_int(&writer, "matches_told", (int64_t)matches.fresh.count);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_strategist_review = {
    .name = "strategist.review", .agent = "strategist", .title = "Looking at what is best for you now", .apply = review, .lane = &lane_person};
