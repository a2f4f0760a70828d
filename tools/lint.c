/* lint: the rules of the house that a compiler does not know. `lint ROOT` prints file:line: message and fails on any.
 *
 * Each C file is read once: comments and literals are checked where they stand and blanked, and the rest, which is code alone,
 * is searched for calls, functions and types. All rules are tables below. A line that must break a rule says why in a comment
 * on it or right above: `lint: allow RULE, because ...` with RULE one of floor, banned, header, markup, sql, length.
 */
#include "tool.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_LINES_MAX = 700, FUNCTION_LINES_MAX = 80, FUNCTION_LINES_WARN = 60 };

/* The floors of the house, lowest first: a file includes its own height and below. What stands in src/ itself is the top. */
static const struct {
    const char *folder;
    int height;
} floors[] = {
    {"base", 0}, {"json", 1}, {"html", 1},  {"db", 1},       {"http", 2},   {"security", 2},
    {"bus", 3},  {"ai", 3},   {"pages", 4}, {"features", 5}, {"agents", 6}, {"commands", 7},
};
enum { TOP = 8 };

static const char *const banned_functions[] = {"strcpy", "strcat", "sprintf", "vsprintf", "gets",   "strtok",
                                               "sscanf", "atoi",   "atol",    "alloca",   "system", "popen"};

/* Headers of heavy libraries, and the folders that may include them. A name that ends in / stands for all below it. */
static const struct {
    const char *header;
    const char *folders[4];
} heavy_headers[] = {
    {"microhttpd.h", {"src/http"}},
    {"wslay/", {"src/http"}},
    {"curl/", {"src/http"}},
    {"libpq-fe.h", {"src/db"}},
    {"sqlite3.h", {"src/db"}},
    {"jansson.h", {"src/json"}},
    {"glib.h", {"src/base"}},
    {"sodium.h", {"src/security", "src/base", "tools"}},
    {"archive.h", {"src/ai"}},
    {"archive_entry.h", {"src/ai"}},
    {"libxml/", {"src/ai"}},
    {"seccomp.h", {"src/ai"}},
    {"utf8proc.h", {"src/ai"}},
};

/* How a literal that is SQL begins. */
static const char *const sql_starts[] = {"SELECT ",      "INSERT INTO ", "UPDATE ",     "DELETE FROM ",
                                         "CREATE TABLE", "ALTER TABLE",  "DROP TABLE ", "WITH RECURSIVE "};

/* Words that promise work instead of doing it; spelled so that this file passes. */
static const char *const markers[] = {"TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"};

struct source {
    const char *path;   /* as printed */
    struct str place;   /* relative to the root: "src/db/db.c" */
    struct str text;
    char *code;         /* text with comments and literals blanked, same length */
};

static int warnings;

/* ---- places ---- */

static int line_of(const struct source *s, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at && i < s->text.len; i++) line += s->text.ptr[i] == '\n';
    return line;
}

static bool stands_in(struct str place, const char *folder)
{
    struct str prefix = str_from(folder);
    return str_starts(place, prefix) && place.len > prefix.len && place.ptr[prefix.len] == '/';
}

/* Start of the line that contains `at`. */
static size_t line_start(struct str text, size_t at)
{
    while (at > 0 && text.ptr[at - 1] != '\n') at--;
    return at;
}

static bool is_allowed(const struct source *s, size_t at, const char *rule)
{
    size_t start = line_start(s->text, at);
    if (start > 0) start = line_start(s->text, start - 1);
    size_t end = str_find_char(s->text, '\n', at);
    struct str lines = str_slice(s->text, start, end == STR_NPOS ? s->text.len : end);
    return str_contains(lines, str_format(tool_arena(), "lint: allow %s, because ", rule));
}

#define report(s, at, rule, ...)                                                                                       \
    do {                                                                                                               \
        if (!is_allowed(s, at, rule)) tool_report((s)->path, line_of(s, at), __VA_ARGS__);                             \
    } while (0)

/* ---- includes ---- */

static struct str first_folder(struct str path)
{
    size_t slash = str_find_char(path, '/', 0);
    return slash == STR_NPOS ? (struct str){0} : str_slice(path, 0, slash);
}

