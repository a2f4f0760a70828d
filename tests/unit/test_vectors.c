/* Vectors on both engines, against brute force: the same hits, whatever filters; and pgvector missing, made later, too old. */
#include "db/vectors.h"
#include "json/json.h"
#include "test.h"
#include "test_store.h"

#include <math.h>

#define DIMENSIONS 48
#define LISTINGS 3000
#define OWN 400 /* of each of two people */
#define LIMIT 10
#define QUERIES 25
#define ADA "0190a1b2-0000-7000-8000-000000000001"
#define BOB "0190a1b2-0000-7000-8000-000000000002"

static const struct sql user_add = {"user_add", "INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, $2, $3, $3)", 3};

static struct test_store store;
static float listings[LISTINGS][DIMENSIONS], own[2][OWN][DIMENSIONS];

/* Numbers that are the same on every machine (xorshift64*). */
static uint64_t state;
static float number(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (float)((double)(state * UINT64_C(2685821657736338717) >> 40) / (double)(1 << 23) - 1);
}

/* Near one of forty middles, as texts about one thing are. */
static void make_vector(float *vector)
{
    uint64_t middle = (uint64_t)((number() + 1) * 20), kept = state;
    state = 1000 + middle;
    for (size_t i = 0; i < DIMENSIONS; i++) vector[i] = number();
    state = kept;
    for (size_t i = 0; i < DIMENSIONS; i++) vector[i] += 0.6f * number();
}

static bool is_remote(size_t listing) { return listing % 10 == 3; }
static bool is_rare(size_t listing) { return listing % 500 == 7; }

static enum err put(struct arena *arena, const char *type, size_t i, const char *user, const float *vector)
{
    struct str metadata = str_format(arena, "{\"remote\": %s, \"skill_ids\": [\"docker\", \"%s\"], \"n\": %zu}", is_remote(i) ? "true" : "false",
                                     is_rare(i) ? "cobol" : "sql", i);
    return vectors_put(store.db, arena,
                       &(struct vector_document){.source_type = str_from(type),
                                                 .source_id = str_format(arena, "%zu", i),
                                                 .user_id = str_from(user),
                                                 .chunk_text = STR("text"),
                                                 .content_hash = STR("hash"),
                                                 .model = STR("test"),
                                                 .vector = vector,
                                                 .dimensions = DIMENSIONS,
                                                 .metadata = metadata});
}

static enum err fill(struct db *db, void *argument)
{
    static const char *const people[] = {ADA, BOB};
    (void)argument;
    for (size_t i = 0; i < LISTINGS; i++) {
        struct arena arena CLEANUP(arena_dispose) = {0};
        make_vector(listings[i]);
        TRY(put(&arena, "job_listing", i, "", listings[i]));
    }
    for (size_t person = 0; person < 2; person++) {
        TRY(db_exec(db, &user_add, DB_ARGS(db_uuid(str_from(people[person])), db_text(str_from(people[person])), db_time(1))));
        for (size_t i = 0; i < OWN; i++) {
            struct arena arena CLEANUP(arena_dispose) = {0};
            make_vector(own[person][i]);
            TRY(put(&arena, person ? "other_resume" : "resume", i, people[person], own[person][i]));
        }
    }
    return OK;
}

static bool begin(void)
{
    store = (struct test_store){0};
    state = 42;
    return test_store_open(&store, 2) && CHECK_OK(db_transaction(store.db, fill, NULL)) && CHECK_OK(vectors_index(store.db, DIMENSIONS));
}

static double cosine(const float *a, const float *b)
{
    double dot = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < DIMENSIONS; i++) {
        dot += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return dot / sqrt(aa * bb);
}

/* The similarity of the LIMITth best by brute force: whoever is better must be found. *total: how many pass. */
static double worst_of_best(float (*vectors)[DIMENSIONS], size_t count, const float *query, bool (*passes)(size_t), size_t *total)
{
    double best[LIMIT];
    size_t found = 0;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        if (passes && !passes(i)) continue;
        (*total)++;
        double similarity = cosine(vectors[i], query);
        if (found == LIMIT && similarity <= best[LIMIT - 1]) continue;
        size_t at = found < LIMIT ? found++ : LIMIT - 1;
        for (; at > 0 && best[at - 1] < similarity; at--) best[at] = best[at - 1];
        best[at] = similarity;
    }
    return found ? best[found - 1] : 0;
}

