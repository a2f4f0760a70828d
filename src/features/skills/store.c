/* What the skills feature reads and writes. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/person.h"
#include "features/skills/skills.h"
#include "features/skills/store.sql.h"
#include "json/json.h"

/* The claims changed: a roadmap that exists follows. */
static enum err plan_again(struct request *request, struct str summary)
{
    int64_t wanted = 0;
    struct str user_id = request->identity.user_id;
    TRY(db_query_int(request->db, &sql_skill_wants_new_plan, DB_ARGS(db_uuid(user_id)), &wanted));
    if (!wanted) return OK;
    return person_replan(request->db, request->arena, user_id, "claims_changed", summary);
}

/* By a statement that returns the claim's id; ERR_NOT_FOUND when it returns none. */
static enum err claim(struct request *request, const struct sql *sql, size_t skill, struct str level, struct str *id)
{
    int64_t claims = 0;
    struct db_value owner = db_uuid(request->identity.user_id);
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    TRY(db_query_int(request->db, &sql_skill_claim_count, DB_ARGS(owner, db_text(it->id)), &claims));
    if (claims >= SKILL_CLAIMS_MAX)
        return err_set(ERR_CONFLICT, "You claim %d skills, which is the most. Remove one first.", SKILL_CLAIMS_MAX);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, sql, DB_ARGS(db_uuid(uuid_new(request->arena)), owner, db_text(it->id), db_text(level), db_time(clock_now())), &rows));
        *id = db_col_text(&rows, 0, request->arena);
        while (db_next(&rows)) {}
        TRY(db_rows_result(&rows));
    }
    return plan_again(request, str_format(request->arena, "You claimed %.*s.", STR_ARG(it->name)));
}

enum err skills_store_claim(struct request *request, size_t skill, struct str level)
{
    struct str id;
    return claim(request, &sql_skill_claim, skill, level, &id);
}

enum err skills_store_claim_new(struct request *request, size_t skill, struct str level, struct str *id)
{
    enum err claimed = claim(request, &sql_skill_claim_new, skill, level, id);
    if (claimed != ERR_NOT_FOUND) return claimed;
    return err_set(ERR_CONFLICT, "You claim %.*s already. PATCH /api/users/skills changes its level.", STR_ARG(catalogue_skill_at(skill)->name));
}

enum err skills_store_level(struct request *request, struct str claim_id, struct str level)
{
    TRY(db_exec_one(request->db, &sql_skill_set_level,
                    DB_ARGS(db_uuid(request->identity.user_id), db_uuid(claim_id), db_text(level), db_time(clock_now()))));
    return plan_again(request, STR("You changed the level of a skill."));
}

struct level_change {
    struct request *request;
    struct str skill_id, level;
    struct skill_claim *claim;
};

static enum err set_level(struct db *db, const struct sql *sql, const struct level_change *change)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct arena *arena = change->request->arena;
    TRY(db_query_one(db, sql, DB_ARGS(db_uuid(change->request->identity.user_id), db_text(change->skill_id), db_text(change->level), db_time(clock_now())), &rows));
    *change->claim = (struct skill_claim){.id = db_col_text(&rows, 0, arena), .skill_id = change->skill_id, .level = change->level,
                                          .name = db_col_text(&rows, 2, arena), .is_verified = db_col_bool(&rows, 1)};
    while (db_next(&rows)) {}
    return db_rows_result(&rows);
}

static enum err set_level_and_plan(struct db *db, void *argument)
{
    const struct level_change *change = argument;
    enum err found = set_level(db, &sql_skill_set_level_of, change);
    if (found == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "You do not claim this skill.");
    TRY(found);
    return plan_again(change->request, STR("You changed the level of a skill."));
}

enum err skills_store_level_of(struct request *request, struct str skill_id, struct str level, struct skill_claim *claim)
{
    struct level_change change = {request, skill_id, level, claim};
    enum err set = set_level(request->db, &sql_skill_set_level_unplanned, &change);
    return set == ERR_NOT_FOUND ? db_transaction(request->db, set_level_and_plan, &change) : set;
}

enum err skills_store_remove(struct request *request, struct str claim_id)
{
    TRY(db_exec_one(request->db, &sql_skill_delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(claim_id))));
    return plan_again(request, STR("You removed a skill."));
}

enum err skills_store_find(struct request *request, struct str claim_id, struct skill_claim *claim)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_skill_find, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(claim_id)), &rows));
    *claim = (struct skill_claim){
        .id = db_col_text(&rows, 0, request->arena),
        .skill_id = db_col_text(&rows, 1, request->arena),
        .name = db_col_text(&rows, 2, request->arena),
        .level = db_col_text(&rows, 3, request->arena),
        .is_verified = db_col_bool(&rows, 4),
        .proofs = db_col_int(&rows, 5),
    };
    return OK;
}

size_t skills_named(struct str name, struct str id)
{
    return name.len ? catalogue_skill_by_name(name) : id.len ? catalogue_skill_by_id(id) : CATALOGUE_NONE;
}
