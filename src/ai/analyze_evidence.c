/* What the sentences of an answer are worth, and what they say together about one claim.
 *
 * For a sentence speaks: own acts in the past, an own way of working, reasons, contrasts, results, figures, technical names, code, and the vocabulary of
 * the claim. Against it: hedges, absolutes, advertising, lists of names, words that the question had said first, other people's work, and quotations.
 *
 * A claim is proved when its sentences together pass EVIDENCE_NEEDED, at least one of them is the person's own doing or reasoning, and what speaks for a
 * bluff stays small beside them. A denial of the skill, or the interviewer's doubt about the very statement, takes the proof away.
 */
#include "ai/analyze_internal.h"

#include <math.h>
#include <string.h>

#define EVIDENCE_NEEDED 5.0
#define WORDS_OF_OWN 1.0    /* of the claim's vocabulary, where no question named it */
#define TERMS_OF_OWN 1
#define ECHO_WORDS 400      /* of a question that an answer may repeat: its last ones */
#define SENTENCE_NEEDED 1.3 /* the best sentence, which becomes the quote */

static double at_most(uint8_t count, double most) { return count < most ? count : most; }

struct specifics {
    double numbers, technical, acronyms, content;
    size_t commas;
};

static bool is_everyday_acronym(const struct token *token)
{
    static const char *const known[] = {"ok", "cv", "us", "uk", "eu", "hr", "ceo", "cto", "pc", "tv", "am", "pm", "it", "ha", "no", "yes"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (token_is(token, known[i])) return true;
    return false;
}

static struct specifics count_specifics(const struct turn *turn, const struct sentence *sentence)
{
    struct specifics out = {0};
    for (size_t i = sentence->first; i < sentence->last; i++) {
        const struct token *token = &turn->tokens[i];
        bool again = false;
        for (size_t j = sentence->first; j < i && !again; j++) again = turn->tokens[j].hash == token->hash;
        out.commas += (token->flags & TOKEN_AFTER_COMMA) != 0;
        if (again) continue;
        bool hundred = token_is(token, "100") || token_is(token, "hundr");
        if ((token->flags & TOKEN_NUMBER) && !(token->flags & TOKEN_TECHNICAL) && !hundred) out.numbers += 1;
        if (token->flags & TOKEN_NUMBER_WORD && !hundred) out.numbers += 0.5;
        if (token->flags & TOKEN_TECHNICAL) out.technical += 1;
        else if ((token->flags & TOKEN_ACRONYM) && !is_everyday_acronym(token)) out.acronyms += 1;
        out.content += !token_is_common(token);
    }
    return out;
}

/* "XGBoost, LightGBM, GANs, transformers": names in a row and nobody who does anything. */
static bool is_bare_list(const struct sentence *sentence, const struct specifics *specifics)
{
    size_t words = sentence->last - sentence->first;
    return specifics->commas >= 3 && specifics->commas * 5 >= words && !sentence->cues[CUE_ACT] && !sentence->cues[CUE_OWN_WAY] && !sentence->cues[CUE_CAUSE] &&
           !sentence->is_code && specifics->numbers < 1;
}

/* Share of the sentence's subject words that the question said first. */
static double echo_of(const struct turn *question, const struct turn *turn, const struct sentence *sentence)
{
    size_t subjects = 0, said = 0;
    for (size_t i = sentence->first; i < sentence->last; i++) {
        if (token_is_common(&turn->tokens[i])) continue;
        subjects++;
        size_t from = question->tokens_count > ECHO_WORDS ? question->tokens_count - ECHO_WORDS : 0;
        for (size_t j = from; j < question->tokens_count; j++) {
            if (question->tokens[j].hash != turn->tokens[i].hash) continue;
            said++;
            break;
        }
    }
    return subjects ? (double)said / (double)subjects : 1;
}

static double score_sentence(const struct turn *turn, const struct sentence *s, const struct turn *question)
{
    struct specifics specifics = count_specifics(turn, s);
    const uint8_t *c = s->cues;
    double score = 1.1 * at_most(c[CUE_ACT], 2) + 0.8 * at_most(c[CUE_OWN_WAY], 2) + 0.5 * at_most(c[CUE_WE], 2) + 0.9 * at_most(c[CUE_CAUSE], 2) +
                   0.6 * at_most(c[CUE_CONTRAST], 2) + 0.5 * at_most(c[CUE_RESULT], 2) + 0.4 * at_most(c[CUE_PROBLEM], 2) +
                   0.5 * at_most(c[CUE_STEP], 3) + 0.3 * at_most(c[CUE_CONDITION], 2);
    score += 0.35 * fmin(specifics.numbers, 3) + 0.45 * fmin(specifics.technical, 4) + 0.2 * fmin(specifics.acronyms, 2) + 0.07 * fmin(specifics.content, 14);
    if (s->is_code) score += 2;
    score -= 0.7 * at_most(c[CUE_HEDGE], 3) + 0.7 * at_most(c[CUE_ABSOLUTE], 3) + 1.2 * at_most(c[CUE_BUZZ], 3) + 0.8 * at_most(c[CUE_LEVEL], 2);
    if (is_bare_list(s, &specifics)) score = fmin(score, 0.2);
    if (s->is_question) score *= 0.3;
    if (specifics.content < 3 && !s->is_code) score *= 0.3;
    if (question && echo_of(question, turn, s) >= 0.6) score *= 0.25;
    if (c[CUE_DENIAL] || c[CUE_DENIAL_ALONE] || c[CUE_AGREEMENT]) score *= 0.4;
    if (c[CUE_OTHERS] || c[CUE_BYSTANDER]) score *= c[CUE_ACT] + c[CUE_OWN_WAY] > 0 ? 0.6 : 0.1;
    if (s->is_others || (c[CUE_UNREAL] && !c[CUE_ACT])) score *= 0.1;
    else if (s->is_shared) score *= 0.7;
    if (c[CUE_QUOTING] || c[CUE_JOKE] || c[CUE_RETRACTION]) score *= 0.1;
    return fmax(score, 0);
}

/* A question of its own, not the answer asked back. */
static bool asks_anew(const struct turn *turn, const struct sentence *s)
{
    static const char *const words[] = {"why", "how", "what", "when", "who", "which", "where", "did", "could", "and", "any"};
    for (size_t i = 0; i < COUNT_OF(words) && s->first < s->last; i++)
        if (token_is(&turn->tokens[s->first], words[i])) return true;
    return false;
}

/* At least two subject words, and most of them, stand in the answer. */
static bool repeats(const struct turn *answer, const struct turn *next, const struct sentence *s)
{
    size_t subjects = 0;
    for (size_t i = s->first; i < s->last; i++) subjects += !token_is_common(&next->tokens[i]);
    return subjects >= 2 && (s->is_question || subjects >= 3) && echo_of(answer, next, s) >= 0.6;
}

/* The interviewer doubts what was said: asks it back, or says so. */
static double doubt_in(const struct turn *next, const struct turn *answer)
{
    double doubt = 0, praise = 0;
    for (size_t i = 0; i < next->sentences_count && i < 2; i++) {
        const struct sentence *s = &next->sentences[i];
        if (s->cues[CUE_SHIFT] && i > 0) break;
        doubt += at_most(s->cues[CUE_DOUBT], 1) + 0.5 * at_most(s->cues[CUE_COOL], 1);
        praise += s->cues[CUE_PRAISE] > 0;
        size_t words = s->last - s->first;
        bool asks_back = words >= 2 && words <= 16 && !s->cues[CUE_POSED] && !asks_anew(next, s) && repeats(answer, next, s);
        if (asks_back) doubt += 1;
    }
    return fmax(doubt - praise, 0);
}

/* Two different things that no work is about, in one answer. */
static bool is_absurd(const struct turn *answer)
{
    int found = 0;
    for (size_t i = 0; i < answer->sentences_count; i++) found += answer->sentences[i].cues[CUE_ABSURD];
    return found >= 2;
}

void judge_score_sentences(struct judge *judge)
{
    size_t sentences = 0;
    for (size_t i = 0; i < judge->turns_count; i++) sentences += judge->turns[i].sentences_count;
    for (judge->heard_slots = 64; judge->heard_slots < 2 * sentences; judge->heard_slots *= 2) {}
    judge->heard = arena_array(judge->arena, struct heard, judge->heard_slots);
    for (size_t i = 0; i < judge->exchanges_count; i++) {
        struct exchange *exchange = &judge->exchanges[i];
        struct turn *answer = &judge->turns[exchange->answer];
        const struct turn *question = exchange->question == SIZE_MAX ? NULL : &judge->turns[exchange->question];
        for (size_t j = 0; j < answer->sentences_count; j++) {
            exchange->doubtful_input |= answer->sentences[j].cues[CUE_INJECTION] > 0;
            answer->sentences[j].score = score_sentence(answer, &answer->sentences[j], question);
            exchange->said += answer->sentences[j].score;
        }
        exchange->absurd = is_absurd(answer);
        for (size_t j = 0; question && j < question->sentences_count; j++) exchange->posed |= question->sentences[j].cues[CUE_POSED] > 0;
        if (exchange->answer + 1 < judge->turns_count && !judge->turns[exchange->answer + 1].source->is_user)
            exchange->doubt = doubt_in(&judge->turns[exchange->answer + 1], answer);
    }
}

/* ---- one claim ---- */

/* Evidence of one claim while it is gathered. */
struct gathering {
    struct judge *judge;
    size_t claim;
    struct verdict *verdict;
    double total, own, against, words;
    size_t patterns_seen;
    uint32_t patterns[64];
    size_t terms; /* names and whole terms of the claim in its answers */
    bool reasons, asked, clear;
};

/* The first mention of a sentence, or where it would be. */
static size_t first_mention(const struct exchange *exchange, size_t sentence)
{
    size_t low = 0, high = exchange->mentions_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (exchange->mentions[middle].sentence < sentence) low = middle + 1;
        else high = middle;
    }
    return low;
}