struct recall {
    size_t wanted, found;
};

/* One search against brute force: right similarities, in order, only what passes, as many as there are. */
static void search(struct recall *recall, const struct vector_query *query, float (*vectors)[DIMENSIONS], size_t count, bool (*passes)(size_t))
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct vector_hit *hits = NULL;
    size_t found = 0, total = 0;
    double least = worst_of_best(vectors, count, query->vector, passes, &total);
    REQUIRE(CHECK_OK(vectors_nearest(store.db, &arena, query, &hits, &found)));
    CHECK_INT(found, total < LIMIT ? total : LIMIT);
    recall->wanted += total < LIMIT ? total : LIMIT;
    for (size_t i = 0; i < found; i++) {
        int64_t number_of = -1;
        REQUIRE(CHECK_OK(str_to_int(hits[i].source_id, &number_of)) && CHECK(number_of >= 0 && (size_t)number_of < count));
        CHECK(!passes || passes((size_t)number_of));
        CHECK(fabs(hits[i].similarity - cosine(vectors[number_of], query->vector)) < 1e-5);
        CHECK(i == 0 || hits[i - 1].similarity >= hits[i].similarity);
        recall->found += hits[i].similarity > least - 1e-6;
    }
}

/* How often the index was scanned, as the server counts. */
static int64_t index_scans(void)
{
    static const struct sql flush = {"flush", "SELECT 1 FROM (SELECT pg_stat_force_next_flush()) AS f", 0}; /* PostgreSQL 15 */
    static const struct sql scans = {"scans", "SELECT COALESCE(SUM(idx_scan), 0)::BIGINT FROM pg_stat_user_indexes WHERE schemaname = current_schema() AND indexrelname = 'document_embeddings_jobs_48'", 0};
    int64_t count = 0;
    struct db *other = NULL;
    CHECK_OK(db_exec(store.db, &flush, DB_NO_ARGS));
    CHECK_OK(db_exec(store.db, &flush, DB_NO_ARGS));
    if (!CHECK_OK(db_acquire(store.pool, &other))) return 0;
    CHECK_OK(db_query_int(other, &scans, DB_NO_ARGS, &count));
    db_release(other);
    return count;
}

TEST(nearest_of_the_shared_corpus_with_and_without_filters)
{
    static const struct {
        const char *metadata;
        bool (*passes)(size_t);
    } filters[] = {{"", NULL}, {"{\"remote\": true}", is_remote}, {"{\"skill_ids\": [\"cobol\"]}", is_rare}};
    REQUIRE(begin());
    bool is_native = false;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str words;
    CHECK_OK(vectors_describe(store.db, &arena, &words, &is_native));
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct recall recall = {0};
        for (size_t j = 0; j < QUERIES; j++) {
            float vector[DIMENSIONS];
            make_vector(vector);
            search(&recall,
                   &(struct vector_query){.source_type = STR("job_listing"), .model = STR("test"), .metadata = str_from(filters[i].metadata), .vector = vector,
                                          .dimensions = DIMENSIONS, .limit = LIMIT},
                   listings, LISTINGS, filters[i].passes);
        }
        printf("%s, filter %s: %zu of %zu\n", is_native ? "HNSW" : "exact", filters[i].metadata, recall.found, recall.wanted);
        if (is_native) CHECK((double)recall.found >= 0.97 * (double)recall.wanted);
        else CHECK_INT(recall.found, recall.wanted);
    }
    if (is_native) CHECK(index_scans() >= QUERIES);
    test_store_close(&store);
}

