/* Configuration: the table, the checks by type, and where each value comes from.
 *
 * A value that is empty counts as unset. The values are heap strings that stay until the process ends; they are set before
 * any thread starts and never change after that, so reading them needs no lock.
 */
#include "base/config.h"
#include "base/dotenv.h"
#include "base/file.h"
#include "base/log.h"
#include "base/time_zone.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define DOTENV_FILE ".env"
#define DOTENV_MAX ((size_t)64 << 10)
#define VALUE_MAX 4096
#define MONEY_DECIMALS 6

static const struct config_entry entries[CONFIG_COUNT] = {
    [CONFIG_ADZUNA_APP_ID] = {.name = "ADZUNA_APP_ID",
                              .type = CONFIG_TEXT,
                              .example = "1a2b3c4d",
                              .help = "With ADZUNA_APP_KEY: looks for job listings at Adzuna every night (developer.adzuna.com gives both)",
                              .secret = true},
    [CONFIG_ADZUNA_APP_KEY] = {.name = "ADZUNA_APP_KEY",
                               .type = CONFIG_TEXT,
                               .example = "0123456789abcdef0123456789abcdef",
                               .help = "The key that belongs to ADZUNA_APP_ID",
                               .secret = true},
    [CONFIG_ADZUNA_BASE_URL] = {.name = "ADZUNA_BASE_URL",
                                .type = CONFIG_URL,
                                .choices = "http|https",
                                .fallback = "https://api.adzuna.com",
                                .example = "https://api.adzuna.com",
                                .help = "Where Adzuna is asked"},
    /* The countries that have a part of Adzuna: src/features/jobs/board.c. */
    [CONFIG_ADZUNA_COUNTRY] = {.name = "ADZUNA_COUNTRY",
                               .type = CONFIG_CHOICE,
                               .choices = "at|au|be|br|ca|ch|de|es|fr|gb|in|it|mx|nl|nz|pl|sg|us|za",
                               .example = "gb",
                               .help = "Country of Adzuna to search for places whose country is not known, and for remote work; unset: these are left out"},
    [CONFIG_AI_BUDGET] = {.name = "AI_BUDGET",
                          .type = CONFIG_MONEY_LIMITS,
                          .fallback = "day=5 month=50", /* ours: a mistake costs a lunch, not a salary */
                          .example = "day=2.50 month=20",
                          .help = "Most that language models may cost, in US dollars, for each minute, day, week, month or lifetime named"},
    [CONFIG_AI_TOKEN_BUDGET] = {.name = "AI_TOKEN_BUDGET",
                                .type = CONFIG_LIMITS,
                                .example = "day=2000000",
                                .help = "Most tokens that language models may read and write, for models without a price"},
    [CONFIG_BASE_URL] = {.name = "BASE_URL",
                         .type = CONFIG_URL,
                         .choices = "http|https",
                         .example = "https://careers.example.org",
                         .help = "Public address of this server, for links in mails and for secure cookies"},
    [CONFIG_DATABASE_LISTEN_URL] = {.name = "DATABASE_LISTEN_URL",
                                    .type = CONFIG_URL,
                                    .choices = "postgres|postgresql",
                                    .example = "postgres://user:password@db.internal/careerprep",
                                    .help = "When DATABASE_URL leads to a pooler: a way past it, on which processes hear of each other",
                                    .secret = true},
    [CONFIG_DATABASE_URL] = {.name = "DATABASE_URL",
                             .type = CONFIG_URL,
                             .choices = "postgres|postgresql",
                             .example = "postgres://user:password@localhost/careerprep",
                             .help = "Database server; when unset, SQLite in DATA_DIR",
                             .secret = true},
    [CONFIG_DATA_DIR] = {.name = "DATA_DIR",
                         .type = CONFIG_PATH,
                         .fallback = "./data",
                         .example = "/var/lib/careerprep",
                         .help = "Folder of the database and of uploaded files"},
    [CONFIG_DEV_STATEMENTS] = {.name = "DEV_STATEMENTS",
                               .type = CONFIG_CHOICE,
                               .choices = "off|header",
                               .fallback = "off",
                               .example = "header",
                               .help = "For developers: tells with each answer, in X-Statements, how many statements its request ran"},
    [CONFIG_JOOBLE_API_KEY] = {.name = "JOOBLE_API_KEY",
                               .type = CONFIG_TEXT,
                               .example = "01234567-89ab-cdef-0123-456789abcdef",
                               .help = "Looks for job listings at Jooble every night (jooble.org/api/about gives one)",
                               .secret = true},
    [CONFIG_JOOBLE_BASE_URL] = {.name = "JOOBLE_BASE_URL",
                                .type = CONFIG_URL,
                                .choices = "http|https",
                                .fallback = "https://jooble.org",
                                .example = "https://de.jooble.org",
                                .help = "Where Jooble is asked: its site of the country that people look for work in"},
    [CONFIG_LISTEN] = {.name = "LISTEN",
                       .type = CONFIG_LISTEN_ADDRESS,
                       .fallback = "127.0.0.1:8080",
                       .example = "127.0.0.1:8080",
                       .help = "Address and port to listen on; an IPv6 address stands in brackets"},
    [CONFIG_LOG_FORMAT] = {.name = "LOG_FORMAT",
                           .type = CONFIG_CHOICE,
                           .choices = "text|json",
                           .fallback = "text",
                           .example = "json",
                           .help = "How the log is written: lines for people, or a JSON object a line for programs"},
    [CONFIG_LOG_LEVEL] = {.name = "LOG_LEVEL",
                          .type = CONFIG_CHOICE,
                          .choices = "debug|info|warn|error",
                          .fallback = "info",
                          .example = "info",
                          .help = "Least important kind of line in the log"},
    [CONFIG_METRICS_ALLOW] = {.name = "METRICS_ALLOW",
                              .type = CONFIG_ADDRESS_LIST,
                              .fallback = "127.0.0.0/8,::1",
                              .example = "127.0.0.1,10.0.0.0/8",
                              .help = "Addresses and networks that may read /metrics when they ask directly, without a proxy"},
    [CONFIG_METRICS_TOKEN] = {.name = "METRICS_TOKEN",
                              .type = CONFIG_TEXT,
                              .min = 16, /* nobody guesses it at 300 tries a minute */
                              .example = "a-long-random-text",
                              .help = "Bearer token with which /metrics may be read from anywhere",
                              .secret = true},
    [CONFIG_PAYLOAD_KEYS] = {.name = "PAYLOAD_KEYS",
                             .type = CONFIG_TEXT,
                             .min = 32,
                             .example = "a-new-key-of-at-least-32-bytes-xx,the-key-before-it-32-bytes-or-more",
                             .help = "Keys of encrypted job payloads: the first seals, each opens",
                             .secret = true},
    /* developer.adzuna.com/docs/terms_of_service: what everybody gets. */
    [CONFIG_QUOTA_ADZUNA] = {.name = "QUOTA_ADZUNA",
                             .type = CONFIG_LIMITS,
                             .fallback = "minute=25 day=250 week=1000 month=2500",
                             .example = "minute=25 day=250 week=1000 month=2500",
                             .help = "Most searches at Adzuna, for each minute, day, week, month or lifetime named"},
    /* No document of theirs says so: users report that a free key lasts for 500 searches in all. */
    [CONFIG_QUOTA_JOOBLE] = {.name = "QUOTA_JOOBLE",
                             .type = CONFIG_LIMITS,
                             .fallback = "lifetime=500",
                             .example = "day=100 lifetime=5000",
                             .help = "Most searches at Jooble, for each minute, day, week, month or lifetime named"},
    [CONFIG_SCHEDULE_TIME_ZONE] = {.name = "SCHEDULE_TIME_ZONE",
                                   .type = CONFIG_TIME_ZONE,
                                   .fallback = "UTC",
                                   .example = "Europe/Berlin",
                                   .help = "Time zone of what runs at set times: the clean-up at 03:00 is at 03:00 there"},
    [CONFIG_TRUSTED_PROXIES] = {.name = "TRUSTED_PROXIES",
                                .type = CONFIG_ADDRESS_LIST,
                                .example = "127.0.0.1,10.0.0.0/8",
                                .help = "Reverse proxies whose forwarded client addresses are believed"},
    [CONFIG_WORKERS] = {.name = "WORKERS",
                        .type = CONFIG_INT,
                        .fallback = "4",
                        .example = "4",
                        .min = 1,
                        .max = 64,
                        .help = "Threads for work that may block"},
};

