/* assetc: turns a folder of built assets into constants of the program (docs/templates.md).
 *
 * Each file gets a public name with eight hexadecimal digits of the SHA-256 of its final content. Style sheets, scripts and
 * manifests that name another asset are rewritten to its public name first, so references are followed depth first and a
 * circle is a mistake. All bytes (plain, gzip, brotli) go into one file that the assembler includes: fast to build at any
 * size, and untouched by link-time optimisation and sanitizers.
 */
#include "tool.h"
#include <brotli/encode.h>
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ASSETS_MAX 512
#define ALIGNMENT 16

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

struct span {
    size_t offset, len;
};

struct file {
    struct str name;
    struct str content; /* after rewriting */
    struct str url;     /* "/assets/app-1f3a9c2e.css" */
    struct str etag;
    const struct type *type;
    enum visit visit;
    struct span identity, gzip, brotli;
};

struct row {
    struct str path;
    const struct file *file;
    bool immutable;
};

static struct file files[ASSETS_MAX];
static size_t files_count;
static struct row rows[2 * ASSETS_MAX];
static size_t rows_count;
static const char *folder;
static struct buf blob;

enum references { REFERENCES_NONE, REFERENCES_CSS, REFERENCES_QUOTED };

static const struct type {
    const char *extension, *content_type;
    bool compresses;
    enum references references;
} types[] = {
    {".bin", "application/octet-stream", true, REFERENCES_NONE},
    {".css", "text/css; charset=utf-8", true, REFERENCES_CSS},
    {".gif", "image/gif", false, REFERENCES_NONE},
    {".html", "text/html; charset=utf-8", true, REFERENCES_NONE},
    {".ico", "image/vnd.microsoft.icon", true, REFERENCES_NONE},
    {".jpg", "image/jpeg", false, REFERENCES_NONE},
    {".js", "text/javascript; charset=utf-8", true, REFERENCES_QUOTED},
    {".json", "application/json", true, REFERENCES_NONE},
    {".mjs", "text/javascript; charset=utf-8", true, REFERENCES_QUOTED},
    {".mp3", "audio/mpeg", false, REFERENCES_NONE},
    {".png", "image/png", false, REFERENCES_NONE},
    {".svg", "image/svg+xml", true, REFERENCES_NONE},
    {".txt", "text/plain; charset=utf-8", true, REFERENCES_NONE},
    {".wasm", "application/wasm", true, REFERENCES_NONE},
    {".webmanifest", "application/manifest+json", true, REFERENCES_QUOTED},
    {".webp", "image/webp", false, REFERENCES_NONE},
    {".woff2", "font/woff2", false, REFERENCES_NONE},
    {".xml", "application/xml", true, REFERENCES_NONE},
};

static const char *path_of(struct str name)
{
    return str_cstr(tool_arena(), str_format(tool_arena(), "%s/%.*s", folder, STR_ARG(name)));
}

static size_t extension_at(struct str name)
{
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.') dot--;
    return dot > 0 ? dot - 1 : name.len;
}

static struct file *find_file(struct str name)
{
    for (size_t i = 0; i < files_count; i++)
        if (str_equal(files[i].name, name)) return &files[i];
    return NULL;
}

/* ---- reading the folder ---- */

