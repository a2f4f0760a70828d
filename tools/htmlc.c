/* htmlc: compiles an .html template to C (docs/templates.md).
 *
 * One pass: static text goes through the markup machine (htmlc_markup.h) into C string literals, directives become C
 * statements, and the machine names the escaping function for each expression. Statements carry #line directives, so the C
 * compiler reports a wrong field in the template. A template is named like its view, so an include finds the generated
 * header of the other one by name: first in the template's own folder, then in src/pages.
 */
#include "htmlc_markup.h"
#include <unistd.h>

#define BLOCKS_MAX 32
#define LITERAL_SPLIT 2000 /* C compilers promise 4095 characters a literal */

enum block_kind { BLOCK_IF, BLOCK_FOR };

struct block {
    enum block_kind kind;
    int line;
    bool has_else;
    struct str variable;
    struct markup start;
    bool value_started; /* in some branch */
};

struct generator {
    const char *file;
    struct str source;
    size_t at;
    struct str icons; /* content of the list of icons */
    struct str top;             /* the source root with its slash, as it stands before the directory in `file` */
    struct str directory, base; /* "features/skills", "list.html" */
    struct str view, type, layout, layout_path;
    bool has_slot, needs_assets;
    struct markup markup;
    struct block blocks[BLOCKS_MAX];
    size_t depth;
    struct buf literal; /* escaped, between the outer quotes */
    size_t literal_len;
    int literal_line;
    struct buf body, includes;
};

#define fail(g, ...) tool_fail((g)->file, (g)->markup.line, __VA_ARGS__)

/* ---- C text ---- */

static void indent(struct generator *g)
{
    for (size_t i = 0; i <= g->depth; i++) buf_append(&g->body, "    ", 4);
}

static void start_statement(struct generator *g, int line)
{
    buf_append_format(&g->body, "#line %d \"", line);
    tool_c_escape(&g->body, str_from(g->file));
    buf_append(&g->body, "\"\n", 2);
    indent(g);
}

static void flush_literal(struct generator *g)
{
    if (g->literal.len == 0) return;
    start_statement(g, g->literal_line);
    buf_append_str(&g->body, STR("LITERAL(\""));
    buf_append_str(&g->body, buf_str(&g->literal));
    buf_append_str(&g->body, STR("\");\n"));
    buf_clear(&g->literal);
    g->literal_len = 0;
}

static void literal_start(struct generator *g)
{
    if (g->literal_len >= LITERAL_SPLIT) flush_literal(g);
    if (g->literal.len == 0) g->literal_line = g->markup.line;
}

static void literal_char(void *context, char c)
{
    struct generator *g = context;
    literal_start(g);
    tool_c_escape(&g->literal, (struct str){&c, 1});
    g->literal_len++;
}

static void literal_text(struct generator *g, struct str text)
{
    for (size_t i = 0; i < text.len; i++) literal_char(g, text.ptr[i]);
}

/* The address of an asset is a string constant of the generated http/asset_urls.h: it joins the literal. */
static void literal_asset(struct generator *g, struct str name)
{
    literal_start(g);
    buf_append_str(&g->literal, STR("\" ASSET_URL_"));
    for (size_t i = 0; i < name.len; i++) buf_append_char(&g->literal, tool_is_word(name.ptr[i]) ? name.ptr[i] : '_');
    buf_append_str(&g->literal, STR(" \""));
    g->literal_len += 64;
    g->needs_assets = true;
}

/* ---- words and paths ---- */

static struct str next_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t len = 0;
    while (len < rest->len && !tool_is_space(rest->ptr[len])) len++;
    struct str word = str_slice(*rest, 0, len);
    *rest = str_trim(str_slice(*rest, len, rest->len));
    return word;
}

static bool is_loop_variable(const struct generator *g, struct str name)
{
    for (size_t i = 0; i < g->depth; i++)
        if (g->blocks[i].kind == BLOCK_FOR && str_equal(g->blocks[i].variable, name)) return true;
    return false;
}

/* Length of the C identifier at the start. */
static size_t identifier_length(struct str s)
{
    size_t len = 0;
    if (s.len > 0 && tool_is_digit(s.ptr[0])) return 0;
    while (len < s.len && tool_is_word(s.ptr[len])) len++;
    return len;
}

