/* The strategist, when employers ask for other skills than before: it finds the people whose plans that can change and has the architect look again.
 *
 * Goals are free text that only the catalogue can read, so a page of people with roadmaps is read in one statement, and who is meant is decided here. Each page is a durable
 * step that publishes for all of its people together, in the transaction that keeps how far it came: however many there are, nobody else waits long, nobody is told
 * twice, and nobody is left out. Whether anything has to change for one of them is the architect's business.
 */
#include "agents/kinds.h"
#include "agents/strategist_market.sql.h"
#include "ai/planner.h"
#include "json/json.h"

#include <inttypes.h>

#define ROLES_MAX 20
#define GOALS_MAX ((size_t)64 << 10)
#define NOBODY STR("00000000-0000-0000-0000-000000000000") /* before all */

struct shift {
    struct job *job;
    bool *has_shifted; /* by catalogue index */
    int64_t people;
    /* Of the page: */
    struct arena arena;
    struct str after, last; /* ids of people */
    struct event events[BUS_PUBLISH_MAX];
    size_t read, count;
};

static void read_skills(struct shift *shift)
{
    const struct json *skills = json_get(shift->job->payload, "skills");
    shift->has_shifted = arena_array(shift->job->arena, bool, catalogue_skills_count);
    for (size_t i = 0; i < json_count(skills); i++) {
        size_t skill = catalogue_skill_by_id(json_str(json_at(skills, i)));
        if (skill != CATALOGUE_NONE) shift->has_shifted[skill] = true;
    }
}

static void add_event(struct shift *shift, struct str user_id, const struct str_list *skills)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", user_id);
    json_member_str(&writer, "reason", STR("market_changed"));
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < skills->count; i++) json_write_str(&writer, skills->items[i]);
    json_array_close(&writer);
    json_object_close(&writer);
    shift->events[shift->count++] = (struct event){.type = "ROADMAP_REPATH_NEEDED", .user_id = user_id, .payload = str_copy(&shift->arena, buf_str(&payload)),
                                                   .summary = STR("Employers ask for other skills than before; your roadmap was looked at again."),
                                                   .cause = shift->job, .priority = BUS_LAST};
}

static enum err take_person(struct shift *shift, struct str user_id, struct str goals)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    struct str roles[ROLES_MAX];
    struct str_list concerned = {0};
    size_t roles_count = 0, heeded;
    TRY(json_parse(goals, GOALS_MAX, &root));
    for (size_t i = 0; i < json_count(root) && roles_count < ROLES_MAX; i++) roles[roles_count++] = str_trim(json_str(json_at(root, i)));
    const uint16_t *skills = planner_demand_heeded(roles, roles_count, &heeded);
    for (size_t i = 0; i < heeded; i++)
        if (shift->has_shifted[skills[i]]) str_list_add(&shift->arena, &concerned, catalogue_skill_at(skills[i])->id);
    if (concerned.count) add_event(shift, user_id, &concerned);
    return OK;
}

static enum err read_page(struct job *job, void *argument)
{
    struct shift *shift = argument;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(job->db, &sql_strategist_market_goals, DB_ARGS(db_uuid(shift->after), db_int(BUS_PUBLISH_MAX)), &rows));
    while (db_next(&rows)) {
        shift->last = db_col_text(&rows, 0, &shift->arena);
        shift->read++;
        TRY(take_person(shift, shift->last, db_col_view(&rows, 1)));
    }
    return db_rows_result(&rows);
}

/* What the step keeps: where the next page begins, "" when this was the last one. */
static enum err publish_page(struct job *job, void *argument, struct buf *result)
{
    struct shift *shift = argument;
    struct json_writer writer;
    TRY(bus_publish_many(job->db, &shift->arena, shift->events, shift->count));
    json_begin(&writer, result);
    json_object_open(&writer);
    json_member_int(&writer, "people", (int64_t)shift->count);
    json_member_str(&writer, "next", shift->read == BUS_PUBLISH_MAX ? shift->last : STR(""));
    json_object_close(&writer);
    return OK;
}

/* Goes on after `shift->after`, which is "" at the end. */
static enum err do_page(struct shift *shift)
{
    struct job *job = shift->job;
    struct json *page CLEANUP(json_free_at) = NULL;
    struct str kept;
    shift->read = shift->count = 0;
    TRY(job_step_work(job, str_cstr(job->arena, str_format(job->arena, "after %.*s", STR_ARG(shift->after))), read_page, publish_page, shift, &kept));
    TRY(json_parse(kept, (size_t)1 << 10, &page));
    shift->people += json_get_int(page, "people", 0);
    shift->after = str_copy(job->arena, json_get_str(page, "next"));
    arena_reset(&shift->arena);
    return OK;
}

static enum err tell_people(struct job *job)
{
    struct shift *shift = arena_new(job->arena, struct shift);
    enum err error = OK;
    *shift = (struct shift){.job = job, .after = NOBODY};
    job->state = shift;
    read_skills(shift);
    while (error == OK && shift->after.len) error = do_page(shift);
    arena_dispose(&shift->arena);
    return error;
}

static enum err tell_result(struct job *job)
{
    const struct shift *shift = job->state;
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", shift->people == 1 ? STR("One roadmap may have to change.") : str_format(job->arena, "%" PRId64 " roadmaps may have to change.", shift->people));
    json_member_int(&writer, "people", shift->people);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_strategist_market = {.name = "strategist.market", .agent = "strategist", .title = "Finding whose roadmaps the market changes",
                                                .work = tell_people, .apply = tell_result, .causes = CAUSES("ROADMAP_REPATH_NEEDED")};
