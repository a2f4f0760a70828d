/* Proofs, gaps, and whether there was enough to judge. Design in analyze_internal.h, rules in docs/truth-loop.md. */
#include "ai/analyze_internal.h"

#include <math.h>
#include <string.h>

#define USER_TURNS_NEEDED 3
#define USER_WORDS_NEEDED 60

const char *proof_type_name(enum proof_type type)
{
    static const char *const names[] = {"concept_explanation", "project_demo", "live_coding"};
    return names[type];
}

static void find_exchanges(struct judge *judge)
{
    judge->exchanges = arena_array(judge->arena, struct exchange, judge->turns_count + 1);
    size_t question = SIZE_MAX;
    for (size_t i = 0; i < judge->turns_count; i++) {
        if (!judge->turns[i].source->is_user) question = i;
        else judge->exchanges[judge->exchanges_count++] = (struct exchange){.question = question, .answer = i};
    }
}

static void measure_quality(const struct judge *judge, struct analysis *out)
{
    for (size_t i = 0; i < judge->exchanges_count; i++) {
        size_t words = judge->turns[judge->exchanges[i].answer].tokens_count;
        out->quality.user_turns += words > 0;
        out->quality.user_words += (int)words;
    }
    if (out->quality.user_turns) out->quality.mean_words = (double)out->quality.user_words / out->quality.user_turns;
    out->quality.enough_to_judge = out->quality.user_turns >= USER_TURNS_NEEDED && out->quality.user_words >= USER_WORDS_NEEDED;
    if (!out->quality.enough_to_judge)
        out->quality.note = out->quality.user_words == 0 ? STR("There are no answers in this interview, so nothing was judged.")
                                                         : STR("The answers are too few or too short to judge, so nothing was verified.");
}

/* 5 points of evidence are just enough and 20 are plenty: 0.6 to 0.95. */
static double confidence_of(const struct verdict *verdict, const struct candidate_proof *proof)
{
    double evidence = 1 - exp(-(verdict->score - 5) / 8);
    double quote = 1 - exp(-proof->score / 3);
    double confidence = 0.55 + 0.25 * fmax(evidence, 0) + 0.15 * quote;
    return floor(fmin(confidence, 0.95) * 100 + 0.5) / 100;
}

static struct str summary_of(struct arena *arena, struct str skill, enum proof_type type)
{
    switch (type) {
    case PROOF_PROJECT_DEMO: return str_format(arena, "Describes own work with %.*s and what came of it.", STR_ARG(skill));
    case PROOF_LIVE_CODING: return str_format(arena, "Works out a problem in %.*s step by step.", STR_ARG(skill));
    default: return str_format(arena, "Explains how %.*s works, and why.", STR_ARG(skill));
    }
}

/* Most words of the shorter one stand in the longer one too: the same told again. */
bool analyze_same_wording(struct arena *arena, struct str a, struct str b)
{
    struct token *of_a, *of_b;
    size_t count_a = tokens_read(arena, a, &of_a), count_b = tokens_read(arena, b, &of_b), same = 0;
    if (count_a > count_b) return analyze_same_wording(arena, b, a);
    for (size_t i = 0; i < count_a; i++)
        for (size_t j = 0; j < count_b; j++) {
            if (of_b[j].hash != of_a[i].hash || of_b[j].flags & TOKEN_TAKEN) continue;
            of_b[j].flags |= TOKEN_TAKEN;
            same++;
            break;
        }
    return count_a ? same * 5 >= count_a * 4 : count_b == 0;
}

static bool is_told(const struct judge *judge, const struct analysis *out, size_t claim, struct str snippet)
{
    for (size_t i = out->proofs_count; i-- > 0 && out->proofs[i].claim == claim;)
        if (analyze_same_wording(judge->arena, out->proofs[i].snippet, snippet)) return true;
    return false;
}

