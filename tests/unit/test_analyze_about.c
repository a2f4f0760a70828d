/* The judge on whole short interviews as the product holds them: every question carries the skill it was asked for. Half of them are genuine, half try to
 * get a proof in a wrong way; the texts and their form are in tests/quality/interviews/. `VERBOSE=1` lists what was judged wrongly in built.txt. */
#include "ai/analyze.h"
#include "base/file.h"
#include "test.h"

#include <stdlib.h>

#define TURNS_MAX 24
#define CLAIMS_MAX 8

struct interview {
    bool genuine;
    size_t allowed; /* the only skill that a false interview may prove */
    struct analyze_claim claims[CLAIMS_MAX];
    size_t claims_count;
    struct analyze_turn turns[TURNS_MAX];
    size_t turns_count;
    int line;
};

struct figures {
    int genuine, kept, false_ones, refused;
};

static bool show; /* what is judged wrongly, of the file that is read */
static bool is_shown(void) { return show && getenv("VERBOSE"); }

static void say(struct interview *it, bool is_user, struct str text, size_t skill)
{
    if (it->turns_count < TURNS_MAX) it->turns[it->turns_count++] = (struct analyze_turn){is_user, text, skill};
}

static size_t skill_named(struct str name, int line)
{
    size_t skill = catalogue_skill_by_name(name);
    if (skill == CATALOGUE_NONE) test_fail(__FILE__, __LINE__, "line %d: no skill %.*s", line, STR_ARG(name));
    return skill;
}

/* "genuine: A, B", "false: A, B", "other(C): A, B" */
static void begin(struct interview *it, struct str head, int line)
{
    size_t colon = str_find_char(head, ':', 0);
    struct str kind = str_slice(head, 0, colon), names = str_slice(head, colon + 1, head.len), name;
    *it = (struct interview){.genuine = str_equal(kind, STR("genuine")), .allowed = CATALOGUE_NONE, .line = line};
    if (str_starts(kind, STR("other("))) it->allowed = skill_named(str_slice(kind, 6, kind.len - 1), line);
    while (str_split_next(&names, ',', &name) && it->claims_count < CLAIMS_MAX)
        it->claims[it->claims_count++] = (struct analyze_claim){str_trim(name), skill_named(str_trim(name), line), LEVEL_EXPERT};
    say(it, false, STR("Good morning. How was your journey here?"), CATALOGUE_NONE);
    say(it, true, STR("Fine, thanks. The train was late by a quarter of an hour and it rained, but I had a seat by the window, with the trees all in colour along the river."),
        CATALOGUE_NONE);
}

static void ask(struct interview *it, struct str text)
{
    size_t skill = it->claims[0].index, close = str_find_char(text, ']', 0);
    if (str_starts(text, STR("[")) && close != STR_NPOS) {
        skill = skill_named(str_slice(text, 1, close), it->line);
        text = str_trim(str_slice(text, close + 1, text.len));
    }
    say(it, false, text, skill);
}

/* Genuine: the first claim is proved and no other. False: none but the allowed one. */
static bool is_judged_well(struct interview *it)
{
    struct arena arena = {0};
    struct analysis analysis;
    bool first = false, wrong = false;
    say(it, false, STR("Thank you. Is there anything you want to ask me?"), CATALOGUE_NONE);
    say(it, true, STR("Yes, one small thing. When would you like to hear from me about the starting date?"), CATALOGUE_NONE);
    if (!CHECK_OK(analyze_transcript(&arena, it->claims, it->claims_count, it->turns, it->turns_count, &analysis))) return false;
    for (size_t i = 0; i < analysis.proofs_count; i++) {
        const struct analyze_proof *proof = &analysis.proofs[i];
        if (it->genuine && proof->claim == 0) first = true;
        else if (it->claims[proof->claim].index != it->allowed) wrong = true;
        if (is_shown() && wrong) printf("  line %d: %.*s <- %.*s\n", it->line, STR_ARG(it->claims[proof->claim].skill), STR_ARG(proof->snippet));
    }
    arena_dispose(&arena);
    return !wrong && (first || !it->genuine);
}

