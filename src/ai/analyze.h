/* The truth loop's judge: which claimed skills do the person's own words demonstrate?
 *
 * Deterministic and local. Input is the claims and the transcript; a proof is a verbatim part of one user turn, found again
 * byte for byte. Claiming, naming, or repeating the interviewer is no proof; "the team did", "I only read about it", wrong statements and
 * instructions to the examiner are none either. Gaps are claims at proficient or expert without a proof.
 */
#pragma once
#include "ai/catalogue.h"
#include "base/str.h"

struct analyze_claim {
    struct str skill; /* as the person or the store names it */
    size_t index;     /* catalogue, CATALOGUE_NONE for a skill of the person's own */
    enum question_level level;
};

struct analyze_turn {
    bool is_user;
    struct str text;
    size_t asked_skill; /* the skill an assistant's question was about, CATALOGUE_NONE when unknown */
};

enum proof_type { PROOF_CONCEPT_EXPLANATION, PROOF_PROJECT_DEMO, PROOF_LIVE_CODING, PROOF_TYPE_COUNT };
const char *proof_type_name(enum proof_type type); /* "concept_explanation", ... as in the store */

struct analyze_proof {
    size_t claim; /* index into claims */
    enum proof_type type;
    double confidence; /* 0..1 */
    size_t turn;
    size_t start, end; /* byte offsets in that turn's text */
    struct str snippet; /* text[start..end) */
    struct str summary; /* one sentence in our words */
};

struct analyze_gap {
    size_t claim;
    struct str reason; /* what would prove it */
};

struct analysis {
    struct analyze_proof *proofs; /* at most 3 a claim, best first */
    size_t proofs_count;
    struct analyze_gap *gaps;
    size_t gaps_count;
    struct {
        int user_turns, user_words;
        double mean_words;       /* of user turns */
        bool enough_to_judge;    /* false: too short, nothing is verified */
        struct str note;         /* why not, "" otherwise */
    } quality;
};

enum err analyze_transcript(struct arena *arena, const struct analyze_claim *claims, size_t claims_count,
                            const struct analyze_turn *turns, size_t turns_count, struct analysis *out) MUST_CHECK;

/* Are two quotes the same told again: four fifths of the shorter one's words stand in the other? One wording is one proof of a skill. */
bool analyze_same_wording(struct arena *arena, struct str a, struct str b);