static int compare_names(const void *a, const void *b)
{
    return str_compare(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void add_file(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!tool_is_word(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '.')
            tool_fail(path_of(name), 0, "the name has a character other than letters, digits, - _ and .");
    if (files_count == ASSETS_MAX) tool_fail(folder, 0, "more than %d files", ASSETS_MAX);
    struct file *file = &files[files_count++];
    file->name = name;
    struct str extension = str_slice(name, extension_at(name), name.len);
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_equal(extension, str_from(types[i].extension))) file->type = &types[i];
    if (!file->type) tool_fail(path_of(name), 0, "the content type of %.*s is not known", STR_ARG(name));
}

static void read_folder(void)
{
    DIR *directory = opendir(folder);
    if (!directory) tool_fail(folder, 0, "cannot be read");
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (entry->d_name[0] != '.') add_file(str_copy(tool_arena(), str_from(entry->d_name)));
    closedir(directory);
    qsort(files, files_count, sizeof files[0], compare_names);
}

/* ---- references and names ---- */

static void finish_file(struct file *file);

/* Appends the public address of `reference` when it names an asset ("x.svg", "./x.svg", "/assets/x.svg"). A query or
 * fragment stays behind it. */
static bool append_reference(struct buf *out, struct str reference)
{
    struct str name = reference;
    if (str_starts(name, STR("./"))) name = str_slice(name, 2, name.len);
    else if (str_starts(name, STR("/assets/"))) name = str_slice(name, 8, name.len);
    size_t end = 0;
    while (end < name.len && name.ptr[end] != '?' && name.ptr[end] != '#') end++;
    struct file *target = end > 0 ? find_file(str_slice(name, 0, end)) : NULL;
    if (!target) return false;
    finish_file(target);
    buf_append_str(out, target->url);
    buf_append_str(out, str_slice(name, end, name.len));
    return true;
}

static int line_of(struct str text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++) line += text.ptr[i] == '\n';
    return line;
}

static bool is_elsewhere(struct str reference)
{
    return reference.len == 0 || reference.ptr[0] == '#' || str_starts(reference, STR("data:")) ||
           str_starts(reference, STR("http:")) || str_starts(reference, STR("https:"));
}

/* url(x), url("x"), url('x') in a style sheet. */
static void rewrite_css(struct file *file, struct str text, struct buf *out)
{
    size_t at = 0;
    for (size_t found; (found = str_find(text, STR("url("), at)) != STR_NPOS;) {
        size_t start = found + 4;
        char quote = start < text.len && (text.ptr[start] == '"' || text.ptr[start] == '\'') ? text.ptr[start++] : ')';
        size_t end = str_find_char(text, quote, start);
        if (end == STR_NPOS) tool_fail(path_of(file->name), line_of(text, found), "url( is not closed");
        struct str reference = str_slice(text, start, end);
        buf_append_str(out, str_slice(text, at, start));
        if (!append_reference(out, reference)) {
            if (!is_elsewhere(reference))
                tool_fail(path_of(file->name), line_of(text, found), "url(%.*s) is no asset", STR_ARG(reference));
            buf_append_str(out, reference);
        }
        at = end;
    }
    buf_append_str(out, str_slice(text, at, text.len));
}

/* A quoted "./x" or "/assets/x" in a script or manifest. */
static void rewrite_quoted(struct file *file, struct str text, struct buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        char quote = text.ptr[i];
        struct str rest = str_slice(text, i + 1, text.len);
        bool is_own = str_starts(rest, STR("/assets/"));
        if ((quote != '"' && quote != '\'') || (!is_own && !str_starts(rest, STR("./")))) continue;
        size_t end = str_find_char(rest, quote, 0);
        if (end == STR_NPOS) continue;
        buf_append_str(out, str_slice(text, at, i + 1));
        at = i + 1;
        struct str reference = str_slice(rest, 0, end);
        if (append_reference(out, reference)) at = i + 1 + end;
        else if (is_own) tool_fail(path_of(file->name), line_of(text, i), "%.*s is no asset", STR_ARG(reference));
    }
    buf_append_str(out, str_slice(text, at, text.len));
}

static void name_file(struct file *file)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)file->content.ptr, file->content.len);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    size_t dot = extension_at(file->name);
    file->url = str_format(tool_arena(), "/assets/%.*s-%.8s%.*s", STR_ARG(str_slice(file->name, 0, dot)), hex,
                           STR_ARG(str_slice(file->name, dot, file->name.len)));
    file->etag = str_format(tool_arena(), "W/\"%.16s\"", hex);
}

