/* Storing listings in batches, and telling the bus once. Contract in import.h. */
#include "features/jobs/import.h"

#include "ai/catalogue.h"
#include "ai/skill_text.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "features/jobs/store.sql.h"
#include "json/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TOP_SKILLS 20
#define LIST_MAX ((size_t)256 << 20)

enum change { ADDED, UPDATED, UNCHANGED, CHANGE_COUNT };

/* The skills that one listing names. */
struct mentioned {
    struct str listing_id;
    struct skill_mention *found;
    size_t count;
    bool is_new; /* the listing has no skills in the store */
};

/* A listing of the batch, under the number that it got or had. */
struct stored {
    const struct listing *listing;
    struct str id;
    enum change change;
};

struct import {
    struct db *db;
    struct arena *arena;  /* the report's */
    struct arena *batch;  /* the batch's listings */
    const struct listing *listings;
    size_t count;
    int64_t changes[CHANGE_COUNT];          /* of the batch, as the other two: its transaction may run more than once */
    struct mentioned mentions[IMPORT_BATCH];
    size_t mentioned;
    struct stored stored[IMPORT_BATCH]; /* in the order of source and external_id, each once */
    size_t stored_count;
    int64_t now;
    struct import_report *report;
};

static int by_key(const void *a, const void *b)
{
    const struct stored *left = a, *right = b;
    int order = str_compare(left->listing->source, right->listing->source);
    if (!order) order = str_compare(left->listing->external_id, right->listing->external_id);
    return order ? order : (left->listing > right->listing) - (left->listing < right->listing);
}

static bool is_same_key(const struct listing *a, const struct listing *b) { return str_equal(a->source, b->source) && str_equal(a->external_id, b->external_id); }

/* Of what the store compares. */
static bool reads_alike(const struct listing *a, const struct listing *b)
{
    return str_equal(a->title, b->title) && str_equal(a->company, b->company) && str_equal(a->location, b->location) && str_equal(a->description, b->description) &&
           str_equal(a->url, b->url) && str_equal(a->salary_text, b->salary_text) && str_equal(a->contract_type, b->contract_type) && a->salary_min == b->salary_min &&
           a->salary_max == b->salary_max && a->expires_at == b->expires_at;
}

/* The listings of the batch in the order of their keys, of each the last; those before it count as if they had been stored one after another. */
static void keep_last(struct import *import)
{
    import->stored_count = 0;
    for (size_t i = 0; i < import->count; i++) import->stored[i] = (struct stored){.listing = &import->listings[i], .id = uuid_new(import->batch)};
    qsort(import->stored, import->count, sizeof import->stored[0], by_key);
    for (size_t i = 0; i < import->count; i++) {
        bool is_repeated = i + 1 < import->count && is_same_key(import->stored[i].listing, import->stored[i + 1].listing);
        if (is_repeated) import->changes[reads_alike(import->stored[i].listing, import->stored[i + 1].listing) ? UNCHANGED : UPDATED]++;
        else import->stored[import->stored_count++] = import->stored[i];
    }
}

static void write_number(struct json_writer *writer, const char *name, int64_t value)
{
    if (value != LISTING_NONE) json_member_int(writer, name, value);
}

static void write_listing(struct json_writer *writer, const struct stored *stored)
{
    const struct listing *l = stored->listing;
    json_object_open(writer);
    json_member_str(writer, "id", stored->id);
    json_member_str(writer, "source", l->source);
    json_member_str(writer, "external_id", l->external_id);
    json_member_str(writer, "title", l->title);
    json_member_str(writer, "company", l->company);
    json_member_str(writer, "location", l->location);
    json_member_str(writer, "description", l->description);
    json_member_str(writer, "url", l->url);
    write_number(writer, "salary_min", l->salary_min);
    write_number(writer, "salary_max", l->salary_max);
    if (l->salary_currency.len) json_member_str(writer, "salary_currency", l->salary_currency);
    json_member_str(writer, "salary_text", l->salary_text);
    json_member_str(writer, "contract_type", l->contract_type);
    json_member_bool(writer, "is_remote", l->is_remote);
    write_number(writer, "years_required", l->years_required);
    json_member_str(writer, "fingerprint", l->fingerprint);
    write_number(writer, "posted_at", l->posted_at ? l->posted_at : LISTING_NONE);
    write_number(writer, "expires_at", l->expires_at ? l->expires_at : LISTING_NONE);
    json_object_close(writer);
}