static void finish(struct interview *it, struct figures *figures)
{
    if (!it->claims_count) return;
    bool well = is_judged_well(it);
    if (!well && is_shown()) printf("line %d is judged wrongly (%s)\n", it->line, it->genuine ? "genuine" : "false");
    if (it->genuine) figures->genuine++, figures->kept += well;
    else figures->false_ones++, figures->refused += well;
    it->claims_count = 0;
}

static struct figures judge_file(const char *path)
{
    show = !strstr(path, "held-out"); /* or it would be none for long */
    struct figures figures = {0};
    struct arena arena = {0};
    struct str text = {0}, line;
    struct interview *it = arena_new(&arena, struct interview);
    if (!CHECK_OK(file_read(&arena, path, 1 << 20, &text))) return figures;
    for (int number = 1; str_split_next(&text, '\n', &line); number++) {
        if (str_starts(line, STR("== "))) finish(it, &figures), begin(it, str_slice(line, 3, line.len), number);
        else if (str_starts(line, STR("? "))) ask(it, str_slice(line, 2, line.len));
        else if (str_starts(line, STR("- "))) say(it, true, str_slice(line, 2, line.len), CATALOGUE_NONE);
    }
    finish(it, &figures);
    printf("%s: genuine %d of %d kept, false %d of %d refused\n", path, figures.kept, figures.genuine, figures.refused, figures.false_ones);
    arena_dispose(&arena);
    return figures;
}

/* The same answer to every question is one proof of one skill. */
TEST(one_wording_is_one_proof)
{
    static const char answer[] = "I upgraded a production cluster from 1.24 to 1.27 by draining nodes one at a time, because two deprecated APIs were gone, and no pod was down for more than 40 seconds.";
    static const char again[] = "Well, I upgraded a production cluster from 1.24 to 1.27 by draining the nodes one at a time, because two deprecated APIs were gone, and no pod was down for more than 40 seconds.";
    struct arena arena = {0};
    struct interview *it = arena_new(&arena, struct interview);
    struct analysis analysis;
    begin(it, STR("genuine: Kubernetes"), 0);
    for (int i = 0; i < 4; i++) {
        ask(it, STR("Tell me about an upgrade of Kubernetes that you did."));
        say(it, true, i % 2 ? str_from(again) : str_from(answer), CATALOGUE_NONE);
    }
    if (CHECK_OK(analyze_transcript(&arena, it->claims, it->claims_count, it->turns, it->turns_count, &analysis))) CHECK_INT(analysis.proofs_count, 1);
    CHECK(analyze_same_wording(&arena, str_from(answer), STR("i UPGRADED a production cluster from 1.24 to 1.27 by draining nodes one at a time; because two deprecated APIs were gone")));
    CHECK(!analyze_same_wording(&arena, str_from(answer), STR("I moved the ingress to the new API group because the old one was gone.")));
    CHECK(!analyze_same_wording(&arena, str_from(answer), STR("")));
    arena_dispose(&arena);
}

TEST(false_interviews_prove_nothing_and_genuine_ones_do)
{
    struct figures built = judge_file("tests/quality/interviews/built.txt");
    CHECK_INT(built.refused, built.false_ones);
    CHECK(built.genuine >= 20 && built.kept * 10 >= built.genuine * 9);
}

TEST(interviews_that_no_rule_was_made_for_are_judged_alike)
{
    struct figures held_out = judge_file("tests/quality/interviews/held-out.txt");
    CHECK(held_out.false_ones >= 15 && held_out.refused * 10 >= held_out.false_ones * 9);
    CHECK(held_out.genuine >= 20 && held_out.kept * 10 >= held_out.genuine * 9);
}

/* Skills of which the catalogue holds only terms, and no list of words. */
TEST(skills_with_few_words_are_judged_by_their_kin)
{
    struct figures later = judge_file("tests/quality/interviews/later.txt");
    CHECK(later.false_ones >= 10 && later.refused >= 9);
    CHECK(later.genuine >= 14 && later.kept >= 11);
}

/* Python told for Rust, welding for plumbing: what neighbours share proves neither. */
TEST(a_story_of_a_neighbour_proves_nothing)
{
    struct figures neighbours = judge_file("tests/quality/interviews/neighbours.txt");
    CHECK(neighbours.false_ones >= 15 && neighbours.refused >= 14);
    CHECK(neighbours.genuine >= 17 && neighbours.kept * 10 >= neighbours.genuine * 9);
}