static int height_of(struct str path)
{
    struct str folder = first_folder(path);
    for (size_t i = 0; i < COUNT_OF(floors); i++)
        if (str_equal(folder, str_from(floors[i].folder))) return floors[i].height;
    return folder.len == 0 ? TOP : -1;
}

/* "skills" for "features/skills/store.h", "" for what stands in features/ itself or elsewhere. */
static struct str feature_of(struct str path)
{
    if (!str_starts(path, STR("features/"))) return (struct str){0};
    return first_folder(str_slice(path, 9, path.len));
}

static void check_own_include(const struct source *s, size_t at, struct str header)
{
    struct str place = str_slice(s->place, 4, s->place.len);
    int own = height_of(place), other = height_of(header);
    if (own < 0) {
        tool_report(s->path, 1, "the folder has no floor: add it to the table in tools/lint.c");
        return;
    }
    struct str folder = first_folder(header);
    if (other >= 0 && folder.len > 0 && other > own)
        report(s, at, "floor", "%.*s is above this floor", STR_ARG(header));
    struct str feature = feature_of(place), wanted = feature_of(header);
    if (feature.len > 0 && wanted.len > 0 && !str_equal(feature, wanted))
        report(s, at, "floor", "the feature %.*s includes a header of the feature %.*s: use an event or the store",
               STR_ARG(feature), STR_ARG(wanted));
}

static void check_heavy_include(const struct source *s, size_t at, struct str header)
{
    for (size_t i = 0; i < COUNT_OF(heavy_headers); i++) {
        struct str heavy = str_from(heavy_headers[i].header);
        if (!str_equal(header, heavy) && !(str_ends(heavy, STR("/")) && str_starts(header, heavy))) continue;
        bool is_home = false;
        for (size_t f = 0; f < COUNT_OF(heavy_headers[i].folders) && heavy_headers[i].folders[f]; f++)
            is_home |= stands_in(s->place, heavy_headers[i].folders[f]);
        if (!is_home)
            report(s, at, "header", "%.*s is included in %s only", STR_ARG(header), heavy_headers[i].folders[0]);
    }
}

static void check_includes(const struct source *s)
{
    size_t at = 0;
    while (at < s->text.len) {
        size_t end = str_find_char(s->text, '\n', at);
        if (end == STR_NPOS) end = s->text.len;
        struct str line = str_trim(str_slice(s->text, at, end));
        if (str_starts(line, STR("#include "))) {
            struct str name = str_trim(str_slice(line, 9, line.len));
            size_t close = name.len > 0 ? str_find_char(name, name.ptr[0] == '<' ? '>' : '"', 1) : STR_NPOS;
            if (close != STR_NPOS) {
                struct str header = str_slice(name, 1, close);
                if (stands_in(s->place, "src") && name.ptr[0] == '"') check_own_include(s, at, header);
                if (!stands_in(s->place, "tests")) check_heavy_include(s, at, header);
            }
        }
        at = end + 1;
    }
}

/* ---- literals and comments ---- */

static bool is_markup(struct str literal)
{
    for (size_t i = 0; i + 1 < literal.len; i++) {
        char next = literal.ptr[i + 1];
        if (literal.ptr[i] == '<' && (tool_is_letter(next) || next == '/' || next == '!')) return true;
    }
    return false;
}

static bool is_sql(struct str literal)
{
    struct str text = str_trim(literal);
    for (size_t i = 0; i < COUNT_OF(sql_starts); i++)
        if (str_starts(text, str_from(sql_starts[i]))) return true;
    return str_contains(literal, STR(" WHERE ")) || str_contains(literal, STR(" VALUES ("));
}

static void check_literal(const struct source *s, size_t at, struct str literal)
{
    size_t start = line_start(s->text, at);
    if (str_starts(str_trim(str_slice(s->text, start, at)), STR("#include"))) return;
    if (!stands_in(s->place, "src") || stands_in(s->place, "src/db") || stands_in(s->place, "src/html")) return;
    if (is_markup(literal)) report(s, at, "markup", "markup in a string: it belongs into a template");
    if (is_sql(literal)) report(s, at, "sql", "SQL in a string: it belongs into a .sql file");
}

