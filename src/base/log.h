/* Log: one line an event on standard error, `2026-03-12T09:30:00.123Z level [context] message`.
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
/* Short ids (of a request or job, and of its trace) printed with each line of this thread; NULL for none. Copied, cut at 63 bytes. */
void log_set_context(const char *context);
void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
/* Logs and ends the process: only for what leaves no way on (out of memory, a broken invariant). */
_Noreturn void log_fatal(const char *format, ...) PRINTF_LIKE(1, 2);