TEST(one_persons_documents_are_searched_exactly_and_by_nobody_else)
{
    REQUIRE(begin());
    struct recall recall = {0};
    for (size_t j = 0; j < QUERIES; j++) {
        float vector[DIMENSIONS];
        make_vector(vector);
        struct vector_query query = {.source_type = STR("resume"), .model = STR("test"), .user_id = STR(ADA), .vector = vector, .dimensions = DIMENSIONS, .limit = LIMIT};
        search(&recall, &query, own[0], OWN, NULL);
    }
    CHECK_INT(recall.found, recall.wanted);
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct vector_hit *hits = NULL;
    size_t count = 1;
    struct vector_query query = {.source_type = STR("resume"), .model = STR("test"), .user_id = STR(BOB), .vector = own[0][0], .dimensions = DIMENSIONS, .limit = LIMIT};
    CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count));
    CHECK_INT(count, 0);
    query.user_id = STR(""); /* nobody is not everybody */
    CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count));
    CHECK_INT(count, 0);
    query.user_id = STR(ADA);
    query.model = STR("another model");
    CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count));
    CHECK_INT(count, 0);
    CHECK_INT(put(&arena, "resume", 0, BOB, own[1][0]), ERR_CONFLICT); /* not his */
    CHECK_INT(put(&arena, "resume", 0, "", own[1][0]), ERR_CONFLICT);
    CHECK_OK(vectors_delete(store.db, STR("resume"), STR("0"), STR(BOB)));
    query.model = STR("test");
    CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count));
    CHECK_STR(hits[0].source_id, "0");
    CHECK_OK(vectors_delete(store.db, STR("resume"), STR("0"), STR(ADA)));
    CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count));
    CHECK(!str_equal(hits[0].source_id, STR("0")));
    test_store_close(&store);
}

TEST(a_vector_is_replaced_and_one_without_direction_refused)
{
    REQUIRE(begin());
    struct arena arena CLEANUP(arena_dispose) = {0};
    float vector[DIMENSIONS] = {0}, far[DIMENSIONS];
    for (size_t i = 0; i < DIMENSIONS; i++) far[i] = -100;
    CHECK_INT(put(&arena, "job_listing", 0, "", vector), ERR_INVALID);
    vector[3] = NAN;
    CHECK_INT(put(&arena, "job_listing", 0, "", vector), ERR_INVALID);
    CHECK_OK(put(&arena, "job_listing", 0, "", far));
    struct vector_hit *hits = NULL;
    size_t count = 0;
    struct vector_query query = {.source_type = STR("job_listing"), .model = STR("test"), .vector = far, .dimensions = DIMENSIONS, .limit = 1};
    REQUIRE(CHECK_OK(vectors_nearest(store.db, &arena, &query, &hits, &count)));
    CHECK_INT(count, 1);
    CHECK_STR(hits[0].source_id, "0");
    CHECK(fabs(hits[0].similarity - 1) < 1e-6);
    query.vector = vector;
    CHECK_INT(vectors_nearest(store.db, &arena, &query, &hits, &count), ERR_INVALID);
    query = (struct vector_query){.source_type = STR("job_listing"), .model = STR("test"), .vector = far, .dimensions = DIMENSIONS, .limit = 1, .metadata = STR("[1]")};
    CHECK_INT(vectors_nearest(store.db, &arena, &query, &hits, &count), ERR_INVALID);
    query.metadata = STR("");
    query.limit = 0;
    CHECK_INT(vectors_nearest(store.db, &arena, &query, &hits, &count), ERR_INVALID);
    test_store_close(&store);
}

/* ---- the extension ---- */

/* A database of a role that may make no extension; on_it runs text there as the superuser. */
struct plain {
    char name[40], url[300], super[300];
};

static enum err run_at(const char *url, const char *text)
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct sql sql = {"test", text, 0};
    enum err error = db_pool_open_at(&pool, url, 1);
    if (error == OK) error = db_acquire(pool, &db);
    if (error == OK) error = db_exec(db, &sql, DB_NO_ARGS);
    db_release(db);
    db_pool_close(pool);
    return error;
}

static bool make_plain(struct plain *plain)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str url = str_from(getenv("TEST_DATABASE_URL"));
    size_t at = str_find_char(url, '@', 0), slash = url.len;
    while (slash && url.ptr[slash - 1] != '/') slash--;
    struct str host = str_slice(url, at + 1, slash);
    snprintf(plain->name, sizeof plain->name, "plain_%s", str_cstr(&arena, random_hex(&arena, 8)));
    snprintf(plain->url, sizeof plain->url, "postgres://%s@%.*s%s", plain->name, STR_ARG(host), plain->name);
    snprintf(plain->super, sizeof plain->super, "%.*s%s", STR_ARG(str_slice(url, 0, slash)), plain->name);
    return CHECK_OK(test_store_on_server(str_cstr(&arena, str_format(&arena, "CREATE ROLE %s LOGIN", plain->name)))) &&
           CHECK_OK(test_store_on_server(str_cstr(&arena, str_format(&arena, "CREATE DATABASE %s OWNER %s", plain->name, plain->name))));
}