static double mention_bonus(struct gathering *g, const struct exchange *exchange, size_t sentence, bool *mentioned)
{
    double bonus = 0;
    *mentioned = false;
    for (size_t i = first_mention(exchange, sentence); i < exchange->mentions_count && exchange->mentions[i].sentence == sentence; i++) {
        const struct mention *mention = &exchange->mentions[i];
        if (mention->claim != g->claim) continue;
        *mentioned |= mention->weight >= 0.5F;
        if (mention->by_name) g->words = fmax(g->words, 1);
        g->terms += mention->by_name || mention->weight >= 0.85F;
        if (mention->by_name) continue;
        bool again = false;
        for (size_t j = 0; j < g->patterns_seen && !again; j++) again = g->patterns[j] == mention->pattern;
        if (again || g->patterns_seen == COUNT_OF(g->patterns)) continue;
        g->patterns[g->patterns_seen++] = mention->pattern;
        bonus += mention->weight;
    }
    return bonus;
}

/* A denial counts for the claim when it is about it: alone, at the start of the answer to a question about the skill, or beside its name. */
static bool denies(const struct gathering *g, const struct exchange *exchange, const struct turn *turn, size_t index)
{
    double said = exchange->said;
    const struct sentence *s = &turn->sentences[index];
    bool asked = exchange->topic[g->claim] >= TOPIC_INHERITED, other = false, names = false;
    for (size_t i = 0; i < g->judge->claims_count && !asked; i++) other |= exchange->topic[i] >= TOPIC_INHERITED;
    if (other) return false; /* it speaks of the skill that was asked about */
    for (size_t i = first_mention(exchange, index); i < exchange->mentions_count && exchange->mentions[i].sentence == index; i++)
        names |= exchange->mentions[i].claim == g->claim && (exchange->mentions[i].by_name || exchange->mentions[i].weight >= 0.8F);
    if (s->score >= 2.5) return false;
    if (s->cues[CUE_DENIAL_ALONE] && (asked || names)) return true;
    if (s->cues[CUE_NO] && index == 0 && asked && said < 2.5) return true;
    if (!s->cues[CUE_DENIAL] && !s->cues[CUE_RETRACTION]) return false;
    return names || (asked && (index == 0 || turn->tokens_count < 25 || said < 2.5));
}

