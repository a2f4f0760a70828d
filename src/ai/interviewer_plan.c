/* Choosing the questions of an interview, and its two JSON documents. Design in interviewer.h.
 *
 * Each topic asks for a piece of work first, then for understanding, then for a way out of trouble: a project shows what was done, and
 * the others show whether it was understood. Within a kind the question nearest to the claimed level wins, a skill's own questions
 * before the general patterns; what an earlier interview asked comes last, and a pattern serves one topic only while others are left.
 * The rest is decided by a hash of the interview's id, so that two interviews differ and one never changes.
 */
#include "ai/interviewer.h"
#include "base/buf.h"
#include "json/json.h"

#define CANDIDATES_MAX 160
#define PATTERNS_MAX 512
#define DOCUMENT_MAX ((size_t)256 << 10)

struct candidate {
    const struct catalogue_question *question;
    struct str text, follow_up; /* with the skill's name filled in */
    size_t pattern;             /* number of the pattern, CATALOGUE_NONE for a question of the skill's own */
    bool asked_before;
    bool taken;
};

struct planning {
    struct arena *arena;
    const struct interviewer_request *request;
    bool pattern_used[PATTERNS_MAX];
    struct candidate candidates[CANDIDATES_MAX];
    size_t count;
};

static struct str with_skill(struct arena *arena, struct str text, struct str skill)
{
    struct str hole = STR("{skill}");
    size_t at = str_find(text, hole, 0);
    if (at == STR_NPOS) return text;
    struct str rest = with_skill(arena, str_slice(text, at + hole.len, text.len), skill);
    return str_format(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, at)), STR_ARG(skill), STR_ARG(rest));
}

static bool was_asked(const struct interviewer_request *request, struct str question)
{
    for (size_t i = 0; i < request->said.count; i++)
        if (str_contains(request->said.items[i], question)) return true;
    return false;
}

static void add_candidate(struct planning *planning, const struct catalogue_question *question, size_t pattern, struct str skill)
{
    if (planning->count == CANDIDATES_MAX) return;
    struct candidate *candidate = &planning->candidates[planning->count++];
    *candidate = (struct candidate){.question = question, .pattern = pattern};
    candidate->text = with_skill(planning->arena, question->question, skill);
    candidate->follow_up = with_skill(planning->arena, question->follow_up, skill);
    candidate->asked_before = was_asked(planning->request, candidate->text);
}

static void collect(struct planning *planning, const struct interviewer_claim *claim)
{
    size_t skill = catalogue_skill_by_id(claim->skill_id), count;
    planning->count = 0;
    if (skill != CATALOGUE_NONE) {
        const struct catalogue_question *own = catalogue_questions(skill, &count);
        for (size_t i = 0; i < count; i++) add_candidate(planning, &own[i], CATALOGUE_NONE, claim->skill);
    }
    struct str group = skill == CATALOGUE_NONE ? STR("any") : catalogue_pattern_group(skill);
    const struct catalogue_question *patterns = catalogue_patterns(&count);
    for (size_t i = 0; i < count && i < PATTERNS_MAX; i++)
        if (str_equal(patterns[i].group, STR("any")) || str_equal(patterns[i].group, group))
            add_candidate(planning, &patterns[i], i, claim->skill);
}

/* Smaller is better. */
static uint64_t rank(const struct planning *planning, const struct candidate *candidate, enum question_kind kind, enum question_level level)
{
    struct str text = candidate->text;
    uint64_t chance = (str_hash(text) ^ str_hash(planning->request->seed)) * UINT64_C(0x9E3779B97F4A7C15) >> 40;
    uint64_t distance = (uint64_t)(candidate->question->level > level ? candidate->question->level - level : level - candidate->question->level);
    bool is_pattern = candidate->pattern != CATALOGUE_NONE;
    uint64_t flags = 0;
    if (is_pattern && planning->pattern_used[candidate->pattern]) flags |= 8;
    if (candidate->asked_before) flags |= 4;
    if (candidate->question->kind != kind) flags |= 2;
    if (is_pattern) flags |= 1;
    return flags << 32 | distance << 28 | chance;
}

static bool choose(struct planning *planning, enum question_kind kind, enum question_level level, struct interviewer_question *out)
{
    struct candidate *best = NULL;
    uint64_t best_rank = UINT64_MAX;
    for (size_t i = 0; i < planning->count; i++) {
        struct candidate *candidate = &planning->candidates[i];
        if (candidate->taken) continue;
        uint64_t its_rank = rank(planning, candidate, kind, level);
        if (its_rank >= best_rank) continue;
        best = candidate;
        best_rank = its_rank;
    }
    if (!best) return false;
    best->taken = true;
    if (best->pattern != CATALOGUE_NONE) planning->pattern_used[best->pattern] = true;
    *out = (struct interviewer_question){best->text, best->follow_up};
    return true;
}

