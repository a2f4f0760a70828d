/* Finding and ordering matches. Contract in matches.h. */
#include "features/jobs/matches.h"

#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/text.h"
#include "features/jobs/store.sql.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_WEIGHT 0.1
#define AGE_WEIGHT 0.05 /* what an ad of AGE_FULL_DAYS and more loses in the order inside its band */
#define AGE_FULL_DAYS 365.0

static int64_t number_or_none(const struct db_rows *rows, int column)
{
    return db_col_is_null(rows, column) ? -1 : db_col_int(rows, column);
}

void corpus_read(struct db_rows *rows, struct arena *arena, struct corpus_listing *listing)
{
    *listing = (struct corpus_listing){
        .id = db_col_text(rows, 0, arena),
        .title = db_col_text(rows, 1, arena),
        .company = db_col_text(rows, 2, arena),
        .location = db_col_text(rows, 3, arena),
        .source = db_col_text(rows, 4, arena),
        .fingerprint = db_col_text(rows, 5, arena),
        .is_remote = db_col_bool(rows, 6),
        .years_required = number_or_none(rows, 7),
        .posted_at = db_col_time(rows, 8),
        .salary_min = number_or_none(rows, 9),
        .salary_max = number_or_none(rows, 10),
        .salary_currency = db_col_text(rows, 11, arena),
        .salary_text = db_col_text(rows, 12, arena),
        .contract_type = db_col_text(rows, 13, arena),
        .url = db_col_text(rows, 14, arena),
    };
}

static enum err load_listings(struct db *db, struct arena *arena, int64_t now, struct corpus *corpus)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_corpus, DB_ARGS(db_time(now)), &rows));
    size_t cap = 0;
    while (db_next(&rows)) {
        if (corpus->count == cap) {
            struct corpus_listing *more = arena_array(arena, struct corpus_listing, cap = cap ? 2 * cap : 256);
            if (corpus->count) memcpy(more, corpus->items, corpus->count * sizeof(*more));
            corpus->items = more;
        }
        corpus_read(&rows, arena, &corpus->items[corpus->count++]);
    }
    return db_rows_result(&rows);
}

/* Both scans are ordered by the listing's id, so that they are walked side by side. */
static enum err load_skills(struct db *db, struct arena *arena, struct corpus *corpus, uint32_t *by_skill)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_corpus_skills, DB_NO_ARGS, &rows));
    size_t at = 0;
    uint16_t *block = NULL;
    size_t block_used = 0, block_cap = 0;
    while (db_next(&rows)) {
        struct str id = db_col_view(&rows, 0);
        while (at < corpus->count && str_compare(corpus->items[at].id, id) < 0) at++;
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 1));
        if (at == corpus->count || !str_equal(corpus->items[at].id, id) || skill == CATALOGUE_NONE) continue;
        struct corpus_listing *listing = &corpus->items[at];
        by_skill[skill]++;
        if (block_used == block_cap) {
            uint16_t *more = arena_array(arena, uint16_t, block_cap = 4096 + listing->skills_count);
            if (listing->skills_count) memcpy(more, listing->skills, listing->skills_count * sizeof(*more));
            if (listing->skills_count) listing->skills = more;
            block = more;
            block_used = listing->skills_count;
        }
        if (!listing->skills_count) listing->skills = block + block_used;
        block[block_used++] = (uint16_t)skill;
        listing->skills_count++;
    }
    return db_rows_result(&rows);
}

enum err corpus_load(struct db *db, struct arena *arena, int64_t now, struct corpus *corpus)
{
    *corpus = (struct corpus){.now = now};
    uint32_t *by_skill = arena_array(arena, uint32_t, catalogue_skills_count);
    TRY(load_listings(db, arena, now, corpus));
    TRY(load_skills(db, arena, corpus, by_skill));
    corpus->demand = (struct match_demand){.listings_by_skill = by_skill, .listings = corpus->count};
    return OK;
}

enum err corpus_load_demand(struct db *db, struct arena *arena, struct match_demand *demand)
{
    uint32_t *by_skill = arena_array(arena, uint32_t, catalogue_skills_count);
    int64_t count = 0;
    TRY(db_query_int(db, &sql_jobs_listings_count, DB_NO_ARGS, &count));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_demand, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) by_skill[skill] = (uint32_t)db_col_int(&rows, 1);
    }
    *demand = (struct match_demand){.listings_by_skill = by_skill, .listings = (size_t)count};
    return db_rows_result(&rows);
}