/* The C expression of a path: `v.a.b` is v->a.b, `v.a->b` is v->a->b. A lone name is the pointer itself when `pointer`, else
 * the item it points to. */
static struct str path_expression(struct generator *g, struct str path, bool pointer)
{
    struct buf *out = &(struct buf){0};
    buf_init(out, 4096);
    size_t len = identifier_length(path);
    struct str first = str_slice(path, 0, len);
    bool is_view = str_equal(first, STR("v"));
    if (len == 0) fail(g, "`%.*s` is not a path", STR_ARG(path));
    if (!is_view && !is_loop_variable(g, first)) fail(g, "`%.*s` is neither v nor a loop variable", STR_ARG(first));
    if (len == path.len && !pointer && is_view) fail(g, "v itself is no value: name a member");
    buf_append_format(out, len == path.len && !pointer ? "(*%.*s)" : "%.*s", STR_ARG(first));
    for (bool is_first = true; len < path.len; is_first = false) {
        struct str rest = str_slice(path, len, path.len);
        bool arrow = str_starts(rest, STR("->"));
        size_t separator = arrow ? 2 : 1;
        size_t name = identifier_length(str_slice(rest, separator, rest.len));
        if ((!arrow && rest.ptr[0] != '.') || name == 0) fail(g, "`%.*s` is not a path", STR_ARG(path));
        buf_append_str(out, arrow || is_first ? STR("->") : STR("."));
        buf_append_str(out, str_slice(rest, separator, separator + name));
        len += separator + name;
    }
    struct str expression = str_copy(tool_arena(), buf_str(out));
    buf_dispose(out);
    return expression;
}

/* What stands for `&path` in a call: a lone name is a pointer already, `*v.user` a pointer member. */
static struct str path_argument(struct generator *g, struct str path)
{
    if (path.len == 0) fail(g, "the path of the view is missing");
    if (path.ptr[0] == '*') return path_expression(g, str_slice(path, 1, path.len), true);
    struct str expression = path_expression(g, path, true);
    if (identifier_length(path) == path.len) return expression;
    return str_format(tool_arena(), "&%.*s", STR_ARG(expression));
}

/* ---- directives ---- */

static struct block *push_block(struct generator *g, enum block_kind kind, const char *what)
{
    markup_check_block(&g->markup, what);
    flush_literal(g);
    if (g->depth == BLOCKS_MAX) fail(g, "blocks are nested too deep");
    struct block *block = &g->blocks[g->depth];
    *block = (struct block){.kind = kind, .line = g->markup.line, .start = g->markup};
    g->markup.floor = g->markup.depth;
    return block;
}

/* At the end of a branch the markup must stand where the block began. */
static void check_branch(struct generator *g, struct block *block)
{
    struct markup *now = &g->markup;
    const struct markup *start = &block->start;
    markup_settle(now);
    if (now->depth > start->depth) {
        struct markup_element top = now->open[now->depth - 1];
        fail(g, "<%.*s> of line %d is not closed inside the block of line %d", STR_ARG(top.name), top.line, block->line);
    }
    if (now->state != start->state || now->in_json_string ||
        (now->state == MARKUP_TAG && now->tag_serial != start->tag_serial) ||
        (now->state == MARKUP_VALUE && now->attribute_serial != start->attribute_serial))
        fail(g, "the block of line %d begins %s and ends %s", block->line, markup_state_name(start->state),
             markup_state_name(now->state));
    block->value_started |= now->value_started;
    now->after_line_break = false;
}

