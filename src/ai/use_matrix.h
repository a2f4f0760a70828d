/* Products of matrices on one core, for the local embedding model. Compiled for several instruction sets; the best one that the processor has
 * is taken at run time (x86: AVX-512, AVX2 with FMA, else the baseline; other processors: their baseline).
 *
 * The right side lies in panels of 16 columns, [columns / 16][inner][16]: so it is read from front to back, and nothing is packed per call.
 * A number of the result is summed in the same order however many rows there are: a row's result depends on no other row.
 */
#pragma once
#include <stddef.h>

#define USE_MATRIX_PANEL 16
#define USE_MATRIX_COLUMNS 32 /* columns come in multiples of this */

/* Rows of floats, `stride` floats apart. */
struct use_matrix_rows {
    float *at;
    size_t stride;
};

/* out[rows][columns] += in[rows][inner] * panels. No two of them overlap. */
void use_matrix_add_product(struct use_matrix_rows out, struct use_matrix_rows in, size_t rows, const float *panels, size_t inner, size_t columns);

/* "AVX-512", "AVX2", "baseline": what products are computed with. */
const char *use_matrix_engine(void);
/* For tests and measuring: products with the named engine from now on; false when this processor lacks it. Not while others compute. */
int use_matrix_set_engine(const char *name);
