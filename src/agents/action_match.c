/* The action agent looks for listings that fit one person strongly, and says so once for each.
 *
 * All open listings are scored in `work`, without a transaction; `apply` publishes the best that were not told before, at most
 * FOUND_MAX a run, so that an import of thousands does not bury anybody. The strategist tells the person in one digest.
 */
#include "agents/action_match.sql.h"
#include "agents/kinds.h"
#include "ai/catalogue.h"
#include "base/clock.h"
#include "features/jobs/matches.h"
#include "json/json.h"

#define FOUND_MAX 5

struct found {
    struct jobs_match *items; /* strong ones, best first */
    size_t count;
    size_t listings;
};

static enum err look(struct job *job)
{
    struct jobs_person person;
    struct corpus *corpus = arena_new(job->arena, struct corpus);
    struct jobs_matches matches;
    struct jobs_filter strong = {.band = BAND_STRONG, .skill = CATALOGUE_NONE};
    struct found *found = arena_new(job->arena, struct found);
    job->state = found;
    TRY(jobs_person_load(job->db, job->arena, job->user_id, &person));
    if (!person.is_known) return OK;
    TRY(corpus_load(job->db, job->arena, clock_now(), corpus));
    TRY(jobs_matches_find(job->db, job->arena, &person, corpus, &strong, &matches));
    *found = (struct found){matches.items, matches.count, corpus->count};
    return OK;
}

/* Marks those that this run tells of, and nobody tells of again; `is_new` has room for all. */
static enum err take(struct job *job, const struct found *found, bool *is_new)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < found->count; i++) {
        json_object_open(&list.writer);
        json_member_str(&list.writer, "id", found->items[i].listing->id);
        json_member_int(&list.writer, "place", (int64_t)i);
        json_object_close(&list.writer);
    }
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(job->db, &sql_action_match_tell, DB_ARGS(db_uuid(job->user_id), db_json(json_list_str(&list)), db_time(clock_now()), db_int(FOUND_MAX)), &rows));
    while (db_next(&rows))
        for (size_t i = 0; i < found->count; i++)
            if (str_equal(found->items[i].listing->id, db_col_view(&rows, 0))) is_new[i] = true;
    return db_rows_result(&rows);
}

static struct event found_event(struct job *job, const struct jobs_match *match)
{
    const struct corpus_listing *listing = match->listing;
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", job->user_id);
    json_member_str(&writer, "job_listing_id", listing->id);
    json_member_double(&writer, "match_score", match->score);
    json_object_close(&writer);
    struct str summary = str_format(job->arena, "%.*s%s%.*s fits you strongly.", STR_ARG(listing->title), listing->company.len ? " at " : "",
                                    STR_ARG(listing->company));
    return (struct event){.type = "JOB_MATCH_FOUND", .user_id = job->user_id, .payload = str_copy(job->arena, buf_str(&out)), .summary = summary, .cause = job};
}

static enum err tell(struct job *job)
{
    const struct found *found = job->state;
    size_t told = 0;
    struct event events[FOUND_MAX];
    bool *is_new = arena_array(job->arena, bool, found->count);
    TRY(take(job, found, is_new));
    for (size_t i = 0; i < found->count && told < FOUND_MAX; i++)
        if (is_new[i]) events[told++] = found_event(job, &found->items[i]);
    TRY(bus_publish_many(job->db, job->arena, events, told));
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", str_format(job->arena, "Looked through %zu listings: %zu fit you strongly, %zu of them new.", found->listings,
                                                   found->count, told));
    json_member_int(&writer, "told", (int64_t)told);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_jobs_match = {
    .name = "jobs.match", .agent = "action", .title = "Looking for listings that fit you", .work = look, .apply = tell, .lane = &lane_person,
    .causes = CAUSES("JOB_MATCH_FOUND")};