/* `path`, `not path`, `path == value`, `path != value`. */
static struct str condition(struct generator *g, struct str text)
{
    struct arena *arena = tool_arena();
    struct str rest = text;
    struct str path = next_word(&rest);
    bool negated = str_equal(path, STR("not"));
    if (negated) path = next_word(&rest);
    if (path.len == 0) fail(g, "the condition is missing");
    struct str expression = path_expression(g, path, false);
    if (rest.len == 0) return str_format(arena, negated ? "!(%.*s)" : "%.*s", STR_ARG(expression));
    struct str operator = next_word(&rest);
    bool equal = str_equal(operator, STR("=="));
    if (negated || (!equal && !str_equal(operator, STR("!="))) || rest.len == 0)
        fail(g, "`%.*s` is not a condition: compute it in C", STR_ARG(text));
    if (rest.ptr[0] == '"') {
        if (rest.len < 2 || str_find_char(rest, '"', 1) != rest.len - 1) fail(g, "%.*s is not a text", STR_ARG(rest));
        struct buf escaped = {0};
        tool_c_escape(&escaped, str_slice(rest, 1, rest.len - 1));
        struct str result = str_format(arena, "%sstr_equal(%.*s, STR(\"%.*s\"))", equal ? "" : "!", STR_ARG(expression),
                                       STR_ARG(buf_str(&escaped)));
        buf_dispose(&escaped);
        return result;
    }
    int64_t number;
    if (str_to_int(rest, &number) != OK && identifier_length(rest) != rest.len)
        fail(g, "`%.*s` is neither a text, a number nor a constant", STR_ARG(rest));
    return str_format(arena, "%.*s %.*s %.*s", STR_ARG(expression), STR_ARG(operator), STR_ARG(rest));
}

static void do_if(struct generator *g, struct str rest)
{
    struct str test = condition(g, rest);
    push_block(g, BLOCK_IF, "if");
    start_statement(g, g->markup.line);
    buf_append_format(&g->body, "if (%.*s) {\n", STR_ARG(test));
    g->depth++;
}

/* `elif` and `else`; `rest` is the condition of an elif. */
static void do_branch(struct generator *g, struct str word, struct str rest)
{
    struct block *block = g->depth > 0 ? &g->blocks[g->depth - 1] : NULL;
    if (!block || block->kind != BLOCK_IF || block->has_else) fail(g, "`%.*s` without an open if", STR_ARG(word));
    check_branch(g, block);
    flush_literal(g);
    block->has_else = str_equal(word, STR("else"));
    if (block->has_else && rest.len > 0) fail(g, "else takes no condition");
    g->markup.value_started = block->start.value_started;
    g->markup.need_space = block->start.need_space;
    g->depth--;
    start_statement(g, g->markup.line);
    if (block->has_else) buf_append_str(&g->body, STR("} else {\n"));
    else buf_append_format(&g->body, "} else if (%.*s) {\n", STR_ARG(condition(g, rest)));
    g->depth++;
}

static void do_end(struct generator *g, struct str rest)
{
    if (g->depth == 0) fail(g, "`end` without an open block");
    if (rest.len > 0) fail(g, "end takes nothing");
    struct block *block = &g->blocks[g->depth - 1];
    check_branch(g, block);
    flush_literal(g);
    g->depth--;
    g->markup.floor = block->start.floor;
    g->markup.value_started = block->value_started || block->start.value_started;
    g->markup.need_space = true; /* of no meaning outside a tag */
    indent(g);
    buf_append_str(&g->body, block->kind == BLOCK_FOR ? STR("}}\n") : STR("}\n"));
}

static void do_for(struct generator *g, struct str rest)
{
    struct str name = next_word(&rest);
    struct str in = next_word(&rest);
    struct str path = next_word(&rest);
    if (!tool_is_name(name) || !str_equal(in, STR("in")) || path.len == 0 || rest.len > 0)
        fail(g, "write {%% for NAME in PATH %%}");
    if (str_equal(name, STR("v")) || str_equal(name, STR("out")) || is_loop_variable(g, name))
        fail(g, "the name %.*s is taken", STR_ARG(name));
    if (identifier_length(path) == path.len) fail(g, "`%.*s` is no list", STR_ARG(path));
    struct str list = path_expression(g, path, false);
    struct block *block = push_block(g, BLOCK_FOR, "for");
    block->variable = name;
    start_statement(g, g->markup.line);
    buf_append_format(&g->body,
                      "for (size_t %.*s_index = 0; %.*s_index < %.*s_count; %.*s_index++) {"
                      " const __typeof__(%.*s[0]) *const %.*s = &%.*s[%.*s_index]; (void)%.*s; {\n",
                      STR_ARG(name), STR_ARG(name), STR_ARG(list), STR_ARG(name), STR_ARG(list), STR_ARG(name),
                      STR_ARG(list), STR_ARG(name), STR_ARG(name));
    g->depth++;
}