struct match_listing corpus_for_match(const struct corpus_listing *l)
{
    return (struct match_listing){l->title, l->location, l->skills, l->skills_count, l->is_remote, l->years_required};
}

/* ---- the person ---- */

static enum err read_texts(struct arena *arena, struct str json, struct str_list *list)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (!json.len) return OK;
    TRY(json_parse(json, 1 << 20, &root));
    for (size_t i = 0; i < json_count(root); i++) {
        struct str text = json_str(json_at(root, i));
        if (text.len) str_list_add(arena, list, str_copy(arena, text));
    }
    return OK;
}

static enum err load_goals(struct db *db, struct arena *arena, struct str user_id, struct match_person *match)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &sql_jobs_person, DB_ARGS(db_uuid(user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    TRY(read_texts(arena, db_col_text(&rows, 0, arena), &match->roles));
    TRY(read_texts(arena, db_col_text(&rows, 1, arena), &match->locations));
    match->years = number_or_none(&rows, 2);
    return OK;
}

static enum err load_person_skills(struct db *db, struct arena *arena, struct str user_id, struct match_person *match)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_person_skills, DB_ARGS(db_uuid(user_id)), &rows));
    struct match_person_skill *skills = arena_array(arena, struct match_person_skill, catalogue_skills_count);
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill == CATALOGUE_NONE || match->skills_count == catalogue_skills_count) continue;
        skills[match->skills_count++] = (struct match_person_skill){skill, db_col_bool(&rows, 1)};
    }
    match->skills = skills;
    return db_rows_result(&rows);
}

enum err jobs_person_load(struct db *db, struct arena *arena, struct str user_id, struct jobs_person *person)
{
    *person = (struct jobs_person){.match = {.years = -1}};
    TRY(load_goals(db, arena, user_id, &person->match));
    TRY(load_person_skills(db, arena, user_id, &person->match));
    person->is_known = person->match.skills_count > 0 || person->match.roles.count > 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &sql_jobs_person_resume, DB_ARGS(db_uuid(user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    person->resume = db_col_text(&rows, 0, arena);
    return OK;
}

/* ---- the matches ---- */

/* Marks the listings that hold the words; both sides are ordered by id. */
static enum err mark_found(struct db *db, struct arena *arena, struct str words, const struct corpus *corpus, bool *found)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_search, DB_ARGS(db_text(text_like(arena, words)), db_text(STR(TEXT_LIKE_ESCAPE))), &rows));
    size_t at = 0;
    while (db_next(&rows)) {
        struct str id = db_col_view(&rows, 0);
        while (at < corpus->count && str_compare(corpus->items[at].id, id) < 0) at++;
        if (at < corpus->count && str_equal(corpus->items[at].id, id)) found[at] = true;
    }
    return db_rows_result(&rows);
}

static bool asks_for(const struct corpus_listing *listing, size_t skill)
{
    for (size_t i = 0; i < listing->skills_count; i++)
        if (listing->skills[i] == skill) return true;
    return false;
}

static int compare_matches(const void *left, const void *right)
{
    const struct jobs_match *a = left, *b = right;
    if (a->band != b->band) return a->band < b->band ? -1 : 1;
    if (a->order != b->order) return a->order > b->order ? -1 : 1;
    if (a->listing->posted_at != b->listing->posted_at) return a->listing->posted_at > b->listing->posted_at ? -1 : 1;
    return str_compare(a->listing->id, b->listing->id);
}

static bool is_same_ad(const struct corpus_listing *a, const struct corpus_listing *b)
{
    return str_equal(a->fingerprint, b->fingerprint) && str_equal_ci(a->company, b->company) && str_equal_ci(a->title, b->title);
}

