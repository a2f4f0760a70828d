/* /api/skills and /api/users/skills. */
#include "db/db.h"
#include "features/skills/skills.h"
#include "features/skills/store.sql.h"
#include "json/json.h"

#define API_LIMIT_DEFAULT 50

static void write_skill(struct json_writer *writer, const struct catalogue_skill *skill)
{
    json_object_open(writer);
    json_member_str(writer, "id", skill->id);
    json_member_str(writer, "name", skill->name);
    json_member_str(writer, "field", skill->field);
    json_member_str(writer, "category", skill->category);
    json_key(writer, "aliases");
    json_array_open(writer);
    for (size_t i = 0; i < skill->aliases_count; i++) json_write_str(writer, skill->aliases[i].text);
    json_array_close(writer);
    json_key(writer, "related");
    json_array_open(writer);
    for (size_t i = 0; i < skill->related_count; i++) json_write_str(writer, catalogue_skill_at(skill->related[i])->id);
    json_array_close(writer);
    json_object_close(writer);
}

/* All skills that fit, as indices in `found` of room for the whole catalogue. A search gives the nearest fifty, best first. */
static size_t find_skills(struct str query, struct str field, size_t *found)
{
    size_t nearest[50], count = 0;
    size_t total = query.len ? catalogue_suggest_skills(query, nearest, COUNT_OF(nearest)) : catalogue_skills_count;
    for (size_t i = 0; i < total; i++) {
        size_t index = query.len ? nearest[i] : i;
        if (!field.len || str_equal_ci(catalogue_skill_at(index)->field, field)) found[count++] = index;
    }
    return count;
}

enum err skills_api_catalogue(struct request *request, struct response *response)
{
    size_t *found = arena_array(request->arena, size_t, catalogue_skills_count);
    size_t count = find_skills(request_text(request, "q"), request_text(request, "field"), found);
    size_t offset = (size_t)request_int(request, "offset", 0), limit = (size_t)request_int(request, "limit", API_LIMIT_DEFAULT);
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_key(&writer, "skills");
    json_array_open(&writer);
    for (size_t i = offset; i < count && i - offset < limit; i++) write_skill(&writer, catalogue_skill_at(found[i]));
    json_array_close(&writer);
    json_member_int(&writer, "total", (int64_t)count);
    json_object_close(&writer);
    respond_json(response, &document);
    return OK;
}

struct metadata {
    struct str claim_id, json;
};

static enum err read_metadata(struct request *request, struct metadata *list, size_t cap, size_t *count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *count = 0;
    TRY(db_query(request->db, &sql_skill_metadata, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows) && *count < cap)
        list[(*count)++] = (struct metadata){db_col_text(&rows, 0, request->arena), db_col_text(&rows, 1, request->arena)};
    return db_rows_result(&rows);
}

static void write_claim(struct json_writer *writer, const struct skill_state *state, const struct metadata *list, size_t count)
{
    json_object_open(writer);
    json_member_str(writer, "id", state->id);
    json_member_str(writer, "skill_id", state->skill_id);
    json_member_str(writer, "name", state->name);
    json_member_str(writer, "field", state->field);
    json_member_str(writer, "category", state->category);
    json_member_str(writer, "proficiency_level", str_from(level_name(state->level)));
    json_member_str(writer, "state", state->is_verified ? STR("verified") : state->is_gap ? STR("gap") : STR("claimed"));
    json_member_bool(writer, "is_verified", state->is_verified);
    json_member_time(writer, "claimed_at", state->created_at);
    json_key(writer, "verification_metadata");
    const struct metadata *found = NULL;
    for (size_t i = 0; i < count && !found; i++)
        if (str_equal(list[i].claim_id, state->id)) found = &list[i];
    if (found) json_write_raw(writer, found->json);
    else json_write_null(writer);
    json_object_close(writer);
}

enum err skills_api_list(struct request *request, struct response *response)
{
    struct skill_states states;
    TRY(skill_states_read(request->db, request->arena, request->identity.user_id, &states));
    struct metadata *list = arena_array(request->arena, struct metadata, states.count);
    size_t count = 0;
    TRY(read_metadata(request, list, states.count, &count));
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_key(&writer, "skills");
    json_array_open(&writer);
    for (size_t i = 0; i < states.count; i++) write_claim(&writer, &states.items[i], list, count);
    json_array_close(&writer);
    json_object_close(&writer);
    respond_json(response, &document);
    return OK;
}

static void respond_claim(struct response *response, const struct catalogue_skill *skill, struct str level)
{
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "skill_id", skill->id);
    json_member_str(&writer, "name", skill->name);
    json_member_str(&writer, "proficiency_level", level);
    json_object_close(&writer);
    respond_json(response, &document);
}

enum err skills_api_claim(struct request *request, struct response *response)
{
    struct str level = request_text(request, "proficiency_level");
    size_t skill = skills_named(request_text(request, "name"), request_text(request, "skill_id"));
    if (skill == CATALOGUE_NONE) {
        request_add_error(request, request_has(request, "name") ? "name" : "skill_id", STR("The catalogue has no such skill."));
        respond_problem(request, response, 422, STR("No such skill"), STR("Name a skill of the catalogue, or give its id."));
        return OK;
    }
    TRY(skills_store_claim(request, skill, level, NULL));
    response->status = 201;
    respond_claim(response, catalogue_skill_at(skill), level);
    return OK;
}

enum err skills_api_change(struct request *request, struct response *response)
{
    struct str id = request_text(request, "skill_id"), level = request_text(request, "proficiency_level");
    enum err changed = skills_store_level_of(request, id, level);
    if (changed == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "You do not claim this skill.");
    TRY(changed);
    size_t skill = catalogue_skill_by_id(id);
    if (skill == CATALOGUE_NONE) { /* it left the catalogue; the claim stayed */
        respond_empty(response, 204);
        return OK;
    }
    respond_claim(response, catalogue_skill_at(skill), level);
    return OK;
}
