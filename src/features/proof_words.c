#include "features/proof_words.h"

struct str proof_kind_words(struct str type)
{
    if (str_equal(type, STR("live_coding"))) return STR("Solving a problem");
    if (str_equal(type, STR("project_demo"))) return STR("From a project");
    return STR("Explained");
}

const char *proof_strength(double confidence) { return confidence >= 0.8 ? "Strong" : confidence >= 0.6 ? "Good" : "Fair"; }

struct str proof_strength_words(struct arena *arena, double confidence)
{
    return str_format(arena, "%s proof, %d%%", proof_strength(confidence), (int)(confidence * 100 + 0.5));
}