/* A quote leaves this file only as the very bytes of a user turn. */
static void add_proof(struct judge *judge, size_t claim, const struct verdict *verdict, const struct candidate_proof *found, struct analysis *out)
{
    const struct exchange *exchange = &judge->exchanges[found->exchange];
    const struct turn *turn = &judge->turns[exchange->answer];
    struct str text = turn->source->text;
    size_t start = turn->sentences[found->first].start, end = turn->sentences[found->last - 1].end;
    if (!turn->source->is_user || start >= end || end > text.len || end - start > SNIPPET_MAX) return;
    struct analyze_proof *proof = &out->proofs[out->proofs_count];
    *proof = (struct analyze_proof){
        .claim = claim,
        .type = found->type,
        .confidence = confidence_of(verdict, found),
        .turn = exchange->answer,
        .start = start,
        .end = end,
        .snippet = str_copy(judge->arena, str_slice(text, start, end)),
        .summary = summary_of(judge->arena, judge->claims[claim].skill, found->type),
    };
    if (is_told(judge, out, claim, proof->snippet)) return;
    if (proof->snippet.len != end - start || memcmp(proof->snippet.ptr, text.ptr + start, end - start) != 0) return;
    out->proofs_count++;
}

static struct str gap_reason(struct arena *arena, struct str skill, const struct verdict *verdict)
{
    if (verdict->denied) return str_format(arena, "You said that you have not done this yourself. Work of your own with %.*s would prove it.", STR_ARG(skill));
    if (!verdict->spoken_of) return str_format(arena, "%.*s did not come up. Tell about something you did with it.", STR_ARG(skill));
    if (verdict->by_others) return str_format(arena, "Most of the work you described was other people’s. Say what you did with %.*s yourself.", STR_ARG(skill));
    if (verdict->off_topic)
        return str_format(arena, "The answers to the questions about %.*s did not seem to speak of it. Say what you did with it, in the words of that work.", STR_ARG(skill));
    if (verdict->bluff > 2) return str_format(arena, "The statements about %.*s were general. One concrete case, with what you did and why, would prove it.", STR_ARG(skill));
    return str_format(arena, "The answers about %.*s held too few details. Say what you did, how, and what came of it.", STR_ARG(skill));
}

enum err analyze_transcript(struct arena *arena, const struct analyze_claim *claims, size_t claims_count, const struct analyze_turn *turns, size_t turns_count,
                            struct analysis *out)
{
    *out = (struct analysis){0};
    if (claims_count > UINT16_MAX) return err_set(ERR_TOO_LARGE, "an interview is judged for at most %d skills", UINT16_MAX);
    struct judge judge = {.arena = arena, .claims = claims, .claims_count = claims_count, .turns_count = turns_count};
    struct company company = {0};
    judge.turns = arena_array(arena, struct turn, turns_count + 1);
    matcher_init(&judge.lexicon, arena, 1024);
    lexicon_add(&judge.lexicon);
    for (size_t i = 0; i < turns_count; i++) {
        if (turns[i].text.len > UINT32_MAX / 2) return err_set(ERR_TOO_LARGE, "turn %zu is too long", i);
        turn_read(arena, &turns[i], &judge.turns[i]);
        turn_find_cues(&judge.lexicon, &judge.turns[i]);
        if (turns[i].is_user) turn_find_others(&company, &judge.turns[i]);
    }
    find_exchanges(&judge);
    measure_quality(&judge, out);
    out->proofs = arena_array(arena, struct analyze_proof, claims_count * 3 + 1);
    out->gaps = arena_array(arena, struct analyze_gap, claims_count + 1);
    if (out->quality.enough_to_judge) {
        judge.words = word_index();
        judge_find_topics(&judge);
        judge_find_about(&judge);
        judge_score_sentences(&judge);
    }
    for (size_t i = 0; i < claims_count; i++) {
        struct verdict verdict = {0};
        if (out->quality.enough_to_judge) judge_claim(&judge, i, &verdict);
        for (size_t j = 0; verdict.proved && j < verdict.proofs_count; j++) add_proof(&judge, i, &verdict, &verdict.proofs[j], out);
        if (verdict.proved || claims[i].level < LEVEL_PROFICIENT) continue;
        struct str reason = out->quality.enough_to_judge ? gap_reason(arena, claims[i].skill, &verdict) : out->quality.note;
        out->gaps[out->gaps_count++] = (struct analyze_gap){i, reason};
    }
    return OK;
}