static void drop_plain(const struct plain *plain)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_OK(test_store_on_server(str_cstr(&arena, str_format(&arena, "DROP DATABASE IF EXISTS %s WITH (FORCE)", plain->name))));
    CHECK_OK(test_store_on_server(str_cstr(&arena, str_format(&arena, "DROP ROLE IF EXISTS %s", plain->name))));
}

/* Opens it as that role and searches; the words of doctor must contain `words`. */
static void look(const struct plain *plain, bool is_new, bool expect_native, const char *expected)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str words = STR("");
    struct recall recall = {0};
    bool is_native = false;
    store = (struct test_store){0};
    REQUIRE(CHECK_OK(db_pool_open_at(&store.pool, plain->url, 2)) && CHECK_OK(db_acquire(store.pool, &store.db)));
    CHECK_OK(db_migrate(store.db, NULL)); /* whatever of the extension */
    if (is_new) CHECK_OK(db_transaction(store.db, fill, NULL));
    CHECK_OK(vectors_describe(store.db, &arena, &words, &is_native));
    CHECK_INT(is_native, expect_native);
    if (!CHECK(str_contains(words, str_from(expected)))) printf("%.*s\n", STR_ARG(words));
    for (size_t i = 0; i < 5; i++) {
        struct vector_query query = {.source_type = STR("resume"), .model = STR("test"), .user_id = STR(ADA), .vector = own[0][i], .dimensions = DIMENSIONS, .limit = LIMIT};
        search(&recall, &query, own[0], OWN, NULL);
        query = (struct vector_query){.source_type = STR("job_listing"), .model = STR("test"), .vector = listings[i], .dimensions = DIMENSIONS, .limit = LIMIT};
        search(&recall, &query, listings, LISTINGS, NULL);
    }
    CHECK((double)recall.found >= 0.97 * (double)recall.wanted);
    db_release(store.db);
    db_pool_close(store.pool);
}

/* A process that was serving while another gave the column its new type. */
static void use(struct db *db)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct vector_hit *hits = NULL;
    size_t count = 0;
    struct test_store kept = store;
    store.db = db;
    CHECK_OK(put(&arena, "resume", 5, ADA, own[0][5]));
    CHECK_OK(vectors_nearest(db, &arena,
                             &(struct vector_query){.source_type = STR("resume"), .model = STR("test"), .user_id = STR(ADA), .vector = own[0][5], .dimensions = DIMENSIONS, .limit = 1},
                             &hits, &count));
    if (CHECK_INT(count, 1)) CHECK_STR(hits[0].source_id, "5");
    store = kept;
}

TEST(an_extension_that_is_missing_stops_nothing_and_is_picked_up_later)
{
    if (!test_store_is_postgres()) SKIP("no TEST_DATABASE_URL: tests/postgres.sh gives one");
    struct plain plain;
    REQUIRE(make_plain(&plain));
    state = 42;
    bool has_package = run_at(plain.super, "CREATE EXTENSION vector") == OK && run_at(plain.super, "DROP EXTENSION vector") == OK;
    look(&plain, true, false, has_package ? "CREATE EXTENSION vector" : "no pgvector");
    if (has_package) {
        struct db_pool *serving = NULL;
        struct db *db = NULL;
        REQUIRE(CHECK_OK(db_pool_open_at(&serving, plain.url, 1)) && CHECK_OK(db_acquire(serving, &db)));
        use(db);
        CHECK_OK(run_at(plain.super, "CREATE EXTENSION vector"));
        look(&plain, false, true, "HNSW on job listings");
        use(db);
        db_release(db);
        db_pool_close(serving);
        look(&plain, false, true, "HNSW on job listings"); /* nothing more to do */
        CHECK_OK(run_at(plain.super, "UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'"));
        look(&plain, false, false, "0.7.4 is older than 0.8");
    }
    drop_plain(&plain);
    if (!has_package) SKIP("the server has no pgvector: tools/install.sh test");
}
