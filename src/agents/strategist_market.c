/* The strategist, when employers ask for other skills than before: it finds the people whose plans that can change and has the architect look again.
 *
 * Goals are free text that only the catalogue can read, so `work` reads those of everybody with a roadmap in one statement and decides who is meant. `apply`
 * publishes for BUS_PUBLISH_MAX of them at a time, in the transaction that completes the job: nobody is told twice and nobody left out. Whether anything has to
 * change for one of them is the architect's business.
 */
#include "agents/kinds.h"
#include "agents/strategist_market.sql.h"
#include "ai/planner.h"
#include "json/json.h"

#define ROLES_MAX 20
#define GOALS_MAX ((size_t)64 << 10)

struct shift {
    struct job *job;
    bool *has_shifted; /* by catalogue index */
    struct event *events;
    size_t count, cap;
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
    struct arena *arena = shift->job->arena;
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
    if (shift->count == shift->cap) {
        struct event *old = shift->events;
        shift->cap = shift->cap ? 2 * shift->cap : 64;
        shift->events = arena_array(arena, struct event, shift->cap);
        for (size_t i = 0; i < shift->count; i++) shift->events[i] = old[i];
    }
    shift->events[shift->count++] = (struct event){.type = "ROADMAP_REPATH_NEEDED", .user_id = str_copy(arena, user_id), .payload = str_copy(arena, buf_str(&payload)),
                                                   .summary = STR("Employers ask for other skills than before; your roadmap was looked at again."),
                                                   .cause = shift->job};
}

static enum err take_person(struct shift *shift, struct arena *row, struct str user_id, struct str goals)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    struct str roles[ROLES_MAX];
    struct str_list concerned = {0};
    size_t roles_count = 0, heeded;
    TRY(json_parse(goals, GOALS_MAX, &root));
    for (size_t i = 0; i < json_count(root) && roles_count < ROLES_MAX; i++) roles[roles_count++] = str_trim(json_str(json_at(root, i)));
    const uint16_t *skills = planner_demand_heeded(roles, roles_count, &heeded);
    for (size_t i = 0; i < heeded; i++)
        if (shift->has_shifted[skills[i]]) str_list_add(row, &concerned, catalogue_skill_at(skills[i])->id);
    if (concerned.count) add_event(shift, user_id, &concerned);
    return OK;
}

static enum err find_people(struct job *job)
{
    struct shift *shift = arena_new(job->arena, struct shift);
    struct arena row CLEANUP(arena_dispose) = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *shift = (struct shift){.job = job};
    job->state = shift;
    read_skills(shift);
    TRY(db_query(job->db, &sql_strategist_market_goals, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        arena_reset(&row);
        TRY(take_person(shift, &row, db_col_view(&rows, 0), db_col_view(&rows, 1)));
    }
    return db_rows_result(&rows);
}

static enum err tell_architect(struct job *job)
{
    const struct shift *shift = job->state;
    for (size_t at = 0; at < shift->count; at += BUS_PUBLISH_MAX) {
        size_t rest = shift->count - at;
        TRY(bus_publish_many(job->db, job->arena, &shift->events[at], rest < BUS_PUBLISH_MAX ? rest : BUS_PUBLISH_MAX));
    }
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", shift->count == 1 ? STR("One roadmap may have to change.") : str_format(job->arena, "%zu roadmaps may have to change.", shift->count));
    json_member_int(&writer, "people", (int64_t)shift->count);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_strategist_market = {.name = "strategist.market", .agent = "strategist", .title = "Finding whose roadmaps the market changes",
                                                .work = find_people, .apply = tell_architect, .causes = CAUSES("ROADMAP_REPATH_NEEDED")};
