/* How a proof is named in words, alike on every page: the kind of what was said, and how strongly it shows the skill. */
#pragma once
#include "base/str.h"

/* `type` as stored in verifications: live_coding, concept_explanation, project_demo. */
struct str proof_kind_words(struct str type);
/* "Strong", "Good" or "Fair"; `confidence` is 0 to 1. */
const char *proof_strength(double confidence);
/* "Strong proof, 86%" */
struct str proof_strength_words(struct arena *arena, double confidence);
