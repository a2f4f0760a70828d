/* The strategist, when an employer's answer was read: which of its gaps matter for this person (features/rejections.h). What matters and is not proved goes to the architect;
 * the person is told once, whatever the decision is.
 *
 * This is a kind of its own and no part of strategist.review, which runs after every plan: who asks for a plan must not be asked again by it.
 */
#include "agents/kinds.h"
#include "agents/strategist_rejection.sql.h"
#include "ai/catalogue.h"
#include "features/rejections.h"
#include "json/json.h"

#define NAMED_MAX 3 /* skills in a sentence */

struct verdict {
    struct str from; /* "Northwind", or the title of the job */
    struct str_list mattering, others; /* ids of skills */
};

static enum err read_where(struct job *job, struct str application_id, struct verdict *verdict, bool *is_there)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(job->db, &sql_strategist_rejection_where, DB_ARGS(db_uuid(job->user_id), db_uuid(application_id)), &rows);
    *is_there = found == OK;
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    struct str company = db_col_text(&rows, 1, job->arena);
    verdict->from = company.len ? company : db_col_text(&rows, 0, job->arena);
    return OK;
}

static enum err read_proved(struct job *job, bool *is_proved)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(job->db, &sql_strategist_rejection_proved, DB_ARGS(db_uuid(job->user_id)), &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) is_proved[skill] = true;
    }
    return db_rows_result(&rows);
}

static bool matters(const struct rejection_gap *gaps, size_t count, size_t skill)
{
    for (size_t i = 0; i < count; i++)
        if (gaps[i].skill == skill) return rejection_gap_matters(&gaps[i]);
    return false;
}

static enum err weigh(struct job *job, struct verdict *verdict)
{
    struct rejection_gap *known;
    size_t count;
    bool *is_proved = arena_array(job->arena, bool, catalogue_skills_count);
    TRY(read_proved(job, is_proved));
    TRY(rejection_gaps_read(job->db, job->arena, job->user_id, &known, &count));
    const struct json *gaps = json_get(job->payload, "gaps");
    for (size_t i = 0; i < json_count(gaps); i++) {
        struct str id = json_str(json_at(gaps, i));
        size_t skill = catalogue_skill_by_id(id);
        if (skill == CATALOGUE_NONE || is_proved[skill]) continue;
        str_list_add(job->arena, matters(known, count, skill) ? &verdict->mattering : &verdict->others, id);
    }
    return OK;
}

/* "Kubernetes, Helm and 3 more" */
static struct str names_of(struct arena *arena, const struct str_list *ids)
{
    struct str names[NAMED_MAX];
    size_t shown = ids->count < NAMED_MAX ? ids->count : NAMED_MAX;
    for (size_t i = 0; i < shown; i++) names[i] = catalogue_skill_at(catalogue_skill_by_id(ids->items[i]))->name;
    if (ids->count > shown) return str_format(arena, "%.*s and %zu more", STR_ARG(str_join(arena, names, shown, STR(", "))), ids->count - shown);
    if (shown < 2) return names[0];
    return str_format(arena, "%.*s and %.*s", STR_ARG(str_join(arena, names, shown - 1, STR(", "))), STR_ARG(names[shown - 1]));
}

static enum err publish(struct job *job, const struct verdict *verdict)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", job->user_id);
    json_member_str(&writer, "reason", STR("rejection"));
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < verdict->mattering.count; i++) json_write_str(&writer, verdict->mattering.items[i]);
    json_array_close(&writer);
    json_object_close(&writer);
    struct str summary = str_format(job->arena, "The answer of %.*s calls for %.*s; the roadmap was looked at again.", STR_ARG(verdict->from),
                                    STR_ARG(names_of(job->arena, &verdict->mattering)));
    return bus_publish(job->db, job->arena, &(struct event){.type = "ROADMAP_REPATH_NEEDED", .user_id = job->user_id, .payload = buf_str(&payload), .summary = summary, .cause = job}, NULL);
}

static struct str verdict_words(struct job *job, const struct verdict *verdict)
{
    if (verdict->mattering.count) return str_format(job->arena, "Your roadmap takes up %.*s.", STR_ARG(names_of(job->arena, &verdict->mattering)));
    if (verdict->others.count)
        return str_format(job->arena, "It names no skill as missing. The listing asks for %.*s, which nothing proves yet; your roadmap stays as it is.",
                          STR_ARG(names_of(job->arena, &verdict->others)));
    return STR("It names no skill that you have not proved. Your roadmap stays as it is.");
}

static enum err decide(struct job *job)
{
    struct verdict verdict = {0};
    bool is_there = false;
    struct str application_id = json_get_str(job->payload, "application_id");
    TRY(read_where(job, application_id, &verdict, &is_there));
    if (!is_there) return OK; /* deleted since, with its answers */
    TRY(weigh(job, &verdict));
    if (verdict.mattering.count) TRY(publish(job, &verdict));
    struct str words = verdict_words(job, &verdict);
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", words);
    json_member_int(&writer, "mattering", (int64_t)verdict.mattering.count);
    json_object_close(&writer);
    return bus_notify(job->db, job->arena, job->user_id, "rejection", str_format(job->arena, "The answer of %.*s was read", STR_ARG(verdict.from)), words,
                      str_format(job->arena, "/jobs/applications/%.*s", STR_ARG(application_id)));
}

const struct job_kind kind_strategist_rejection = {.name = "strategist.rejection", .agent = "strategist", .title = "Weighing an employer's answer", .apply = decide,
                                                   .lane = &lane_person, .causes = CAUSES("ROADMAP_REPATH_NEEDED")};
