/* careerprep embed: vectors of texts, one a line on standard input. */
#include "ai/embed.h"
#include "base/file.h"
#include "commands/commands.h"
#include "features/command.h"
#include "json/json.h"

#include <stdio.h>

#define INPUT_MAX ((size_t)256 << 20)
enum { LINES_AT_ONCE = 256 };

/* The document is written group by group: memory for one of them, however many lines there are. */
struct output {
    bool is_json;
    struct buf text;
    struct json_writer writer;
    struct json_list errors;
};

static void begin(struct output *output, const struct embedder *embedder)
{
    json_begin(&output->writer, &output->text);
    json_list_open(&output->errors);
    if (!output->is_json) return;
    json_object_open(&output->writer);
    json_member_str(&output->writer, "model", str_from(embedder->model));
    json_member_int(&output->writer, "dimensions", (int64_t)embedder->dimensions);
    json_key(&output->writer, "vectors");
    json_array_open(&output->writer);
}

/* Nine digits read back as the same number. */
static void write_vector(struct output *output, const float *vector, size_t dimensions)
{
    struct buf numbers CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; vector && i < dimensions; i++) buf_append_format(&numbers, "%s%.9g", i == 0 ? "" : output->is_json ? "," : " ", (double)vector[i]);
    if (!output->is_json) buf_append_format(&output->text, "%.*s\n", STR_ARG(buf_str(&numbers)));
    else if (!vector) json_write_null(&output->writer);
    else {
        json_array_open(&output->writer);
        json_write_raw(&output->writer, buf_str(&numbers));
        json_array_close(&output->writer);
    }
}

static void say_error(struct output *output, const struct embedding *embedding, size_t line)
{
    fprintf(stderr, "careerprep: line %zu: %s\n", line, embedding->reason);
    json_object_open(&output->errors.writer);
    json_member_int(&output->errors.writer, "line", (int64_t)line);
    json_member_str(&output->errors.writer, "reason", str_from(embedding->reason));
    json_object_close(&output->errors.writer);
}

static void flush(struct output *output)
{
    fwrite(output->text.ptr, 1, output->text.len, stdout);
    buf_clear(&output->text);
}

static enum err embed_lines(const struct embedder *embedder, struct output *output, struct str rest)
{
    struct str lines[LINES_AT_ONCE];
    size_t done = 0, count;
    do {
        struct arena arena CLEANUP(arena_dispose) = {0};
        struct embedding *embeddings;
        for (count = 0; count < LINES_AT_ONCE && str_split_next(&rest, '\n', &lines[count]); count++) continue;
        TRY(embed_texts(embedder, &arena, lines, count, &embeddings));
        for (size_t i = 0; i < count; i++) {
            if (!embeddings[i].vector) say_error(output, &embeddings[i], done + i + 1);
            write_vector(output, embeddings[i].vector, embedder->dimensions);
        }
        flush(output);
        done += count;
    } while (count == LINES_AT_ONCE);
    return OK;
}

int command_embed(int argc, char **argv)
{
    struct command_options options;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str input;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    const struct embedder *embedder = embed_local();
    if (!embedder) return command_failed(err_set(ERR_UNAVAILABLE, "%s", embed_local_missing()));
    enum err result = file_read_stdin(&arena, INPUT_MAX, &input);
    if (result != OK) return command_failed(result);
    struct output output = {.is_json = options.json};
    begin(&output, embedder);
    result = embed_lines(embedder, &output, input);
    if (result == OK && options.json) {
        json_array_close(&output.writer);
        json_key(&output.writer, "errors");
        json_write_raw(&output.writer, json_list_str(&output.errors));
        json_object_close(&output.writer);
        buf_append_char(&output.text, '\n');
        flush(&output);
    }
    json_list_dispose(&output.errors);
    buf_dispose(&output.text);
    return result == OK ? 0 : command_failed(result);
}
