/* Reading where a person stands. Design in standing.h. */
#include "features/standing.h"

#include "features/standing.sql.h"

static enum err read_person(struct db *db, struct str user_id, struct standing *standing)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &sql_standing_person, DB_ARGS(db_uuid(user_id)), &rows));
    standing->onboarding_skipped = db_col_bool(&rows, 1);
    standing->facts.has_onboarded = db_col_bool(&rows, 0) || standing->onboarding_skipped;
    standing->seen_at = db_col_time(&rows, 2);
    standing->facts.finished_interviews = db_col_int(&rows, 3);
    standing->facts.matches = db_col_int(&rows, 4);
    standing->pending_connections = db_col_int(&rows, 5);
    return OK;
}

/* `newest` gets the id of the newest analysed interview. */
static enum err read_interviews(struct db *db, struct arena *arena, struct str user_id, struct standing *standing, struct str *newest)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_standing_interviews, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) {
        bool is_open = str_equal(db_col_view(&rows, 1), STR("in_progress"));
        struct str *place = is_open ? &standing->facts.open_interview : newest;
        if (!place->len) *place = db_col_text(&rows, 0, arena);
    }
    return db_rows_result(&rows);
}

/* What is being worked on comes before what is next in line. */
static enum err read_modules(struct db *db, struct arena *arena, struct str user_id, struct standing *standing)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_standing_modules, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) {
        struct str status = db_col_view(&rows, 6);
        bool is_done = str_equal(status, STR("completed")), is_started = str_equal(status, STR("in_progress"));
        standing->has_roadmap = true;
        standing->modules++;
        standing->modules_done += is_done;
        if (is_done || (standing->module.id.len && (standing->module.is_started || !is_started))) continue;
        standing->module.id = db_col_text(&rows, 0, arena);
        standing->module.title = db_col_text(&rows, 1, arena);
        standing->module.summary = db_col_text(&rows, 2, arena);
        standing->module.reason = db_col_text(&rows, 3, arena);
        standing->module.kind = db_col_text(&rows, 4, arena);
        standing->module.hours = db_col_int(&rows, 5);
        standing->module.is_started = is_started;
    }
    return db_rows_result(&rows);
}

enum err standing_read(struct db *db, struct arena *arena, struct str user_id, struct standing *standing)
{
    struct str newest = {0};
    *standing = (struct standing){0};
    TRY(read_person(db, user_id, standing));
    TRY(skill_states_read(db, arena, user_id, &standing->skills));
    TRY(read_interviews(db, arena, user_id, standing, &newest));
    TRY(read_modules(db, arena, user_id, standing));
    struct next_step_facts *facts = &standing->facts;
    facts->claimed = (int64_t)standing->skills.count;
    facts->verified = (int64_t)standing->skills.verified;
    for (size_t i = 0; i < standing->skills.count; i++) {
        const struct skill_state *skill = &standing->skills.items[i];
        if (!skill->is_gap || !str_equal(skill->gap_interview, newest)) continue;
        facts->gaps++;
        facts->gap_skill = skill->name;
        facts->gap_interview = skill->gap_interview;
    }
    facts->gaps_are_read = standing->module.is_started;
    facts->module_title = standing->module.title;
    facts->module_reason = standing->module.reason;
    return OK;
}
