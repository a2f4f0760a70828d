/* Design in ai/use_model.h. The rows of all sentences of a batch stand below each other, so that each layer is one product; only attention looks at each sentence by itself. */
#include "ai/use_model.h"
#include "ai/use_matrix.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NARROW = 256, MIDDLE = 512, WIDE = 1536, HEADS = 4, BATCH_ROWS = USE_TOKENS_MAX, HEAD_MAX = MIDDLE / HEADS };

/* ---- the file ---- */

struct file_tensor {
    uint64_t offset;
    uint32_t rows, columns;
};

struct file_head {
    char magic[8];
    uint32_t tensors, nodes;
    uint64_t nodes_offset;
    struct file_tensor table[];
};

#define LAYER_SHAPES(width)                                                                                            \
    {1, width}, {1, width}, {width, 3 * (width)}, {1, 3 * (width)}, {width, MIDDLE}, {1, MIDDLE}, {1, MIDDLE}, {1, MIDDLE}, {MIDDLE, WIDE}, {1, WIDE}, {WIDE, MIDDLE}, {1, MIDDLE}

static const uint32_t shapes[USE_TENSORS][2] = {
    {8002, NARROW}, {1, 8002}, {USE_TOKENS_MAX, NARROW}, {NARROW, MIDDLE}, {1, MIDDLE}, LAYER_SHAPES(NARROW), LAYER_SHAPES(MIDDLE), {MIDDLE, MIDDLE}, {1, MIDDLE},
};

static enum err no_model(const char *why) { return err_set(ERR_INVALID, "the file of the embedding model %s", why); }

/* Whether every child stands behind its node and within the list: so walking the tree ends. */
static bool is_tree(const struct use_node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (nodes[i].count && (nodes[i].first <= i || nodes[i].first >= count || nodes[i].count > count - nodes[i].first)) return false;
        if (nodes[i].id >= (int32_t)shapes[USE_PIECES][0]) return false;
    }
    return count > 0;
}

enum err use_model_open(struct use_model *model, struct str file)
{
    const void *bytes = file.ptr;
    const struct file_head *head = bytes;
    *model = (struct use_model){.pieces_count = shapes[USE_PIECES][0]};
    if ((uintptr_t)bytes % 64) return no_model("is not aligned");
    if (file.len < sizeof *head + USE_TENSORS * sizeof *head->table || memcmp(head->magic, "CPUSELT2", 8) != 0) return no_model("has another form");
    if (head->tensors != USE_TENSORS) return no_model("has another number of tensors");
    for (size_t i = 0; i < USE_TENSORS; i++) {
        const struct file_tensor *tensor = &head->table[i];
        size_t size = (size_t)shapes[i][0] * shapes[i][1] * (i == USE_PIECES ? sizeof *model->pieces : sizeof *model->tensors[i]);
        if (tensor->rows != shapes[i][0] || tensor->columns != shapes[i][1]) return no_model("has a tensor of another shape");
        if (tensor->offset % 64 || tensor->offset > file.len || file.len - tensor->offset < size) return no_model("is cut");
        const void *at = file.ptr + tensor->offset;
        if (i == USE_PIECES) model->pieces = at;
        else model->tensors[i] = at;
    }
    if (head->nodes_offset % 64 || head->nodes_offset > file.len || (file.len - head->nodes_offset) / sizeof *model->nodes < head->nodes) return no_model("is cut in its vocabulary");
    model->nodes = (const void *)(file.ptr + head->nodes_offset);
    model->nodes_count = head->nodes;
    return is_tree(model->nodes, model->nodes_count) ? OK : no_model("has a broken vocabulary");
}

/* ---- small operations on rows ---- */

typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));
enum { LANES = 16 };

/* Rows of numbers one below the other. */
static struct use_matrix_rows rows_of(float *at, size_t stride) { return (struct use_matrix_rows){at, stride}; }

static void fill_rows(float *out, const float *row, size_t rows, size_t width)
{
    for (size_t i = 0; i < rows; i++) memcpy(out + i * width, row, width * sizeof *out);
}

static void add_to_rows(float *out, const float *row, size_t rows, size_t width)
{
    for (size_t i = 0; i < rows; i++, out += width)
        for (size_t j = 0; j < width; j++) out[j] += row[j];
}

static float sum_lanes(const lanes *sum)
{
    float total = 0;
    for (size_t i = 0; i < LANES; i++) total += (*sum)[i];
    return total;
}

/* Every row brought to a mean of 0 and a variance of 1, then scaled and shifted. */
static void normalize_rows(float *out, const float *in, size_t rows, size_t width, const float *scale, const float *shift)
{
    for (size_t i = 0; i < rows; i++, in += width, out += width) {
        lanes sum = {0}, squares = {0};
        for (size_t j = 0; j < width; j += LANES) sum += *(const lanes *)(in + j);
        float mean = sum_lanes(&sum) / (float)width;
        for (size_t j = 0; j < width; j += LANES) {
            lanes off = *(const lanes *)(in + j) - mean;
            squares += off * off;
        }
        float factor = 1 / sqrtf(sum_lanes(&squares) / (float)width + 1e-6F);
        for (size_t j = 0; j < width; j++) out[j] = (in[j] - mean) * factor * scale[j] + shift[j];
    }
}