static void check_in_text(struct generator *g, const char *what)
{
    if (g->markup.state != MARKUP_TEXT) fail(g, "`%s` %s", what, markup_state_name(g->markup.state));
    g->markup.after_line_break = false;
}

/* Includes the generated header of the template `name`. */
static void use_template(struct generator *g, struct str name)
{
    const struct str folders[] = {g->directory, STR("pages")};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        struct str place = str_format(tool_arena(), "%.*s%s%.*s.html", STR_ARG(folders[i]), folders[i].len > 0 ? "/" : "",
                                      STR_ARG(name));
        const char *path = str_cstr(tool_arena(), str_format(tool_arena(), "%.*s%.*s", STR_ARG(g->top), STR_ARG(place)));
        if (access(path, R_OK) != 0) continue;
        struct str line = str_format(tool_arena(), "#include \"%.*s.h\"\n", STR_ARG(place));
        if (!str_contains(buf_str(&g->includes), line)) buf_append_str(&g->includes, line);
        return;
    }
    fail(g, "there is no template %.*s.html in this folder or in pages", STR_ARG(name));
}

static void do_include(struct generator *g, struct str rest)
{
    struct str name = next_word(&rest);
    if (!tool_is_name(name)) fail(g, "write {%% include NAME PATH %%}");
    check_in_text(g, "include");
    struct str argument = path_argument(g, rest);
    flush_literal(g);
    start_statement(g, g->markup.line);
    buf_append_format(&g->body, "%.*s_render(out, %.*s);\n", STR_ARG(name), STR_ARG(argument));
    use_template(g, name);
}

static void do_slot(struct generator *g, struct str rest)
{
    check_in_text(g, "slot");
    if (rest.len > 0) fail(g, "slot takes nothing");
    if (g->has_slot) fail(g, "a layout has one slot");
    if (g->depth > 0) fail(g, "the slot stands outside if and for");
    g->has_slot = true;
    flush_literal(g);
    buf_append_format(&g->body,
                      "}\n\nvoid %.*s_end(struct html *out, const struct %.*s *v)\n{\n    (void)out;\n    (void)v;\n",
                      STR_ARG(g->view), STR_ARG(g->type));
}

static bool icon_exists(const struct generator *g, struct str name)
{
    struct str rest = g->icons, line;
    while (str_split_next(&rest, '\n', &line))
        if (str_equal(str_trim(line), name)) return true;
    return false;
}

static void icon_address(struct generator *g, struct str name)
{
    if (name.len == 0 || name.ptr[0] == '#' || !icon_exists(g, name))
        fail(g, "the icon %.*s is not in the list of icons", STR_ARG(name));
    literal_asset(g, STR("icons.svg"));
    literal_text(g, STR("#"));
    literal_text(g, name);
}

static void do_icon(struct generator *g, struct str rest)
{
    check_in_text(g, "icon");
    literal_text(g, STR("<svg class=\"icon\" aria-hidden=\"true\"><use href=\""));
    icon_address(g, rest);
    literal_text(g, STR("\"/></svg>"));
}

static void do_icon_url(struct generator *g, struct str rest)
{
    if (g->markup.state != MARKUP_VALUE) fail(g, "`icon_url` stands inside a quoted attribute");
    g->markup.value_started = true;
    icon_address(g, rest);
}

static void do_asset(struct generator *g, struct str rest)
{
    if (g->markup.state != MARKUP_VALUE) fail(g, "`asset` stands inside a quoted attribute");
    if (rest.len == 0) fail(g, "write {%% asset NAME %%}");
    for (size_t i = 0; i < rest.len; i++)
        if (!tool_is_word(rest.ptr[i]) && rest.ptr[i] != '.' && rest.ptr[i] != '-')
            fail(g, "`%.*s` is not the name of an asset", STR_ARG(rest));
    g->markup.value_started = true;
    literal_asset(g, rest);
}