static enum proof_type type_of(const struct exchange *exchange, const struct sentence *s)
{
    if (s->is_code) return PROOF_LIVE_CODING;
    if (s->cues[CUE_ACT] || s->cues[CUE_WE]) return PROOF_PROJECT_DEMO;
    return exchange->posed && s->cues[CUE_OWN_WAY] ? PROOF_LIVE_CODING : PROOF_CONCEPT_EXPLANATION;
}

/* Keeps the three best quotes, one an answer unless they are few. */
static void keep_quote(struct verdict *verdict, const struct candidate_proof *proof)
{
    size_t at = verdict->proofs_count;
    while (at > 0 && verdict->proofs[at - 1].score < proof->score) at--;
    if (at >= COUNT_OF(verdict->proofs)) return;
    size_t last = verdict->proofs_count < COUNT_OF(verdict->proofs) ? verdict->proofs_count++ : COUNT_OF(verdict->proofs) - 1;
    for (size_t i = last; i > at; i--) verdict->proofs[i] = verdict->proofs[i - 1];
    verdict->proofs[at] = *proof;
}

/* The best run of one to three sentences that fits a quote. */
static void best_quote(struct gathering *g, size_t index, const double *worth)
{
    const struct exchange *exchange = &g->judge->exchanges[index];
    const struct turn *turn = &g->judge->turns[exchange->answer];
    struct candidate_proof best = {.exchange = index};
    for (size_t first = 0; first < turn->sentences_count; first++) {
        double sum = 0;
        for (size_t last = first; last < turn->sentences_count && last < first + 3; last++) {
            if (turn->sentences[last].end - turn->sentences[first].start > SNIPPET_MAX || worth[last] < 0.6) break;
            sum += worth[last];
            double score = sum / (1 + 0.45 * (double)(last - first));
            if (score > best.score) best = (struct candidate_proof){index, first, last + 1, score, PROOF_CONCEPT_EXPLANATION};
        }
    }
    if (best.score < SENTENCE_NEEDED) return;
    size_t strongest = best.first;
    for (size_t i = best.first; i < best.last; i++)
        if (worth[i] > worth[strongest]) strongest = i;
    best.type = type_of(exchange, &turn->sentences[strongest]);
    for (size_t i = best.first; i < best.last && best.type == PROOF_CONCEPT_EXPLANATION; i++)
        if (turn->sentences[i].cues[CUE_ACT]) best.type = PROOF_PROJECT_DEMO;
    keep_quote(g->verdict, &best);
}

