/* Universal Sentence Encoder lite: from tokens to a vector of 512 numbers of length 1. Two layers of a transformer over 256 and 512 numbers a token,
 * then the mean of all tokens through one more layer (Cer and others, "Universal Sentence Encoder", 2018; weights of Google, Apache-2.0).
 *
 * The file is made by tools/model.mjs, which tells its form. It is mapped or built in, read-only, and what is opened only points into it: processes share
 * its pages. The same tokens give the same vector, bit for bit, whatever else is embedded with them.
 */
#pragma once
#include "ai/use_tokens.h"

#define USE_MODEL_NAME "universal-sentence-encoder-lite"
#define USE_DIMENSIONS 512
#define USE_TOKENS_MAX 128 /* of one sentence */

/* A layer's tensors, in the order of the file; those with _BY are matrices in panels (ai/use_matrix.h). */
enum use_layer_tensor { USE_SCALE, USE_SHIFT, USE_BY_QKV, USE_QKV, USE_BY_OUT, USE_OUT, USE_WIDE_SCALE, USE_WIDE_SHIFT, USE_BY_WIDE, USE_WIDE, USE_BY_NARROW, USE_NARROW, USE_LAYER_TENSORS };
enum use_tensor {
    USE_PIECES,    /* a row for each piece of the vocabulary, of 16-bit numbers */
    USE_SCALES,    /* what they are multiplied with, a number for each row */
    USE_POSITIONS, /* a row for each place in a sentence */
    USE_BY_RESIDUAL,
    USE_RESIDUAL,
    USE_LAYER_0,
    USE_LAYER_1 = USE_LAYER_0 + USE_LAYER_TENSORS,
    USE_BY_TANH = USE_LAYER_1 + USE_LAYER_TENSORS,
    USE_TANH,
    USE_TENSORS
};

struct use_model {
    const struct use_node *nodes; /* of the vocabulary */
    size_t nodes_count;
    size_t pieces_count;
    const int16_t *pieces;
    const float *tensors[USE_TENSORS]; /* but USE_PIECES */
};

/* Opens the file, which must stay, and be aligned to 64 bytes. ERR_INVALID when it is no such file, or cut. Reads the list of tensors and the vocabulary,
 * no weights. */
enum err use_model_open(struct use_model *model, struct str file) MUST_CHECK;

struct use_sentence {
    const int32_t *ids;
    size_t count; /* 1 to USE_TOKENS_MAX */
};

/* Writes USE_DIMENSIONS numbers for each sentence. Needs up to 2 MB for the time of the call; many sentences a call are faster than one. */
void use_model_embed(const struct use_model *model, const struct use_sentence *sentences, size_t count, float *vectors);
