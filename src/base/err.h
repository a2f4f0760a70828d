/* Errors: one enum for every fallible function.
 *
 * The code says what a caller can do about it; the detail, one line for the log or the person, is set once where the
 * mistake happens and read at the top. Callers pass an error up with TRY. A programming mistake is no error: it asserts.
 */
#pragma once
#include <stddef.h>

enum err {
    OK = 0,
    ERR_INVALID,      /* the input is wrong: the caller can mend it */
    ERR_UNAUTHORIZED, /* nobody is signed in */
    ERR_FORBIDDEN,    /* signed in, but not allowed */
    ERR_NOT_FOUND,
    ERR_CONFLICT,     /* unique or foreign key, or changed in between */
    ERR_TOO_LARGE,
    ERR_UNSUPPORTED,  /* a type or format we do not read */
    ERR_TOO_MANY,     /* a rate limit */
    ERR_TIMEOUT,
    ERR_UNAVAILABLE,  /* try again later */
    ERR_CANCELLED,    /* somebody or something stopped it; nothing was changed */
    ERR_IO,
    ERR_INTERNAL,
    ERR_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

/* Remembers the detail for this thread (cut at 511 bytes) and returns `code`. */
enum err err_set(enum err code, const char *format, ...) PRINTF_LIKE(2, 3);

/* Like err_set, for a cause that is nobody's business: the log and the command line get the detail, pages and the API get `words`, a
 * constant. */
enum err err_set_private(enum err code, const char *words, const char *format, ...) PRINTF_LIKE(3, 4);

/* What to tell people about the last error: the words of err_set_private, else the detail. Valid as err_detail is. */
const char *err_words(void);

/* The last error, put aside while something else may fail. */
struct err_state {
    char detail[512];
    const char *words;
};
void err_save(struct err_state *state);
void err_restore(const struct err_state *state);

/* The detail of the last err_set on this thread; "" when there was none. Valid until the next err_set. */
const char *err_detail(void);

/* "invalid", "not found", ... : stable words for logs. */
const char *err_name(enum err code);

/* The HTTP status that stands for an error: the only such table. OK is 200. */
int err_http_status(enum err code);

#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        enum err try_result_ = (expression);                                                                           \
        if (try_result_ != OK) return try_result_;                                                                     \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define CLEANUP(function) __attribute__((cleanup(function)))