static void check_markers(const char *path, struct str text, int first_line)
{
    for (size_t i = 0; i < COUNT_OF(markers); i++) {
        struct str marker = str_from(markers[i]);
        for (size_t at = 0; (at = str_find(text, marker, at)) != STR_NPOS; at += marker.len) {
            char before = at > 0 ? text.ptr[at - 1] : ' ';
            char after = at + marker.len < text.len ? text.ptr[at + marker.len] : ' ';
            if (tool_is_word(before) || tool_is_word(after)) continue;
            int line = first_line;
            for (size_t c = 0; c < at; c++) line += text.ptr[c] == '\n';
            tool_report(path, line, "%.*s: do it, or write down why not", STR_ARG(marker));
        }
    }
}

static size_t end_of_literal(struct str text, size_t at)
{
    char quote = text.ptr[at];
    size_t end = at + 1;
    while (end < text.len && text.ptr[end] != quote && text.ptr[end] != '\n') end += text.ptr[end] == '\\' ? 2 : 1;
    return end < text.len ? end + 1 : text.len;
}

static size_t end_of_comment(struct str text, size_t at)
{
    size_t end = text.ptr[at + 1] == '/' ? str_find_char(text, '\n', at) : str_find(text, STR("*/"), at + 2);
    if (end == STR_NPOS) return text.len;
    return text.ptr[at + 1] == '/' ? end : end + 2;
}

/* Checks literals and comments, and leaves `code` without them. */
static void read_source(struct source *s)
{
    s->code = str_cstr(tool_arena(), s->text);
    for (size_t at = 0; at < s->text.len;) {
        struct str rest = str_slice(s->text, at, s->text.len);
        size_t end = at + 1;
        if (str_starts(rest, STR("//")) || str_starts(rest, STR("/*"))) {
            end = end_of_comment(s->text, at);
            check_markers(s->path, str_slice(s->text, at, end), line_of(s, at));
        } else if (rest.ptr[0] == '"' || (rest.ptr[0] == '\'' && (at == 0 || !tool_is_digit(s->text.ptr[at - 1])))) {
            end = end_of_literal(s->text, at);
            if (rest.ptr[0] == '"') check_literal(s, at, str_slice(s->text, at + 1, end - 1));
        } else {
            at++;
            continue;
        }
        for (size_t i = at; i < end; i++)
            if (s->code[i] != '\n') s->code[i] = ' ';
        at = end;
    }
}

/* ---- code ---- */

static size_t skip_space(const char *code, size_t at)
{
    while (code[at] && tool_is_space(code[at])) at++;
    return at;
}

static void check_word(const struct source *s, size_t at, struct str word)
{
    size_t next = skip_space(s->code, at + word.len);
    char before = at > 0 ? s->code[at - 1] : ' ';
    if (str_equal(word, STR("typedef")) && str_starts(str_from(s->code + next), STR("struct")))
        tool_report(s->path, line_of(s, at), "a struct without typedef");
    if (s->code[next] != '(' || before == '.' || before == '>') return;
    for (size_t i = 0; i < COUNT_OF(banned_functions); i++)
        if (str_equal(word, str_from(banned_functions[i])))
            report(s, at, "banned", "%.*s() is banned", STR_ARG(word));
    if (str_equal(word, STR("html_literal")) && stands_in(s->place, "src") && !stands_in(s->place, "src/html"))
        tool_report(s->path, line_of(s, at), "html_literal() is for compiled templates");
}

static void check_words(const struct source *s)
{
    for (size_t at = 0; s->code[at];) {
        size_t len = 0;
        while (tool_is_word(s->code[at + len])) len++;
        if (len > 0) check_word(s, at, (struct str){s->code + at, len});
        at += len > 0 ? len : 1;
    }
}

/* The start of the function whose body opens at `brace`, or STR_NPOS when the brace opens something else: a body follows `)`. */
static size_t function_start(const char *code, size_t brace)
{
    size_t at = brace;
    while (at > 0 && tool_is_space(code[at - 1])) at--;
    if (at == 0 || code[at - 1] != ')') return STR_NPOS;
    int depth = 0;
    while (at > 0) {
        at--;
        if (code[at] == ')') depth++;
        if (code[at] == '(' && --depth == 0) break;
    }
    while (at > 0 && tool_is_space(code[at - 1])) at--;
    while (at > 0 && tool_is_word(code[at - 1])) at--;
    return at;
}

