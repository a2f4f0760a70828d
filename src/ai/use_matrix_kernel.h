/* One instruction set's product, included by use_matrix.c with
 *   LANES      floats of a vector register
 *   ROWS       rows of a tile: with two vectors a row its sums fill the registers
 *   EACH       EACH_n with n = ROWS
 *   TARGET     the attribute that allows the instructions
 *   NAMED(x)   x with the set's name appended
 * A tile is ROWS rows by two vectors of columns. Its sums are variables of their own, because no compiler reliably keeps an array in registers.
 */
typedef float NAMED(lanes) __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

/* Where the two vectors of a tile come from and go to. */
struct NAMED(tile) {
    float *out;
    const float *in, *left, *right;
    size_t out_stride, in_stride, depth;
};

#define LOAD_(r)                                                                                                       \
    NAMED(lanes) sum_left##r = *(const NAMED(lanes) *)(tile->out + (r) * tile->out_stride);                            \
    NAMED(lanes) sum_right##r = *(const NAMED(lanes) *)(tile->out + (r) * tile->out_stride + LANES);
#define STEP_(r)                                                                                                       \
    sum_left##r += in[(r) * tile->in_stride] * left;                                                                   \
    sum_right##r += in[(r) * tile->in_stride] * right;
#define STORE_(r)                                                                                                      \
    *(NAMED(lanes) *)(tile->out + (r) * tile->out_stride) = sum_left##r;                                               \
    *(NAMED(lanes) *)(tile->out + (r) * tile->out_stride + LANES) = sum_right##r;

#define TILE_OF(rows)                                                                                                  \
    TARGET static void NAMED(add_tile_##rows)(const struct NAMED(tile) *tile)                                          \
    {                                                                                                                  \
        EACH_##rows(LOAD_) for (size_t k = 0; k < tile->depth; k++)                                                    \
        {                                                                                                              \
            const float *in = tile->in + k;                                                                            \
            NAMED(lanes) left = *(const NAMED(lanes) *)(tile->left + k * USE_MATRIX_PANEL);                            \
            NAMED(lanes) right = *(const NAMED(lanes) *)(tile->right + k * USE_MATRIX_PANEL);                          \
            EACH_##rows(STEP_)                                                                                         \
        }                                                                                                              \
        EACH_##rows(STORE_)                                                                                            \
    }
TILES

static void NAMED(add_rows)(struct NAMED(tile) tile, size_t rows)
{
    static void (*const tiles[])(const struct NAMED(tile) *) = {TILE_NAMES};
    while (rows) {
        size_t now = rows < ROWS ? rows : ROWS;
        tiles[now - 1](&tile);
        tile.out += now * tile.out_stride;
        tile.in += now * tile.in_stride;
        rows -= now;
    }
}

static void NAMED(add_product)(struct use_matrix_rows out, struct use_matrix_rows in, size_t rows, const float *panels, size_t inner, size_t columns)
{
    size_t block = rows > BLOCK_ROWS ? BLOCK_DEPTH : inner;
    for (size_t from = 0; from < inner; from += block) {
        size_t depth = inner - from < block ? inner - from : block;
        for (size_t column = 0; column < columns; column += 2 * LANES) {
            const float *left = panels + column / USE_MATRIX_PANEL * USE_MATRIX_PANEL * inner + from * USE_MATRIX_PANEL + column % USE_MATRIX_PANEL;
            struct NAMED(tile) tile = {.out = out.at + column, .in = in.at + from, .left = left, .out_stride = out.stride, .in_stride = in.stride, .depth = depth};
            tile.right = LANES == USE_MATRIX_PANEL ? left + USE_MATRIX_PANEL * inner : left + LANES;
            NAMED(add_rows)(tile, rows);
        }
    }
}

#undef LOAD_
#undef STEP_
#undef STORE_
#undef TILE_OF
#undef TILES
#undef TILE_NAMES
#undef LANES
#undef ROWS
#undef TARGET
#undef NAMED
