/* The catalogue page: fields of work, their categories, and a search that knows other spellings. */
#include "features/skills/skill_catalogue.html.h"
#include "features/skills/skills.h"
#include "pages/pages.h"

#define FOUND_MAX 50
#define ALIASES_SHOWN 4

static struct str aliases_of(struct arena *arena, const struct catalogue_skill *skill)
{
    struct str names[ALIASES_SHOWN];
    size_t count = 0;
    for (size_t i = 0; i < skill->aliases_count && count < ALIASES_SHOWN; i++) names[count++] = skill->aliases[i].text;
    return str_join(arena, names, count, STR(", "));
}

static struct catalogue_entry entry_of(struct arena *arena, size_t index, const struct skill_states *states)
{
    const struct catalogue_skill *skill = catalogue_skill_at(index);
    const struct skill_state *state = skill_states_find(states, skill->id);
    return (struct catalogue_entry){.id = skill->id,
                                    .name = skill->name,
                                    .category = skill->category,
                                    .aliases = aliases_of(arena, skill),
                                    .is_claimed = state != NULL,
                                    .is_verified = state && state->is_verified};
}

static void fill_fields(struct arena *arena, struct skill_catalogue_page *view)
{
    const struct str *names;
    size_t count = catalogue_fields(&names);
    view->fields = arena_array(arena, struct catalogue_field_row, count);
    for (size_t i = 0; i < count; i++) {
        size_t skills = 0;
        for (size_t j = 0; j < catalogue_skills_count; j++) skills += str_equal(catalogue_skill_at(j)->field, names[i]);
        view->fields[view->fields_count++] = (struct catalogue_field_row){.name = names[i],
                                                                          .count = str_format(arena, "%zu skills", skills)};
    }
}

/* The skills of a field, a group for each category in the order they come. */
static void fill_groups(struct arena *arena, struct str field, const struct skill_states *states, struct skill_catalogue_page *view)
{
    size_t total = 0;
    for (size_t i = 0; i < catalogue_skills_count; i++) total += str_equal(catalogue_skill_at(i)->field, field);
    view->groups = arena_array(arena, struct catalogue_group, total);
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        if (!str_equal(skill->field, field)) continue;
        size_t at = 0;
        while (at < view->groups_count && !str_equal(view->groups[at].name, skill->category)) at++;
        struct catalogue_group *group = &view->groups[at];
        if (at == view->groups_count) {
            view->groups_count++;
            *group = (struct catalogue_group){.name = skill->category, .skills = arena_array(arena, struct catalogue_entry, total)};
        }
        group->skills[group->skills_count++] = entry_of(arena, i, states);
    }
    view->summary = str_format(arena, "%zu skills in %zu categories", total, view->groups_count);
}

static void fill_found(struct arena *arena, struct str query, const struct skill_states *states, struct skill_catalogue_page *view)
{
    size_t found[FOUND_MAX], count = catalogue_suggest_skills(query, found, FOUND_MAX);
    view->summary = count == FOUND_MAX ? STR("The nearest 50 skills") : str_format(arena, "%zu skill%s found", count, count == 1 ? "" : "s");
    if (!count) return;
    view->groups = arena_array(arena, struct catalogue_group, 1);
    view->groups_count = 1;
    view->groups[0] = (struct catalogue_group){.name = STR("Found"), .skills = arena_array(arena, struct catalogue_entry, count)};
    for (size_t i = 0; i < count; i++) view->groups[0].skills[view->groups[0].skills_count++] = entry_of(arena, found[i], states);
}

enum err skills_catalogue(struct request *request, struct response *response)
{
    struct skill_catalogue_page view = {.query = request_text(request, "q"), .field = request_text(request, "field")};
    struct skill_states states;
    TRY(pages_shell(request, NAV_SKILLS, STR("Skill catalogue"), STR("Choose what to claim, by field of work or by name."), &view.shell));
    TRY(skill_states_read(request->db, request->arena, request->identity.user_id, &states));
    fill_fields(request->arena, &view);
    view.shows_fields = !view.query.len && !view.field.len;
    if (view.query.len) fill_found(request->arena, view.query, &states, &view);
    else if (view.field.len) fill_groups(request->arena, view.field, &states, &view);
    if (view.field.len && !view.query.len && !view.groups_count) return err_set(ERR_NOT_FOUND, "There is no such field of work in the catalogue.");
    struct html page = {0};
    skill_catalogue_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
