/* The judge's own parts, in the order in which they run:
 *
 *   analyze_text.c      turns into words and sentences, with their byte offsets
 *   analyze_match.c     finds many short patterns of words in one pass
 *   analyze_lexicon.c   what people say when they have done a thing, have not, or pretend
 *   analyze_speaker.c   whose work a sentence tells of
 *   analyze_topic.c     which claims each question and answer belong to
 *   analyze_about.c     whether the answer speaks of the skill it was asked for
 *   analyze_evidence.c  what the sentences of an answer are worth
 *   analyze.c           proofs, gaps, and whether there was enough to judge
 */
#pragma once
#include "ai/analyze.h"

#define SNIPPET_MAX 400                      /* bytes */
#define TURN_BYTES_MAX ((size_t)32 << 10) /* what is read of one turn: nobody speaks longer */

/* ---- words and sentences ---- */

enum token_flag {
    TOKEN_TECHNICAL = 1, /* snake_case, camelCase, call(), --flag, dotted.name, 8x */
    TOKEN_ACRONYM = 2,
    TOKEN_NUMBER = 4,
    TOKEN_NUMBER_WORD = 8, /* "twenty" */
    TOKEN_CAPITAL = 16,
    TOKEN_QUOTED = 32, /* between quotation marks */
    TOKEN_AFTER_COMMA = 64,
    TOKEN_TAKEN = 128, /* while two texts are compared */
};

struct token {
    const char *word;     /* lower case (ASCII) */
    uint16_t len, stem;   /* bytes of the word, and of its stem, which is a prefix */
    uint32_t start, end;  /* bytes in the turn */
    uint32_t hash;        /* of the stem */
    uint32_t flags;
};

enum cue {
    CUE_NONE,
    CUE_OWN_ACT,      /* "I moved", "I use": only with "I", of sentences that say who */
    CUE_ACT,          /* "I moved", "I wrote": own hands, past */
    CUE_OWN_WAY,      /* "I use", "I'd take": how the person does it */
    CUE_WE,           /* "we moved" */
    CUE_STEP,         /* "add an index, then measure": a way to do it, told as steps */
    CUE_CONDITION,    /* when the, until, only if */
    CUE_CAUSE,        /* because, so that, otherwise */
    CUE_RESULT,       /* went from, dropped to, turned out */
    CUE_PROBLEM,      /* failed, leaked, too slow */
    CUE_CONTRAST,     /* instead of, rather than, unless */
    CUE_HEDGE,        /* I think, maybe */
    CUE_ABSOLUTE,     /* always, by definition, no limit */
    CUE_BUZZ,         /* state of the art, game changer */
    CUE_LEVEL,        /* "I'm at expert level" */
    CUE_DENIAL,       /* never used, only read about */
    CUE_NO,           /* "No, ..." */
    CUE_DENIAL_ALONE, /* a denial whatever stands around: "I have no experience" */
    CUE_OTHERS,       /* a colleague set it up, it was there when I joined */
    CUE_BYSTANDER,    /* I opened a ticket, I watched */
    CUE_QUOTING,      /* "my boss always said" */
    CUE_AGREEMENT,    /* exactly, what you said */
    CUE_EVASION,      /* the usual, it depends on many things */
    CUE_INJECTION,    /* ignore your instructions */
    CUE_RETRACTION,   /* actually that was not me, I made that up */
    CUE_JOKE,         /* just kidding */
    CUE_UNREAL,       /* "I would have drained", "if I had ever": not done */
    CUE_ABSURD,       /* toasters, unicorns and grandmothers */
    CUE_DOUBT,        /* the interviewer's: are you sure? */
    CUE_COOL,         /* the interviewer's: hm */
    CUE_PRAISE,       /* the interviewer's: nice */
    CUE_SHIFT,        /* the interviewer's: let's move on */
    CUE_POSED,        /* the interviewer's: suppose, write me, how would you */
    CUE_OWN_PART,     /* the interviewer's: did you do that yourself? */
    CUE_COUNT
};

struct sentence {
    uint32_t first, last;  /* tokens of the turn, last exclusive */
    uint32_t start, end;   /* bytes, without surrounding space */
    uint8_t cues[CUE_COUNT];
    bool is_code, is_question;
    bool is_others; /* it tells of somebody else's work */
    bool is_shared; /* of own work and of somebody else's */
    double score;
};

struct turn {
    const struct analyze_turn *source;
    struct token *tokens;
    size_t tokens_count;
    struct sentence *sentences;
    size_t sentences_count;
};

/* Cuts the text of `source` into words and sentences; a sentence longer than SNIPPET_MAX is cut at a comma or a space. */
void turn_read(struct arena *arena, const struct analyze_turn *source, struct turn *turn);
size_t tokens_read(struct arena *arena, struct str text, struct token **tokens);
bool token_is(const struct token *token, const char *stem); /* compares with the stem of an ASCII word already stemmed */
bool token_is_common(const struct token *token); /* a word that carries no subject: "the", "with" */
/* Consonants of some words run together, voiced and unvoiced alike: "cooper netties" and "Kubernetes" have the same. */
size_t tokens_skeleton(const struct token *tokens, size_t count, char *out, size_t max);

