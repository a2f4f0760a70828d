/* sqlc: compiles a file of named SQL statements to C constants (docs/templates.md).
 *
 * A statement begins at `-- name: NAME` and ends at its semicolon; comments directly under the name document it in the
 * generated header. The tool reads quotes and comments as SQL does and checks what both engines need: parameters $1 to $n
 * without a gap, values bound and not written, no text concatenated with a parameter, none of the engines' own words.
 */
#include "tool.h"
#include <string.h>

#define PARAMS_MAX 99

struct statement {
    struct str name;
    int line;
    int params;
    struct buf comment;
    struct buf text;
    bool finished;
};

struct compiler {
    const char *file;
    int line;
    struct statement *statements;
    size_t count;
    struct statement *current;
    bool used[PARAMS_MAX + 1];
    char quote; /* of the open value or name; 0 outside */
    size_t quote_start;
    struct str list; /* name of the list: "skills" */
};

/* Words of one engine, and what to do instead. Compared without case at a word's start. */
static const struct {
    const char *word, *instead;
} engine_words[] = {
    {"::", "write CAST(x AS type), or let the column decide"},
    {"now()", "times come as parameters"},
    {"current_timestamp", "times come as parameters"},
    {"current_date", "times come as parameters"},
    {"datetime(", "times come as parameters"},
    {"strftime(", "times come as parameters"},
    {"gen_random_uuid(", "ids come as parameters"},
    {"ilike ", "write lower(x) LIKE $1"},
    {"insert or ", "write ON CONFLICT"},
    {"json_extract(", "read the document in C"},
    {"->>", "read the document in C"},
    {"/*", "comments begin with --"},
    {"$$", "quote with '"},
};

#define fail(c, ...) tool_fail((c)->file, (c)->line, __VA_ARGS__)

static void begin_statement(struct compiler *c, struct str name)
{
    if (c->current && !c->current->finished) fail(c, "%.*s is not ended by a semicolon", STR_ARG(c->current->name));
    if (!tool_is_name(name)) fail(c, "`%.*s` is not a name: lower-case letters, digits and _", STR_ARG(name));
    for (size_t i = 0; i < c->count; i++)
        if (str_equal(c->statements[i].name, name))
            fail(c, "the name %.*s is used in line %d already", STR_ARG(name), c->statements[i].line);
    c->current = &c->statements[c->count++];
    *c->current = (struct statement){.name = name, .line = c->line};
    memset(c->used, 0, sizeof c->used);
}

static void finish_statement(struct compiler *c)
{
    struct statement *s = c->current;
    if (s->text.len == 0) fail(c, "%.*s has no text", STR_ARG(s->name));
    for (int i = 1; i <= s->params; i++)
        if (!c->used[i]) fail(c, "%.*s uses $%d but not $%d", STR_ARG(s->name), s->params, i);
    while (s->text.len > 0 && s->text.ptr[s->text.len - 1] == ' ') s->text.len--;
    s->finished = true;
}

/* A constant a statement may contain: empty, plain words, one sign, or empty JSON. */
static bool is_constant(struct str literal)
{
    if (literal.len <= 1 || str_equal(literal, STR("{}")) || str_equal(literal, STR("[]"))) return true;
    for (size_t i = 0; i < literal.len; i++) {
        char ch = literal.ptr[i];
        if (!tool_is_word(ch) && ch != '-' && ch != '.' && ch != ':' && ch != '/' && ch != ' ') return false;
    }
    return true;
}

static size_t take_parameter(struct compiler *c, struct str rest)
{
    size_t len = 1;
    int number = 0;
    while (len < rest.len && tool_is_digit(rest.ptr[len]) && number <= PARAMS_MAX) number = number * 10 + rest.ptr[len++] - '0';
    if (len == 1 || number < 1 || number > PARAMS_MAX) fail(c, "parameters are $1 to $%d", PARAMS_MAX);
    struct str before = buf_str(&c->current->text);
    while (before.len > 0 && before.ptr[before.len - 1] == ' ') before.len--;
    struct str after = str_trim(str_slice(rest, len, rest.len));
    if (str_ends(before, STR("||")) || str_starts(after, STR("||")))
        fail(c, "$%d is put together with text: do that in C, and escape what LIKE reads", number);
    c->used[number] = true;
    if (number > c->current->params) c->current->params = number;
    buf_append_str(&c->current->text, str_slice(rest, 0, len));
    return len;
}

