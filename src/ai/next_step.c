/* Choosing the next step. Design in next_step.h. */
#include "ai/next_step.h"

#include <inttypes.h>

static void fill(struct next_step *step, enum next_step_kind kind, struct str title, struct str reason, struct str action, struct str href)
{
    *step = (struct next_step){kind, title, reason, action, href};
}

static struct str skills(struct arena *arena, int64_t count)
{
    return str_format(arena, "%" PRId64 " skill%s", count, count == 1 ? "" : "s");
}

static bool decide_beginning(struct arena *arena, const struct next_step_facts *facts, struct next_step *step)
{
    if (!facts->has_onboarded) {
        fill(step, STEP_ONBOARDING, STR("Finish your profile"), STR("Your goals and experience decide what roadmap and matches fit you."),
             STR("Continue"), STR("/onboarding?resume=1"));
    } else if (facts->open_interview.len) {
        fill(step, STEP_CONTINUE_INTERVIEW, STR("Continue your interview"), STR("It waits exactly where you stopped."), STR("Continue"),
             str_format(arena, "/interviews/%.*s", STR_ARG(facts->open_interview)));
    } else if (facts->claimed == 0) {
        fill(step, STEP_CLAIM_SKILLS, STR("Claim your first skills"), STR("An interview asks about what you claim, so it starts here."),
             STR("Claim skills"), STR("/skills"));
    } else if (facts->finished_interviews == 0) {
        fill(step, STEP_FIRST_INTERVIEW, STR("Take your first interview"),
             str_format(arena, "You claim %.*s and none is proved yet. An interview turns claims into proofs.", STR_ARG(skills(arena, facts->claimed))),
             STR("Start an interview"), STR("/interviews/new"));
    } else {
        return false;
    }
    return true;
}

/* "because it is asked for" as a sentence of its own. */
static struct str as_sentence(struct arena *arena, struct str words)
{
    if (!words.len) return words;
    bool is_lower = words.ptr[0] >= 'a' && words.ptr[0] <= 'z';
    struct str rest = str_slice(words, 1, words.len);
    return str_format(arena, "%c%.*s%s", is_lower ? words.ptr[0] - 'a' + 'A' : words.ptr[0], STR_ARG(rest), str_ends(words, STR(".")) ? "" : ".");
}

void next_step_decide(struct arena *arena, const struct next_step_facts *facts, struct next_step *step)
{
    if (decide_beginning(arena, facts, step)) return;
    if (facts->gaps > 0 && !facts->gaps_are_read && facts->gap_interview.len) {
        fill(step, STEP_READ_GAPS, STR("See what your last interview did not prove"),
             str_format(arena, "We could not find proof for %.*s. The page says what would prove it.",
                        STR_ARG(facts->gaps == 1 ? facts->gap_skill : skills(arena, facts->gaps))),
             STR("See the gaps"), str_format(arena, "/interviews/%.*s", STR_ARG(facts->gap_interview)));
    } else if (facts->module_title.len) {
        fill(step, STEP_MODULE, facts->module_title, as_sentence(arena, facts->module_reason), STR("Open your roadmap"), STR("/roadmap"));
    } else if (facts->matches > 0) {
        fill(step, STEP_MATCHES, STR("Look at your new matches"),
             str_format(arena, "%" PRId64 " listing%s you strongly since you last looked.", facts->matches, facts->matches == 1 ? " fits" : "s fit"),
             STR("See matches"), STR("/jobs"));
    } else if (facts->verified < facts->claimed) {
        fill(step, STEP_INTERVIEW, STR("Prove one more skill"),
             str_format(arena, "%" PRId64 " of the %.*s you claim %s proved.", facts->verified, STR_ARG(skills(arena, facts->claimed)),
                        facts->verified == 1 ? "is" : "are"),
             STR("Start an interview"), STR("/interviews/new"));
    } else {
        fill(step, STEP_REST, STR("Nothing is waiting for you"), STR("All you claim is proved, and your roadmap is done. Claim what you learn next."),
             STR("Claim a skill"), STR("/skills"));
    }
}