static void softmax_row(float *row, size_t count)
{
    float most = row[0], sum = 0;
    for (size_t i = 1; i < count; i++) most = row[i] > most ? row[i] : most;
    for (size_t i = 0; i < count; i++) sum += row[i] = expf(row[i] - most);
    for (size_t i = 0; i < count; i++) row[i] /= sum;
}

/* ---- the layers ---- */

/* One batch, and memory for its numbers: of each token, and of one head of one sentence. */
struct work {
    const struct use_model *model;
    const struct use_sentence *sentences;
    size_t count, rows;
    float *tokens, *state, *normal, *wide;
    float *keys, *values, *scores;
    float *numbers; /* all of them */
};

static void work_dispose(struct work *work) { free(work->numbers); }

/* Room for so many rows, or sentences, in a batch. */
static void work_init(struct work *work, const struct use_model *model, size_t rows)
{
    struct {
        float **at;
        size_t count;
    } parts[] = {{&work->tokens, rows * NARROW}, {&work->state, rows * MIDDLE}, {&work->normal, rows * MIDDLE}, {&work->wide, rows * WIDE},
                 {&work->keys, USE_TOKENS_MAX * HEAD_MAX}, {&work->values, USE_TOKENS_MAX * HEAD_MAX}, {&work->scores, USE_TOKENS_MAX * USE_TOKENS_MAX}};
    size_t total = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) total += parts[i].count;
    work->model = model;
    work->numbers = mem_alloc(total * sizeof *work->numbers);
    total = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        *parts[i].at = work->numbers + total;
        total += parts[i].count;
    }
}

/* The sum of a piece and its place; the graph adds the piece twice. */
static void place_tokens(struct work *work)
{
    float *out = work->tokens;
    for (size_t i = 0; i < work->count; i++) {
        for (size_t j = 0; j < work->sentences[i].count; j++, out += NARROW) {
            assert(work->sentences[i].ids[j] >= 0 && (size_t)work->sentences[i].ids[j] < work->model->pieces_count);
            const int16_t *piece = work->model->pieces + (size_t)work->sentences[i].ids[j] * NARROW;
            float scale = work->model->tensors[USE_SCALES][work->sentences[i].ids[j]];
            const float *position = work->model->tensors[USE_POSITIONS] + j * NARROW;
            for (size_t k = 0; k < NARROW; k++) out[k] = 2 * scale * (float)piece[k] + position[k];
        }
    }
}

/* Keys, scaled, as columns, and values as rows, both in panels. Columns beyond the last token are 0. */
static void pack_head(struct work *work, const float *keys, const float *values, size_t stride, size_t tokens, size_t columns, size_t size)
{
    float factor = 1 / sqrtf((float)size);
    memset(work->keys, 0, columns * size * sizeof *work->keys);
    for (size_t i = 0; i < tokens; i++, keys += stride, values += stride) {
        float *column = work->keys + i / USE_MATRIX_PANEL * USE_MATRIX_PANEL * size + i % USE_MATRIX_PANEL;
        for (size_t k = 0; k < size; k++) column[k * USE_MATRIX_PANEL] = keys[k] * factor;
        for (size_t k = 0; k < size; k += USE_MATRIX_PANEL) memcpy(work->values + k * tokens + i * USE_MATRIX_PANEL, values + k, USE_MATRIX_PANEL * sizeof *values);
    }
}

/* One head of one sentence: each of its tokens takes of the others' values by how well its query fits their keys. */
static void attend(struct work *work, float *qkv, float *out, size_t tokens, size_t width)
{
    size_t size = width / HEADS, stride = 3 * width;
    size_t columns = (tokens + USE_MATRIX_COLUMNS - 1) / USE_MATRIX_COLUMNS * USE_MATRIX_COLUMNS;
    pack_head(work, qkv + width, qkv + 2 * width, stride, tokens, columns, size);
    memset(work->scores, 0, tokens * columns * sizeof *work->scores);
    use_matrix_add_product(rows_of(work->scores, columns), rows_of(qkv, stride), tokens, work->keys, size, columns);
    for (size_t i = 0; i < tokens; i++) softmax_row(work->scores + i * columns, tokens);
    for (size_t i = 0; i < tokens; i++) memset(out + i * width, 0, size * sizeof *out);
    use_matrix_add_product(rows_of(out, width), rows_of(work->scores, columns), tokens, work->values, tokens, size);
}

