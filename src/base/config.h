/* Configuration: one alphabetical, typed table; environment over `.env` over defaults; constant after start.
 *
 * Every mistake is listed at once, with the name, what was wrong and an example.
 */
#pragma once
#include "base/buf.h"
#include "base/period.h"

enum config_key {
    CONFIG_ADZUNA_APP_ID,
    CONFIG_ADZUNA_APP_KEY,
    CONFIG_ADZUNA_BASE_URL,
    CONFIG_ADZUNA_COUNTRY,
    CONFIG_AI_BUDGET,
    CONFIG_AI_TOKEN_BUDGET,
    CONFIG_BASE_URL,
    CONFIG_DATABASE_LISTEN_URL,
    CONFIG_DATABASE_URL,
    CONFIG_DATA_DIR,
    CONFIG_DEV_STATEMENTS,
    CONFIG_JOOBLE_API_KEY,
    CONFIG_JOOBLE_BASE_URL,
    CONFIG_LISTEN,
    CONFIG_LOG_FORMAT,
    CONFIG_LOG_LEVEL,
    CONFIG_METRICS_ALLOW,
    CONFIG_METRICS_TOKEN,
    CONFIG_PAYLOAD_KEYS,
    CONFIG_QUOTA_ADZUNA,
    CONFIG_QUOTA_JOOBLE,
    CONFIG_SCHEDULE_TIME_ZONE,
    CONFIG_TRUSTED_PROXIES,
    CONFIG_WORKERS,
    CONFIG_COUNT
};

enum config_type {
    CONFIG_TEXT,
    CONFIG_INT,
    CONFIG_URL,
    CONFIG_LISTEN_ADDRESS,
    CONFIG_PATH,
    CONFIG_ADDRESS_LIST,
    CONFIG_CHOICE,
    CONFIG_TIME_ZONE,
    CONFIG_LIMITS,       /* "minute=25 day=250" */
    CONFIG_MONEY_LIMITS, /* in dollars, "day=2.50" */
};

struct config_entry {
    const char *name;
    enum config_type type;
    const char *fallback; /* default as text; NULL: unset */
    const char *example;
    const char *help;
    const char *choices; /* "a|b" for CONFIG_CHOICE; schemes of CONFIG_URL */
    int64_t min, max;    /* CONFIG_INT; CONFIG_TEXT: at least `min` bytes */
    bool secret;
};

/* Reads `.env` in the working directory (if any), then the environment. Mistakes are appended to `mistakes`, one a line. */
enum err config_load(struct buf *mistakes) MUST_CHECK;
/* Overrides one entry (command line); checked like the environment. */
enum err config_set(enum config_key key, const char *value) MUST_CHECK;
const struct config_entry *config_table(void); /* CONFIG_COUNT entries, by name */
struct str config_text(enum config_key key);   /* "" when unset */
const char *config_cstr(enum config_key key);  /* NULL when unset */
int64_t config_int(enum config_key key);
/* Of CONFIG_LIMITS and, in millionths of a dollar, CONFIG_MONEY_LIMITS; PERIOD_NO_LIMIT where there is none. */
void config_limits(enum config_key key, int64_t limits[PERIOD_COUNT]);
bool config_is_set(enum config_key key);
const char *config_source(enum config_key key); /* "default", ".env", "environment", "command line" */
