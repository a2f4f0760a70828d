/* The skills that a resume names, without the employers that happen to be called like one: "Stripe, 2019 - 2022". */
#pragma once
#include "ai/resume.h"
#include "ai/skill_text.h"

/* Each skill once, at its first mention that is no employer, in order of place. Offsets are of the resume's text. */
size_t resume_skills(struct arena *arena, const struct resume *resume, struct skill_mention **mentions);
