/* Listings against a person: what the store has, scored by ai/match.h.
 *
 * One request reads the open listings and their skills in two ordered scans, scores all of them in memory (some hundred nanoseconds each)
 * and only then asks for the texts of the best, whose words order them inside their band. An advertisement that is posted again under
 * another id is shown once.
 */
#pragma once
#include "ai/match.h"
#include "db/db.h"

#define JOBS_FRESH_DAYS 60 /* an ad that is older may be over */
#define MATCHES_TEXTS 200 /* so many of the best are ordered by their texts */

struct corpus_listing {
    struct str id, title, company, location, source, fingerprint, salary_currency, salary_text, contract_type, url;
    int64_t posted_at; /* 0: unknown */
    int64_t salary_min, salary_max, years_required; /* -1: not given */
    bool is_remote;
    uint16_t *skills; /* catalogue indices */
    size_t skills_count;
};

struct corpus {
    int64_t now;
    struct corpus_listing *items; /* by id */
    size_t count;
    struct match_demand demand;
};

/* All listings open at `now`. Everything lives in the arena. */
enum err corpus_load(struct db *db, struct arena *arena, int64_t now, struct corpus *corpus) MUST_CHECK;
/* One listing's columns 0..14 of the statement jobs_corpus into `listing`, skills left alone. */
void corpus_read(struct db_rows *rows, struct arena *arena, struct corpus_listing *listing);
/* Only the demand, for one listing's page. */
enum err corpus_load_demand(struct db *db, struct arena *arena, struct match_demand *demand) MUST_CHECK;
struct match_listing corpus_for_match(const struct corpus_listing *listing);

struct jobs_person {
    struct match_person match;
    struct str resume; /* its text, "" without one */
    bool is_known;     /* has skills or goals: without them a band means nothing */
};
enum err jobs_person_load(struct db *db, struct arena *arena, struct str user_id, struct jobs_person *person) MUST_CHECK;

struct jobs_filter {
    struct str search;  /* words people typed, "" for all */
    int band;           /* enum match_band, -1 for all */
    bool only_remote;
    size_t skill;       /* catalogue index, CATALOGUE_NONE for all */
};

struct jobs_match {
    const struct corpus_listing *listing;
    enum match_band band;
    double score, order; /* order: with the text's part */
    size_t repeats;      /* further copies of the same advertisement */
};

struct jobs_matches {
    struct jobs_match *items; /* best first */
    size_t count;
    size_t by_band[BAND_COUNT]; /* of what the other filters let through */
    size_t repeats;             /* listings that were posted again, merged into those above */
    const struct matcher *matcher;
};

enum err jobs_matches_find(struct db *db, struct arena *arena, const struct jobs_person *person, const struct corpus *corpus,
                           const struct jobs_filter *filter, struct jobs_matches *matches) MUST_CHECK;
