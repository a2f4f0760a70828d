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
static _Thread_local char context_of_thread[64];

static const char *const level_names[LOG_LEVEL_COUNT] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level) { atomic_store(&lowest_level, (int)level); }

enum log_level log_level_of(const char *name)
{
    for (int level = 0; level < LOG_LEVEL_COUNT; level++)
        if (strcmp(name, level_names[level]) == 0) return (enum log_level)level;
    return LOG_INFO;
}

void log_set_context(const char *context)
{
    snprintf(context_of_thread, sizeof context_of_thread, "%s", context ? context : "");
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

static void log_line(enum log_level level, const char *message)
{
    char line[LOG_LINE_MAX];
    int64_t now = clock_now();
    time_t seconds = (time_t)(now / US_PER_SECOND);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t len = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    len += (size_t)snprintf(line + len, sizeof line - len, ".%03dZ %s ", (int)(now % US_PER_SECOND / 1000), level_names[level]);
    if (context_of_thread[0]) {
        line[len++] = '[';
        len = append_escaped(line, len, 512, str_from(context_of_thread));
        line[len++] = ']';
        line[len++] = ' ';
    }
    len = append_escaped(line, len, sizeof line - 1, str_from(message));
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
