/* The skills page: what is claimed, what is proved, and the forms that change it. */
#include "base/clock.h"
#include "features/person_whole.h"
#include "features/proof_words.h"
#include "features/skills/skill_remove.html.h"
#include "features/skills/skills.h"
#include "features/skills/skills.html.h"
#include "pages/pages.h"

#include <inttypes.h>

static const struct {
    const char *name, *title, *hint;
} level_words[LEVEL_COUNT] = {
    {"beginner", "Beginner", "I have begun with it"},
    {"intermediate", "Intermediate", "I work with it, sometimes with help"},
    {"proficient", "Proficient", "I work with it on my own"},
    {"expert", "Expert", "Others ask me about it"},
};

static struct choice *levels(struct arena *arena, struct str selected)
{
    struct choice *choices = arena_array(arena, struct choice, LEVEL_COUNT);
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        choices[i] = (struct choice){.value = str_from(level_words[i].name), .label = str_from(level_words[i].title), .hint = str_from(level_words[i].hint)};
        choices[i].is_selected = str_equal(selected, choices[i].value);
    }
    return choices;
}

/* Does the search word mean this skill: part of its name or category, or another spelling of it ("k8s")? */
static bool matches(const struct skill_state *skill, struct str query, const size_t *found, size_t found_count)
{
    if (str_find_ci(skill->name, query, 0) != STR_NPOS || str_find_ci(skill->category, query, 0) != STR_NPOS) return true;
    for (size_t i = 0; i < found_count; i++)
        if (str_equal(catalogue_skill_at(found[i])->id, skill->skill_id)) return true;
    return false;
}

static bool is_in_state(const struct skill_state *skill, struct str state)
{
    if (!state.len) return true;
    if (str_equal(state, STR("verified"))) return skill->is_verified;
    if (str_equal(state, STR("gap"))) return skill->is_gap;
    return !skill->is_verified && !skill->is_gap;
}

static struct skill_row row_of(struct arena *arena, const struct skill_state *skill, int64_t now)
{
    struct skill_row row = {
        .id = skill->id,
        .name = skill->name,
        .category = skill->category,
        .level = str_from(level_words[skill->level].title),
        .is_verified = skill->is_verified,
        .is_gap = skill->is_gap,
        .has_detail = skill->is_gap,
        .levels = levels(arena, str_from(level_name(skill->level))),
        .levels_count = LEVEL_COUNT,
    };
    if (!skill->is_gap) return row;
    row.gap_reason = skill->gap_reason;
    row.gap_interview = skill->gap_interview;
    row.gap_iso = time_iso(arena, skill->gap_at);
    row.gap_when = time_ago(arena, skill->gap_at, now);
    return row;
}

/* The latest proofs of the claim that the row shows. */
static void fill_proofs(struct arena *arena, const struct person_skill *skill, int64_t now, struct skill_row *row)
{
    row->proofs = arena_array(arena, struct skill_proof, skill->proofs_count);
    row->proofs_count = skill->proofs_count;
    row->proofs_total = skill->proofs_total;
    row->has_detail |= skill->proofs_count > 0;
    for (size_t i = 0; i < skill->proofs_count; i++) {
        const struct person_proof *proof = &skill->proofs[i];
        row->proofs[i] = (struct skill_proof){
            .snippet = proof->snippet,
            .summary = proof->summary,
            .kind = proof_kind_words(proof->type),
            .confidence = proof_strength_words(arena, proof->confidence),
            .iso = time_iso(arena, proof->verified_at),
            .when = time_ago(arena, proof->verified_at, now),
            .interview_id = proof->interview_id,
        };
    }
}