/* What became of one: its number is new, or it changed at this very time, or it is as it was. */
static void take_stored(struct import *import, const struct db_rows *rows)
{
    struct listing key = {.source = db_col_view(rows, 2), .external_id = db_col_view(rows, 3)};
    size_t low = 0, high = import->stored_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct listing *at = import->stored[middle].listing;
        int order = str_compare(at->source, key.source);
        if (!order) order = str_compare(at->external_id, key.external_id);
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    if (low == import->stored_count || !is_same_key(import->stored[low].listing, &key)) return;
    struct stored *stored = &import->stored[low];
    bool is_new = str_equal(db_col_view(rows, 0), stored->id);
    stored->change = is_new ? ADDED : db_col_time(rows, 1) == import->now ? UPDATED : UNCHANGED;
    stored->id = db_col_text(rows, 0, import->batch);
    import->changes[stored->change]++;
}

/* One statement for all. */
static enum err upsert(struct import *import)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    buf_init(&list.text, LIST_MAX);
    json_list_open(&list);
    for (size_t i = 0; i < import->stored_count; i++) write_listing(&list.writer, &import->stored[i]);
    if (json_list_overflows(&list)) return err_set(ERR_TOO_LARGE, "%zu listings are longer than %zu bytes together", import->stored_count, LIST_MAX);
    import->now++; /* a time of its own for each batch tells a change from what was there */
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(import->db, &sql_jobs_listings_upsert, DB_ARGS(db_json(json_list_str(&list)), db_time(import->now)), &rows));
    while (db_next(&rows)) take_stored(import, &rows);
    return db_rows_result(&rows);
}

static void find_skills(struct import *import, const struct listing *listing, struct str id, bool is_new)
{
    struct mentioned *mentioned = &import->mentions[import->mentioned];
    struct str text = str_format(import->batch, "%.*s\n%.*s", STR_ARG(listing->title), STR_ARG(listing->description));
    *mentioned = (struct mentioned){.listing_id = id, .is_new = is_new};
    mentioned->count = skill_text_find_unique(import->batch, text, &mentioned->found);
    import->mentioned++;
}

static void write_id(struct json_writer *writer, struct str id)
{
    json_object_open(writer);
    json_member_str(writer, "id", id);
    json_object_close(writer);
}

/* One statement for all listings. The skills are written again for unchanged listings too: the catalogue may know more than at the last import. */
static enum err forget_skills(struct import *import)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < import->mentioned; i++)
        if (!import->mentions[i].is_new) write_id(&list.writer, import->mentions[i].listing_id);
    return db_exec(import->db, &sql_jobs_listings_forget_skills, DB_ARGS(db_json(json_list_str(&list))));
}

static void write_skills(struct json_writer *writer, const struct mentioned *mentioned)
{
    json_object_open(writer);
    json_member_str(writer, "id", mentioned->listing_id);
    json_key(writer, "skills");
    json_array_open(writer);
    for (size_t i = 0; i < mentioned->count; i++) write_id(writer, catalogue_skill_at(mentioned->found[i].skill)->id);
    json_array_close(writer);
    json_object_close(writer);
}

static enum err store_skills(struct import *import)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    TRY(forget_skills(import));
    json_list_open(&list);
    for (size_t i = 0; i < import->mentioned; i++)
        write_skills(&list.writer, &import->mentions[i]);
    if (json_list_overflows(&list)) return err_set(ERR_TOO_LARGE, "%zu listings name too many skills", import->mentioned);
    return db_exec(import->db, &sql_jobs_listings_add_skills, DB_ARGS(db_json(json_list_str(&list))));
}

static enum err store_batch(struct db *db, void *argument)
{
    (void)db;
    struct import *import = argument;
    memset(import->changes, 0, sizeof import->changes);
    import->mentioned = 0;
    keep_last(import);
    TRY(upsert(import));
    for (size_t i = 0; i < import->stored_count; i++)
        find_skills(import, import->stored[i].listing, import->stored[i].id, import->stored[i].change == ADDED);
    return store_skills(import);
}

/* What is committed counts. */
static void count_batch(const struct import *import)
{
    struct import_report *report = import->report;
    report->added += import->changes[ADDED];
    report->updated += import->changes[UPDATED];
    report->unchanged += import->changes[UNCHANGED];
    for (size_t i = 0; i < import->mentioned; i++)
        for (size_t k = 0; k < import->mentions[i].count; k++) report->by_skill[import->mentions[i].found[k].skill]++;
}

