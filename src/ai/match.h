/* How well a job listing fits a person, with the reasons in plain words.
 *
 * Pure and deterministic: no store, no clock, no model. Four parts are weighed: skills (proved count more than claimed; a skill few
 * listings ask for weighs more than one that all ask for), the title against the person's goals and the other names of those
 * occupations, the place, and the years of experience. A part that nothing is known about drops out and the others carry its
 * weight. The result is a band, for people, and a score that only orders; words of the resume order listings inside a band
 * (Okapi BM25: Robertson and Zaragoza, 2009) and never change it.
 */
#pragma once
#include "base/str.h"

enum match_band { BAND_STRONG, BAND_FAIR, BAND_STRETCH, BAND_COUNT };
const char *match_band_name(enum match_band band);  /* "strong" */
const char *match_band_title(enum match_band band); /* "Strong match" */

struct match_person_skill {
    size_t skill; /* catalogue index */
    bool is_verified;
};

struct match_person {
    const struct match_person_skill *skills;
    size_t skills_count;
    struct str_list roles, locations; /* as the person typed them; "Remote" is a location */
    int64_t years;                    /* of experience, -1 unknown */
};

/* How often each skill is asked for, by catalogue index: what makes a skill telling. */
struct match_demand {
    const uint32_t *listings_by_skill; /* catalogue_skills_count numbers */
    size_t listings;
};

struct match_listing {
    struct str title, location;
    const uint16_t *skills; /* catalogue indices, each once */
    size_t skills_count;
    bool is_remote;
    int64_t years_required; /* -1: it does not say */
};

struct match_score {
    enum match_band band;
    double score; /* 0..1 */
};

enum match_reason_kind { REASON_HAS, REASON_LACKS, REASON_TITLE, REASON_LOCATION, REASON_KIND_COUNT };
const char *match_reason_kind_name(enum match_reason_kind kind);

struct match_reason {
    enum match_reason_kind kind;
    bool is_good; /* speaks for the listing */
    struct str text;
};

#define MATCH_REASONS_MAX 8

struct matcher;
/* Keeps what scoring needs of a person; `person` and `demand` must live as long. */
struct matcher *match_prepare(struct arena *arena, const struct match_person *person, const struct match_demand *demand);
/* Allocates nothing: a few hundred nanoseconds a listing. */
struct match_score match_score(const struct matcher *matcher, const struct match_listing *listing);
/* The reasons behind the score, what speaks for the listing first. At most MATCH_REASONS_MAX, in the arena. */
size_t match_reasons(struct arena *arena, const struct matcher *matcher, const struct match_listing *listing, struct match_reason **reasons);

/* How much each text has in common with a resume: BM25 of the resume's words in these texts, 0..1 against the best of them. */
void match_texts(struct arena *arena, struct str resume, const struct str *texts, size_t count, double *scores);

/* The next word of a text in plain form (lower case, ASCII folded plural "s" dropped) as a hash; false at the end. Shared by titles and texts. */
bool match_next_word(struct str text, size_t *at, uint64_t *hash, struct str *word);
