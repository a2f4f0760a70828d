/* /api/skills and /api/users/skills. */
#include "db/db.h"
#include "features/skills/skills.h"
#include "http/collection.h"
#include "json/json.h"

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

/* All skills that fit, as items of room for the whole catalogue: the nearest fifty of a search, best first, or in the catalogue's order. */
static size_t find_skills(struct request *request, struct page_item *found)
{
    struct str query = request_text(request, "q"), field = request_text(request, "field"), category = request_text(request, "category");
    size_t nearest[50], count = 0;
    size_t total = query.len ? catalogue_suggest_skills(query, nearest, COUNT_OF(nearest)) : catalogue_skills_count;
    for (size_t i = 0; i < total; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(query.len ? nearest[i] : i);
        if (field.len && !str_equal_ci(skill->field, field)) continue;
        if (category.len && !str_equal_ci(skill->category, category)) continue;
        found[count++] = (struct page_item){.id = skill->id, .item = skill};
    }
    return count;
}

/* Puts the page's order on what was found and gives where the page begins. By relevance, things stay as they are: the key is the place. */
static enum err find_start(struct arena *arena, const struct page *page, struct page_item *found, size_t count, size_t *start)
{
    int64_t place = -1;
    if (str_equal(page->sort, STR("name"))) {
        for (size_t i = 0; i < count; i++) found[i].key = str_lower(arena, ((const struct catalogue_skill *)found[i].item)->name);
        *start = page_sort(page, found, count);
        return OK;
    }
    if (!page->is_first) TRY(str_to_int(page->key, &place));
    *start = place < 0 ? 0 : (size_t)place + 1;
    return OK;
}

enum err skills_api_catalogue(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct page_item *found = arena_array(request->arena, struct page_item, catalogue_skills_count);
    size_t count = find_skills(request, found), start;
    TRY(find_start(request->arena, page, found, count, &start));
    struct buf document = {0};
    struct json_writer writer;
    struct collection_writer list;
    collection_open(&list, request, &writer, &document);
    for (size_t i = start; i < count; i++) {
        struct str key = found[i].key.len ? found[i].key : str_format(request->arena, "%zu", i);
        if (!collection_takes(&list, key, found[i].id)) break;
        write_skill(&writer, found[i].item);
    }
    collection_close(&list);
    json_member_int(&writer, "total", (int64_t)count);
    collection_respond(&list, response);
    return OK;
}

static struct str state_name(const struct skill_state *state)
{
    return state->is_verified ? STR("verified") : state->is_gap ? STR("gap") : STR("claimed");
}

static void write_claim(struct json_writer *writer, const struct skill_state *state)
{
    json_object_open(writer);
    json_member_str(writer, "id", state->id);
    json_member_str(writer, "skill_id", state->skill_id);
    json_member_str(writer, "name", state->name);
    json_member_str(writer, "field", state->field);
    json_member_str(writer, "category", state->category);
    json_member_str(writer, "proficiency_level", str_from(level_name(state->level)));
    json_member_str(writer, "state", state_name(state));
    json_member_bool(writer, "is_verified", state->is_verified);
    json_member_time(writer, "claimed_at", state->created_at);
    json_key(writer, "verification_metadata");
    if (state->metadata.len) json_write_raw(writer, state->metadata);
    else json_write_null(writer);
    json_object_close(writer);
}

static bool is_wanted(const struct request *request, const struct skill_state *state)
{
    struct str wanted = request_text(request, "state"), level = request_text(request, "proficiency_level");
    if (wanted.len && !str_equal(wanted, state_name(state))) return false;
    return !level.len || str_equal(level, str_from(level_name(state->level)));
}

enum err skills_api_list(struct request *request, struct response *response)
{
    const struct page *page = request_page(request);
    struct skill_states states;
    TRY(skill_states_read_whole(request->db, request->arena, request->identity.user_id, &states));
    struct page_item *items = arena_array(request->arena, struct page_item, states.count);
    size_t count = 0;
    bool by_time = str_equal(page->sort, STR("claimed_at"));
    for (size_t i = 0; i < states.count; i++) {
        const struct skill_state *state = &states.items[i];
        struct str key = by_time ? page_time_key(request->arena, state->created_at) : str_lower(request->arena, state->name);
        if (is_wanted(request, state)) items[count++] = (struct page_item){key, state->id, state};
    }
    struct buf document = {0};
    struct json_writer writer;
    struct collection_writer list;
    collection_open(&list, request, &writer, &document);
    for (size_t i = page_sort(page, items, count); i < count && collection_takes(&list, items[i].key, items[i].id); i++)
        write_claim(&writer, items[i].item);
    collection_close(&list);
    collection_respond(&list, response);
    return OK;
}

/* One claim as the list has it. */
static enum err respond_claim(struct request *request, struct response *response, struct str claim_id)
{
    struct skill_states states;
    size_t at = 0;
    TRY(skill_states_read_whole(request->db, request->arena, request->identity.user_id, &states));
    while (at < states.count && !str_equal(states.items[at].id, claim_id)) at++;
    if (at == states.count) return err_set(ERR_NOT_FOUND, "You do not claim this skill.");
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    write_claim(&writer, &states.items[at]);
    respond_json(response, &document);
    return OK;
}

enum err skills_api_get(struct request *request, struct response *response)
{
    return respond_claim(request, response, request_param(request, "id"));
}

/* A claim that was there already stays as it is (409): a program that means to change a level says so with PATCH. */
enum err skills_api_claim(struct request *request, struct response *response)
{
    struct str level = request_text(request, "proficiency_level"), id;
    size_t skill = skills_named(request_text(request, "name"), request_text(request, "skill_id"));
    if (skill == CATALOGUE_NONE) {
        request_add_error(request, request_has(request, "name") ? "name" : "skill_id", STR("The catalogue has no such skill."));
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Name a skill of the catalogue, or give its id."));
        return OK;
    }
    TRY(skills_store_claim_new(request, skill, level, &id));
    response->status = 201;
    response_header(request, response, "Location", str_format(request->arena, "/api/users/skills/%.*s", STR_ARG(id)));
    return respond_claim(request, response, id);
}

/* Short: what was changed, and what the statement gives back by the way. */
enum err skills_api_change(struct request *request, struct response *response)
{
    struct str skill_id = request_text(request, "skill_id"), level = request_text(request, "proficiency_level");
    struct skill_claim claim;
    TRY(skills_store_level_of(request, skill_id, level, &claim));
    struct buf document = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "id", claim.id);
    json_member_str(&writer, "skill_id", skill_id);
    json_member_str(&writer, "name", claim.name);
    json_member_str(&writer, "proficiency_level", level);
    json_member_bool(&writer, "is_verified", claim.is_verified);
    json_object_close(&writer);
    respond_json(response, &document);
    return OK;
}

enum err skills_api_change_one(struct request *request, struct response *response)
{
    struct str id = request_param(request, "id");
    TRY(skills_store_level(request, id, request_text(request, "proficiency_level")));
    return respond_claim(request, response, id);
}

enum err skills_api_remove(struct request *request, struct response *response)
{
    TRY(skills_store_remove(request, request_param(request, "id")));
    respond_empty(response, 204);
    return OK;
}