static size_t questions_for(const struct interviewer_request *request, enum question_level level)
{
    if (request->is_short) return request->claims_count > 4 ? 1 : 2;
    return level >= LEVEL_PROFICIENT ? 3 : 2;
}

static void plan_topic(struct planning *planning, const struct interviewer_claim *claim, struct interviewer_topic *topic)
{
    *topic = (struct interviewer_topic){.skill_id = claim->skill_id, .skill = claim->skill, .level = claim->level};
    collect(planning, claim);
    bool understanding_first = str_hash(planning->request->seed) >> 7 & 1;
    enum question_kind kinds[INTERVIEWER_QUESTIONS_MAX] = {QUESTION_PROJECT, QUESTION_CONCEPT, QUESTION_PROBLEM};
    if (!understanding_first) {
        kinds[1] = QUESTION_PROBLEM;
        kinds[2] = QUESTION_CONCEPT;
    }
    size_t wanted = questions_for(planning->request, claim->level);
    while (topic->questions_count < wanted &&
           choose(planning, kinds[topic->questions_count], claim->level, &topic->questions[topic->questions_count]))
        topic->questions_count++;
}

enum err interviewer_plan_make(struct arena *arena, const struct interviewer_request *request, struct interviewer_plan *plan)
{
    if (!request->claims_count) return err_set(ERR_INVALID, "Choose at least one skill.");
    if (request->claims_count > INTERVIEWER_TOPICS_MAX)
        return err_set(ERR_INVALID, "Choose at most %d skills.", INTERVIEWER_TOPICS_MAX);
    if (!request->role.len) return err_set(ERR_INVALID, "Name the role the interview is about.");
    *plan = (struct interviewer_plan){.seed = request->seed, .name = request->name, .role = request->role};
    struct planning *planning = arena_new(arena, struct planning);
    planning->arena = arena;
    planning->request = request;
    size_t questions = 0;
    for (size_t i = 0; i < request->claims_count; i++) {
        plan_topic(planning, &request->claims[i], &plan->topics[i]);
        if (!plan->topics[i].questions_count) return err_set(ERR_INTERNAL, "the question bank has nothing to ask");
        questions += plan->topics[i].questions_count;
    }
    plan->topics_count = request->claims_count;
    plan->minutes = (int)(3 + 2 * questions + 4) / 5 * 5; /* two minutes a question, in steps of five */
    return OK;
}

static void write_topic(struct json_writer *json, const struct interviewer_topic *topic)
{
    json_object_open(json);
    json_member_str(json, "skill_id", topic->skill_id);
    json_member_str(json, "skill", topic->skill);
    json_member_str(json, "level", str_from(level_name(topic->level)));
    json_key(json, "questions");
    json_array_open(json);
    for (size_t i = 0; i < topic->questions_count; i++) {
        json_object_open(json);
        json_member_str(json, "text", topic->questions[i].text);
        json_member_str(json, "follow_up", topic->questions[i].follow_up);
        json_object_close(json);
    }
    json_array_close(json);
    json_object_close(json);
}

void interviewer_plan_write(const struct interviewer_plan *plan, struct buf *out)
{
    struct json_writer json;
    json_begin(&json, out);
    json_object_open(&json);
    json_member_str(&json, "seed", plan->seed);
    json_member_str(&json, "name", plan->name);
    json_member_str(&json, "role", plan->role);
    json_member_int(&json, "minutes", plan->minutes);
    json_key(&json, "topics");
    json_array_open(&json);
    for (size_t i = 0; i < plan->topics_count; i++) write_topic(&json, &plan->topics[i]);
    json_array_close(&json);
    json_object_close(&json);
}

static struct str read_str(struct arena *arena, const struct json *object, const char *name)
{
    return str_copy(arena, json_get_str(object, name));
}

static enum err read_topic(struct arena *arena, const struct json *json, struct interviewer_topic *topic)
{
    const struct json *questions = json_get(json, "questions");
    topic->skill_id = read_str(arena, json, "skill_id");
    topic->skill = read_str(arena, json, "skill");
    topic->questions_count = json_count(questions);
    if (level_parse(json_get_str(json, "level"), &topic->level) != OK || !topic->skill_id.len || !topic->questions_count ||
        topic->questions_count > INTERVIEWER_QUESTIONS_MAX)
        return err_set(ERR_INTERNAL, "a stored interview plan has a broken topic");
    for (size_t i = 0; i < topic->questions_count; i++) {
        topic->questions[i].text = read_str(arena, json_at(questions, i), "text");
        topic->questions[i].follow_up = read_str(arena, json_at(questions, i), "follow_up");
        if (!topic->questions[i].text.len) return err_set(ERR_INTERNAL, "a stored interview plan has a broken question");
    }
    return OK;
}