static void do_directive(struct generator *g, struct str text)
{
    struct str rest = text;
    struct str word = next_word(&rest);
    if (str_equal(word, STR("if"))) do_if(g, rest);
    else if (str_equal(word, STR("elif")) || str_equal(word, STR("else"))) do_branch(g, word, rest);
    else if (str_equal(word, STR("end"))) do_end(g, rest);
    else if (str_equal(word, STR("for"))) do_for(g, rest);
    else if (str_equal(word, STR("include"))) do_include(g, rest);
    else if (str_equal(word, STR("slot"))) do_slot(g, rest);
    else if (str_equal(word, STR("icon"))) do_icon(g, rest);
    else if (str_equal(word, STR("icon_url"))) do_icon_url(g, rest);
    else if (str_equal(word, STR("asset"))) do_asset(g, rest);
    else if (str_equal(word, STR("view")) || str_equal(word, STR("layout")))
        fail(g, "`%.*s` stands at the start of the file", STR_ARG(word));
    else fail(g, "unknown directive `%.*s`", STR_ARG(word));
}

static void do_expression(struct generator *g, struct str path)
{
    struct str expression = path_expression(g, path, false);
    const char *function = markup_expression(&g->markup);
    flush_literal(g);
    start_statement(g, g->markup.line);
    buf_append_format(&g->body, "%s(out, %.*s);\n", function, STR_ARG(expression));
}

/* ---- the file ---- */

/* Takes `{x … x}` at the current place and returns what stands between. */
static struct str take_braces(struct generator *g, struct str closing)
{
    size_t end = str_find(g->source, closing, g->at + 2);
    if (end == STR_NPOS) fail(g, "`%.2s` is not closed", g->source.ptr + g->at);
    struct str inner = str_slice(g->source, g->at + 2, end);
    g->at = end + 2;
    return inner;
}

static void count_lines(struct generator *g, struct str text)
{
    for (size_t i = 0; i < text.len; i++) g->markup.line += text.ptr[i] == '\n';
}

static struct str take_opening(struct generator *g, struct str keyword)
{
    while (g->at < g->source.len && tool_is_space(g->source.ptr[g->at])) g->markup.line += g->source.ptr[g->at++] == '\n';
    if (!str_starts(str_slice(g->source, g->at, g->source.len), STR("{%"))) return (struct str){0};
    size_t before = g->at;
    struct str rest = take_braces(g, STR("%}"));
    if (str_equal(next_word(&rest), keyword)) return rest;
    g->at = before;
    return (struct str){0};
}

static void read_opening(struct generator *g)
{
    struct str names = take_opening(g, STR("view"));
    g->view = next_word(&names);
    g->type = names.len > 0 ? names : g->view;
    if (!tool_is_name(g->view) || !tool_is_name(g->type)) fail(g, "the first line is {%% view NAME %%} or {%% view NAME STRUCT %%}");
    if (!str_equal(str_slice(g->base, 0, g->base.len - 5), g->view))
        fail(g, "the view %.*s stands in %.*s.html", STR_ARG(g->view), STR_ARG(g->view));
    struct str layout = take_opening(g, STR("layout"));
    if (layout.len == 0) return;
    g->layout = next_word(&layout);
    if (!tool_is_name(g->layout)) fail(g, "write {%% layout NAME PATH %%}");
    g->layout_path = path_argument(g, layout);
    use_template(g, g->layout);
}

static void compile(struct generator *g)
{
    while (g->at < g->source.len) {
        struct str rest = str_slice(g->source, g->at, g->source.len);
        if (str_starts(rest, STR("{{"))) {
            do_expression(g, str_trim(take_braces(g, STR("}}"))));
        } else if (str_starts(rest, STR("{%"))) {
            struct str inner = take_braces(g, STR("%}"));
            do_directive(g, str_trim(inner));
            count_lines(g, inner);
        } else if (str_starts(rest, STR("{#"))) {
            count_lines(g, take_braces(g, STR("#}")));
        } else {
            size_t len = 1;
            while (len < rest.len && !(rest.ptr[len] == '{' && len + 1 < rest.len &&
                                       (rest.ptr[len + 1] == '{' || rest.ptr[len + 1] == '%' || rest.ptr[len + 1] == '#')))
                len++;
            markup_text(&g->markup, str_slice(rest, 0, len));
            g->at += len;
        }
    }
    if (g->depth > 0) tool_fail(g->file, g->blocks[g->depth - 1].line, "the block is not ended");
    markup_finish(&g->markup);
    flush_literal(g);
}

