/* Storing listings in batches, and telling the bus once. Contract in import.h. */
#include "features/jobs/import.h"

#include "ai/catalogue.h"
#include "ai/skill_text.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "features/jobs/store.sql.h"
#include "json/json.h"

#include <inttypes.h>
#include <string.h>

#define TOP_SKILLS 20

enum change { ADDED, UPDATED, UNCHANGED, CHANGE_COUNT };

/* The skills that one listing names. */
struct mentioned {
    struct str listing_id;
    struct skill_mention *found;
    size_t count;
    bool is_new;      /* the listing has no skills in the store */
    bool is_repeated; /* the same listing comes again later in the batch: those count */
};

struct import {
    struct db *db;
    struct arena *arena;  /* the report's */
    struct arena batch;   /* the batch's listings */
    struct listing listings[IMPORT_BATCH];
    size_t count;
    int64_t changes[CHANGE_COUNT];          /* of the batch, as the other two: its transaction may run more than once */
    struct mentioned mentions[IMPORT_BATCH];
    size_t mentioned;
    int64_t now;
    struct import_report *report;
};

static struct db_value number_or_null(int64_t value) { return value == LISTING_NONE ? db_null() : db_int(value); }

static enum err upsert(struct import *import, const struct listing *l, struct str *id, enum change *change)
{
    struct str new_id = uuid_new(&import->batch);
    import->now++; /* a time of its own for each write tells a change from a repeat within this very import */
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(import->db, &sql_jobs_listing_upsert,
                     DB_ARGS(db_uuid(new_id), db_text(l->source), db_text(l->external_id), db_text(l->title), db_text(l->company),
                             db_text(l->location), db_text(l->description), db_text(l->url), number_or_null(l->salary_min),
                             number_or_null(l->salary_max), db_text_or_null(l->salary_currency), db_text(l->salary_text),
                             db_text(l->contract_type), db_bool(l->is_remote), number_or_null(l->years_required), db_text(l->fingerprint),
                             db_time_or_null(l->posted_at), db_time_or_null(l->expires_at), db_time(import->now)),
                     &rows));
    *id = db_col_text(&rows, 0, &import->batch);
    *change = str_equal(*id, new_id) ? ADDED : db_col_time(&rows, 1) == import->now ? UPDATED : UNCHANGED;
    while (db_next(&rows)) {}
    return db_rows_result(&rows);
}

static void find_skills(struct import *import, const struct listing *listing, struct str id, bool is_new)
{
    struct mentioned *mentioned = &import->mentions[import->mentioned];
    struct str text = str_format(&import->batch, "%.*s\n%.*s", STR_ARG(listing->title), STR_ARG(listing->description));
    *mentioned = (struct mentioned){.listing_id = id, .is_new = is_new};
    mentioned->count = skill_text_find_unique(&import->batch, text, &mentioned->found);
    for (size_t i = 0; !is_new && i < import->mentioned; i++)
        if (str_equal(import->mentions[i].listing_id, id)) import->mentions[i].is_repeated = true;
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
    struct buf list CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &list);
    json_array_open(&writer);
    for (size_t i = 0; i < import->mentioned; i++)
        if (!import->mentions[i].is_new) write_id(&writer, import->mentions[i].listing_id);
    json_array_close(&writer);
    return db_exec(import->db, &sql_jobs_listings_forget_skills, DB_ARGS(db_json(buf_str(&list))));
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
    struct buf list CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    TRY(forget_skills(import));
    json_begin(&writer, &list);
    json_array_open(&writer);
    for (size_t i = 0; i < import->mentioned; i++)
        if (!import->mentions[i].is_repeated) write_skills(&writer, &import->mentions[i]);
    json_array_close(&writer);
    if (list.overflow) return err_set(ERR_TOO_LARGE, "%zu listings name too many skills", import->mentioned);
    return db_exec(import->db, &sql_jobs_listings_add_skills, DB_ARGS(db_json(buf_str(&list))));
}

static enum err store_batch(struct db *db, void *argument)
{
    (void)db;
    struct import *import = argument;
    memset(import->changes, 0, sizeof import->changes);
    import->mentioned = 0;
    for (size_t i = 0; i < import->count; i++) {
        struct str id;
        enum change change;
        TRY(upsert(import, &import->listings[i], &id, &change));
        find_skills(import, &import->listings[i], id, change == ADDED);
        import->changes[change]++;
    }
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
    arena_reset(&import->batch);
    return OK;
}

static enum err take(void *argument, size_t index, const struct json *object, enum listing_shape shape)
{
    struct import *import = argument;
    struct import_report *report = import->report;
    report->read++;
    enum err read = object ? listing_read(&import->batch, object, shape, import->now, &import->listings[import->count])
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

static enum err publish(struct db *db, void *argument)
{
    const struct import *import = argument;
    const struct import_report *report = import->report;
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
    struct str summary = str_format(import->arena, "%" PRId64 " new job listings arrived and %" PRId64 " changed.", report->added, report->updated);
    struct event event = {.type = "MARKET_UPDATE", .payload = str_copy(import->arena, buf_str(&out)), .summary = summary};
    return bus_publish(db, import->arena, &event, NULL);
}

enum err import_listings(struct db *db, struct arena *arena, struct str content, struct import_report *report)
{
    *report = (struct import_report){.by_skill = arena_array(arena, uint32_t, catalogue_skills_count)};
    struct import *import = arena_new(arena, struct import);
    import->db = db;
    import->arena = arena;
    import->now = clock_now();
    import->report = report;
    enum err result = import_each(content, take, import);
    if (result == OK) result = flush(import);
    arena_dispose(&import->batch);
    if (result == OK && report->added + report->updated > 0) result = db_transaction(db, publish, import);
    return result;
}
