/* The judge's input and output as JSON documents: the contract of `careerprep interview analyze`.
 *
 * In:  {"role_title":"...","claims":[{"skill":"Docker","level":"proficient"}],"transcript":[{"role":"assistant","text":"..."}]}; a turn of the
 *      interviewer may name the skill it is about ("skill": id or name). Other members are passed over.
 * Out: {"verifications":[{"skill","type","confidence","snippet","turn","start","end","summary"}],"gaps":[{"skill","reason"}],
 *      "quality":{"user_turns","user_words","mean_words","enough_to_judge","note"}}; start and end are byte offsets in that turn.
 */
#pragma once
#include "ai/analyze.h"
#include "base/buf.h"

#define ANALYZE_BYTES_MAX ((size_t)4 << 20)
#define ANALYZE_TURNS_MAX 5000
#define ANALYZE_CLAIMS_MAX 200
#define ANALYZE_SKILL_MAX 200 /* bytes of a claim's name */

struct analyze_input {
    struct str role_title;
    struct analyze_claim *claims;
    size_t claims_count;
    struct analyze_turn *turns;
    size_t turns_count;
};

/* Everything is copied into the arena. ERR_INVALID names the place ("claims[3].level"), ERR_TOO_LARGE the limit. */
enum err analyze_read_json(struct arena *arena, struct str text, struct analyze_input *input) MUST_CHECK;
void analyze_write_json(struct buf *out, const struct analyze_input *input, const struct analysis *analysis);
