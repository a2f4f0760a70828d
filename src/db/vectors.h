/* Vectors of documents (table document_embeddings) and the nearest of them, by cosine similarity. One interface on every engine:
 *
 * - SQLite, and PostgreSQL without pgvector: an exact, vectorised scan in this program, page by page.
 * - PostgreSQL with pgvector (VECTORS_PGVECTOR_LEAST): the column is of its type `vector`. What belongs to one person is scanned exactly; the shared
 *   corpus has an HNSW index for each number of dimensions, scanned iteratively until enough rows pass the filter. Where that still
 *   gives fewer than were asked for, the exact search answers: a filter never costs results.
 *
 * pgvector is found, or made where the role may, by db_migrate, which then turns the column into its type: at each start, so one that was
 * installed later is picked up by the next.
 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

#define VECTORS_PGVECTOR_LEAST "0.8" /* iterative scans */
#define VECTORS_DIMENSIONS_MAX 4096
#define VECTORS_INDEX_DIMENSIONS_MAX 2000 /* of pgvector's HNSW; larger ones are searched exactly */
#define VECTORS_LIMIT_MAX 1000

struct vector_document {
    struct str source_type; /* "resume", "job_listing", "interview_transcript", "skill" */
    struct str source_id;
    int64_t chunk_index;
    struct str user_id; /* whose it is; "": the shared corpus, which everybody may search */
    struct str chunk_text;
    struct str content_hash; /* of the text: whether it is to be embedded again */
    struct str model;
    const float *vector; /* finite, not all zero */
    size_t dimensions;
    struct str metadata; /* a JSON object to filter by; "": none */
};

/* Stores one chunk's vector, in place of the one of the same source, chunk and model. ERR_INVALID for a vector that has no direction,
 * ERR_CONFLICT when the source has vectors of another owner. */
enum err vectors_put(struct db *db, struct arena *arena, const struct vector_document *document) MUST_CHECK;
/* Deletes all vectors of a source that belong to `user_id` ("": of the shared corpus). */
enum err vectors_delete(struct db *db, struct str source_type, struct str source_id, struct str user_id) MUST_CHECK;

struct vector_query {
    struct str source_type;
    struct str model;
    struct str user_id;  /* "": the shared corpus; nobody's query sees what belongs to somebody else */
    struct str metadata; /* a JSON object that must be contained in the document's (as jsonb's @>); "": no filter */
    const float *vector;
    size_t dimensions;
    size_t limit; /* 1 to VECTORS_LIMIT_MAX */
};

struct vector_hit {
    struct str id;
    struct str source_id;
    int64_t chunk_index;
    double similarity; /* 1 to -1 */
};

/* The nearest documents, the most similar first; *hits lives in the arena. */
enum err vectors_nearest(struct db *db, struct arena *arena, const struct vector_query *query, struct vector_hit **hits, size_t *count) MUST_CHECK;

/* Makes the index of the shared corpus (job listings) for vectors of so many dimensions where the engine has one: for whoever sets up a model. Outside
 * transactions; writers wait meanwhile. db_migrate does so for what is stored already. */
enum err vectors_index(struct db *db, size_t dimensions) MUST_CHECK;

/* Writes the SQL that db_migrate would run to let the engine search, after the migrations; nothing where there is nothing to do. */
enum err vectors_plan(struct db *db, struct buf *out) MUST_CHECK;

/* How vectors are searched, in words for doctor: "pgvector 0.8.0, HNSW on job listings". *is_native: by pgvector. */
enum err vectors_describe(struct db *db, struct arena *arena, struct str *words, bool *is_native) MUST_CHECK;
