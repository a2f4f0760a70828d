/* From rows to what the page shows: skills with their proofs, and milestones. Pure: no store, no request. */
#include "base/clock.h"
#include "features/profile/profile.h"

#include <stdlib.h>

#define MILESTONES_MAX 10

static struct str kind_words(struct str type)
{
    if (str_equal(type, STR("live_coding"))) return STR("Solving a problem");
    if (str_equal(type, STR("project_demo"))) return STR("From a project");
    return STR("Explained");
}

static struct str strength_words(struct arena *arena, double confidence)
{
    const char *word = confidence >= 0.8 ? "Strong" : confidence >= 0.6 ? "Good" : "Fair";
    return str_format(arena, "%s proof, %d%%", word, (int)(confidence * 100 + 0.5));
}

static struct profile_proof proof_of(struct arena *arena, const struct profile_row *row)
{
    return (struct profile_proof){.quote = row->snippet,
                                  .summary = row->summary,
                                  .kind = kind_words(row->type),
                                  .strength = strength_words(arena, row->confidence),
                                  .date = time_long_date(arena, row->verified_at),
                                  .date_iso = time_date(arena, row->verified_at)};
}

static struct str counted(struct arena *arena, const char *before, int64_t count, const char *one, const char *many)
{
    return str_format(arena, "%s%lld %s", before, (long long)count, count == 1 ? one : many);
}

static struct profile_skill skill_of(struct arena *arena, const struct profile_row *rows, size_t count)
{
    struct profile_skill skill = {.name = rows->name, .category = rows->category, .level = rows->level, .latest = proof_of(arena, rows)};
    skill.times = rows->count == 1 ? STR("Verified once") : rows->count == 2 ? STR("Verified twice") : counted(arena, "Verified ", rows->count, "time", "times");
    skill.earlier_count = count > PROFILE_PROOFS_A_SKILL ? PROFILE_PROOFS_A_SKILL - 1 : count - 1;
    if (!skill.earlier_count) return skill;
    skill.earlier = arena_array(arena, struct profile_proof, skill.earlier_count);
    for (size_t i = 0; i < skill.earlier_count; i++) skill.earlier[i] = proof_of(arena, &rows[i + 1]);
    skill.earlier_label = counted(arena, "", (int64_t)skill.earlier_count, "earlier proof", "earlier proofs");
    return skill;
}

/* The rows of one skill, [start, end). */
struct group {
    const struct profile_row *rows;
    size_t count;
    double confidence;
};

static int by_proof(const void *a, const void *b)
{
    const struct group *left = a, *right = b;
    if (left->rows->count != right->rows->count) return left->rows->count > right->rows->count ? -1 : 1;
    if (left->confidence != right->confidence) return left->confidence > right->confidence ? -1 : 1;
    return str_compare(left->rows->name, right->rows->name);
}

void profile_build_skills(struct arena *arena, const struct profile_row *rows, size_t count, struct profile_page *view)
{
    struct group *groups = arena_array(arena, struct group, count);
    size_t groups_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!groups_count || !str_equal(groups[groups_count - 1].rows->skill_key, rows[i].skill_key))
            groups[groups_count++] = (struct group){.rows = &rows[i]};
        struct group *group = &groups[groups_count - 1];
        group->count++;
        if (rows[i].confidence > group->confidence) group->confidence = rows[i].confidence;
    }
    if (groups_count) qsort(groups, groups_count, sizeof(groups[0]), by_proof);
    view->skills = arena_array(arena, struct profile_skill, groups_count);
    view->skills_count = groups_count;
    for (size_t i = 0; i < groups_count; i++) {
        view->skills[i] = skill_of(arena, groups[i].rows, groups[i].count);
        view->skills[i].follows = i > 0;
    }
    view->skills_summary = groups_count ? counted(arena, "", (int64_t)groups_count, "verified skill", "verified skills") : STR("Nothing verified yet");
}

static int latest_first(const void *a, const void *b)
{
    const struct profile_row *left = *(const struct profile_row *const *)a, *right = *(const struct profile_row *const *)b;
    if (left->verified_at != right->verified_at) return left->verified_at > right->verified_at ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Several quotes of one interview are one milestone of a skill. The rows of a skill stand together. */
static bool repeats(const struct profile_row *rows, size_t at)
{
    for (size_t i = at; i > 0 && str_equal(rows[i - 1].skill_key, rows[at].skill_key); i--)
        if (str_equal(rows[i - 1].interview, rows[at].interview)) return true;
    return false;
}

void profile_build_milestones(struct arena *arena, const struct profile_row *rows, size_t count, struct profile_page *view)
{
    const struct profile_row **order = arena_alloc(arena, (count + 1) * sizeof(*order));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!repeats(rows, i)) order[kept++] = &rows[i];
    if (kept) qsort(order, kept, sizeof(order[0]), latest_first);
    view->milestones_count = kept < MILESTONES_MAX ? kept : MILESTONES_MAX;
    view->milestones = arena_array(arena, struct profile_milestone, view->milestones_count);
    for (size_t i = 0; i < view->milestones_count; i++)
        view->milestones[i] = (struct profile_milestone){.title = str_format(arena, "%.*s verified", STR_ARG(order[i]->name)),
                                                         .summary = order[i]->summary,
                                                         .date = time_long_date(arena, order[i]->verified_at),
                                                         .date_iso = time_date(arena, order[i]->verified_at)};
}