/* Adds a layer's attention over `in` (rows of `width`) to the state. What the heads give takes the place of the normalised rows, which then have been used. */
static void add_attention(struct work *work, const float *const *tensors, const float *in, size_t width)
{
    normalize_rows(work->normal, in, work->rows, width, tensors[USE_SCALE], tensors[USE_SHIFT]);
    fill_rows(work->wide, tensors[USE_QKV], work->rows, 3 * width);
    use_matrix_add_product(rows_of(work->wide, 3 * width), rows_of(work->normal, width), work->rows, tensors[USE_BY_QKV], width, 3 * width);
    for (size_t i = 0, row = 0; i < work->count; row += work->sentences[i++].count)
        for (size_t head = 0; head < width; head += width / HEADS) attend(work, work->wide + row * 3 * width + head, work->normal + row * width + head, work->sentences[i].count, width);
    add_to_rows(work->state, tensors[USE_OUT], work->rows, MIDDLE);
    use_matrix_add_product(rows_of(work->state, MIDDLE), rows_of(work->normal, width), work->rows, tensors[USE_BY_OUT], width, MIDDLE);
}

/* Adds a layer's two dense products, with what is below zero cut off between them. */
static void add_dense(struct work *work, const float *const *tensors)
{
    normalize_rows(work->normal, work->state, work->rows, MIDDLE, tensors[USE_WIDE_SCALE], tensors[USE_WIDE_SHIFT]);
    fill_rows(work->wide, tensors[USE_WIDE], work->rows, WIDE);
    use_matrix_add_product(rows_of(work->wide, WIDE), rows_of(work->normal, MIDDLE), work->rows, tensors[USE_BY_WIDE], MIDDLE, WIDE);
    for (size_t i = 0; i < work->rows * WIDE; i++) work->wide[i] = work->wide[i] > 0 ? work->wide[i] : 0;
    add_to_rows(work->state, tensors[USE_NARROW], work->rows, MIDDLE);
    use_matrix_add_product(rows_of(work->state, MIDDLE), rows_of(work->wide, WIDE), work->rows, tensors[USE_BY_NARROW], WIDE, MIDDLE);
}

/* The mean of a sentence's tokens. */
static void pool_rows(struct work *work, float *out)
{
    const float *row = work->state;
    for (size_t i = 0; i < work->count; i++, out += MIDDLE) {
        memset(out, 0, MIDDLE * sizeof *out);
        for (size_t j = 0; j < work->sentences[i].count; j++, row += MIDDLE)
            for (size_t k = 0; k < MIDDLE; k++) out[k] += row[k];
        for (size_t k = 0; k < MIDDLE; k++) out[k] /= (float)work->sentences[i].count;
    }
}

static void finish_vector(float *vector)
{
    float squares = 0;
    for (size_t k = 0; k < USE_DIMENSIONS; k++) {
        vector[k] = tanhf(vector[k]);
        squares += vector[k] * vector[k];
    }
    float length = sqrtf(squares > 1e-12F ? squares : 1e-12F);
    for (size_t k = 0; k < USE_DIMENSIONS; k++) vector[k] /= length;
}

static void run_batch(struct work *work, float *vectors)
{
    const float *const *tensors = work->model->tensors;
    place_tokens(work);
    fill_rows(work->state, tensors[USE_RESIDUAL], work->rows, MIDDLE);
    use_matrix_add_product(rows_of(work->state, MIDDLE), rows_of(work->tokens, NARROW), work->rows, tensors[USE_BY_RESIDUAL], NARROW, MIDDLE);
    add_attention(work, tensors + USE_LAYER_0, work->tokens, NARROW);
    add_dense(work, tensors + USE_LAYER_0);
    add_attention(work, tensors + USE_LAYER_1, work->state, MIDDLE);
    add_dense(work, tensors + USE_LAYER_1);
    pool_rows(work, work->normal);
    fill_rows(vectors, tensors[USE_TANH], work->count, USE_DIMENSIONS);
    use_matrix_add_product(rows_of(vectors, USE_DIMENSIONS), rows_of(work->normal, MIDDLE), work->count, tensors[USE_BY_TANH], MIDDLE, USE_DIMENSIONS);
    for (size_t i = 0; i < work->count; i++) finish_vector(vectors + i * USE_DIMENSIONS);
}

/* Takes as many of the sentences as fit a batch: at least one. */
static void take_batch(struct work *work, const struct use_sentence *sentences, size_t count)
{
    work->sentences = sentences;
    work->count = work->rows = 0;
    for (; work->count < count && work->rows + sentences[work->count].count <= BATCH_ROWS; work->count++) work->rows += sentences[work->count].count;
}

void use_model_embed(const struct use_model *model, const struct use_sentence *sentences, size_t count, float *vectors)
{
    struct work work CLEANUP(work_dispose) = {0};
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        assert(sentences[i].count > 0 && sentences[i].count <= USE_TOKENS_MAX);
        if (rows < BATCH_ROWS) rows += sentences[i].count;
    }
    work_init(&work, model, rows < BATCH_ROWS ? rows : BATCH_ROWS);
    for (size_t done = 0; done < count; done += work.count) {
        take_batch(&work, sentences + done, count - done);
        run_batch(&work, vectors + done * USE_DIMENSIONS);
    }
}