static struct {
    char *text; /* heap; NULL: the fallback holds */
    const char *source;
} values[CONFIG_COUNT];

static const char *const source_command_line = "command line";

const struct config_entry *config_table(void) { return entries; }

static bool in_choices(struct str value, const char *choices)
{
    struct str rest = str_from(choices), choice;
    while (str_split_next(&rest, '|', &choice))
        if (str_equal(choice, value)) return true;
    return false;
}

/* "1.2.3.4" or an IPv6 address; `bits` gets the width of the family. */
static bool is_address(struct str s, int *bits)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    *bits = str_find_char(s, ':', 0) == STR_NPOS ? 32 : 128;
    return inet_pton(*bits == 32 ? AF_INET : AF_INET6, text, bytes) == 1;
}

static bool is_address_range(struct str s)
{
    int bits;
    int64_t prefix;
    size_t slash = str_find_char(s, '/', 0);
    if (slash == STR_NPOS) return is_address(s, &bits);
    return is_address(str_slice(s, 0, slash), &bits) && str_to_int(str_slice(s, slash + 1, s.len), &prefix) == OK && prefix >= 0 &&
           prefix <= bits;
}

static bool is_address_list(struct str s)
{
    struct str part;
    bool any = false;
    while (str_split_next(&s, ',', &part)) {
        if (!is_address_range(str_trim(part))) return false;
        any = true;
    }
    return any;
}

