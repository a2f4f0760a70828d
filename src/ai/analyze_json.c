/* The judge's documents. The contract is in analyze_json.h. */
#include "ai/analyze_json.h"

#include "json/json.h"

static enum err read_claim(struct arena *arena, const struct json *item, size_t index, struct analyze_claim *claim)
{
    if (json_type_of(item) != JSON_OBJECT) return err_set(ERR_INVALID, "claims[%zu] must be an object with skill and level", index);
    struct str skill = str_trim(json_get_str(item, "skill"));
    if (str_empty(skill)) return err_set(ERR_INVALID, "claims[%zu].skill must be a text that is not empty", index);
    if (skill.len > ANALYZE_SKILL_MAX) return err_set(ERR_TOO_LARGE, "claims[%zu].skill is longer than %d bytes", index, ANALYZE_SKILL_MAX);
    if (level_parse(json_get_str(item, "level"), &claim->level) != OK)
        return err_set(ERR_INVALID, "claims[%zu].level must be beginner, intermediate, proficient or expert", index);
    claim->skill = str_copy(arena, skill);
    claim->index = catalogue_skill_by_name(skill);
    return OK;
}

static enum err read_turn(struct arena *arena, const struct json *item, size_t index, struct analyze_turn *turn)
{
    if (json_type_of(item) != JSON_OBJECT) return err_set(ERR_INVALID, "transcript[%zu] must be an object with role and text", index);
    struct str role = json_get_str(item, "role");
    turn->is_user = str_equal(role, STR("user"));
    if (!turn->is_user && !str_equal(role, STR("assistant"))) return err_set(ERR_INVALID, "transcript[%zu].role must be user or assistant", index);
    if (json_type_of(json_get(item, "text")) != JSON_STRING) return err_set(ERR_INVALID, "transcript[%zu].text must be a text", index);
    turn->text = str_copy(arena, json_get_str(item, "text"));
    struct str skill = json_get_str(item, "skill");
    turn->asked_skill = turn->is_user || str_empty(skill) ? CATALOGUE_NONE : catalogue_skill_by_name(skill);
    return OK;
}

static enum err read_list(const struct json *root, const char *name, size_t most, const struct json **list)
{
    *list = json_get(root, name);
    if (json_type_of(*list) != JSON_ARRAY) return err_set(ERR_INVALID, "%s must be a list", name);
    if (json_count(*list) > most) return err_set(ERR_TOO_LARGE, "%s has %zu items, at most %zu are read", name, json_count(*list), most);
    return OK;
}

static enum err read_document(struct arena *arena, const struct json *root, struct analyze_input *input)
{
    if (json_type_of(root) != JSON_OBJECT) return err_set(ERR_INVALID, "the document must be an object with claims and transcript");
    const struct json *claims, *turns;
    TRY(read_list(root, "claims", ANALYZE_CLAIMS_MAX, &claims));
    TRY(read_list(root, "transcript", ANALYZE_TURNS_MAX, &turns));
    input->role_title = str_copy(arena, json_get_str(root, "role_title"));
    input->claims = arena_array(arena, struct analyze_claim, json_count(claims) + 1);
    input->turns = arena_array(arena, struct analyze_turn, json_count(turns) + 1);
    for (; input->claims_count < json_count(claims); input->claims_count++)
        TRY(read_claim(arena, json_at(claims, input->claims_count), input->claims_count, &input->claims[input->claims_count]));
    for (; input->turns_count < json_count(turns); input->turns_count++)
        TRY(read_turn(arena, json_at(turns, input->turns_count), input->turns_count, &input->turns[input->turns_count]));
    return OK;
}

enum err analyze_read_json(struct arena *arena, struct str text, struct analyze_input *input)
{
    *input = (struct analyze_input){0};
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(text, ANALYZE_BYTES_MAX, &root));
    return read_document(arena, root, input);
}

static void write_proof(struct json_writer *writer, const struct analyze_input *input, const struct analyze_proof *proof)
{
    json_object_open(writer);
    json_member_str(writer, "skill", input->claims[proof->claim].skill);
    json_member_str(writer, "type", str_from(proof_type_name(proof->type)));
    json_member_double(writer, "confidence", proof->confidence);
    json_member_str(writer, "snippet", proof->snippet);
    json_member_int(writer, "turn", (int64_t)proof->turn);
    json_member_int(writer, "start", (int64_t)proof->start);
    json_member_int(writer, "end", (int64_t)proof->end);
    json_member_str(writer, "summary", proof->summary);
    json_object_close(writer);
}

void analyze_write_json(struct buf *out, const struct analyze_input *input, const struct analysis *analysis)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "verifications");
    json_array_open(&writer);
    for (size_t i = 0; i < analysis->proofs_count; i++) write_proof(&writer, input, &analysis->proofs[i]);
    json_array_close(&writer);
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < analysis->gaps_count; i++) {
        json_object_open(&writer);
        json_member_str(&writer, "skill", input->claims[analysis->gaps[i].claim].skill);
        json_member_str(&writer, "reason", analysis->gaps[i].reason);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_key(&writer, "quality");
    json_object_open(&writer);
    json_member_int(&writer, "user_turns", analysis->quality.user_turns);
    json_member_int(&writer, "user_words", analysis->quality.user_words);
    json_member_double(&writer, "mean_words", analysis->quality.mean_words);
    json_member_bool(&writer, "enough_to_judge", analysis->quality.enough_to_judge);
    json_member_str(&writer, "note", analysis->quality.note);
    json_object_close(&writer);
    json_object_close(&writer);
}