/* `states` are those of `whole`, in its order. */
static void fill_rows(struct request *request, const struct person_whole *whole, const struct skill_states *states, struct str query, struct str state, struct skills_page *view)
{
    size_t found[50], found_count = query.len ? catalogue_suggest_skills(query, found, COUNT_OF(found)) : 0;
    int64_t now = clock_now();
    view->skills = arena_array(request->arena, struct skill_row, states->count);
    for (size_t i = 0; i < states->count; i++) {
        const struct skill_state *skill = &states->items[i];
        if (!is_in_state(skill, state) || (query.len && !matches(skill, query, found, found_count))) continue;
        struct skill_row *row = &view->skills[view->skills_count++];
        *row = row_of(request->arena, skill, now);
        fill_proofs(request->arena, &whole->skills[i], now, row);
    }
}

static void label_details(struct arena *arena, struct skills_page *view)
{
    for (size_t i = 0; i < view->skills_count; i++) {
        struct skill_row *row = &view->skills[i];
        if (row->proofs_total > (int64_t)row->proofs_count)
            row->detail = str_format(arena, "Latest %zu of %" PRId64 " proofs", row->proofs_count, row->proofs_total);
        else if (row->proofs_count) row->detail = str_format(arena, "%zu proof%s", row->proofs_count, row->proofs_count == 1 ? "" : "s");
        else row->detail = STR("What would prove it");
    }
}

static void fill_states(struct arena *arena, struct str selected, const struct skill_states *states, struct skills_page *view)
{
    const struct {
        struct str value;
        const char *label;
        size_t count;
    } all[] = {{STR(""), "All", states->count},
               {STR("verified"), "Verified", states->verified},
               {STR("claimed"), "Claimed only", states->count - states->verified - states->gaps},
               {STR("gap"), "Gaps", states->gaps}};
    view->states = arena_array(arena, struct choice, COUNT_OF(all));
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        view->states[view->states_count++] = (struct choice){.value = all[i].value,
                                                             .label = str_format(arena, "%s (%zu)", all[i].label, all[i].count),
                                                             .is_selected = str_equal(selected, all[i].value)};
    }
}

static void fill_claim_form(struct request *request, struct str claim_id, struct skills_page *view)
{
    size_t skill = claim_id.len ? catalogue_skill_by_id(claim_id) : CATALOGUE_NONE;
    struct str name = skill == CATALOGUE_NONE ? (struct str){0} : catalogue_skill_at(skill)->name;
    view->claim = PAGES_FIELD(request, skills_claim_fields, "name", name, "As you would write it in a resume. Short forms such as k8s work too.");
    view->claim.is_required = true;
    view->claim.suggest = "/suggest/skills";
    view->level = PAGES_FIELD(request, skills_claim_fields, "proficiency_level", STR("intermediate"), NULL);
    view->level.choices = levels(request->arena, view->level.value);
    view->level.choices_count = LEVEL_COUNT;
    view->claim_id = skill == CATALOGUE_NONE ? (struct str){0} : claim_id;
}

static void fill_removed(struct request *request, const struct skill_states *states, struct skills_page *view)
{
    struct str id = request_text(request, "removed"), level = request_text(request, "level");
    size_t skill = id.len ? catalogue_skill_by_id(id) : CATALOGUE_NONE;
    if (skill == CATALOGUE_NONE || !level.len || skill_states_find(states, id)) return;
    view->removed = (struct skill_removed){catalogue_skill_at(skill)->name, id, level};
}

