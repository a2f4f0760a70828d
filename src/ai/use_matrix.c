/* Design in ai/use_matrix.h. */
#include "ai/use_matrix.h"

#include <string.h>

/* With more rows than fit the nearest cache beside a panel, the inner dimension is walked in blocks. */
#define BLOCK_ROWS 48
#define BLOCK_DEPTH 256

#define EACH_1(X) X(0)
#define EACH_2(X) EACH_1(X) X(1)
#define EACH_3(X) EACH_2(X) X(2)
#define EACH_4(X) EACH_3(X) X(3)
#define EACH_5(X) EACH_4(X) X(4)
#define EACH_6(X) EACH_5(X) X(5)
#define EACH_7(X) EACH_6(X) X(6)
#define EACH_8(X) EACH_7(X) X(7)
#define EACH_9(X) EACH_8(X) X(8)
#define EACH_10(X) EACH_9(X) X(9)
#define EACH_11(X) EACH_10(X) X(10)
#define EACH_12(X) EACH_11(X) X(11)
#define SIX(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define TWELVE(X) SIX(X) X(7) X(8) X(9) X(10) X(11) X(12)
#define TILE_NAME(n) NAMED(add_tile_##n),

#define LANES 4
#define ROWS 6
#define TILES SIX(TILE_OF)
#define TILE_NAMES SIX(TILE_NAME)
#define TARGET
#define NAMED(x) x##_baseline
#include "ai/use_matrix_kernel.h"

#ifdef __x86_64__
#define LANES 8
#define ROWS 6
#define TILES SIX(TILE_OF)
#define TILE_NAMES SIX(TILE_NAME)
#define TARGET __attribute__((target("avx2,fma")))
#define NAMED(x) x##_avx2
#include "ai/use_matrix_kernel.h"

#define LANES 16
#define ROWS 12
#define TILES TWELVE(TILE_OF)
#define TILE_NAMES TWELVE(TILE_NAME)
#define TARGET __attribute__((target("avx512f")))
#define NAMED(x) x##_avx512
#include "ai/use_matrix_kernel.h"
#endif

typedef void add_product(struct use_matrix_rows out, struct use_matrix_rows in, size_t rows, const float *panels, size_t inner, size_t columns);

static const struct engine {
    const char *name;
    add_product *run;
} engines[] = {
#ifdef __x86_64__
    {"AVX-512", add_product_avx512},
    {"AVX2", add_product_avx2},
#endif
    {"baseline", add_product_baseline},
};
static const struct engine *chosen;

static int is_there(const struct engine *engine)
{
#ifdef __x86_64__
    if (engine->run == add_product_avx512) return __builtin_cpu_supports("avx512f");
    if (engine->run == add_product_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return engine->run == add_product_baseline;
}

/* Before main, so that threads only read it. */
__attribute__((constructor)) static void choose(void)
{
    chosen = engines;
    while (!is_there(chosen)) chosen++;
}

void use_matrix_add_product(struct use_matrix_rows out, struct use_matrix_rows in, size_t rows, const float *panels, size_t inner, size_t columns)
{
    chosen->run(out, in, rows, panels, inner, columns);
}

const char *use_matrix_engine(void) { return chosen->name; }

int use_matrix_set_engine(const char *name)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        if (strcmp(engines[i].name, name) != 0 || !is_there(&engines[i])) continue;
        chosen = &engines[i];
        return 1;
    }
    return 0;
}