static bool is_listen_address(struct str s)
{
    int bits;
    int64_t port;
    size_t colon = STR_NPOS;
    for (size_t at = 0; (at = str_find_char(s, ':', at)) != STR_NPOS; at++) colon = at;
    if (colon == STR_NPOS || str_to_int(str_slice(s, colon + 1, s.len), &port) != OK || port < 0 || port > 65535) return false;
    struct str host = str_slice(s, 0, colon);
    bool brackets = str_starts(host, STR("[")) && str_ends(host, STR("]"));
    if (brackets) host = str_slice(host, 1, host.len - 1);
    return is_address(host, &bits) && brackets == (bits == 128);
}

static bool is_url(struct str s, const char *schemes)
{
    size_t colon = str_find(s, STR("://"), 0);
    if (colon == STR_NPOS || !in_choices(str_slice(s, 0, colon), schemes)) return false;
    struct str rest = str_slice(s, colon + 3, s.len);
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7F) return false;
    bool may_lack_host = str_starts(s, STR("postgres")); /* postgres:///database: over the socket of this machine */
    return rest.len && rest.ptr[0] != '#' && (may_lack_host || (rest.ptr[0] != '/' && rest.ptr[0] != '?'));
}

static bool is_time_zone(struct str s)
{
    struct time_zone zone;
    if (time_zone_open(&zone, s) != OK) return false;
    time_zone_close(&zone);
    return true;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7F) return true;
    return false;
}

static int decimals_of(const struct config_entry *entry) { return entry->type == CONFIG_MONEY_LIMITS ? MONEY_DECIMALS : 0; }

static bool is_limits(const struct config_entry *entry, struct str value)
{
    int64_t limits[PERIOD_COUNT];
    return str_trim(value).len && period_limits_parse(value, decimals_of(entry), limits) == OK;
}

