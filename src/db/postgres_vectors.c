/* Vectors on PostgreSQL: pgvector where it is there, young enough and ours to use. Design in vectors.h.
 *
 * The column document_embeddings.embedding is BYTEA in the migrations, with the floats as this machine has them, and becomes pgvector's `vector` as
 * soon as the extension is there (db_migrate, at each start). What cannot be done is told in the log and by doctor, and never stops a start.
 *
 * The HNSW index is of an expression, embedding::vector(D), and of the job listings with D dimensions alone, since a column of vectors of several
 * lengths cannot have one as a whole; so the number of dimensions stands in the text of the search, one statement for each.
 */
#include "base/log.h"
#include "db/driver.h"
#include "db/postgres.h"
#include "db/vector_scan.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 500
#define INDEXED "job_listing" /* the shared corpus */
#define EF_LEAST 100
#define EF_MOST 1000 /* of pgvector */

/* ---- what is there ---- */

struct support {
    struct str installed; /* version; "" */
    struct str available; /* in the server's packages; "" */
    bool is_visible;      /* the type is found on the search path */
    bool is_native;       /* the column is of it */
    bool has_column;
};

static const struct sql support_sql = {
    "vector_support",
    "SELECT COALESCE((SELECT extversion FROM pg_extension WHERE extname = 'vector'), ''), "
    "COALESCE((SELECT default_version FROM pg_available_extensions WHERE name = 'vector'), ''), "
    "to_regtype('vector') IS NOT NULL, COALESCE(format_type(a.atttypid, NULL), '') "
    "FROM (SELECT to_regclass('document_embeddings') AS id) AS t LEFT JOIN pg_attribute a ON a.attrelid = t.id AND a.attname = 'embedding'",
    0};

static enum err read_support(struct db *db, struct arena *arena, struct support *support)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &support_sql, DB_NO_ARGS, &rows));
    *support = (struct support){.installed = db_col_text(&rows, 0, arena), .available = db_col_text(&rows, 1, arena), .is_visible = db_col_bool(&rows, 2)};
    struct str type = db_col_view(&rows, 3);
    support->has_column = type.len > 0;
    support->is_native = str_ends(type, STR("vector"));
    return OK;
}

/* "0.8.0" against "0.8": number by number. */
static bool is_young_enough(struct str version)
{
    struct str least = STR(VECTORS_PGVECTOR_LEAST), want, have;
    while (str_split_next(&least, '.', &want)) {
        int64_t a = 0, b = 0;
        if (!str_split_next(&version, '.', &have) || str_to_int(have, &a) != OK || str_to_int(want, &b) != OK) return false;
        if (a != b) return a > b;
    }
    return true;
}

static bool is_usable(const struct support *support) { return support->is_visible && is_young_enough(support->installed); }

/* ---- making it so ---- */

static const struct sql next_rows = {"vector_next", "SELECT id, embedding FROM document_embeddings WHERE id > $1 ORDER BY id LIMIT 500", 1};
static const struct sql set_native = {"vector_set", "UPDATE document_embeddings SET embedding_native = $2 WHERE id = $1", 2};

#define CREATE_EXTENSION "CREATE EXTENSION vector"
#define ADD_NATIVE "ALTER TABLE document_embeddings ADD COLUMN embedding_native vector"
#define USE_NATIVE \
    "ALTER TABLE document_embeddings ALTER COLUMN embedding_native SET NOT NULL;\n" \
    "ALTER TABLE document_embeddings DROP COLUMN embedding;\n" \
    "ALTER TABLE document_embeddings RENAME COLUMN embedding_native TO embedding"