static void finish_file(struct file *file)
{
    if (file->visit == VISIT_DONE) return;
    if (file->visit == VISIT_OPEN) tool_fail(path_of(file->name), 0, "refers to itself, perhaps through another asset");
    file->visit = VISIT_OPEN;
    struct str text = tool_read(path_of(file->name));
    if (text.len == 0) tool_fail(path_of(file->name), 0, "is empty");
    struct buf out = {0};
    if (file->type->references == REFERENCES_CSS) rewrite_css(file, text, &out);
    else if (file->type->references == REFERENCES_QUOTED) rewrite_quoted(file, text, &out);
    file->content = file->type->references == REFERENCES_NONE ? text : str_copy(tool_arena(), buf_str(&out));
    if (out.overflow) tool_fail(path_of(file->name), 0, "is too large");
    buf_dispose(&out);
    name_file(file);
    file->visit = VISIT_DONE;
}

/* ---- the bytes ---- */

static struct span add_bytes(const void *bytes, size_t len)
{
    while (blob.len % ALIGNMENT != 0) buf_append_char(&blob, 0);
    struct span span = {blob.len, len};
    buf_append(&blob, bytes, len);
    return span;
}

static struct span add_gzip(struct str content)
{
    z_stream stream = {0};
    /* 15 + 16: gzip wrapper, which deflateInit2 fills with time 0, so the output depends on the input alone. */
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) tool_fail("gzip", 0, "cannot start");
    size_t room = deflateBound(&stream, content.len);
    unsigned char *out = arena_alloc(tool_arena(), room);
    stream.next_in = (unsigned char *)(uintptr_t)content.ptr;
    stream.avail_in = (unsigned)content.len;
    stream.next_out = out;
    stream.avail_out = (unsigned)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) tool_fail("gzip", 0, "failed");
    size_t len = stream.total_out;
    deflateEnd(&stream);
    return len < content.len ? add_bytes(out, len) : (struct span){0};
}

static struct span add_brotli(struct str content)
{
    size_t len = BrotliEncoderMaxCompressedSize(content.len);
    unsigned char *out = arena_alloc(tool_arena(), len);
    if (!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_GENERIC, content.len,
                               (const unsigned char *)content.ptr, &len, out))
        tool_fail("brotli", 0, "failed");
    return len < content.len ? add_bytes(out, len) : (struct span){0};
}

static void embed_files(void)
{
    buf_init(&blob, (size_t)1 << 30);
    for (size_t i = 0; i < files_count; i++) {
        struct file *file = &files[i];
        finish_file(file);
        file->identity = add_bytes(file->content.ptr, file->content.len);
        if (!file->type->compresses) continue;
        file->gzip = add_gzip(file->content);
        file->brotli = add_brotli(file->content);
    }
}

/* ---- the table ---- */

static int compare_rows(const void *a, const void *b)
{
    return str_compare(((const struct row *)a)->path, ((const struct row *)b)->path);
}

static void make_rows(const char *root_list)
{
    for (size_t i = 0; i < files_count; i++) rows[rows_count++] = (struct row){files[i].url, &files[i], true};
    struct str rest = root_list ? tool_read(root_list) : (struct str){0}, line;
    for (int number = 1; str_split_next(&rest, '\n', &line); number++) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#') continue;
        struct file *file = find_file(line);
        if (!file) tool_fail(root_list, number, "there is no asset %.*s", STR_ARG(line));
        struct str path = str_format(tool_arena(), "/%.*s", STR_ARG(line));
        for (size_t i = 0; i < rows_count; i++)
            if (str_equal(rows[i].path, path)) tool_fail(root_list, number, "%.*s stands here twice", STR_ARG(line));
        rows[rows_count++] = (struct row){path, file, false};
    }
    qsort(rows, rows_count, sizeof rows[0], compare_rows);
}

static void put_text(struct buf *out, struct str text)
{
    buf_append_str(out, STR("STR_INIT("));
    tool_c_string(out, text);
    buf_append_str(out, STR("), "));
}

