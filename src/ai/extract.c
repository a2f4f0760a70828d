/* Design in extract.h. The parent of the reading processes (extract_child.h): it decides the type by the content, passes the bytes in a sealed
 * memory file, gathers at most EXTRACT_OUTPUT_MAX bytes, and ends everything at the time limit. For a PDF two processes
 * stand in a row, pdftotext and the reader of its output, each in a sandbox of its own.
 *
 * posix_spawn and not fork: the server has many threads. The children get three descriptors and no environment.
 */
#include "ai/extract.h"

#include "ai/extract_child.h"
#include "ai/resume_json.h"
#include "ai/sandbox.h"
#include "ai/text_clean.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALL_SECONDS 40
#define COMPLAINTS_MAX 4096
#define LEAST_LETTERS 20 /* less than this is no text: a scan with a stray mark */

/* In the environment of a child: a program that does not call extract_child_main must not start itself over and over. */
#define GUARD "CAREERPREP_EXTRACT_CHILD"

/* --- which type ------------------------------------------------------------------------------------------------------------------- */

enum kind { KIND_TEXT, KIND_PDF, KIND_DOCX };

static const char *find_pdf_program(void)
{
    static const char *const places[] = {"/usr/bin/pdftotext", "/usr/local/bin/pdftotext"};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (access(places[i], X_OK) == 0) return places[i];
    return NULL;
}

bool extract_has_pdf(void) { return find_pdf_program() != NULL; }
const char *extract_sandbox_name(void) { return sandbox_name(); }

/* Formats that people upload and that we do not read, by their first bytes. */
static const struct {
    struct str start;
    const char *name;
} unread[] = {
    {STR_INIT("{\\rtf"), "an RTF file"},
    {STR_INIT("\x89PNG"), "a picture"},
    {STR_INIT("\xFF\xD8\xFF"), "a picture"},
    {STR_INIT("GIF8"), "a picture"},
    {STR_INIT("II*"), "a picture"},
    {STR_INIT("MM\0*"), "a picture"},
    {STR_INIT("RIFF"), "a picture or a recording"},
    {STR_INIT("%!PS"), "a PostScript file"},
    {STR_INIT("\x7F" "ELF"), "a program"},
    {STR_INIT("\x1F\x8B"), "a compressed file"},
    {STR_INIT("Rar!"), "a compressed file"},
    {STR_INIT("7z\xBC\xAF"), "a compressed file"},
};

static bool is_web_page(struct str start)
{
    if (start.len == 0 || start.ptr[0] != '<') return false;
    struct str name = str_slice(start, 1, start.len);
    return str_find_ci(str_slice(name, 0, 13), STR("!doctype html"), 0) == 0 || str_find_ci(str_slice(name, 0, 4), STR("html"), 0) == 0;
}

#define OTHER_FORMATS "Upload a PDF, a Word document (.docx), Markdown, plain text or JSON Resume."

static enum err refuse_unread(struct str content)
{
    if (str_starts(content, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))) {
        static const struct str encrypted = STR_INIT("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0");
        if (str_contains(content, encrypted))
            return err_set(ERR_UNSUPPORTED, "This document is protected by a password. Save a copy without it and upload that.");
        return err_set(ERR_UNSUPPORTED, "This is an old Word document (.doc). Save it as .docx or PDF and upload that.");
    }
    struct str start = str_trim(str_slice(content, 0, 1024));
    if (is_web_page(start)) return err_set(ERR_UNSUPPORTED, "This is a web page. " OTHER_FORMATS);
    for (size_t i = 0; i < COUNT_OF(unread); i++)
        if (str_starts(start, unread[i].start)) return err_set(ERR_UNSUPPORTED, "This is %s. " OTHER_FORMATS, unread[i].name);
    return OK;
}

static enum err decide_kind(struct str content, enum kind *kind)
{
    *kind = KIND_TEXT;
    if (content.len == 0) return err_set(ERR_INVALID, "The file is empty.");
    if (str_find(str_slice(content, 0, 1024), STR("%PDF-"), 0) != STR_NPOS) *kind = KIND_PDF;
    else if (str_starts(content, STR("PK\x03\x04")) || str_starts(content, STR("PK\x05\x06"))) *kind = KIND_DOCX;
    else return refuse_unread(content);
    return OK;
}