enum err postgres_vectors_plan(struct db *db, struct buf *out)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct support support;
    TRY(read_support(db, &arena, &support));
    bool would_create = !support.installed.len && is_young_enough(support.available);
    if (support.is_native || (!would_create && !is_usable(&support))) return OK;
    struct str steps = STR(CREATE_EXTENSION "; (where this role may not, the rest is left out)\nBEGIN;\n" ADD_NATIVE
                           ";\n(the program writes each row's vector to it)\n" USE_NATIVE ";\nCOMMIT;\n");
    struct str line;
    if (!would_create) steps = str_slice(steps, str_find(steps, STR("BEGIN"), 0), steps.len);
    buf_append_str(out, STR("-- vectors: to be read only, `careerprep migrate` and each start of serve do it\n"));
    while (str_split_next(&steps, '\n', &line))
        if (line.len) buf_append_format(out, "--   %.*s\n", STR_ARG(line));
    return OK;
}

static enum err create_extension(struct db *db, void *argument)
{
    struct arena *arena = argument;
    struct support support;
    TRY(db->driver->lock_schema(db));
    TRY(read_support(db, arena, &support));
    return support.installed.len ? OK : db->driver->script(db, CREATE_EXTENSION);
}

static enum err convert_rows(struct db *db)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str last = STR("00000000-0000-0000-0000-000000000000");
    for (int64_t seen = BATCH; seen == BATCH;) {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &next_rows, DB_ARGS(db_uuid(last)), &rows));
        for (seen = 0; db_next(&rows); seen++) {
            last = db_col_text(&rows, 0, &arena);
            struct db_value vector = {.type = DB_VECTOR, .text = db_col_view(&rows, 1)};
            TRY(db_exec(db, &set_native, DB_ARGS(db_uuid(last), vector)));
        }
        TRY(db_rows_result(&rows));
    }
    return OK;
}

static enum err convert_column(struct db *db, void *argument)
{
    struct arena *arena = argument;
    struct support support;
    TRY(db->driver->lock_schema(db));
    TRY(read_support(db, arena, &support));
    if (support.is_native) return OK; /* another process did it */
    TRY(db->driver->script(db, "SET LOCAL statement_timeout = 0; " ADD_NATIVE));
    TRY(convert_rows(db));
    return db->driver->script(db, USE_NATIVE);
}

static const struct sql dimensions_sql = {
    "vector_dimensions", "SELECT DISTINCT dimensions FROM document_embeddings WHERE source_type = '" INDEXED "' ORDER BY dimensions LIMIT 20", 0};

static enum err index_what_is_stored(struct db *db)
{
    int64_t dimensions[20];
    size_t count = 0;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &dimensions_sql, DB_NO_ARGS, &rows));
        while (count < COUNT_OF(dimensions) && db_next(&rows)) dimensions[count++] = db_col_int(&rows, 0);
        TRY(db_rows_result(&rows));
    }
    for (size_t i = 0; i < count; i++) TRY(postgres_vector_index(db, (size_t)dimensions[i]));
    return OK;
}

static enum err prepare(struct db *db, struct arena *arena, struct support *support)
{
    TRY(read_support(db, arena, support));
    if (!support->has_column) return OK; /* an old list of migrations */
    if (!support->installed.len && is_young_enough(support->available)) {
        if (db_transaction(db, create_extension, arena) != OK) log_info("vectors: pgvector cannot be made by this role: %s", err_detail());
        TRY(read_support(db, arena, support));
    }
    if (!support->is_native && is_usable(support)) {
        if (db_transaction(db, convert_column, arena) != OK) log_warn("vectors: the column cannot become pgvector's: %s", err_detail());
        TRY(read_support(db, arena, support));
    }
    return support->is_native ? index_what_is_stored(db) : OK;
}

enum err postgres_vectors_prepare(struct db *db)
{
    struct postgres_store *store = db->shared;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct support support = {0};
    TRY(prepare(db, &arena, &support));
    atomic_store(&store->vectors, support.is_native && is_usable(&support) ? VECTORS_NATIVE : VECTORS_SCANNED);
    return OK;
}