static enum err flush(struct import *import)
{
    if (import->count) {
        TRY(db_transaction(import->db, store_batch, import));
        count_batch(import);
    }
    import->count = 0;
    arena_reset(import->batch);
    return OK;
}

/* `import` is zeroed. */
static void begin(struct import *import, struct db *db, struct arena *arena, struct import_report *report)
{
    *report = (struct import_report){.by_skill = arena_array(arena, uint32_t, catalogue_skills_count)};
    import->db = db;
    import->arena = arena;
    import->now = clock_now();
    import->report = report;
}

enum err import_store(struct db *db, struct arena *arena, const struct listing *listings, size_t count, struct import_report *report)
{
    struct import *import = arena_new(arena, struct import);
    assert(db_in_transaction(db) && count <= IMPORT_BATCH);
    begin(import, db, arena, report);
    import->batch = arena;
    import->listings = listings;
    import->count = count;
    if (count) TRY(store_batch(db, import));
    report->read = (int64_t)count;
    count_batch(import);
    return OK;
}

/* What a file is read with: the listings of the batch are written here, and stored from there. */
struct file_import {
    struct import import;
    struct listing listings[IMPORT_BATCH];
};

static enum err take(void *argument, size_t index, const struct json *object, enum listing_shape shape)
{
    struct file_import *file = argument;
    struct import *import = &file->import;
    struct import_report *report = import->report;
    report->read++;
    enum err read = object ? listing_read(import->batch, object, shape, import->now, &file->listings[import->count])
                           : err_set(ERR_INVALID, "the line is no JSON object");
    if (read != OK) {
        report->refused++;
        if (report->refusals_count < IMPORT_REFUSALS_SHOWN)
            report->refusals[report->refusals_count++] = (struct import_refusal){index, str_copy(import->arena, str_from(err_detail()))};
        return OK;
    }
    if (++import->count == IMPORT_BATCH) return flush(import);
    return OK;
}

/* The skills most asked for, most first; ties by the catalogue's order. */
static size_t top_skills(const uint32_t *by_skill, size_t *top)
{
    size_t count = 0;
    for (size_t skill = 0; skill < catalogue_skills_count; skill++) {
        if (!by_skill[skill]) continue;
        size_t at = count < TOP_SKILLS ? count++ : TOP_SKILLS;
        while (at > 0 && by_skill[top[at - 1]] < by_skill[skill]) {
            if (at < TOP_SKILLS) top[at] = top[at - 1];
            at--;
        }
        if (at < TOP_SKILLS) top[at] = skill;
    }
    return count;
}

enum err import_publish(struct db *db, struct arena *arena, const struct import_report *report, const struct job *cause)
{
    size_t top[TOP_SKILLS], count = top_skills(report->by_skill, top);
    double stored = (double)(report->read - report->refused);
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "skills");
    json_array_open(&writer);
    for (size_t i = 0; i < count; i++) json_write_str(&writer, catalogue_skill_at(top[i])->id);
    json_array_close(&writer);
    json_key(&writer, "demand_scores");
    json_object_open(&writer);
    for (size_t i = 0; i < count; i++) json_member_double(&writer, catalogue_skill_at(top[i])->id.ptr, report->by_skill[top[i]] / stored);
    json_object_close(&writer);
    json_member_int(&writer, "new_listings", report->added);
    json_object_close(&writer);
    struct str summary = str_format(arena, "%" PRId64 " new job listings arrived and %" PRId64 " changed.", report->added, report->updated);
    struct event event = {.type = "MARKET_UPDATE", .payload = str_copy(arena, buf_str(&out)), .summary = summary, .cause = cause};
    return bus_publish(db, arena, &event, NULL);
}

static enum err publish(struct db *db, void *argument)
{
    const struct import *import = argument;
    return import_publish(db, import->arena, import->report, NULL);
}

enum err import_listings(struct db *db, struct arena *arena, struct str content, struct import_report *report)
{
    struct arena batch CLEANUP(arena_dispose) = {0};
    struct file_import *file = arena_new(arena, struct file_import);
    struct import *import = &file->import;
    begin(import, db, arena, report);
    import->batch = &batch;
    import->listings = file->listings;
    TRY(import_each(content, take, file));
    TRY(flush(import));
    return report->added + report->updated > 0 ? db_transaction(db, publish, import) : OK;
}