/* Keeps the first of each advertisement, which is its best. */
static void drop_repeats(struct arena *arena, struct jobs_matches *matches)
{
    size_t size = 64;
    while (size < 2 * matches->count) size *= 2;
    struct jobs_match **seen = arena_array(arena, struct jobs_match *, size);
    size_t kept = 0;
    for (size_t i = 0; i < matches->count; i++) {
        struct jobs_match match = matches->items[i];
        size_t slot = (size_t)str_hash(match.listing->fingerprint) & (size - 1);
        while (seen[slot] && !is_same_ad(seen[slot]->listing, match.listing)) slot = (slot + 1) & (size - 1);
        if (seen[slot] && match.listing->fingerprint.len) {
            seen[slot]->repeats++;
            matches->repeats++;
            continue;
        }
        matches->items[kept] = match;
        seen[slot] = &matches->items[kept++];
    }
    matches->count = kept;
}

static enum err read_descriptions(struct db *db, struct arena *arena, const struct jobs_matches *matches, size_t count, struct str *texts)
{
    struct json_list ids CLEANUP(json_list_dispose) = {0};
    json_list_open(&ids);
    for (size_t i = 0; i < count; i++) {
        json_object_open(&ids.writer);
        json_member_str(&ids.writer, "id", matches->items[i].listing->id);
        json_object_close(&ids.writer);
    }
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_jobs_descriptions, DB_ARGS(db_json(json_list_str(&ids))), &rows));
    while (db_next(&rows)) {
        struct str id = db_col_view(&rows, 0);
        for (size_t i = 0; i < count; i++)
            if (str_equal(matches->items[i].listing->id, id)) texts[i] = db_col_text(&rows, 1, arena);
    }
    return db_rows_result(&rows);
}

/* The best, ordered by what their texts have in common with the resume as well. */
static enum err order_by_texts(struct db *db, struct arena *arena, struct str resume, struct jobs_matches *matches)
{
    size_t count = matches->count < MATCHES_TEXTS ? matches->count : MATCHES_TEXTS;
    if (!resume.len || count < 2) return OK;
    struct str *texts = arena_array(arena, struct str, count);
    double *scores = arena_array(arena, double, count);
    TRY(read_descriptions(db, arena, matches, count, texts));
    match_texts(arena, resume, texts, count, scores);
    for (size_t i = 0; i < count; i++) matches->items[i].order += TEXT_WEIGHT * scores[i];
    qsort(matches->items, count, sizeof(*matches->items), compare_matches);
    return OK;
}

/* Nothing for a fresh ad, and for one that does not say when it was posted. */
static double age_loss(const struct corpus_listing *listing, int64_t now)
{
    double days = listing->posted_at ? (double)(now - listing->posted_at) / US_PER_DAY - JOBS_FRESH_DAYS / 2.0 : 0;
    return days <= 0 ? 0 : days >= AGE_FULL_DAYS ? AGE_WEIGHT : AGE_WEIGHT * days / AGE_FULL_DAYS;
}

enum err jobs_matches_find(struct db *db, struct arena *arena, const struct jobs_person *person, const struct corpus *corpus,
                           const struct jobs_filter *filter, struct jobs_matches *matches)
{
    *matches = (struct jobs_matches){.items = arena_array(arena, struct jobs_match, corpus->count)};
    const struct matcher *matcher = match_prepare(arena, &person->match, &corpus->demand);
    matches->matcher = matcher;
    bool *found = NULL;
    if (filter->search.len) {
        found = arena_array(arena, bool, corpus->count);
        TRY(mark_found(db, arena, filter->search, corpus, found));
    }
    for (size_t i = 0; i < corpus->count; i++) {
        const struct corpus_listing *listing = &corpus->items[i];
        if (found && !found[i]) continue;
        if (filter->only_remote && !listing->is_remote) continue;
        if (filter->skill != CATALOGUE_NONE && !asks_for(listing, filter->skill)) continue;
        struct match_listing input = corpus_for_match(listing);
        struct match_score score = match_score(matcher, &input);
        matches->items[matches->count++] = (struct jobs_match){listing, score.band, score.score, score.score - age_loss(listing, corpus->now), 0};
    }
    if (matches->count) qsort(matches->items, matches->count, sizeof(*matches->items), compare_matches);
    drop_repeats(arena, matches);
    for (size_t i = 0; i < matches->count; i++) matches->by_band[matches->items[i].band]++;
    if (filter->band >= 0) {
        size_t first = 0;
        for (int band = 0; band < filter->band; band++) first += matches->by_band[band];
        matches->items += first;
        matches->count = matches->by_band[filter->band];
    }
    return order_by_texts(db, arena, person->resume, matches);
}
