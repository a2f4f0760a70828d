/* careerprep interview analyze: the truth loop's judge on a transcript in a file, without a store. */
#include "ai/analyze_json.h"
#include "base/file.h"
#include "features/command.h"
#include "features/interview/interview.h"

#include <stdio.h>
#include <string.h>

static void print_lines(const struct analyze_input *input, const struct analysis *analysis)
{
    if (analysis->quality.note.len) printf("%.*s\n", STR_ARG(analysis->quality.note));
    for (size_t i = 0; i < analysis->proofs_count; i++) {
        const struct analyze_proof *proof = &analysis->proofs[i];
        printf("%.*s: proved (%s, %.2f), turn %zu\n  \"%.*s\"\n", STR_ARG(input->claims[proof->claim].skill), proof_type_name(proof->type),
               proof->confidence, proof->turn, STR_ARG(proof->snippet));
    }
    for (size_t i = 0; i < analysis->gaps_count; i++)
        printf("%.*s: not proved. %.*s\n", STR_ARG(input->claims[analysis->gaps[i].claim].skill), STR_ARG(analysis->gaps[i].reason));
}

int interview_analyze_command(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text;
    struct analyze_input input;
    struct analysis analysis;
    enum err result = strcmp(options.operands[0], "-") == 0 ? file_read_stdin(&arena, ANALYZE_BYTES_MAX, &text)
                                                             : file_read(&arena, options.operands[0], ANALYZE_BYTES_MAX, &text);
    if (result == OK) result = analyze_read_json(&arena, text, &input);
    if (result == OK) result = analyze_transcript(&arena, input.claims, input.claims_count, input.turns, input.turns_count, &analysis);
    if (result != OK) return command_failed(result);
    if (!options.json) {
        print_lines(&input, &analysis);
        return 0;
    }
    struct buf out CLEANUP(buf_dispose) = {0};
    analyze_write_json(&out, &input, &analysis);
    return command_print_json(&out);
}
