/* What sort of answer a person gave to the interviewer: by plain rules, without judging whether it is right.
 *
 * The rules lean to the person's side: what cannot be told apart counts as an answer, and a text that is not English is measured by
 * its length alone.
 */
#pragma once
#include "base/str.h"

enum answer_kind {
    ANSWER_SUBSTANTIAL,
    ANSWER_SHORT,     /* too little to work with; also nothing but signs */
    ANSWER_VAGUE,     /* long enough, but hardly anything specific in it */
    ANSWER_TEAM,      /* says what the team did, not what the person did */
    ANSWER_UNKNOWN,   /* does not know, has not used it, wants to skip */
    ANSWER_REPEAT,    /* asks to hear the question again */
    ANSWER_OFF_TOPIC, /* asks the interviewer something, or wants the answer */
    ANSWER_INJECTION, /* gives the interviewer orders */
    ANSWER_UPSET,     /* angry, afraid, tired */
    ANSWER_STOP,      /* wants to end the interview */
    ANSWER_KIND_COUNT
};

/* `skill`: catalogue index of what was asked about, CATALOGUE_NONE when unknown: its vocabulary counts as specific. */
enum answer_kind answer_classify(struct arena *arena, struct str text, size_t skill);
/* Words of a text in any script: two ideographs or syllables of a script without spaces count as one; emoji count nothing. */
size_t answer_words(struct str text);
