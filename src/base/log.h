/* Log: one line an event on standard error, `2026-03-12T09:30:00.123Z level [context] message`, or the same as a JSON object
 * with the members time, level, message and, where there is a context, request or job and trace.
 *
 * Nothing secret is ever passed in: no passwords, tokens, keys, bodies. Control characters in values are escaped, so that
 * a hostile value cannot forge a line.
 */
#pragma once
#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVEL_COUNT };

void log_set_level(enum log_level level);
/* The level of that name ("debug", "info", "warn", "error"); LOG_INFO for any other. */
enum log_level log_level_of(const char *name);
enum log_format { LOG_TEXT, LOG_JSON };
void log_set_format(enum log_format format);
/* What this thread is at ("request", "job"), its id and its trace's, told with each line; NULL for nothing. Ids are copied, cut at 39 bytes. */
void log_set_context(const char *what, const char *id, const char *trace);
void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
/* Logs and ends the process: only for what leaves no way on (out of memory, a broken invariant). */
_Noreturn void log_fatal(const char *format, ...) PRINTF_LIKE(1, 2);