enum err postgres_vector_index(struct db *db, size_t dimensions)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct support support;
    TRY(read_support(db, &arena, &support));
    if (!support.is_native || !is_usable(&support) || dimensions > VECTORS_INDEX_DIMENSIONS_MAX) return OK;
    int d = (int)dimensions;
    struct str text = str_format(&arena,
                                 "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'; "
                                 "CREATE INDEX IF NOT EXISTS document_embeddings_jobs_%d ON document_embeddings USING hnsw ((CAST(embedding AS vector(%d))) "
                                 "vector_cosine_ops) WHERE source_type = '" INDEXED "' AND dimensions = %d; COMMIT",
                                 d, d, d);
    enum err error = db->driver->script(db, str_cstr(&arena, text));
    if (error != OK) TRY(db->driver->script(db, "ROLLBACK"));
    return error;
}

/* ---- searching ---- */

/* $1 source type, $2 model, $3 dimensions, $4 metadata, $5 the vector, $6 how many, $7 whose. */
#define MATCHES "source_type = $1 AND model = $2 AND dimensions = $3 AND (CAST($4 AS JSONB) IS NULL OR metadata @> CAST($4 AS JSONB))"
#define EXACTLY(of) \
    "SELECT id, source_id, chunk_index, 1 - (embedding <=> CAST($5 AS vector)) FROM document_embeddings WHERE " MATCHES " AND " of \
    " ORDER BY embedding <=> CAST($5 AS vector), id LIMIT $6"

static const struct sql exact_own_sql = {"vectors_exact_own", EXACTLY("user_id = $7"), 7};
static const struct sql exact_shared_sql = {"vectors_exact_shared", EXACTLY("user_id IS NULL"), 6};

/* A statement for each number of dimensions, kept for good: models are few. */
struct indexed_statement {
    struct indexed_statement *next;
    size_t dimensions;
    struct sql sql;
};

static const struct sql *indexed_sql(size_t dimensions)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct indexed_statement *all;
    static struct arena texts;
    pthread_mutex_lock(&lock);
    struct indexed_statement *found = all;
    while (found && found->dimensions != dimensions) found = found->next;
    if (!found) {
        int d = (int)dimensions;
        struct str text = str_format(&texts,
                                     "SELECT id, source_id, chunk_index, 1 - (CAST(embedding AS vector(%d)) <=> CAST($5 AS vector(%d))) FROM document_embeddings "
                                     "WHERE " MATCHES " AND user_id IS NULL AND source_type = '" INDEXED "' AND dimensions = %d "
                                     "ORDER BY CAST(embedding AS vector(%d)) <=> CAST($5 AS vector(%d)) LIMIT $6",
                                     d, d, d, d, d);
        found = arena_new(&texts, struct indexed_statement);
        *found = (struct indexed_statement){all, dimensions, {"vectors_indexed", str_cstr(&texts, text), 6}};
        all = found;
    }
    pthread_mutex_unlock(&lock);
    return &found->sql;
}

struct search {
    struct arena *arena;
    const struct vector_query *query;
    struct vector_best *best;
    const struct sql *sql;
    bool is_nested; /* in the caller's transaction, whose other statements plan as ever */
};

static enum err run_search(struct db *db, struct search *search)
{
    const struct vector_query *query = search->query;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct db_value values[] = {db_text(query->source_type), db_text(query->model), db_int((int64_t)query->dimensions),
                                query->metadata.len ? db_json(query->metadata) : db_null(), db_vector(query->vector, query->dimensions),
                                db_int((int64_t)query->limit), db_uuid_or_null(query->user_id)};
    TRY(db_query(db, search->sql, values, (size_t)search->sql->params, &rows));
    search->best->count = 0;
    while (db_next(&rows))
        vector_best_add(search->best, (struct vector_hit){db_col_text(&rows, 0, search->arena), db_col_text(&rows, 1, search->arena), db_col_int(&rows, 2),
                                                          db_col_real(&rows, 3)});
    return db_rows_result(&rows);
}

/* The index goes on until enough rows pass the filter, nearest first, within its memory; a plan that knows the values can use the index of
 * these dimensions, and one without a sort is left no other. In a transaction, for the settings. */