/* The same sentence counts once for a claim, however often it is said. */
static bool is_heard(const struct gathering *g, const struct turn *turn, const struct sentence *s)
{
    uint64_t hash = 14695981039346656037ULL;
    struct judge *judge = g->judge;
    if (s->last - s->first < 4) return false;
    for (size_t i = s->first; i < s->last; i++) hash = (hash ^ turn->tokens[i].hash) * 1099511628211ULL;
    size_t at = (size_t)hash & (judge->heard_slots - 1);
    for (; judge->heard[at].stamp == g->claim + 1; at = (at + 1) & (judge->heard_slots - 1))
        if (judge->heard[at].sentence == hash) return true;
    judge->heard[at] = (struct heard){hash, g->claim + 1};
    return false;
}

/* Household and fairy tale are no joke where they are the work. */
static bool is_joke(const struct gathering *g, const struct exchange *exchange)
{
    size_t skill = g->judge->skill_of[g->claim];
    static const char *const earnest[] = {"Hospitality and food", "Agriculture and environment", "Game and graphics", "Media and arts", "Healthcare", "Education and training", "Sales and customer service",
                                          "Logistics and supply chain", "Engineering and manufacturing", "Science and research"};
    if (!exchange->absurd || skill == CATALOGUE_NONE) return false;
    for (size_t i = 0; i < COUNT_OF(earnest); i++)
        if (str_equal(catalogue_skill_at(skill)->field, str_from(earnest[i]))) return false;
    return true;
}

static void weigh_against(struct gathering *g, const struct sentence *s)
{
    g->against += 0.7 * at_most(s->cues[CUE_ABSOLUTE], 3) + 1.1 * at_most(s->cues[CUE_BUZZ], 3) + 0.8 * at_most(s->cues[CUE_LEVEL], 2) + 0.6 * at_most(s->cues[CUE_EVASION], 2) +
                  0.4 * at_most(s->cues[CUE_HEDGE], 2);
}

