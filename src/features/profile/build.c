/* From rows to what the page shows: skills with their proofs, and milestones. Pure: no store, no request. */
#include "base/clock.h"
#include "features/profile/profile.h"

#include <stdlib.h>

#define MILESTONES_MAX 10
#define SKILLS_PRINTED 12 /* as print.css hides the rest */

static struct str kind_words(struct str type)
{
    if (str_equal(type, STR("live_coding"))) return STR("Solving a problem");
    if (str_equal(type, STR("project_demo"))) return STR("From a project");
    return STR("Explained");
}

static const char *strength_word(double confidence) { return confidence >= 0.8 ? "Strong" : confidence >= 0.6 ? "Good" : "Fair"; }

/* Dates in words, each made once: the proofs of one interview share theirs. */
#define DATES_KEPT 8
struct dates {
    struct arena *arena;
    struct {
        int64_t day;
        struct str words, iso;
    } kept[DATES_KEPT];
    size_t count, next;
};

static void date_of(struct dates *dates, int64_t at, struct str *words, struct str *iso)
{
    int64_t day = at / US_PER_DAY;
    for (size_t i = 0; i < dates->count; i++) {
        if (dates->kept[i].day != day) continue;
        *words = dates->kept[i].words;
        *iso = dates->kept[i].iso;
        return;
    }
    *words = time_long_date(dates->arena, at);
    *iso = time_date(dates->arena, at);
    dates->kept[dates->next].day = day;
    dates->kept[dates->next].words = *words;
    dates->kept[dates->next].iso = *iso;
    dates->next = (dates->next + 1) % DATES_KEPT;
    if (dates->count < DATES_KEPT) dates->count++;
}

static struct profile_proof proof_of(struct dates *dates, const struct profile_row *row)
{
    struct profile_proof proof = {.quote = row->snippet, .kind = kind_words(row->type), .strength = strength_word(row->confidence)};
    proof.percent = (int)(row->confidence * 100 + 0.5);
    date_of(dates, row->verified_at, &proof.date, &proof.date_iso);
    return proof;
}

static struct str counted(struct arena *arena, const char *before, int64_t count, const char *one, const char *many)
{
    return str_format(arena, "%s%lld %s", before, (long long)count, count == 1 ? one : many);
}

static struct str times_words(struct arena *arena, int64_t count)
{
    if (count == 1) return STR("Verified once");
    if (count == 2) return STR("Verified twice");
    return counted(arena, "Verified ", count, "time", "times");
}

static struct profile_skill skill_of(struct dates *dates, const struct profile_row *rows, size_t count)
{
    struct arena *arena = dates->arena;
    struct profile_skill skill = {.name = rows->name, .category = rows->category, .level = rows->level, .latest = proof_of(dates, rows)};
    skill.times = times_words(arena, rows->count);
    skill.earlier_count = count > PROFILE_PROOFS_A_SKILL ? PROFILE_PROOFS_A_SKILL - 1 : count - 1;
    if (!skill.earlier_count) return skill;
    skill.earlier = arena_array(arena, struct profile_proof, skill.earlier_count);
    for (size_t i = 0; i < skill.earlier_count; i++) skill.earlier[i] = proof_of(dates, &rows[i + 1]);
    skill.earlier_label = skill.earlier_count == 1 ? STR("1 earlier proof") : STR("2 earlier proofs");
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
    struct dates dates = {.arena = arena};
    view->skills = arena_array(arena, struct profile_skill, groups_count);
    view->skills_count = groups_count;
    for (size_t i = 0; i < groups_count; i++) {
        view->skills[i] = skill_of(&dates, groups[i].rows, groups[i].count);
        view->skills[i].number = (int)i + 1;
        view->skills[i].follows = i > 0;
    }
    if (groups_count > SKILLS_PRINTED) view->more_online = (int64_t)(groups_count - SKILLS_PRINTED);
    view->skills_summary = groups_count ? counted(arena, "", (int64_t)groups_count, "verified skill", "verified skills") : STR("Nothing verified yet");
}

static int latest_first(const void *a, const void *b)
{
    const struct profile_row *left = *(const struct profile_row *const *)a, *right = *(const struct profile_row *const *)b;
    if (left->verified_at != right->verified_at) return left->verified_at > right->verified_at ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Several quotes of one day are one milestone of a skill. The rows of a skill stand together. */
static bool repeats(const struct profile_row *rows, size_t at)
{
    for (size_t i = at; i > 0 && str_equal(rows[i - 1].skill_key, rows[at].skill_key); i--)
        if (rows[i - 1].verified_at / US_PER_DAY == rows[at].verified_at / US_PER_DAY) return true;
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
    struct dates dates = {.arena = arena};
    for (size_t i = 0; i < view->milestones_count; i++) {
        struct profile_milestone *one = &view->milestones[i];
        *one = (struct profile_milestone){.title = order[i]->name, .summary = order[i]->summary};
        date_of(&dates, order[i]->verified_at, &one->date, &one->date_iso);
    }
}