/* ---- patterns ---- */

struct pattern {
    uint32_t id;    /* the caller's */
    int owner;      /* the caller's: a cue, or a claim */
    float weight;
    struct token *elements; /* alternatives follow each other */
    uint8_t *kinds;         /* 0 a word, 1 an alternative to the one before, 2 a gap of up to two words */
    size_t count;
    bool at_start;          /* only the first word of the range */
    struct pattern *next;
};

struct matcher {
    struct pattern **buckets;
    size_t buckets_count;
    struct arena *arena;
};

struct match {
    const struct pattern *pattern;
    uint32_t first, last; /* tokens */
};

void matcher_init(struct matcher *matcher, struct arena *arena, size_t expected);
/* "never|not use|used": alternatives and words; "*" is a gap of up to two words; "^" before the first word ties it to the start of the
 * range. A pattern without a word is left out. */
void matcher_add(struct matcher *matcher, struct str pattern, int owner, uint32_t id, float weight);
/* Calls `found` for each match that begins in tokens[from..to); a match does not cross `to`. */
void matcher_run(const struct matcher *matcher, const struct token *tokens, size_t from, size_t to,
                 void (*found)(void *context, const struct match *match), void *context);

/* The patterns of all cues. */
void lexicon_add(struct matcher *matcher);
/* Counts the cues of every sentence of a turn. */
void turn_find_cues(const struct matcher *lexicon, struct turn *turn);

/* Who was spoken of so far. */
struct company {
    uint32_t names[16]; /* hashes */
    size_t count;
    bool has_people, has_program;
    bool is_theirs; /* the passage is about their work */
};

/* Marks the sentences that tell of other people's work, in the person's turns one after the other. */
void turn_find_others(struct company *company, struct turn *turn);

/* ---- topics ---- */

struct mention {
    uint32_t sentence;
    uint16_t claim;
    bool by_name;
    uint32_t pattern;
    float weight;
};

enum topic_strength {
    TOPIC_NONE,
    TOPIC_ASIDE,     /* the answer itself brings it up, beside another subject */
    TOPIC_INHERITED, /* a follow-up question */
    TOPIC_WORDS,     /* its vocabulary */
    TOPIC_ASKED      /* the question named it */
};

enum about {
    ABOUT_NOT,     /* asked for, and the answer speaks of something else */
    ABOUT_ANOTHER, /* the same, and of which other skill is clear; ABOUT_NOT once all answers were looked at */
    ABOUT_LOOSELY, /* as much as a follow-up needs, or a guess */
    ABOUT_CLEARLY
};

/* One answer with its question. */
struct exchange {
    size_t question, answer;    /* turns; question is SIZE_MAX when nobody asked */
    struct mention *mentions;   /* in the answer, by sentence */
    size_t mentions_count;
    uint8_t *topic;             /* enum topic_strength of each claim */
    uint8_t *about;             /* of each claim with a topic, enum about: does the answer speak of it? */
    bool follow_up;
    bool guessed;               /* no question named a claim: the topic comes from the words alone */
    bool posed;                 /* a problem to solve, or a request to write something */
    double said;                /* what the sentences of the answer are worth together */
    double doubt;               /* of the interviewer, heard in the next question */
    bool doubtful_input;        /* an instruction to the examiner, a forged evaluation */
    bool absurd;                /* toasters and unicorns */
};

struct judge {
    struct arena *arena;
    const struct analyze_claim *claims;
    size_t claims_count;
    struct turn *turns;
    size_t turns_count;
    struct exchange *exchanges;
    size_t exchanges_count;
    struct matcher lexicon, vocabulary;
    size_t *skill_of;         /* of each claim: its skill in the catalogue, or the one its name holds */
    bool *is_asked;           /* of each claim: a question is recorded for it or names it */
    const struct word_index *words; /* the catalogue's vocabulary */
    struct heard *heard;      /* sentences that counted for a claim already */
    size_t heard_slots;
};

void judge_find_topics(struct judge *judge);

/* The words of the whole catalogue, built on first use. */
const struct word_index *word_index(void);
unsigned word_index_terms(const struct word_index *index, const struct token *word); /* how many terms hold it */
/* After the topics: fills `about` of each exchange. */
void judge_find_about(struct judge *judge);

/* ---- evidence ---- */

/* A sentence that counted for the claim `stamp` - 1. Slots of other claims are free. */
struct heard {
    uint64_t sentence;
    size_t stamp;
};

struct candidate_proof {
    size_t exchange;
    size_t first, last; /* sentences, last exclusive */
    double score;
    enum proof_type type;
};

struct verdict {
    bool proved;
    double score; /* of all the evidence, less what speaks against it */
    struct candidate_proof proofs[3];
    size_t proofs_count;
    bool denied, by_others, spoken_of, off_topic;
    double bluff;
};

/* Gives every sentence its worth, whatever it is about. */
void judge_score_sentences(struct judge *judge);
void judge_claim(struct judge *judge, size_t claim, struct verdict *verdict);