static void weigh_exchange(struct gathering *g, size_t index)
{
    const struct exchange *exchange = &g->judge->exchanges[index];
    const struct turn *turn = &g->judge->turns[exchange->answer];
    enum topic_strength topic = exchange->topic[g->claim];
    static const double shares[] = {0, 0.7, 0.85, 0.9, 1};
    bool in_own_words = false;
    double *worth = arena_array(g->judge->arena, double, turn->sentences_count + 1), sum = 0;
    bool disowned = false, counts = exchange->about[g->claim] != ABOUT_NOT && !is_joke(g, exchange);
    for (size_t i = 0; i < turn->sentences_count; i++) {
        const struct sentence *s = &turn->sentences[i];
        bool mentioned;
        double bonus = mention_bonus(g, exchange, i, &mentioned);
        if (denies(g, exchange, turn, i)) g->verdict->denied = disowned = true;
        if (topic == TOPIC_ASIDE && !mentioned) continue;
        if (topic >= TOPIC_INHERITED || mentioned) weigh_against(g, s);
        if (topic >= TOPIC_INHERITED && (s->cues[CUE_OTHERS] || s->cues[CUE_BYSTANDER]) && s->score < 1) {
            g->verdict->by_others = true;
            g->against += 1;
        }
        if (topic >= TOPIC_INHERITED && s->is_others) g->verdict->by_others = true;
        if (!counts || is_heard(g, turn, s)) continue;
        worth[i] = s->score * shares[topic] + (s->score > 0.3 ? 0.6 * fmin(bonus, 3) : 0);
        g->words += bonus;
        in_own_words |= mentioned;
        if (s->score > 0.8 && !s->is_others) g->own += s->cues[CUE_ACT] + s->cues[CUE_OWN_WAY] + 0.5 * s->cues[CUE_WE] + 0.5 * s->cues[CUE_STEP] + 2 * s->is_code;
        g->reasons |= s->score > 0.8 && (s->cues[CUE_CAUSE] || s->cues[CUE_CONTRAST] || s->cues[CUE_RESULT] || s->cues[CUE_CONDITION] || s->is_code);
        sum += worth[i];
    }
    if (topic >= TOPIC_INHERITED) g->against += 1.6 * exchange->doubt;
    if (exchange->doubt >= 1) sum *= 0.4;
    bool clear = in_own_words || exchange->about[g->claim] == ABOUT_CLEARLY;
    if (exchange->guessed && !clear) sum *= 0.3;
    g->asked |= !exchange->guessed && topic >= TOPIC_INHERITED && counts;
    g->clear |= exchange->about[g->claim] == ABOUT_CLEARLY;
    if (exchange->doubtful_input || disowned || !counts) return;
    g->total += fmin(sum, 9);
    if (exchange->doubt < 1 && (!exchange->guessed || clear)) best_quote(g, index, worth);
}

void judge_claim(struct judge *judge, size_t claim, struct verdict *verdict)
{
    *verdict = (struct verdict){0};
    struct gathering g = {.judge = judge, .claim = claim, .verdict = verdict};
    bool asked_for = false;
    for (size_t i = 0; i < judge->exchanges_count; i++) {
        if (judge->exchanges[i].topic[claim] == TOPIC_NONE) continue;
        verdict->spoken_of = true;
        asked_for |= judge->exchanges[i].topic[claim] >= TOPIC_INHERITED;
        weigh_exchange(&g, i);
    }
    verdict->off_topic = asked_for && !g.asked && !g.clear;
    verdict->bluff = g.against;
    verdict->score = g.total - 0.8 * g.against;
    bool bluffed = g.against > 0.4 * g.total;
    verdict->proved = !verdict->denied && !bluffed && verdict->score >= EVIDENCE_NEEDED && (g.own >= 1 || (g.reasons && g.words >= 1)) && g.reasons &&
                      (g.asked || g.clear || (g.words >= WORDS_OF_OWN && g.terms >= TERMS_OF_OWN)) && verdict->proofs_count > 0;
}
