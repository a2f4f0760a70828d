/* From rows to what the page shows: skills with their proofs, and milestones. Pure: no store, no request. */
#include "base/clock.h"
#include "features/profile/profile.h"
#include "features/proof_words.h"

#include <stdlib.h>

#define MILESTONES_MAX 10
#define SKILLS_PRINTED 12 /* as print.css hides the rest */

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
    struct profile_proof proof = {.quote = row->snippet, .kind = proof_kind_words(row->type), .strength = proof_strength(row->confidence)};
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

static struct profile_skill skill_of(struct dates *dates, const struct profile_claim *claim)
{
    struct profile_skill skill = {.name = claim->name, .category = claim->category, .level = claim->level, .latest = proof_of(dates, claim->proofs[0])};
    skill.times = times_words(dates->arena, claim->count);
    skill.earlier_count = (size_t)(claim->count > PROFILE_PROOFS_A_SKILL ? PROFILE_PROOFS_A_SKILL : claim->count) - 1;
    if (!skill.earlier_count) return skill;
    skill.earlier = arena_array(dates->arena, struct profile_proof, skill.earlier_count);
    for (size_t i = 0; i < skill.earlier_count; i++) skill.earlier[i] = proof_of(dates, claim->proofs[i + 1]);
    bool same_day = claim->proofs[1]->verified_at / US_PER_DAY == claim->proofs[0]->verified_at / US_PER_DAY;
    skill.earlier_label = str_format(dates->arena, "%zu %s %s", skill.earlier_count, same_day ? "more" : "earlier", skill.earlier_count == 1 ? "proof" : "proofs");
    return skill;
}

static int by_proof(const void *a, const void *b)
{
    const struct profile_claim *left = *(const struct profile_claim *const *)a, *right = *(const struct profile_claim *const *)b;
    if (left->count != right->count) return left->count > right->count ? -1 : 1;
    if (left->best != right->best) return left->best > right->best ? -1 : 1;
    return str_compare(left->name, right->name);
}

void profile_build_skills(struct arena *arena, const struct profile_facts *facts, struct profile_page *view)
{
    const struct profile_claim **order = arena_alloc(arena, (facts->skills_count + 1) * sizeof(*order));
    size_t count = 0;
    for (size_t i = 0; i < facts->skills_count; i++)
        if (facts->skills[i].count) order[count++] = &facts->skills[i];
    if (count) qsort(order, count, sizeof(order[0]), by_proof);
    struct dates dates = {.arena = arena};
    view->skills = arena_array(arena, struct profile_skill, count);
    view->skills_count = count;
    for (size_t i = 0; i < count; i++) {
        view->skills[i] = skill_of(&dates, order[i]);
        view->skills[i].number = (int)i + 1;
        view->skills[i].follows = i > 0;
    }
    if (count > SKILLS_PRINTED) view->more_online = (int64_t)(count - SKILLS_PRINTED);
    view->skills_summary = count ? counted(arena, "", (int64_t)count, "verified skill", "verified skills") : STR("Nothing verified yet");
}

/* Several quotes of one day are one milestone of a skill: its latest stands for them. */
static bool repeats(const struct profile_row *row)
{
    for (size_t i = 0; i < PROFILE_PROOFS_A_SKILL && row->skill->proofs[i] != row; i++)
        if (row->skill->proofs[i]->verified_at / US_PER_DAY == row->verified_at / US_PER_DAY) return true;
    return false;
}

void profile_build_milestones(struct arena *arena, const struct profile_facts *facts, struct profile_page *view)
{
    struct dates dates = {.arena = arena};
    view->milestones = arena_array(arena, struct profile_milestone, MILESTONES_MAX);
    for (size_t i = 0; i < facts->rows_count && view->milestones_count < MILESTONES_MAX; i++) {
        const struct profile_row *row = &facts->rows[i];
        if (repeats(row)) continue;
        struct profile_milestone *one = &view->milestones[view->milestones_count++];
        *one = (struct profile_milestone){.title = row->skill->name, .summary = row->summary};
        date_of(&dates, row->verified_at, &one->date, &one->date_iso);
    }
}