static void write_prototypes(struct generator *g, struct buf *out)
{
    const char *const suffixes[] = {"begin", "end", "render"};
    for (size_t i = g->has_slot ? 0 : 2; i < COUNT_OF(suffixes); i++)
        buf_append_format(out, "void %.*s_%s(struct html *out, const struct %.*s *v);\n", STR_ARG(g->view), suffixes[i],
                          STR_ARG(g->type));
}

static void write_layout_call(struct generator *g, struct buf *out, const char *suffix)
{
    if (g->layout.len > 0)
        buf_append_format(out, "    %.*s_%s(out, %.*s);\n", STR_ARG(g->layout), suffix, STR_ARG(g->layout_path));
}

static void write_source(struct generator *g, const char *path)
{
    struct buf out = {0};
    buf_append_format(&out, "/* Generated by tools/htmlc from %.*s. */\n", STR_ARG(g->base));
    buf_append_format(&out, "#include \"%.*s%sviews.h\"\n", STR_ARG(g->directory), g->directory.len > 0 ? "/" : "");
    buf_append_format(&out, "#include \"%.*s%s%.*s.h\"\n", STR_ARG(g->directory), g->directory.len > 0 ? "/" : "",
                      STR_ARG(g->base));
    buf_append_str(&out, buf_str(&g->includes));
    if (g->needs_assets) buf_append_str(&out, STR("#include \"http/assets.h\"\n"));
    buf_append_str(&out, STR("\n#define LITERAL(text) html_literal(out, text, sizeof(text) - 1)\n"));
    buf_append_format(&out, "\nvoid %.*s_%s(struct html *out, const struct %.*s *v)\n{\n    (void)out;\n    (void)v;\n",
                      STR_ARG(g->view), g->has_slot ? "begin" : "render", STR_ARG(g->type));
    write_layout_call(g, &out, "begin");
    buf_append_str(&out, buf_str(&g->body));
    write_layout_call(g, &out, "end");
    buf_append_str(&out, STR("}\n"));
    if (g->has_slot)
        buf_append_format(&out,
                          "\nvoid %.*s_render(struct html *out, const struct %.*s *v)\n{\n"
                          "    %.*s_begin(out, v);\n    %.*s_end(out, v);\n}\n",
                          STR_ARG(g->view), STR_ARG(g->type), STR_ARG(g->view), STR_ARG(g->view));
    tool_write(path, &out);
    buf_dispose(&out);
}

static void write_header(struct generator *g, const char *path)
{
    struct buf out = {0};
    buf_append_format(&out, "/* Generated by tools/htmlc from %.*s. */\n#pragma once\n#include \"html/html.h\"\n\nstruct %.*s;\n",
                      STR_ARG(g->base), STR_ARG(g->type));
    write_prototypes(g, &out);
    tool_write(path, &out);
    buf_dispose(&out);
}

static const char usage[] = "usage: htmlc --icons LIST --out-c FILE --out-h FILE [--root DIR] TEMPLATE\n"
                            "Compiles TEMPLATE to C. --root: the directory that include paths start from (default: src).";

int main(int argc, char **argv)
{
    const char *icons = NULL, *out_c = NULL, *out_h = NULL, *root = NULL, **inputs;
    const struct tool_option options[] = {
        {"--icons", &icons}, {"--out-c", &out_c}, {"--out-h", &out_h}, {"--root", &root}, {NULL, NULL}};
    if (tool_arguments(argc, argv, options, usage, &inputs) != 1 || !out_c || !out_h) tool_usage(usage);
    static struct generator g;
    g.file = inputs[0];
    tool_place(g.file, root, &g.directory, &g.base);
    if (!str_ends(g.base, STR(".html"))) tool_fail(g.file, 0, "the name does not end in .html");
    g.top = str_slice(str_from(g.file), 0, str_from(g.file).len - g.base.len - g.directory.len - (g.directory.len > 0));
    g.source = tool_read(g.file);
    while (g.source.len > 0 && tool_is_space(g.source.ptr[g.source.len - 1])) g.source.len--;
    if (icons) g.icons = tool_read(icons);
    g.markup = (struct markup){.file = g.file, .line = 1, .emit = literal_char, .context = &g, .after_line_break = true};
    read_opening(&g);
    compile(&g);
    write_source(&g, out_c);
    write_header(&g, out_h);
    buf_dispose(&g.body);
    buf_dispose(&g.includes);
    buf_dispose(&g.literal);
    return 0;
}