enum err interviewer_plan_read(struct arena *arena, struct str text, struct interviewer_plan *plan)
{
    struct json *json CLEANUP(json_free_at) = NULL;
    if (json_parse(text, DOCUMENT_MAX, &json) != OK) return err_set(ERR_INTERNAL, "a stored interview plan cannot be read");
    const struct json *topics = json_get(json, "topics");
    *plan = (struct interviewer_plan){.seed = read_str(arena, json, "seed"), .name = read_str(arena, json, "name"),
                                      .role = read_str(arena, json, "role"), .topics_count = json_count(topics)};
    int64_t minutes = json_get_int(json, "minutes", 0);
    if (!plan->topics_count || plan->topics_count > INTERVIEWER_TOPICS_MAX || minutes < 1 || minutes > 600)
        return err_set(ERR_INTERNAL, "a stored interview plan is broken");
    plan->minutes = (int)minutes;
    for (size_t i = 0; i < plan->topics_count; i++) TRY(read_topic(arena, json_at(topics, i), &plan->topics[i]));
    return OK;
}

static const char *const stage_names[INTERVIEWER_STAGE_COUNT] = {"start", "context", "topics", "closing", "end"};

void interviewer_state_write(const struct interviewer_state *state, struct buf *out)
{
    struct json_writer json;
    json_begin(&json, out);
    json_object_open(&json);
    json_member_str(&json, "stage", str_from(stage_names[state->stage]));
    json_member_int(&json, "topic", state->topic);
    json_member_int(&json, "question", state->question);
    json_member_int(&json, "follow_ups", state->follow_ups);
    json_member_int(&json, "asides", state->asides);
    json_member_int(&json, "unknowns", state->unknowns);
    json_member_bool(&json, "follow_up_asked", state->follow_up_asked);
    json_member_bool(&json, "ownership_asked", state->ownership_asked);
    json_member_bool(&json, "paused", state->is_paused);
    json_member_bool(&json, "time_told", state->time_told);
    json_member_int(&json, "seconds", state->seconds);
    json_member_int(&json, "last_at", state->last_at);
    json_member_str(&json, "open", state->open);
    json_key(&json, "used");
    json_array_open(&json);
    for (size_t i = 0; i < INTERVIEWER_LINE_COUNT; i++) json_write_int(&json, state->used[i]);
    json_array_close(&json);
    json_object_close(&json);
}

static bool state_is_sound(const struct interviewer_plan *plan, const struct interviewer_state *state)
{
    if (state->topic < 0 || (size_t)state->topic > plan->topics_count || state->question < 0) return false;
    if (state->stage == AT_TOPICS && ((size_t)state->topic >= plan->topics_count ||
                                      (size_t)state->question >= plan->topics[state->topic].questions_count))
        return false;
    for (size_t i = 0; i < INTERVIEWER_LINE_COUNT; i++)
        if (state->used[i] < 0 || state->used[i] > 1000000) return false;
    return state->stage < INTERVIEWER_STAGE_COUNT && state->follow_ups >= 0 && state->asides >= 0 && state->seconds >= 0;
}

enum err interviewer_state_read(struct arena *arena, struct str text, const struct interviewer_plan *plan, struct interviewer_state *state)
{
    struct json *json CLEANUP(json_free_at) = NULL;
    if (json_parse(text, DOCUMENT_MAX, &json) != OK) return err_set(ERR_INTERNAL, "a stored interview state cannot be read");
    struct str stage = json_get_str(json, "stage");
    *state = (struct interviewer_state){.topic = json_get_int(json, "topic", -1),
                                        .question = json_get_int(json, "question", -1),
                                        .follow_ups = json_get_int(json, "follow_ups", -1),
                                        .asides = json_get_int(json, "asides", -1),
                                        .unknowns = json_get_int(json, "unknowns", 0),
                                        .follow_up_asked = json_get_bool(json, "follow_up_asked", false),
                                        .ownership_asked = json_get_bool(json, "ownership_asked", false),
                                        .is_paused = json_get_bool(json, "paused", false),
                                        .time_told = json_get_bool(json, "time_told", false),
                                        .seconds = json_get_int(json, "seconds", -1),
                                        .last_at = json_get_int(json, "last_at", 0),
                                        .open = read_str(arena, json, "open")};
    int at = 0;
    while (at < INTERVIEWER_STAGE_COUNT && !str_equal(stage, str_from(stage_names[at]))) at++;
    state->stage = (enum interviewer_stage)at;
    const struct json *used = json_get(json, "used");
    for (size_t i = 0; i < INTERVIEWER_LINE_COUNT; i++) state->used[i] = json_int(json_at(used, i));
    return state_is_sound(plan, state) ? OK : err_set(ERR_INTERNAL, "a stored interview state does not fit its plan");
}
