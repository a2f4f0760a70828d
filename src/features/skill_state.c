/* Reading the state of a person's skills. Design in skill_state.h. */
#include "features/skill_state.h"

#include "features/person_whole.h"
#include "features/skill_state.sql.h"
#include "json/json.h"

#define OUTCOME_MAX ((size_t)256 << 10)

static struct skill_state *find(const struct skill_states *states, struct str skill_id)
{
    for (size_t i = 0; i < states->count; i++)
        if (str_equal(states->items[i].skill_id, skill_id)) return &states->items[i];
    return NULL;
}

const struct skill_state *skill_states_find(const struct skill_states *states, struct str skill_id) { return find(states, skill_id); }

static enum err take_claims(struct db_rows *rows, struct arena *arena, bool is_whole, struct skill_states *states)
{
    size_t cap = 0;
    while (db_next(rows)) {
        if (states->count == cap) {
            struct skill_state *old = states->items;
            cap = cap ? 2 * cap : 32;
            states->items = arena_array(arena, struct skill_state, cap);
            for (size_t i = 0; i < states->count; i++) states->items[i] = old[i];
        }
        struct skill_state *state = &states->items[states->count++];
        *state = (struct skill_state){
            .id = db_col_text(rows, 0, arena),
            .skill_id = db_col_text(rows, 1, arena),
            .name = db_col_text(rows, 2, arena),
            .field = db_col_text(rows, 3, arena),
            .category = db_col_text(rows, 4, arena),
            .is_verified = db_col_bool(rows, 6),
            .created_at = db_col_time(rows, 7),
            .metadata = is_whole ? db_col_text(rows, 8, arena) : STR(""),
        };
        TRY(level_parse(db_col_view(rows, 5), &state->level));
        states->verified += state->is_verified;
    }
    return db_rows_result(rows);
}

/* The newest interview that names a skill as a gap decides. */
static enum err mark_gaps(struct arena *arena, struct str outcome, struct str interview_id, int64_t at, struct skill_states *states)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(outcome, OUTCOME_MAX, &root));
    const struct json *gaps = json_get(root, "gaps");
    for (size_t i = 0; i < json_count(gaps); i++) {
        const struct json *gap = json_at(gaps, i);
        struct skill_state *state = find(states, json_get_str(gap, "skill_id"));
        if (!state || state->is_verified || state->is_gap || state->level < LEVEL_PROFICIENT) continue;
        state->is_gap = true;
        state->gap_reason = str_copy(arena, json_get_str(gap, "reason"));
        state->gap_interview = interview_id;
        state->gap_at = at;
        states->gaps++;
    }
    return OK;
}

static enum err read_states(struct db *db, struct arena *arena, struct str user_id, bool is_whole, struct skill_states *states)
{
    struct db_rows claims CLEANUP(db_rows_close) = {0}, outcomes CLEANUP(db_rows_close) = {0};
    const struct db_ask asks[] = {{is_whole ? &sql_skill_state_list_whole : &sql_skill_state_list, DB_ARGS(db_uuid(user_id)), &claims},
                                  {&sql_skill_state_outcomes, DB_ARGS(db_uuid(user_id)), &outcomes}};
    *states = (struct skill_states){0};
    TRY(db_query_all(db, asks, COUNT_OF(asks)));
    TRY(take_claims(&claims, arena, is_whole, states));
    if (states->count == states->verified) return OK;
    while (db_next(&outcomes))
        TRY(mark_gaps(arena, db_col_view(&outcomes, 1), db_col_text(&outcomes, 0, arena), db_col_time(&outcomes, 2), states));
    return db_rows_result(&outcomes);
}

enum err skill_states_read(struct db *db, struct arena *arena, struct str user_id, struct skill_states *states)
{
    return read_states(db, arena, user_id, false, states);
}

enum err skill_states_read_whole(struct db *db, struct arena *arena, struct str user_id, struct skill_states *states)
{
    return read_states(db, arena, user_id, true, states);
}

enum err skill_states_of(struct db *db, struct arena *arena, const struct person_whole *whole, struct skill_states *states)
{
    *states = (struct skill_states){.items = arena_array(arena, struct skill_state, whole->skills_count), .count = whole->skills_count};
    for (size_t i = 0; i < whole->skills_count; i++) {
        const struct person_skill *skill = &whole->skills[i];
        states->items[i] = (struct skill_state){.id = skill->id, .skill_id = skill->skill_id, .name = skill->name, .field = skill->field, .category = skill->category,
                                                .level = skill->level, .is_verified = skill->is_verified, .created_at = skill->created_at, .metadata = skill->metadata};
        states->verified += skill->is_verified;
    }
    struct db_rows outcomes CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_skill_state_outcomes, DB_ARGS(db_uuid(whole->person.user_id)), &outcomes));
    while (db_next(&outcomes))
        TRY(mark_gaps(arena, db_col_view(&outcomes, 1), db_col_text(&outcomes, 0, arena), db_col_time(&outcomes, 2), states));
    return db_rows_result(&outcomes);
}
