/* Vectors of documents: what no engine matters for, and the exact scan. Design in vectors.h. */
#include "db/vectors.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "db/driver.h"
#include "db/vector_scan.h"
#include "db/vectors.sql.h"
#include "json/json.h"

#define PAGE_ROWS 1000 /* PostgreSQL's result is in memory: 1,000 of 1,536 floats are 6 MB */
#define METADATA_MAX ((size_t)64 << 10)

static enum err check_vector(const float *vector, size_t dimensions)
{
    if (!dimensions || dimensions > VECTORS_DIMENSIONS_MAX)
        return err_set(ERR_INVALID, "a vector has 1 to %d dimensions, not %zu", VECTORS_DIMENSIONS_MAX, dimensions);
    if (!vector_has_direction(vector, dimensions)) return err_set(ERR_INVALID, "a vector of zeros, or with a number that is none, is near to nothing");
    return OK;
}

/* A filter, or a document's metadata: a JSON object. */
static enum err parse_metadata(struct str text, struct json **root)
{
    TRY(json_parse(text, METADATA_MAX, root));
    return json_type_of(*root) == JSON_OBJECT ? OK : err_set(ERR_INVALID, "the metadata of a vector is a JSON object");
}

enum err vectors_put(struct db *db, struct arena *arena, const struct vector_document *document)
{
    struct json *metadata CLEANUP(json_free_at) = NULL;
    TRY(check_vector(document->vector, document->dimensions));
    if (document->metadata.len) TRY(parse_metadata(document->metadata, &metadata));
    int64_t changed = 0;
    struct db_value values[] = {db_uuid(uuid_new(arena)),
                                db_text(document->source_type),
                                db_text(document->source_id),
                                db_uuid_or_null(document->user_id),
                                db_text(document->chunk_text),
                                db_int(document->chunk_index),
                                db_text(document->model),
                                db_int((int64_t)document->dimensions),
                                db_text(document->content_hash),
                                db_vector(document->vector, document->dimensions),
                                document->metadata.len ? db_json(document->metadata) : db_null(),
                                db_time(clock_now())};
    TRY(db_exec_count(db, &sql_vectors_put, values, COUNT_OF(values), &changed));
    return changed ? OK : err_set(ERR_CONFLICT, "that source has vectors of another owner");
}

enum err vectors_delete(struct db *db, struct str source_type, struct str source_id, struct str user_id)
{
    return db_exec(db, &sql_vectors_delete, DB_ARGS(db_text(source_type), db_text(source_id), db_uuid_or_null(user_id)));
}

/* ---- the exact scan ---- */

static bool passes(const struct db_rows *rows, const struct json *filter)
{
    struct json *metadata CLEANUP(json_free_at) = NULL;
    if (!filter) return true;
    return !db_col_is_null(rows, 4) && json_parse(db_col_view(rows, 4), METADATA_MAX, &metadata) == OK && vector_metadata_contains(metadata, filter);
}

static void look_at(const struct db_rows *rows, struct arena *arena, const struct vector_query *query, const struct json *filter, struct vector_best *best)
{
    struct str floats = db_col_view(rows, 3);
    if (floats.len != query->dimensions * sizeof(float)) return;
    double similarity = vector_similarity(floats.ptr, query->vector, query->dimensions);
    if (!vector_best_takes(best, similarity) || !passes(rows, filter)) return;
    vector_best_add(best, (struct vector_hit){db_col_text(rows, 0, arena), db_col_text(rows, 1, arena), db_col_int(rows, 2), similarity});
}

static enum err scan(struct db *db, struct arena *arena, const struct vector_query *query, const struct json *filter, struct vector_best *best)
{
    struct str last = STR("00000000-0000-0000-0000-000000000000");
    int64_t seen = PAGE_ROWS;
    while (seen == PAGE_ROWS) {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        struct db_value values[] = {db_text(query->source_type), db_text(query->model), db_int((int64_t)query->dimensions), db_uuid(last),
                                    db_int(PAGE_ROWS), db_uuid_or_null(query->user_id)};
        bool is_own = query->user_id.len > 0;
        TRY(db_query(db, is_own ? &sql_vectors_page_own : &sql_vectors_page_shared, values, COUNT_OF(values) - !is_own, &rows));
        for (seen = 0; db_next(&rows); seen++) {
            look_at(&rows, arena, query, filter, best);
            if (seen == PAGE_ROWS - 1) last = db_col_text(&rows, 0, arena);
        }
        TRY(db_rows_result(&rows));
    }
    return OK;
}

enum err vectors_nearest(struct db *db, struct arena *arena, const struct vector_query *query, struct vector_hit **hits, size_t *count)
{
    struct json *filter CLEANUP(json_free_at) = NULL;
    if (!query->limit || query->limit > VECTORS_LIMIT_MAX) return err_set(ERR_INVALID, "1 to %d nearest vectors can be asked for", VECTORS_LIMIT_MAX);
    TRY(check_vector(query->vector, query->dimensions));
    if (query->metadata.len) TRY(parse_metadata(query->metadata, &filter));
    struct vector_best best = {arena_array(arena, struct vector_hit, query->limit), 0, query->limit};
    bool is_done = false;
    if (db->driver->nearest) TRY(db->driver->nearest(db, arena, query, &best, &is_done));
    if (!is_done) TRY(scan(db, arena, query, filter, &best));
    vector_best_sort(&best);
    *hits = best.hits;
    *count = best.count;
    return OK;
}

enum err vectors_index(struct db *db, size_t dimensions) { return db->driver->vector_index ? db->driver->vector_index(db, dimensions) : OK; }

enum err vectors_plan(struct db *db, struct buf *out) { return db->driver->vectors_plan ? db->driver->vectors_plan(db, out) : OK; }

enum err vectors_describe(struct db *db, struct arena *arena, struct str *words, bool *is_native)
{
    *is_native = false;
    *words = STR("searched exactly, by a scan in this program");
    return db->driver->vector_describe ? db->driver->vector_describe(db, arena, words, is_native) : OK;
}
