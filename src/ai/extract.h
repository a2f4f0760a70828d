/* Text of hostile files: PDF, DOCX, Markdown, plain text and JSON Resume.
 *
 * The bytes go to a child process that has no network and no files but the one it was given (Landlock, seccomp), and limits on memory
 * (512 MiB), CPU time (20 s), pages (50) and output (2 MiB). PDF text comes from poppler's pdftotext, run there as a program of its own;
 * DOCX by libarchive and libxml2 with limits on entries and unpacked size. The type is decided by the content, never by the name.
 */
#pragma once
#include "base/str.h"

struct extracted {
    struct str text;  /* UTF-8, \n line ends, control characters removed, columns in reading order */
    const char *type; /* "pdf", "docx", "markdown", "text", "json" (text: as resume_json.h writes it) */
    int pages;        /* 0 when the format has none */
};

/* Errors, each with a sentence for the person: ERR_UNSUPPORTED (another format, password-protected), ERR_INVALID (broken, empty, or a scan
 * without text), ERR_TOO_LARGE (a bomb, too many pages), ERR_TIMEOUT, ERR_UNAVAILABLE (the sandbox cannot start). */
enum err extract_text(struct arena *arena, struct str media_type_hint, struct str content, struct extracted *out) MUST_CHECK;
bool extract_has_pdf(void);
const char *extract_sandbox_name(void); /* "Landlock and seccomp", "seccomp", ... as this machine offers */