/* What is wrong with the value, in the arena; empty when nothing is. */
static struct str check(struct arena *arena, const struct config_entry *entry, struct str value)
{
    int64_t number;
    if (value.len > VALUE_MAX) return str_format(arena, "is longer than %d bytes", VALUE_MAX);
    if (!str_is_text(value) || has_control(value)) return STR("has control characters or is not UTF-8 text");
    switch (entry->type) {
    case CONFIG_TEXT:
        if ((int64_t)value.len < entry->min) return str_format(arena, "must have at least %lld bytes", (long long)entry->min);
        return STR("");
    case CONFIG_PATH: return STR("");
    case CONFIG_INT:
        if (str_to_int(value, &number) == OK && number >= entry->min && number <= entry->max) return STR("");
        return str_format(arena, "must be a whole number from %lld to %lld", (long long)entry->min, (long long)entry->max);
    case CONFIG_URL:
        if (!is_url(value, entry->choices)) return str_format(arena, "must be a URL with a host (%s)", entry->choices);
        return STR("");
    case CONFIG_LISTEN_ADDRESS: return is_listen_address(value) ? STR("") : STR("must be ADDRESS:PORT with a numeric address");
    case CONFIG_ADDRESS_LIST:
        return is_address_list(value) ? STR("") : STR("must be addresses or networks (10.0.0.0/8), separated by commas");
    case CONFIG_LIMITS:
        return is_limits(entry, value) ? STR("") : STR("must be whole numbers for minute, day, week, month or lifetime, each once, with blanks between");
    case CONFIG_MONEY_LIMITS:
        return is_limits(entry, value) ? STR("") : STR("must be dollars for minute, day, week, month or lifetime, each once, with blanks between");
    case CONFIG_TIME_ZONE:
        return is_time_zone(value) ? STR("") : STR("must be a time zone that this system knows (package tzdata)");
    case CONFIG_CHOICE:
        return in_choices(value, entry->choices) ? STR("") : str_format(arena, "must be one of %s", entry->choices);
    }
    return STR("");
}

static void keep(enum config_key key, struct str value, const char *source)
{
    free(values[key].text);
    values[key].text = NULL;
    values[key].source = NULL;
    if (value.len == 0) return;
    values[key].text = mem_alloc(value.len + 1);
    memcpy(values[key].text, value.ptr, value.len);
    values[key].source = source;
}

/* Checks and keeps one value; a mistake becomes one line that names the setting, the place, the fault and an example. */
static bool take(struct arena *arena, enum config_key key, struct str value, const char *source, size_t line, struct buf *mistakes)
{
    const struct config_entry *entry = &entries[key];
    struct str wrong = value.len ? check(arena, entry, value) : STR("");
    if (wrong.len == 0) {
        keep(key, value, source);
        return true;
    }
    buf_append_format(mistakes, "%s (%s", entry->name, source);
    if (line) buf_append_format(mistakes, ":%zu", line);
    buf_append_format(mistakes, ") %.*s", STR_ARG(wrong));
    if (!entry->secret && value.len <= 200 && str_is_text(value) && !has_control(value))
        buf_append_format(mistakes, ", not \"%.*s\"", STR_ARG(value));
    buf_append_format(mistakes, ". Example: %s=%s\n", entry->name, entry->example);
    return false;
}

/* At most one letter was added, dropped, changed or swapped with its neighbour; case does not count. */
static bool looks_like(struct str a, struct str b)
{
    if (a.len > b.len) {
        struct str swap = a;
        a = b;
        b = swap;
    }
    if (b.len - a.len > 1) return false;
    size_t same = 0;
    while (same < a.len && str_equal_ci(str_slice(a, same, same + 1), str_slice(b, same, same + 1))) same++;
    struct str rest_a = str_slice(a, same, a.len), rest_b = str_slice(b, same, b.len);
    if (a.len < b.len) return str_equal_ci(rest_a, str_slice(rest_b, 1, rest_b.len));
    if (rest_a.len == 0 || str_equal_ci(str_slice(rest_a, 1, rest_a.len), str_slice(rest_b, 1, rest_b.len))) return true;
    return rest_a.len > 1 && str_equal_ci(str_slice(rest_a, 0, 1), str_slice(rest_b, 1, 2)) &&
           str_equal_ci(str_slice(rest_a, 1, 2), str_slice(rest_b, 0, 1)) &&
           str_equal_ci(str_slice(rest_a, 2, rest_a.len), str_slice(rest_b, 2, rest_b.len));
}