static enum err show(struct request *request, struct response *response, struct str query, struct str state, struct str claim_id)
{
    struct skills_page view = {.query = query};
    struct person_whole whole;
    struct skill_states states;
    TRY(pages_shell(request, NAV_SKILLS, STR("Skills"), STR("What you claim, and what you have proved in your own words."), &view.shell));
    TRY(person_whole_read(request->db, request->arena, request->identity.user_id, &whole));
    TRY(skill_states_of(request->db, request->arena, &whole, &states));
    view.claimed = (int64_t)states.count;
    view.verified = (int64_t)states.verified;
    view.gaps = (int64_t)states.gaps;
    fill_rows(request, &whole, &states, query, state, &view);
    label_details(request->arena, &view);
    fill_states(request->arena, state, &states, &view);
    fill_claim_form(request, claim_id, &view);
    if (request->method == HTTP_GET) fill_removed(request, &states, &view);
    struct html page = {0};
    skills_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err skills_page(struct request *request, struct response *response)
{
    return show(request, response, request_text(request, "q"), request_text(request, "state"), request_text(request, "claim"));
}

enum err skills_claim(struct request *request, struct response *response)
{
    struct str name = request_text(request, "name"), level = request_text(request, "proficiency_level");
    size_t skill = skills_named(name, request_text(request, "skill_id"));
    if (!request_has_errors(request) && skill == CATALOGUE_NONE) {
        request_add_error(request, "name",
                          name.len ? str_format(request->arena, "We do not know a skill called \"%.*s\". Choose one of the suggestions or of the catalogue.", STR_ARG(name))
                                   : STR("Name a skill."));
    }
    if (request_has_errors(request)) {
        response->status = 422;
        return show(request, response, (struct str){0}, (struct str){0}, (struct str){0});
    }
    enum err claimed = skills_store_claim(request, skill, level);
    if (claimed == ERR_CONFLICT) {
        request_add_error(request, "name", str_copy(request->arena, str_from(err_words())));
        response->status = 422;
        return show(request, response, (struct str){0}, (struct str){0}, (struct str){0});
    }
    TRY(claimed);
    respond_flash(request, response, false,
                  str_format(request->arena, "You claim %.*s as %.*s. An interview can prove it.", STR_ARG(catalogue_skill_at(skill)->name), STR_ARG(level)));
    respond_redirect(request, response, STR("/skills"));
    return OK;
}

enum err skills_level(struct request *request, struct response *response)
{
    struct str level = request_text(request, "proficiency_level");
    struct skill_claim claim;
    TRY(skills_store_find(request, request_param(request, "id"), &claim));
    TRY(skills_store_level(request, claim.id, level));
    respond_flash(request, response, false, str_format(request->arena, "%.*s is at %.*s now.", STR_ARG(claim.name), STR_ARG(level)));
    respond_redirect(request, response, STR("/skills"));
    return OK;
}

enum err skills_remove_page(struct request *request, struct response *response)
{
    struct skill_remove_page view = {0};
    struct skill_claim claim;
    TRY(skills_store_find(request, request_param(request, "id"), &claim));
    TRY(pages_shell(request, NAV_SKILLS, str_format(request->arena, "Remove %.*s?", STR_ARG(claim.name)),
                    STR("A removed claim can be claimed again. Its proofs cannot be brought back."), &view.shell));
    view.skill = (struct skill_row){.id = claim.id, .name = claim.name, .proofs_total = claim.proofs};
    view.proofs = str_format(request->arena, "%" PRId64 " proof%s", claim.proofs, claim.proofs == 1 ? "" : "s");
    struct html page = {0};
    skill_remove_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

/* A claim with proofs goes only when that was asked and answered; without, it goes at once and can be brought back. */
enum err skills_remove(struct request *request, struct response *response)
{
    struct skill_claim claim;
    TRY(skills_store_find(request, request_param(request, "id"), &claim));
    if (claim.proofs > 0 && !request_bool(request, "confirm")) {
        respond_redirect(request, response, str_format(request->arena, "/skills/%.*s/remove", STR_ARG(claim.id)));
        return OK;
    }
    TRY(skills_store_remove(request, claim.id));
    if (claim.proofs > 0) {
        respond_flash(request, response, false, str_format(request->arena, "%.*s and its proofs are removed.", STR_ARG(claim.name)));
        respond_redirect(request, response, STR("/skills"));
    } else {
        respond_redirect(request, response, str_format(request->arena, "/skills?removed=%.*s&level=%.*s", STR_ARG(claim.skill_id), STR_ARG(claim.level)));
    }
    return OK;
}
