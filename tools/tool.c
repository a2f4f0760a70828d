/* See tool.h. */
#include "tool.h"
#include "base/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOOL_FILE_MAX ((size_t)256 << 20)
#define LITERAL_MAX 2000

static struct arena arena;
static int reports;

struct arena *tool_arena(void) { return &arena; }

int tool_arguments(int argc, char **argv, const struct tool_option *options, const char *usage, const char ***rest)
{
    const char **others = arena_array(&arena, const char *, (size_t)argc + 1);
    int count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            puts(usage);
            exit(0);
        }
        const struct tool_option *option = options;
        while (option->name && strcmp(option->name, argv[i]) != 0) option++;
        if (option->name && i + 1 < argc) {
            *option->value = argv[++i];
        } else if (option->name || argv[i][0] == '-') {
            fprintf(stderr, "%s: %s\n%s\n", argv[i], option->name ? "needs a value" : "unknown option", usage);
            exit(2);
        } else {
            others[count++] = argv[i];
        }
    }
    *rest = others;
    return count;
}

void tool_usage(const char *usage)
{
    fprintf(stderr, "%s\n", usage);
    exit(2);
}

static void print_report(const char *file, int line, const char *format, va_list args)
{
    if (line > 0) fprintf(stderr, "%s:%d: ", file, line);
    else fprintf(stderr, "%s: ", file);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void tool_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_report(file, line, format, args);
    va_end(args);
    exit(1);
}

void tool_report(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_report(file, line, format, args);
    va_end(args);
    reports++;
}

int tool_reports(void) { return reports; }

struct str tool_read(const char *path)
{
    struct str content;
    if (file_read(&arena, path, TOOL_FILE_MAX, &content) != OK) tool_fail(path, 0, "%s", err_detail());
    return content;
}

static bool holds(const char *path, struct str content)
{
    struct str old;
    return access(path, R_OK) == 0 && file_read(&arena, path, TOOL_FILE_MAX, &old) == OK && str_equal(old, content);
}

void tool_write(const char *path, const struct buf *content)
{
    if (content->overflow) tool_fail(path, 0, "the generated text is too large");
    if (holds(path, buf_str(content))) return;
    FILE *file = fopen(path, "wb");
    if (!file) tool_fail(path, 0, "cannot be written");
    bool written = content->len == 0 || fwrite(content->ptr, 1, content->len, file) == content->len;
    if (fclose(file) != 0 || !written) {
        remove(path);
        tool_fail(path, 0, "cannot be written");
    }
}

static struct str after_source_root(struct str path)
{
    for (size_t i = path.len; i-- > 0;) {
        struct str rest = str_slice(path, i, path.len);
        if (str_starts(rest, STR("src/")) && (i == 0 || path.ptr[i - 1] == '/')) return str_slice(rest, 4, rest.len);
    }
    return path;
}

void tool_place(const char *path, const char *root, struct str *directory, struct str *base)
{
    struct str rest = str_from(path);
    if (root) {
        struct str prefix = str_from(root);
        if (!str_starts(rest, prefix)) tool_fail(path, 0, "does not lie below %s", root);
        rest = str_slice(rest, prefix.len, rest.len);
        while (rest.len > 0 && rest.ptr[0] == '/') rest = str_slice(rest, 1, rest.len);
    } else {
        rest = after_source_root(rest);
    }
    size_t slash = rest.len;
    while (slash > 0 && rest.ptr[slash - 1] != '/') slash--;
    *directory = str_slice(rest, 0, slash > 0 ? slash - 1 : 0);
    *base = str_slice(rest, slash, rest.len);
}

void tool_c_escape(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n') buf_append(out, "\\n", 2);
        else if (c == '"' || c == '\\' || c == '?') buf_append_format(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f) buf_append_format(out, "\\%03o", c);
        else buf_append_char(out, (char)c);
    }
}

void tool_c_string(struct buf *out, struct str text)
{
    size_t start = 0;
    do {
        size_t end = start + LITERAL_MAX < text.len ? start + LITERAL_MAX : text.len;
        if (start > 0) buf_append_char(out, '\n');
        buf_append_char(out, '"');
        tool_c_escape(out, str_slice(text, start, end));
        buf_append_char(out, '"');
        start = end;
    } while (start < text.len);
}

bool tool_is_name(struct str s)
{
    if (s.len == 0 || !tool_is_lower(s.ptr[0])) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!tool_is_lower(s.ptr[i]) && !tool_is_digit(s.ptr[i]) && s.ptr[i] != '_') return false;
    return true;
}
