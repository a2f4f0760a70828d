/* The digital twin: answers a stranger's question from what a person has proved, or says that it cannot.
 *
 * Extractive and deterministic. A reply is made of our own connective sentences and of verbatim parts of verified quotes, each with its
 * proof as a citation. The resume may be quoted only as "The resume says", marked as not verified, and never makes an answer "answered".
 * No word of the question ever reaches the reply, so that nobody can put words into the twin's mouth. Interview transcripts are no input.
 *
 * Which quotes: those of the verified skills that the question names; without a name, the best by BM25 (Robertson and Zaragoza,
 * "The Probabilistic Relevance Framework", 2009) over quote, summary and skill, with the vocabulary of the catalogue as expansion,
 * if they cover enough of the question. Questions about private matters and instructions to the twin are refused.
 */
#pragma once
#include "base/str.h"

#define TWIN_QUESTION_MAX 500   /* code points */
#define TWIN_CITATIONS_MAX 3
#define TWIN_REPLY_MAX 1900     /* bytes: under 500 tokens of a language model */

struct twin_proof {
    struct str id;
    struct str skill_id, skill; /* catalogue id and name */
    struct str type;            /* "project_demo", as in the store */
    struct str date;            /* "12 March 2026" */
    struct str summary, snippet;
    double confidence;
};

struct twin_person {
    struct str first_name, last_name;
    const struct twin_proof *proofs; /* latest first */
    size_t proofs_count;
    const struct str *passages; /* of the resume */
    size_t passages_count;
};

enum twin_source { TWIN_OURS, TWIN_QUOTE, TWIN_RESUME };

/* The reply in pieces, in order: their texts together are the reply. */
struct twin_part {
    enum twin_source source;
    struct str text;
};

struct twin_citation {
    size_t proof;     /* index into the person's proofs */
    struct str quote; /* verbatim part of its snippet, as in the reply */
};

struct twin_answer {
    struct str reply;
    bool answered; /* from verified quotes; false for "not verified", for refusals and for greetings */
    bool greeted;  /* nothing was asked */
    bool refused;  /* a private matter, an instruction, or how to reach the person */
    struct twin_part *parts;
    size_t parts_count;
    struct twin_citation citations[TWIN_CITATIONS_MAX];
    size_t citations_count;
};

/* Whether a reply says first of all that something is not verified: neither an answer nor a greeting or a pointer elsewhere. */
bool twin_says_unverified(struct str reply);
/* Strings of the answer live in the arena or are parts of the person's. */
void twin_answer(struct arena *arena, const struct twin_person *person, struct str question, struct twin_answer *answer);
