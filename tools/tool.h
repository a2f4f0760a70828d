/* What the build-time generators share: command line, diagnostics, C source text, output files.
 *
 * A generator stops at its first mistake with `file:line: message` on standard error and exit status 1 (2 for wrong usage),
 * and leaves no output behind. Tools that read many files (lint, catalogc) use tool_report instead, which counts.
 * All memory lives in one arena until the process ends.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct tool_option {
    const char *name;   /* "--out-c" */
    const char **value; /* set to the argument that follows */
};

/* The arena of this run. */
struct arena *tool_arena(void);

/* Reads `options` (ended by a NULL name) and leaves the other arguments in *rest (NULL-terminated, arena).
 * Wrong usage and --help print `usage` and end the process. Returns the number of other arguments. */
int tool_arguments(int argc, char **argv, const struct tool_option *options, const char *usage, const char ***rest);

/* Prints how the tool is called and ends the process with status 2. */
_Noreturn void tool_usage(const char *usage);

/* Prints `file:line: message` and ends the process with status 1. */
_Noreturn void tool_fail(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);
/* Prints `file:line: message` and counts it; line 0 is left out. */
void tool_report(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);
int tool_reports(void);

/* The whole file; a file that cannot be read ends the process. */
struct str tool_read(const char *path);
/* Writes the file unless it holds just that already, so that what depends on it is not built again. */
void tool_write(const char *path, const struct buf *content);

/* The directory and base name of the part of `path` after the source root: "features/skills" and "list.html" for
 * "../src/features/skills/list.html". The root is `root` when given, else the last directory named "src". */
void tool_place(const char *path, const char *root, struct str *directory, struct str *base);

/* Appends `text` escaped for the inside of a C string literal: octal escapes of three digits for all but printable ASCII,
 * `\?` so that no trigraph can arise. */
void tool_c_escape(struct buf *out, struct str text);
/* Appends `text` as one or more adjacent C string literals, a line break after each 2,000 bytes. */
void tool_c_string(struct buf *out, struct str text);

static inline bool tool_is_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool tool_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool tool_is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
static inline bool tool_is_letter(char c) { return tool_is_lower(c) || (c >= 'A' && c <= 'Z'); }
static inline bool tool_is_word(char c) { return tool_is_letter(c) || tool_is_digit(c) || c == '_'; }
/* A C identifier in lower case: a letter, then letters, digits and underscores. */
bool tool_is_name(struct str s);
