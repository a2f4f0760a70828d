/* Log: the line is made on the stack and written with one write(2), so that lines of threads never mix and logging that
 * memory is out needs none.
 */
#include "base/log.h"
#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_MESSAGE_MAX 4096
#define LOG_LINE_MAX (LOG_MESSAGE_MAX * 2)

static _Atomic int lowest_level = LOG_INFO;
static _Atomic int format_of_lines = LOG_TEXT;
static _Thread_local struct {
    const char *what; /* NULL: nothing */
    char id[40], trace[40];
} context;

static const char *const level_names[LOG_LEVEL_COUNT] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level) { atomic_store(&lowest_level, (int)level); }

enum log_level log_level_of(const char *name)
{
    for (int level = 0; level < LOG_LEVEL_COUNT; level++)
        if (strcmp(name, level_names[level]) == 0) return (enum log_level)level;
    return LOG_INFO;
}

void log_set_format(enum log_format format) { atomic_store(&format_of_lines, (int)format); }

void log_set_context(const char *what, const char *id, const char *trace)
{
    context.what = what;
    snprintf(context.id, sizeof context.id, "%s", what ? id : "");
    snprintf(context.trace, sizeof context.trace, "%s", what ? trace : "");
}

/* Appends `text` with control characters (C0, DEL, C1) and broken UTF-8 as \xHH; returns the new length. */
static size_t append_escaped(char *line, size_t len, size_t max, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t point = str_utf8_next(text, &at);
        bool broken = point == 0xFFFD && at - start == 1;
        bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        if (len + 8 + (at - start) > max) break;
        if (point == '\n') {
            line[len++] = '\\';
            line[len++] = 'n';
        } else if (broken || control) {
            for (size_t i = start; i < at; i++)
                len += (size_t)snprintf(line + len, max - len, "\\x%02x", (unsigned char)text.ptr[i]);
        } else {
            memcpy(line + len, text.ptr + start, at - start);
            len += at - start;
        }
    }
    return len;
}

static void write_all(const char *bytes, size_t len)
{
    while (len) {
        ssize_t written = write(STDERR_FILENO, bytes, len);
        if (written <= 0) return; /* nowhere left to say so */
        bytes += written;
        len -= (size_t)written;
    }
}

/* Appends `text` as the inside of a JSON string (RFC 8259, 7); broken UTF-8 becomes U+FFFD. */
static size_t append_json(char *line, size_t len, size_t max, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t point = str_utf8_next(text, &at);
        bool broken = point == 0xFFFD && at - start == 1;
        if (len + 8 > max) break;
        if (broken || point < 0x20 || (point >= 0x7F && point < 0xA0)) {
            len += (size_t)snprintf(line + len, max - len, "\\u%04x", (unsigned)point);
        } else {
            if (point == '"' || point == '\\') line[len++] = '\\';
            memcpy(line + len, text.ptr + start, at - start);
            len += at - start;
        }
    }
    return len;
}

static size_t append_time(char *line, size_t max)
{
    int64_t now = clock_now();
    time_t seconds = (time_t)(now / US_PER_SECOND);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t len = strftime(line, max, "%Y-%m-%dT%H:%M:%S", &utc);
    return len + (size_t)snprintf(line + len, max - len, ".%03dZ", (int)(now % US_PER_SECOND / 1000));
}

static size_t append(char *line, size_t len, size_t max, const char *text)
{
    size_t more = strlen(text);
    if (more > max - len) more = max - len;
    memcpy(line + len, text, more);
    return len + more;
}

static size_t make_text(char *line, size_t max, enum log_level level, const char *message)
{
    size_t len = append_time(line, max);
    len += (size_t)snprintf(line + len, max - len, " %s ", level_names[level]);
    if (context.what) {
        bool is_request = strcmp(context.what, "request") == 0;
        len += (size_t)snprintf(line + len, max - len, "[%s%s", is_request ? "" : context.what, is_request ? "" : " ");
        len = append_escaped(line, len, 512, str_from(context.id));
        len = append(line, len, max, " ");
        len = append_escaped(line, len, 512, str_from(context.trace));
        len = append(line, len, max, "] ");
    }
    return append_escaped(line, len, max, str_from(message));
}

static size_t make_json(char *line, size_t max, enum log_level level, const char *message)
{
    size_t len = append(line, 0, max, "{\"time\":\"");
    len += append_time(line + len, max - len);
    len += (size_t)snprintf(line + len, max - len, "\",\"level\":\"%s\"", level_names[level]);
    if (context.what) {
        len += (size_t)snprintf(line + len, max - len, ",\"%s\":\"", context.what);
        len = append_json(line, len, 512, str_from(context.id));
        len = append(line, len, max, "\",\"trace\":\"");
        len = append_json(line, len, 512, str_from(context.trace));
        len = append(line, len, max, "\"");
    }
    len = append(line, len, max, ",\"message\":\"");
    len = append_json(line, len, max - 2, str_from(message));
    return append(line, len, max, "\"}");
}

static void log_line(enum log_level level, const char *message)
{
    char line[LOG_LINE_MAX];
    bool is_json = atomic_load_explicit(&format_of_lines, memory_order_relaxed) == LOG_JSON;
    size_t len = (is_json ? make_json : make_text)(line, sizeof line - 1, level, message);
    line[len++] = '\n';
    write_all(line, len);
}

void log_write(enum log_level level, const char *format, ...)
{
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed)) return;
    char message[LOG_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (len >= 0) log_line(level, message);
}

void log_fatal(const char *format, ...)
{
    char message[LOG_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    log_line(LOG_ERROR, len >= 0 ? message : "fatal");
    abort();
}