/* --- the processes ---------------------------------------------------------------------------------------------------------------- */

struct process {
    pid_t pid; /* 0: not started or already waited for */
    int status;
};

/* The pipeline of one file. */
struct reading {
    struct process program, reader; /* program: pdftotext, only for a PDF */
    int output, complaints;         /* read ends; -1 when closed */
    struct buf text, said;          /* said: pdftotext's standard error */
    int64_t deadline;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static enum err sealed_copy(struct str content, int *file)
{
    *file = memfd_create("resume", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*file < 0) return err_set(ERR_UNAVAILABLE, "the file cannot be passed on: %s", strerror(errno));
    for (size_t at = 0; at < content.len;) {
        ssize_t written = write(*file, content.ptr + at, content.len - at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            close_fd(file);
            return err_set(ERR_UNAVAILABLE, "the file cannot be passed on: %s", strerror(errno));
        }
        at += (size_t)written;
    }
    if (lseek(*file, 0, SEEK_SET) != 0 || fcntl(*file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
        close_fd(file);
        return err_set(ERR_UNAVAILABLE, "the file cannot be sealed: %s", strerror(errno));
    }
    return OK;
}

/* Starts this program as a child with these three descriptors and no other. */
static enum err start(const char *const *arguments, int input, int output, int complaints, struct process *process)
{
    if (getenv(GUARD)) return err_set(ERR_INTERNAL, "this program cannot read files: it does not start its reader");
    const char *const environment[] = {GUARD "=1", "LC_ALL=C", "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    /* None of them stands in the three places itself, so that no copy overwrites the source of the next. */
    int bad = input < 3 || output < 3 || complaints < 3 ? EBADF : 0;
    bad = bad ? bad : posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    bad = bad ? bad : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    bad = bad ? bad : posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    bad = bad ? bad : posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    bad = bad ? bad : posix_spawn(&process->pid, "/proc/self/exe", &actions, &attributes, (char *const *)arguments,
                                   (char *const *)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (!bad) return OK;
    process->pid = 0;
    return err_set(ERR_UNAVAILABLE, "the reader cannot be started: %s", strerror(bad));
}

static void wait_for(struct process *process, bool kill_first)
{
    if (process->pid <= 0) return;
    if (kill_first) kill(process->pid, SIGKILL);
    while (waitpid(process->pid, &process->status, 0) < 0 && errno == EINTR) continue;
    process->pid = 0;
}

static enum err start_docx(struct reading *reading, int file)
{
    int pipe_out[2] = {-1, -1};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0 || pipe2(pipe_out, O_CLOEXEC) != 0) {
        close_fd(&nowhere);
        return err_set(ERR_UNAVAILABLE, "the reader cannot be started: %s", strerror(errno));
    }
    const char *const arguments[] = {"careerprep", EXTRACT_CHILD_OPTION, "docx", NULL};
    enum err result = start(arguments, file, pipe_out[1], nowhere, &reading->reader);
    reading->output = pipe_out[0];
    close_fd(&pipe_out[1]);
    close_fd(&nowhere);
    return result;
}

/* file -> pdftotext -> layout -> us, and pdftotext's complaints to us too. */
static enum err start_pdf(struct reading *reading, int file)
{
    const char *program = find_pdf_program();
    if (!program) return err_set(ERR_UNAVAILABLE, "PDF files cannot be read here: the server lacks pdftotext (package poppler-utils).");
    int words[2] = {-1, -1}, text[2] = {-1, -1}, said[2] = {-1, -1};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    enum err result = OK;
    if (nowhere < 0 || pipe2(words, O_CLOEXEC) != 0 || pipe2(text, O_CLOEXEC) != 0 || pipe2(said, O_CLOEXEC) != 0)
        result = err_set(ERR_UNAVAILABLE, "the reader cannot be started: %s", strerror(errno));
    const char *const program_arguments[] = {"careerprep", EXTRACT_CHILD_OPTION, "pdf", program, NULL};
    const char *const reader_arguments[] = {"careerprep", EXTRACT_CHILD_OPTION, "layout", NULL};
    if (result == OK) result = start(program_arguments, file, words[1], said[1], &reading->program);
    if (result == OK) result = start(reader_arguments, words[0], text[1], nowhere, &reading->reader);
    reading->output = text[0];
    reading->complaints = said[0];
    close_fd(&words[0]);
    close_fd(&words[1]);
    close_fd(&text[1]);
    close_fd(&said[1]);
    close_fd(&nowhere);
    return result;
}

/* Reads what is there; false at the end. Beyond the buffer's maximum bytes are counted as overflow and dropped. */
static bool gather_some(int fd, struct buf *into)
{
    char block[32768];
    ssize_t got = read(fd, block, sizeof(block));
    if (got > 0) buf_append(into, block, (size_t)got);
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static enum err gather(struct reading *reading)
{
    while (reading->output >= 0 || reading->complaints >= 0) {
        int64_t left = (reading->deadline - clock_monotonic()) / 1000;
        if (left <= 0) return err_set(ERR_TIMEOUT, "Reading this file took too long. Save it in a simpler form and try again.");
        struct pollfd wait[2] = {{.fd = reading->output, .events = POLLIN}, {.fd = reading->complaints, .events = POLLIN}};
        int ready = poll(wait, 2, (int)left);
        if (ready < 0 && errno != EINTR) return err_set(ERR_IO, "the reader cannot be heard: %s", strerror(errno));
        if (ready <= 0) continue;
        if (wait[0].revents && !gather_some(reading->output, &reading->text)) close_fd(&reading->output);
        if (wait[1].revents && !gather_some(reading->complaints, &reading->said)) close_fd(&reading->complaints);
        if (reading->text.overflow) return err_set(ERR_TOO_LARGE, "This file holds too much text. A resume has a few pages.");
    }
    return OK;
}

/* --- what came of it -------------------------------------------------------------------------------------------------------------- */

#define BROKEN "This file is broken and could not be read. Save it again and upload that."

static enum err judge_reader(int status, bool is_pdf)
{
    if (WIFSIGNALED(status)) {
        if (WTERMSIG(status) == SIGXCPU) return err_set(ERR_TIMEOUT, "Reading this file took too long. Save it in a simpler form and try again.");
        log_warn("the reader of a file ended by signal %d", WTERMSIG(status));
        return err_set(ERR_INVALID, BROKEN);
    }
    switch (WEXITSTATUS(status)) {
    case EXTRACT_EXIT_OK: return OK;
    case EXTRACT_EXIT_BROKEN: return err_set(ERR_INVALID, BROKEN);
    case EXTRACT_EXIT_TOO_LARGE:
        return err_set(ERR_TOO_LARGE, is_pdf ? "This file is too long. We read up to 50 pages." : "This file unpacks to far more than a resume holds.");
    case EXTRACT_EXIT_UNSUPPORTED: return err_set(ERR_UNSUPPORTED, "This is no Word document we can read, or it is protected. " OTHER_FORMATS);
    case EXTRACT_EXIT_NO_SANDBOX: return err_set(ERR_UNAVAILABLE, "Files cannot be read safely on this machine, so none is read. Ask the operator.");
    default: return err_set(ERR_INTERNAL, "the reader failed with code %d", WEXITSTATUS(status));
    }
}

static enum err judge_program(int status, struct str said)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return err_set(ERR_TIMEOUT, "Reading this file took too long. Save it in a simpler form and try again.");
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 0) return OK;
    if (code == EXTRACT_EXIT_NO_SANDBOX || code == EXTRACT_EXIT_NO_PROGRAM) return judge_reader(EXTRACT_EXIT_NO_SANDBOX << 8, true);
    if (str_find_ci(said, STR("incorrect password"), 0) != STR_NPOS || code == 3)
        return err_set(ERR_UNSUPPORTED, "This PDF is protected by a password. Save a copy without it and upload that.");
    if (str_find_ci(said, STR("memory"), 0) != STR_NPOS || str_find_ci(said, STR("bad_alloc"), 0) != STR_NPOS)
        return err_set(ERR_TOO_LARGE, "Reading this file takes too much memory. Save it in a simpler form and try again.");
    return err_set(ERR_INVALID, BROKEN);
}

static size_t letters_in(struct str text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) letters += (unsigned char)text.ptr[i] > ' ';
    return letters;
}

/* Splits "PAGES\n" off what the reader wrote; it is checked like any other input. */
static enum err take_result(struct arena *arena, struct str written, bool is_pdf, struct extracted *out)
{
    struct str first = {0}, rest = written;
    int64_t pages = 0;
    if (!str_split_next(&rest, '\n', &first) || str_to_int(first, &pages) != OK || pages < 0 || pages > 1000)
        return err_set(ERR_INTERNAL, "the reader answered nonsense");
    out->type = is_pdf ? "pdf" : "docx";
    out->pages = (int)pages;
    struct buf clean CLEANUP(buf_dispose) = {0};
    text_clean(&clean, rest);
    out->text = str_copy(arena, str_trim(buf_str(&clean)));
    if (letters_in(out->text) >= LEAST_LETTERS) return OK;
    return is_pdf ? err_set(ERR_INVALID, "There is no text in this PDF: it is empty or a scan. Export it from the program it was written with.")
                  : err_set(ERR_INVALID, "There is no text in this document.");
}

static enum err read_with(struct arena *arena, enum err (*begin)(struct reading *, int), struct str content, struct extracted *out)
{
    struct reading reading = {.output = -1, .complaints = -1, .deadline = clock_monotonic() + WALL_SECONDS * US_PER_SECOND};
    buf_init(&reading.text, EXTRACT_OUTPUT_MAX + 64);
    buf_init(&reading.said, COMPLAINTS_MAX);
    int file = -1;
    enum err result = sealed_copy(content, &file);
    if (result == OK) result = begin(&reading, file);
    close_fd(&file);
    if (result == OK) result = gather(&reading);
    bool is_pdf = begin == start_pdf;
    close_fd(&reading.output);
    close_fd(&reading.complaints);
    wait_for(&reading.program, result != OK);
    wait_for(&reading.reader, result != OK);
    if (result == OK && is_pdf && WIFEXITED(reading.reader.status) && WEXITSTATUS(reading.reader.status) == EXTRACT_EXIT_OK)
        result = judge_program(reading.program.status, buf_str(&reading.said));
    if (result == OK) result = judge_reader(reading.reader.status, is_pdf);
    if (result == OK) result = take_result(arena, buf_str(&reading.text), is_pdf, out);
    buf_dispose(&reading.text);
    buf_dispose(&reading.said);
    return result;
}

/* Markdown when the client says so or a line is a heading with number signs. */
static bool is_markdown(struct str hint, struct str text)
{
    if (str_starts(hint, STR("text/markdown"))) return true;
    struct str line;
    while (str_split_next(&text, '\n', &line)) {
        size_t marks = 0;
        while (marks < line.len && line.ptr[marks] == '#') marks++;
        if (marks >= 1 && marks <= 6 && marks + 1 < line.len && line.ptr[marks] == ' ') return true;
    }
    return false;
}

static enum err read_text(struct arena *arena, struct str hint, struct str content, struct extracted *out)
{
    if (content.len > EXTRACT_OUTPUT_MAX) return err_set(ERR_TOO_LARGE, "This file holds too much text. A resume has a few pages.");
    struct buf decoded CLEANUP(buf_dispose) = {0}, written CLEANUP(buf_dispose) = {0}, clean CLEANUP(buf_dispose) = {0};
    if (!text_decode(&decoded, content)) return err_set(ERR_UNSUPPORTED, "This is no text we can read. " OTHER_FORMATS);
    bool is_json = resume_json_is(buf_str(&decoded));
    if (is_json) TRY(resume_json_write(buf_str(&decoded), &written));
    text_clean(&clean, buf_str(is_json ? &written : &decoded));
    out->text = str_copy(arena, str_trim(buf_str(&clean)));
    if (is_json && out->text.len == 0) return err_set(ERR_INVALID, "There is no text in this JSON Resume.");
    if (out->text.len == 0) return err_set(ERR_INVALID, "The file is empty.");
    out->type = is_json ? "json" : is_markdown(hint, out->text) ? "markdown" : "text";
    return OK;
}

enum err extract_text(struct arena *arena, struct str media_type_hint, struct str content, struct extracted *out)
{
    *out = (struct extracted){0};
    enum kind kind = KIND_TEXT;
    TRY(decide_kind(content, &kind));
    if (kind == KIND_TEXT) return read_text(arena, media_type_hint, content, out);
    return read_with(arena, kind == KIND_PDF ? start_pdf : start_docx, content, out);
}