static void check_words(struct compiler *c, struct str rest, char before)
{
    for (size_t i = 0; i < COUNT_OF(engine_words); i++) {
        struct str word = str_from(engine_words[i].word);
        if (tool_is_letter(word.ptr[0]) && tool_is_word(before)) continue;
        if (str_equal_ci(str_slice(rest, 0, word.len), word))
            fail(c, "`%.*s`: %s", STR_ARG(str_trim(word)), engine_words[i].instead);
    }
    if (rest.ptr[0] == '?') fail(c, "parameters are written $1");
}

static size_t take_quoted(struct compiler *c, struct str rest)
{
    struct buf *text = &c->current->text;
    buf_append_char(text, rest.ptr[0]);
    if (rest.ptr[0] != c->quote) return 1;
    if (rest.len > 1 && rest.ptr[1] == c->quote) {
        buf_append_char(text, c->quote);
        return 2;
    }
    bool is_name = c->quote == '"';
    c->quote = 0;
    if (is_name) return 1;
    struct str literal = str_slice(buf_str(text), c->quote_start, text->len - 1);
    if (!is_constant(literal)) fail(c, "the value '%.*s' is bound as a parameter", STR_ARG(literal));
    return 1;
}

static void take_space(struct compiler *c)
{
    struct buf *text = &c->current->text;
    if (text->len > 0 && text->ptr[text->len - 1] != ' ') buf_append_char(text, ' ');
}

/* One character or more of a statement outside comments. Returns how many were taken. */
static size_t take(struct compiler *c, struct str rest)
{
    char ch = rest.ptr[0];
    struct statement *s = c->current;
    if (c->quote) return take_quoted(c, rest);
    if (tool_is_space(ch)) {
        if (s) take_space(c);
        return 1;
    }
    if (!s) fail(c, "a statement without a name: write `-- name: NAME` above it");
    if (s->finished) fail(c, "text after the semicolon of %.*s: one statement a name", STR_ARG(s->name));
    check_words(c, rest, s->text.len > 0 ? s->text.ptr[s->text.len - 1] : ' ');
    if (ch == '$') return take_parameter(c, rest);
    if (ch == ';') {
        finish_statement(c);
        return 1;
    }
    buf_append_char(&s->text, ch);
    if (ch == '\'' || ch == '"') {
        c->quote = ch;
        c->quote_start = s->text.len;
    }
    return 1;
}

static void take_comment(struct compiler *c, struct str comment)
{
    if (str_starts(comment, STR("name:"))) {
        begin_statement(c, str_trim(str_slice(comment, 5, comment.len)));
    } else if (c->current && c->current->text.len == 0) {
        if (c->current->comment.len > 0) buf_append_str(&c->current->comment, STR("\n * "));
        for (size_t i = 0; i < comment.len; i++) {
            buf_append_char(&c->current->comment, comment.ptr[i]);
            if (comment.ptr[i] == '*') buf_append_char(&c->current->comment, ' ');
        }
    }
}

static void take_line(struct compiler *c, struct str line)
{
    size_t at = 0;
    while (at < line.len) {
        struct str rest = str_slice(line, at, line.len);
        if (!c->quote && str_starts(rest, STR("--"))) {
            take_comment(c, str_trim(str_slice(rest, 2, rest.len)));
            break;
        }
        at += take(c, rest);
    }
    if (c->quote) fail(c, "a quote is open at the end of the line");
    if (c->current && !c->current->finished) take_space(c);
}

static void compile(struct compiler *c, struct str source)
{
    struct str rest = source, line;
    size_t lines = 1;
    for (size_t i = 0; i < source.len; i++) lines += source.ptr[i] == '\n';
    c->statements = arena_array(tool_arena(), struct statement, lines);
    while (str_split_next(&rest, '\n', &line)) {
        c->line++;
        take_line(c, line);
    }
    if (c->current && !c->current->finished) fail(c, "%.*s is not ended by a semicolon", STR_ARG(c->current->name));
    if (c->count == 0) tool_fail(c->file, 0, "no statement in the file");
}