static void put_span(struct buf *out, struct span span)
{
    if (span.len == 0) buf_append_str(out, STR("{NULL, 0}, "));
    else buf_append_format(out, "{asset_bytes + %zu, %zu}, ", span.offset, span.len);
}

static void write_table(const char *path)
{
    struct buf out = {0};
    buf_append_str(&out, STR("/* Generated by tools/assetc. */\n#include \"http/assets.h\"\n\n"
                             "extern const char asset_bytes[];\n\nconst struct asset assets_table[] = {\n"));
    for (size_t i = 0; i < rows_count; i++) {
        const struct file *file = rows[i].file;
        buf_append_str(&out, STR("    {"));
        put_text(&out, rows[i].path);
        put_text(&out, str_from(file->type->content_type));
        put_text(&out, file->etag);
        put_span(&out, file->identity);
        put_span(&out, file->gzip);
        put_span(&out, file->brotli);
        buf_append_format(&out, "%s},\n", rows[i].immutable ? "true" : "false");
    }
    buf_append_format(&out, "};\nconst size_t assets_count = %zu;\n", rows_count);
    tool_write(path, &out);
    buf_dispose(&out);
}

static void write_urls(const char *path)
{
    struct buf out = {0};
    buf_append_str(&out, STR("/* Generated by tools/assetc: the address of each asset. */\n#pragma once\n"));
    for (size_t i = 0; i < files_count; i++) {
        buf_append_str(&out, STR("#define ASSET_URL_"));
        for (size_t c = 0; c < files[i].name.len; c++)
            buf_append_char(&out, tool_is_word(files[i].name.ptr[c]) ? files[i].name.ptr[c] : '_');
        buf_append_format(&out, " \"%.*s\"\n", STR_ARG(files[i].url));
    }
    tool_write(path, &out);
    buf_dispose(&out);
}

/* The hash in the comment changes with the bytes, so that the assembler runs again: it reports no dependencies. */
static void write_assembly(const char *path, const char *bin)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)blob.ptr, blob.len);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    char *absolute = realpath(bin, NULL);
    if (!absolute) tool_fail(bin, 0, "cannot be found again");
    struct buf out = {0};
    buf_append_format(&out, "/* Generated by tools/assetc from bytes %s. */\n", hex);
    buf_append_format(&out,
                      "    .section .rodata\n    .balign %d\n    .globl asset_bytes\n    .hidden asset_bytes\n"
                      "    .type asset_bytes, %%object\nasset_bytes:\n    .incbin \"%s\"\n    .byte 0\n"
                      "    .size asset_bytes, . - asset_bytes\n    .section .note.GNU-stack,\"\",%%progbits\n",
                      ALIGNMENT, absolute);
    tool_write(path, &out);
    buf_dispose(&out);
    free(absolute);
}

static const char usage[] =
    "usage: assetc --out-c FILE --out-h FILE --out-s FILE.S --out-bin FILE [--root-list FILE] DIR\n"
    "Embeds every file of DIR. --root-list: names of files that are also served at /NAME.";

int main(int argc, char **argv)
{
    const char *out_c = NULL, *out_h = NULL, *out_s = NULL, *out_bin = NULL, *root_list = NULL, **inputs;
    const struct tool_option options[] = {{"--out-c", &out_c},     {"--out-h", &out_h},         {"--out-s", &out_s},
                                          {"--out-bin", &out_bin}, {"--root-list", &root_list}, {NULL, NULL}};
    if (tool_arguments(argc, argv, options, usage, &inputs) != 1 || !out_c || !out_h || !out_s || !out_bin)
        tool_usage(usage);
    if (sodium_init() < 0) tool_fail("libsodium", 0, "cannot start");
    folder = inputs[0];
    read_folder();
    if (files_count == 0) tool_fail(folder, 0, "holds no file");
    embed_files();
    make_rows(root_list);
    tool_write(out_bin, &blob);
    write_table(out_c);
    write_urls(out_h);
    write_assembly(out_s, out_bin);
    buf_dispose(&blob);
    return 0;
}
