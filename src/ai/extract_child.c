/* Design in extract_child.h. */
#include "ai/extract_child.h"

#include "ai/docx.h"
#include "ai/layout.h"
#include "ai/sandbox.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKUP_MAX ((size_t)96 << 20)

static int exit_code_of(enum err result)
{
    switch (result) {
    case OK: return EXTRACT_EXIT_OK;
    case ERR_INVALID: return EXTRACT_EXIT_BROKEN;
    case ERR_TOO_LARGE: return EXTRACT_EXIT_TOO_LARGE;
    case ERR_UNSUPPORTED: return EXTRACT_EXIT_UNSUPPORTED;
    default: return EXTRACT_EXIT_FAILED;
    }
}

/* The libraries must not set up anything lazily that needs a file. _exit: nothing of the parent's is flushed, no leak check runs in
 * the sandbox. */
static _Noreturn void become_program(const char *program)
{
    if (sandbox_enter(program, SANDBOX_LIMITS) != OK) _exit(EXTRACT_EXIT_NO_SANDBOX);
    char last_page[16];
    snprintf(last_page, sizeof(last_page), "%d", LAYOUT_PAGES_MAX + 1);
    const char *const arguments[] = {"pdftotext", "-bbox-layout", "-enc", "UTF-8", "-l", last_page, "-", "-", NULL};
    const char *const environment[] = {"LC_ALL=C", NULL};
    execve(program, (char *const *)arguments, (char *const *)environment);
    _exit(EXTRACT_EXIT_NO_PROGRAM);
}

static bool write_all(struct str bytes)
{
    while (bytes.len) {
        ssize_t written = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = str_slice(bytes, (size_t)written, bytes.len);
    }
    return true;
}

static _Noreturn void answer(enum err result, int pages, const struct buf *text)
{
    if (result != OK) _exit(exit_code_of(result));
    char line[16];
    snprintf(line, sizeof(line), "%d\n", pages);
    bool written = write_all(str_from(line)) && write_all(buf_str(text));
    _exit(written ? EXTRACT_EXIT_OK : EXTRACT_EXIT_FAILED);
}

static enum err read_input(struct buf *input)
{
    buf_init(input, MARKUP_MAX);
    while (!input->overflow) {
        if (!buf_reserve(input, 65536)) break;
        ssize_t got = read(STDIN_FILENO, input->ptr + input->len, 65536);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return err_set(ERR_IO, "the input cannot be read");
        if (got == 0) return OK;
        input->len += (size_t)got;
    }
    return err_set(ERR_TOO_LARGE, "the pages hold too many words");
}

static _Noreturn void read_layout(void)
{
    if (sandbox_enter(NULL, SANDBOX_LIMITS) != OK) _exit(EXTRACT_EXIT_NO_SANDBOX);
    struct buf markup = {0}, text = {0};
    buf_init(&text, EXTRACT_OUTPUT_MAX);
    int pages = 0;
    enum err result = read_input(&markup);
    if (result == OK) result = layout_text(buf_str(&markup), &text, &pages);
    answer(result, pages, &text);
}

static _Noreturn void read_docx(void)
{
    xmlInitParser();
    struct stat info;
    void *content = MAP_FAILED;
    if (fstat(STDIN_FILENO, &info) == 0 && info.st_size > 0)
        content = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (content == MAP_FAILED) _exit(EXTRACT_EXIT_FAILED);
    if (sandbox_enter(NULL, SANDBOX_LIMITS) != OK) _exit(EXTRACT_EXIT_NO_SANDBOX);
    struct buf text = {0};
    buf_init(&text, EXTRACT_OUTPUT_MAX);
    enum err result = docx_text((struct str){content, (size_t)info.st_size}, &text);
    answer(result, 0, &text);
}

void extract_child_main(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[1], EXTRACT_CHILD_OPTION) != 0) return;
    if (strcmp(argv[2], "pdf") == 0 && argc == 4) become_program(argv[3]);
    if (strcmp(argv[2], "layout") == 0 && argc == 3) read_layout();
    if (strcmp(argv[2], "docx") == 0 && argc == 3) read_docx();
    _exit(EXTRACT_EXIT_FAILED);
}
