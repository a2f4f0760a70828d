/* Errors: the detail is kept per thread in a fixed buffer, so that reporting an error never allocates. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct err_state last; /* words: NULL when people may read the detail */

static const struct {
    const char *name;
    int http_status;
} error_kinds[ERR_COUNT] = {
    [OK] = {"ok", 200},
    [ERR_INVALID] = {"invalid", 400},
    [ERR_UNAUTHORIZED] = {"unauthorized", 401},
    [ERR_FORBIDDEN] = {"forbidden", 403},
    [ERR_NOT_FOUND] = {"not found", 404},
    [ERR_CONFLICT] = {"conflict", 409},
    [ERR_TOO_LARGE] = {"too large", 413},
    [ERR_UNSUPPORTED] = {"unsupported", 415},
    [ERR_TOO_MANY] = {"too many", 429},
    [ERR_TIMEOUT] = {"timeout", 504},
    [ERR_UNAVAILABLE] = {"unavailable", 503},
    [ERR_CANCELLED] = {"cancelled", 409},
    [ERR_IO] = {"input/output", 500},
    [ERR_INTERNAL] = {"internal", 500},
};

PRINTF_LIKE(2, 0) static void set(const char *words, const char *format, va_list args)
{
    /* Written aside first: the old detail may be one of the arguments. */
    char text[sizeof last.detail];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len < 0) text[0] = '\0';
    memcpy(last.detail, text, strlen(text) + 1);
    last.words = words;
}

enum err err_set(enum err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(NULL, format, args);
    va_end(args);
    return code;
}

enum err err_set_private(enum err code, const char *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(words, format, args);
    va_end(args);
    return code;
}

const char *err_detail(void) { return last.detail; }

const char *err_words(void) { return last.words ? last.words : last.detail; }

void err_save(struct err_state *state) { *state = last; }

void err_restore(const struct err_state *state) { last = *state; }

const char *err_name(enum err code)
{
    return (unsigned)code < ERR_COUNT ? error_kinds[code].name : "unknown";
}

int err_http_status(enum err code)
{
    return (unsigned)code < ERR_COUNT ? error_kinds[code].http_status : 500;
}