/* features/skills/store.sql is "skills", features/skills/search.sql "skills_search", bus/bus.sql "bus". */
static struct str list_name(const char *path, const char *root)
{
    struct str directory, base;
    tool_place(path, root, &directory, &base);
    if (str_starts(directory, STR("features/"))) directory = str_slice(directory, 9, directory.len);
    if (!str_ends(base, STR(".sql"))) tool_fail(path, 0, "the name does not end in .sql");
    base = str_slice(base, 0, base.len - 4);
    struct str name = (str_equal(base, STR("store")) || str_equal(base, directory)) && directory.len > 0
                          ? str_copy(tool_arena(), directory)
                          : str_format(tool_arena(), "%.*s%s%.*s", STR_ARG(directory), directory.len > 0 ? "_" : "",
                                       STR_ARG(base));
    char *letters = str_cstr(tool_arena(), name);
    for (size_t i = 0; i < name.len; i++)
        if (!tool_is_word(letters[i])) letters[i] = '_';
    return str_from(letters);
}

static void write_header(struct compiler *c, const char *path)
{
    struct buf out = {0};
    buf_append_str(&out, STR("/* Generated by tools/sqlc. */\n#pragma once\n#include \"db/sql.h\"\n#include <stddef.h>\n\n"));
    for (size_t i = 0; i < c->count; i++) {
        struct statement *s = &c->statements[i];
        if (s->comment.len > 0) buf_append_format(&out, "/* %.*s */\n", STR_ARG(buf_str(&s->comment)));
        buf_append_format(&out, "extern const struct sql sql_%.*s; /* %d parameter%s */\n", STR_ARG(s->name), s->params,
                          s->params == 1 ? "" : "s");
    }
    buf_append_format(&out,
                      "\nextern const struct sql *const %.*s_statements[];\n"
                      "extern const size_t %.*s_statements_count;\n",
                      STR_ARG(c->list), STR_ARG(c->list));
    tool_write(path, &out);
    buf_dispose(&out);
}

static void write_source(struct compiler *c, const char *path)
{
    struct buf out = {0};
    buf_append_str(&out, STR("/* Generated by tools/sqlc. */\n#include \"db/sql.h\"\n#include <stddef.h>\n\n"
                             "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"));
    for (size_t i = 0; i < c->count; i++) {
        struct statement *s = &c->statements[i];
        buf_append_format(&out, "extern const struct sql sql_%.*s;\nconst struct sql sql_%.*s = {\"%.*s\",\n",
                          STR_ARG(s->name), STR_ARG(s->name), STR_ARG(s->name));
        tool_c_string(&out, buf_str(&s->text));
        buf_append_format(&out, ", %d};\n", s->params);
    }
    buf_append_format(&out,
                      "\nextern const struct sql *const %.*s_statements[];\nextern const size_t %.*s_statements_count;\n"
                      "const struct sql *const %.*s_statements[] = {\n",
                      STR_ARG(c->list), STR_ARG(c->list), STR_ARG(c->list));
    for (size_t i = 0; i < c->count; i++) buf_append_format(&out, "    &sql_%.*s,\n", STR_ARG(c->statements[i].name));
    buf_append_format(&out, "};\nconst size_t %.*s_statements_count = %zu;\n", STR_ARG(c->list), c->count);
    tool_write(path, &out);
    buf_dispose(&out);
}

static const char usage[] = "usage: sqlc --out-c FILE --out-h FILE [--root DIR] STATEMENTS.sql\n"
                            "Compiles named statements to C. --root: the source root that the list is named from (default: src).";

int main(int argc, char **argv)
{
    const char *out_c = NULL, *out_h = NULL, *root = NULL, **inputs;
    const struct tool_option options[] = {{"--out-c", &out_c}, {"--out-h", &out_h}, {"--root", &root}, {NULL, NULL}};
    if (tool_arguments(argc, argv, options, usage, &inputs) != 1 || !out_c || !out_h) tool_usage(usage);
    struct compiler c = {.file = inputs[0]};
    compile(&c, tool_read(c.file));
    c.list = list_name(c.file, root);
    write_header(&c, out_h);
    write_source(&c, out_c);
    for (size_t i = 0; i < c.count; i++) {
        buf_dispose(&c.statements[i].text);
        buf_dispose(&c.statements[i].comment);
    }
    return 0;
}
