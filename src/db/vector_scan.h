/* The arithmetic of an exact search: similarities and the best N. Private to src/db. */
#pragma once
#include "db/vectors.h"

/* Cosine similarity of two vectors of `count` floats, which need not be aligned; 0 when one has no length. */
double vector_similarity(const char *a, const float *b, size_t count);
/* Whether all numbers are finite and not all are zero. */
bool vector_has_direction(const float *vector, size_t count);

/* The best hits so far: a heap whose first is the worst of them. */
struct vector_best {
    struct vector_hit *hits; /* room for `max` */
    size_t count, max;
};
/* Whether a hit of this similarity would be among the best. */
bool vector_best_takes(const struct vector_best *best, double similarity);
/* Puts it in, and the worst out when there are too many; the hit's texts must live on. */
void vector_best_add(struct vector_best *best, struct vector_hit hit);
/* The most similar first; of equals the lower id. */
void vector_best_sort(struct vector_best *best);

struct json;
/* Whether `part` is contained in `whole` as jsonb's @> has it: members of objects, elements of lists in any order, equal scalars. */
bool vector_metadata_contains(const struct json *whole, const struct json *part);
