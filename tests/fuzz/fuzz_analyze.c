/* Reads any bytes as an interview, judges it, and checks what must hold for every proof: it is a part of one answer, byte for byte.
 */
#include "ai/analyze_json.h"
#include "json/json.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct analyze_input *input, const struct analyze_proof *proof)
{
    if (proof->turn >= input->turns_count || !input->turns[proof->turn].is_user || proof->claim >= input->claims_count) abort();
    struct str text = input->turns[proof->turn].text;
    if (proof->start >= proof->end || proof->end > text.len || proof->snippet.len != proof->end - proof->start) abort();
    if (memcmp(text.ptr + proof->start, proof->snippet.ptr, proof->snippet.len) != 0) abort();
    if (!(proof->confidence > 0 && proof->confidence <= 1)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536) return 0;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct analyze_input input;
    struct analysis analysis;
    if (analyze_read_json(&arena, (struct str){(const char *)data, size}, &input) != OK) return 0;
    if (analyze_transcript(&arena, input.claims, input.claims_count, input.turns, input.turns_count, &analysis) != OK) return 0;
    for (size_t i = 0; i < analysis.proofs_count; i++) check(&input, &analysis.proofs[i]);
    struct buf out CLEANUP(buf_dispose) = {0};
    analyze_write_json(&out, &input, &analysis);
    struct json *again CLEANUP(json_free_at) = NULL;
    if (json_parse(buf_str(&out), out.len, &again) != OK) abort();
    return 0;
}