static size_t find_key(struct str name)
{
    for (size_t key = 0; key < CONFIG_COUNT; key++)
        if (str_equal(name, str_from(entries[key].name))) return key;
    return CONFIG_COUNT;
}

/* Other programs may keep their settings in the same file: an unknown name is only worth a line when it looks like ours. */
static void hint(const struct dotenv_entry *unknown)
{
    for (size_t key = 0; key < CONFIG_COUNT; key++)
        if (looks_like(unknown->name, str_from(entries[key].name)))
            log_warn("%s:%zu: %.*s is not a setting of this program; did you mean %s?", DOTENV_FILE, unknown->line,
                     STR_ARG(unknown->name), entries[key].name);
}

static void load_dotenv(struct arena *arena, const struct dotenv_entry *from_file[CONFIG_COUNT], struct buf *mistakes)
{
    struct str content;
    enum err error = file_read(arena, DOTENV_FILE, DOTENV_MAX, &content);
    if (error == ERR_NOT_FOUND) return;
    if (error != OK) {
        buf_append_format(mistakes, "%s\n", err_detail());
        return;
    }
    struct dotenv *dotenv = arena_new(arena, struct dotenv);
    (void)!dotenv_parse(arena, content, DOTENV_FILE, dotenv, mistakes); /* its mistakes are listed with ours */
    for (size_t i = 0; i < dotenv->entries_count; i++) {
        size_t key = find_key(dotenv->entries[i].name);
        if (key < CONFIG_COUNT)
            from_file[key] = &dotenv->entries[i];
        else
            hint(&dotenv->entries[i]);
    }
}

enum err config_load(struct buf *mistakes)
{
    CLEANUP(arena_dispose) struct arena arena = {0};
    const struct dotenv_entry *from_file[CONFIG_COUNT] = {0};
    size_t before = mistakes->len;
    load_dotenv(&arena, from_file, mistakes);
    for (size_t key = 0; key < CONFIG_COUNT; key++) {
        if (values[key].source == source_command_line) continue;
        keep((enum config_key)key, STR(""), NULL);
        const char *environment = getenv(entries[key].name);
        if (environment)
            take(&arena, (enum config_key)key, str_from(environment), "environment", 0, mistakes);
        else if (from_file[key])
            take(&arena, (enum config_key)key, from_file[key]->value, DOTENV_FILE, from_file[key]->line, mistakes);
    }
    if (mistakes->len > before || mistakes->overflow) return err_set(ERR_INVALID, "the configuration has mistakes");
    return OK;
}

enum err config_set(enum config_key key, const char *value)
{
    CLEANUP(arena_dispose) struct arena arena = {0};
    CLEANUP(buf_dispose) struct buf mistakes = {0};
    if (take(&arena, key, str_from(value), source_command_line, 0, &mistakes)) return OK;
    struct str line = str_trim(buf_str(&mistakes));
    return err_set(ERR_INVALID, "%.*s", STR_ARG(line));
}

const char *config_cstr(enum config_key key) { return values[key].text ? values[key].text : entries[key].fallback; }

struct str config_text(enum config_key key) { return str_from(config_cstr(key)); }

int64_t config_int(enum config_key key)
{
    int64_t value = 0;
    if (str_to_int(config_text(key), &value) != OK) log_fatal("%s is read as a number but is none", entries[key].name);
    return value;
}

void config_limits(enum config_key key, int64_t limits[PERIOD_COUNT])
{
    const struct config_entry *entry = &entries[key];
    if (period_limits_parse(config_text(key), decimals_of(entry), limits) != OK) log_fatal("%s is read as limits but is none", entry->name);
}

bool config_is_set(enum config_key key) { return config_cstr(key) != NULL; }

const char *config_source(enum config_key key) { return values[key].source ? values[key].source : "default"; }