static void check_function(const struct source *s, size_t start, size_t end)
{
    size_t len = 0;
    while (tool_is_word(s->code[start + len])) len++;
    int first = line_of(s, start), lines = line_of(s, end) - first + 1;
    if (lines > FUNCTION_LINES_MAX) {
        report(s, start, "length", "%.*s() has %d lines, %d are allowed", (int)len, s->code + start, lines, FUNCTION_LINES_MAX);
    } else if (lines > FUNCTION_LINES_WARN) {
        fprintf(stderr, "%s:%d: warning: %.*s() has %d lines, better at most %d\n", s->path, first, (int)len, s->code + start,
                lines, FUNCTION_LINES_WARN);
        warnings++;
    }
}

static void check_functions(const struct source *s)
{
    int depth = 0;
    size_t start = STR_NPOS;
    for (size_t at = 0; s->code[at]; at++) {
        if (s->code[at] == '#' && line_start(s->text, at) == at) {
            /* a directive, with its continuation lines */
            while (s->code[at + 1] && !(s->code[at + 1] == '\n' && s->code[at] != '\\')) at++;
        } else if (s->code[at] == '{') {
            if (depth++ == 0) start = function_start(s->code, at);
        } else if (s->code[at] == '}' && depth > 0 && --depth == 0 && start != STR_NPOS) {
            check_function(s, start, at);
            start = STR_NPOS;
        }
    }
}

static void check_length(const struct source *s)
{
    int lines = line_of(s, s->text.len > 0 ? s->text.len - 1 : 0);
    if (lines > FILE_LINES_MAX) tool_report(s->path, lines, "the file has %d lines, %d are allowed", lines, FILE_LINES_MAX);
}

static void check_c(struct source *s)
{
    read_source(s);
    check_includes(s);
    check_words(s);
    if (!stands_in(s->place, "src")) return;
    check_functions(s);
    check_length(s);
}

/* ---- the tree ---- */

static bool ends_in(struct str name, const char *const *endings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_ends(name, str_from(endings[i]))) return true;
    return false;
}

static void check_file(const char *root, struct str place)
{
    static const char *const c_endings[] = {".c", ".h"};
    static const char *const text_endings[] = {".html", ".sql", ".css", ".js", ".mjs", ".sh"};
    const char *path = str_cstr(tool_arena(), str_format(tool_arena(), "%s/%.*s", root, STR_ARG(place)));
    if (ends_in(place, c_endings, COUNT_OF(c_endings))) {
        struct source s = {.path = path, .place = place, .text = tool_read(path)};
        check_c(&s);
    } else if (ends_in(place, text_endings, COUNT_OF(text_endings))) {
        check_markers(path, tool_read(path), 1);
    }
}

static int compare_str(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

/* `place` is below the root. A folder that does not exist is empty. */
static void check_folder(const char *root, struct str place)
{
    const char *path = str_cstr(tool_arena(), str_format(tool_arena(), "%s/%.*s", root, STR_ARG(place)));
    DIR *directory = opendir(path);
    if (!directory) return;
    struct str_list names = {0};
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "node_modules") != 0)
            str_list_add(tool_arena(), &names,
                         str_format(tool_arena(), "%.*s/%s", STR_ARG(place), entry->d_name));
    closedir(directory);
    if (names.count > 0) qsort(names.items, names.count, sizeof names.items[0], compare_str);
    for (size_t i = 0; i < names.count; i++) {
        struct stat status;
        const char *child = str_cstr(tool_arena(), str_format(tool_arena(), "%s/%.*s", root, STR_ARG(names.items[i])));
        if (lstat(child, &status) != 0) continue;
        if (S_ISDIR(status.st_mode)) check_folder(root, names.items[i]);
        else if (S_ISREG(status.st_mode)) check_file(root, names.items[i]);
    }
}

static const char usage[] = "usage: lint ROOT\nChecks src, tools, tests, migrations and assets below ROOT. Exit status 1 when a rule is broken.";

int main(int argc, char **argv)
{
    const char **inputs;
    const struct tool_option options[] = {{NULL, NULL}};
    if (tool_arguments(argc, argv, options, usage, &inputs) != 1) tool_usage(usage);
    static const char *const folders[] = {"src", "tools", "tests", "migrations", "assets"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) check_folder(inputs[0], str_from(folders[i]));
    if (tool_reports() > 0) fprintf(stderr, "lint: %d broken rules, %d warnings\n", tool_reports(), warnings);
    return tool_reports() > 0;
}