static enum err search_index(struct db *db, void *argument)
{
    struct search *search = argument;
    size_t ef = 4 * search->query->limit;
    ef = ef < EF_LEAST ? EF_LEAST : ef > EF_MOST ? EF_MOST : ef;
    struct str settings = str_format(search->arena,
                                     "SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.ef_search = %zu; SET LOCAL hnsw.max_scan_tuples = 2147483647; "
                                     "SET LOCAL hnsw.scan_mem_multiplier = 8; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_sort = off",
                                     ef);
    TRY(db->driver->script(db, str_cstr(search->arena, settings)));
    TRY(run_search(db, search));
    return search->is_nested ? db->driver->script(db, "SET LOCAL plan_cache_mode = DEFAULT; SET LOCAL enable_sort = DEFAULT") : OK;
}

static enum err know_support(struct db *db, int *vectors)
{
    struct postgres_store *store = db->shared;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct support support;
    *vectors = atomic_load(&store->vectors);
    if (*vectors != VECTORS_UNKNOWN) return OK;
    TRY(read_support(db, &arena, &support));
    *vectors = support.is_native && is_usable(&support) ? VECTORS_NATIVE : VECTORS_SCANNED;
    atomic_store(&store->vectors, *vectors);
    return OK;
}

enum err postgres_nearest(struct db *db, struct arena *arena, const struct vector_query *query, struct vector_best *best, bool *is_done)
{
    int vectors = VECTORS_UNKNOWN;
    TRY(know_support(db, &vectors));
    *is_done = vectors == VECTORS_NATIVE;
    if (!*is_done) return OK;
    bool is_shared = !query->user_id.len && str_equal(query->source_type, STR(INDEXED));
    bool is_indexed = is_shared && query->dimensions <= VECTORS_INDEX_DIMENSIONS_MAX;
    struct search search = {.arena = arena, .query = query, .best = best, .is_nested = db_in_transaction(db), .sql = query->user_id.len ? &exact_own_sql : &exact_shared_sql};
    if (is_indexed) search.sql = indexed_sql(query->dimensions);
    if (!is_indexed) return run_search(db, &search);
    TRY(db_transaction(db, search_index, &search));
    if (best->count == query->limit) return OK;
    search.sql = &exact_shared_sql; /* the filter left too few of what the index gave: they are all counted now */
    return run_search(db, &search);
}

/* ---- telling ---- */

enum err postgres_vector_describe(struct db *db, struct arena *arena, struct str *words, bool *is_native)
{
    struct support support;
    TRY(read_support(db, arena, &support));
    *is_native = support.is_native && is_usable(&support);
    struct str installed = support.installed, available = support.available;
    if (*is_native)
        *words = str_format(arena, "pgvector %.*s: HNSW on job listings, exact within one person's documents", STR_ARG(installed));
    else if (installed.len && !is_young_enough(installed))
        *words = str_format(arena, "pgvector %.*s is older than " VECTORS_PGVECTOR_LEAST ", so vectors are searched exactly: update the package, then ALTER EXTENSION vector UPDATE",
                            STR_ARG(installed));
    else if (installed.len && !support.is_visible)
        *words = str_format(arena, "pgvector %.*s is in a schema that is not on the search_path, so vectors are searched exactly", STR_ARG(installed));
    else if (installed.len)
        *words = str_format(arena, "pgvector %.*s is there and not used yet, so vectors are searched exactly: run careerprep migrate", STR_ARG(installed));
    else if (available.len && !is_young_enough(available))
        *words = str_format(arena, "the server has pgvector %.*s, older than " VECTORS_PGVECTOR_LEAST ", so vectors are searched exactly", STR_ARG(available));
    else if (available.len)
        *words = STR("the server has pgvector and this database does not, so vectors are searched exactly: as a superuser, CREATE EXTENSION vector, then careerprep migrate");
    else
        *words = STR("the server has no pgvector, so vectors are searched exactly: install postgresql-NN-pgvector, then careerprep migrate");
    return OK;
}
