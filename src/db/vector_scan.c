/* Exact search. Design in vector_scan.h.
 *
 * Eight floats at a time with the compiler's vector extension, which becomes two SSE or one AVX instruction; three sums side by side, so that one
 * pass over the document is enough.
 */
#include "db/vector_scan.h"
#include "json/json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES 8

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

static double sum_of(const lanes *v)
{
    double sum = 0;
    for (size_t i = 0; i < LANES; i++) sum += (double)(*v)[i];
    return sum;
}

double vector_similarity(const char *a, const float *b, size_t count)
{
    lanes dots = {0}, as = {0}, bs = {0}, x, y;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        memcpy(&x, a + i * sizeof(float), sizeof x);
        memcpy(&y, b + i, sizeof y);
        dots += x * y;
        as += x * x;
        bs += y * y;
    }
    double dot = sum_of(&dots), a_square = sum_of(&as), b_square = sum_of(&bs);
    for (; i < count; i++) {
        float one;
        memcpy(&one, a + i * sizeof(float), sizeof one);
        dot += (double)one * (double)b[i];
        a_square += (double)one * (double)one;
        b_square += (double)b[i] * (double)b[i];
    }
    double length = sqrt(a_square * b_square);
    return length > 0 ? dot / length : 0;
}

bool vector_has_direction(const float *vector, size_t count)
{
    bool is_zero = true;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(vector[i])) return false;
        is_zero = is_zero && vector[i] == 0;
    }
    return !is_zero;
}

/* ---- the best ---- */

static int compare_hits(const void *a, const void *b)
{
    const struct vector_hit *one = a, *other = b;
    if (one->similarity != other->similarity) return one->similarity > other->similarity ? -1 : 1;
    return str_compare(one->id, other->id);
}

static void swap(struct vector_hit *hits, size_t a, size_t b)
{
    struct vector_hit kept = hits[a];
    hits[a] = hits[b];
    hits[b] = kept;
}

/* The first of the heap was replaced: lets it sink below all that are worse. */
static void sink(struct vector_best *best)
{
    size_t at = 0;
    while (2 * at + 1 < best->count) {
        size_t child = 2 * at + 1;
        if (child + 1 < best->count && compare_hits(&best->hits[child + 1], &best->hits[child]) > 0) child++;
        if (compare_hits(&best->hits[at], &best->hits[child]) >= 0) return;
        swap(best->hits, at, child);
        at = child;
    }
}

bool vector_best_takes(const struct vector_best *best, double similarity)
{
    return best->count < best->max || similarity >= best->hits[0].similarity;
}

void vector_best_add(struct vector_best *best, struct vector_hit hit)
{
    if (best->count == best->max) {
        if (compare_hits(&hit, &best->hits[0]) >= 0) return;
        best->hits[0] = hit;
        sink(best);
        return;
    }
    size_t at = best->count++;
    best->hits[at] = hit;
    for (; at && compare_hits(&best->hits[at], &best->hits[(at - 1) / 2]) > 0; at = (at - 1) / 2) swap(best->hits, at, (at - 1) / 2);
}

void vector_best_sort(struct vector_best *best) { qsort(best->hits, best->count, sizeof *best->hits, compare_hits); }

/* ---- metadata ---- */

static bool is_number(const struct json *value) { return json_type_of(value) == JSON_INT || json_type_of(value) == JSON_REAL; }

static bool is_equal_scalar(const struct json *a, const struct json *b)
{
    if (is_number(a) && is_number(b)) return json_double(a) == json_double(b);
    if (json_type_of(a) != json_type_of(b)) return false;
    if (json_type_of(a) == JSON_STRING) return str_equal(json_str(a), json_str(b));
    return json_type_of(a) == JSON_BOOL ? json_bool(a) == json_bool(b) : json_type_of(a) == JSON_NULL;
}

static bool has_element(const struct json *list, const struct json *part)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (vector_metadata_contains(json_at(list, i), part)) return true;
    return false;
}

bool vector_metadata_contains(const struct json *whole, const struct json *part)
{
    if (json_type_of(part) == JSON_OBJECT) {
        void *iterator = NULL;
        struct str name;
        const struct json *value;
        struct arena arena CLEANUP(arena_dispose) = {0};
        if (json_type_of(whole) != JSON_OBJECT) return false;
        while (json_next_member(part, &iterator, &name, &value))
            if (!vector_metadata_contains(json_get(whole, str_cstr(&arena, name)), value)) return false;
        return true;
    }
    if (json_type_of(part) != JSON_ARRAY) return is_equal_scalar(whole, part);
    if (json_type_of(whole) != JSON_ARRAY) return false;
    for (size_t i = 0; i < json_count(part); i++)
        if (!has_element(whole, json_at(part, i))) return false;
    return true;
}
