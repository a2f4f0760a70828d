/* Adzuna and Jooble on a port of this machine, as far as /v1/api/jobs/{country}/search/{page} and /api/{key} go; field shapes as they are documented. They know
 * as many jobs for each search as the test says, and answer otherwise when the test asks for it.
 *
 *     struct fake_boards fake = {.jobs = 57};
 *     fake_boards_start(&fake);     sets ADZUNA_BASE_URL and JOOBLE_BASE_URL
 *     fake_boards_stop(&fake);
 */
#pragma once
#include "base/buf.h"
#include "base/config.h"
#include "json/json.h"
#include "test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAKE_ADZUNA_PAGE 50
#define FAKE_JOOBLE_PAGE 20
#define FAKE_CALLS_MAX 200

enum fake_board { FAKE_ADZUNA, FAKE_JOOBLE, FAKE_COUNT };

struct fake_call {
    enum fake_board board;
    int page;
    char url[1000], body[1000];
};

struct fake_boards {
    int jobs; /* that a search finds, at each */
    /* NULL, or what a call gets instead of jobs: a whole answer ("HTTP/1.1 503 …"); NULL from it: jobs. `nth` counts the board's calls from 1. */
    const char *(*instead)(const struct fake_call *call, int nth);
    struct fake_call calls[FAKE_CALLS_MAX]; /* read them when no job runs */
    int count, counts[FAKE_COUNT];
    int listening;
    atomic_bool stops;
    pthread_t thread;
};

/* Each search has jobs of its own. */
static inline void fake_write_job(struct json_writer *writer, const struct fake_call *call, struct str words, int number)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    int64_t id = (int64_t)(str_hash(words) & 0xffffff) * 1000 + number;
    json_object_open(writer);
    json_member_str(writer, "title", str_format(&arena, "<strong>Job</strong> %d", number));
    if (call->board == FAKE_ADZUNA) {
        json_member_str(writer, "id", str_format(&arena, "%" PRId64, id));
        json_member_str(writer, "redirect_url", str_format(&arena, "https://www.adzuna.de/land/ad/%" PRId64, id));
        json_member_str(writer, "created", STR("2027-01-14T10:00:00Z"));
        json_member_str(writer, "description", STR("We use Python and SQL &amp; more…"));
        json_member_double(writer, "salary_min", 50000.4);
        json_member_str(writer, "salary_is_predicted", STR("1"));
        json_member_str(writer, "__CLASS__", STR("Adzuna::API::Response::Job"));
    } else {
        json_member_int(writer, "id", -INT64_C(1492219944253190000) - id);
        json_member_str(writer, "link", str_format(&arena, "https://jooble.org/desc/%" PRId64, id));
        json_member_str(writer, "updated", STR("2027-01-14T10:00:00.1234567"));
        json_member_str(writer, "snippet", STR("&nbsp;...<b>Python</b> and Docker...&nbsp;"));
        json_member_str(writer, "salary", STR("$115k - $140k"));
        json_member_str(writer, "company", STR("Acme"));
    }
    json_object_close(writer);
}

static inline void fake_write_page(const struct fake_boards *fake, const struct fake_call *call, struct str words, struct buf *out)
{
    int size = call->board == FAKE_ADZUNA ? FAKE_ADZUNA_PAGE : FAKE_JOOBLE_PAGE, first = (call->page - 1) * size;
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    json_member_int(&writer, call->board == FAKE_ADZUNA ? "count" : "totalCount", fake->jobs);
    json_key(&writer, call->board == FAKE_ADZUNA ? "results" : "jobs");
    json_array_open(&writer);
    for (int i = first; i < first + size && i < fake->jobs; i++) fake_write_job(&writer, call, words, i);
    json_array_close(&writer);
    json_object_close(&writer);
}

/* What was asked for, without the page and, of Adzuna, the keys. */
static inline struct str fake_read_call(struct fake_call *call)
{
    struct str url = str_from(call->url), rest = url, part, page = {0};
    call->board = str_starts(url, STR("/v1/api/jobs/")) ? FAKE_ADZUNA : FAKE_JOOBLE;
    if (call->board == FAKE_ADZUNA) {
        rest = str_slice(url, 0, str_find_char(url, '?', 0));
        while (str_split_next(&rest, '/', &part)) page = part;
    }
    struct json *root CLEANUP(json_free_at) = NULL;
    if (call->board == FAKE_JOOBLE && json_parse(str_from(call->body), sizeof call->body, &root) == OK) page = json_get_str(root, "page");
    int64_t number = 0;
    call->page = str_to_int(page, &number) == OK ? (int)number : 0;
    return call->board == FAKE_ADZUNA ? str_slice(url, str_find(url, STR("&what="), 0), url.len) : str_slice(str_from(call->body), 0, str_find(str_from(call->body), STR(",\"page\""), 0));
}

static inline void fake_answer(struct fake_boards *fake, int connection, struct fake_call call)
{
    struct buf out = {0}, body = {0};
    struct str words = fake_read_call(&call);
    int nth = ++fake->counts[call.board];
    const char *instead = fake->instead ? fake->instead(&call, nth) : NULL;
    if (fake->count < FAKE_CALLS_MAX) fake->calls[fake->count++] = call;
    if (instead) {
        buf_append_str(&out, str_from(instead));
    } else {
        fake_write_page(fake, &call, words, &body);
        buf_append_format(&out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", body.len);
        buf_append_str(&out, buf_str(&body));
    }
    for (size_t sent = 0; sent < out.len;) {
        ssize_t part = send(connection, out.ptr + sent, out.len - sent, MSG_NOSIGNAL);
        if (part <= 0) break;
        sent += (size_t)part;
    }
    buf_dispose(&out);
    buf_dispose(&body);
}

/* Reads one request: its head, and as many bytes as Content-Length says. */
static inline bool fake_read(int connection, struct fake_call *call)
{
    char text[16384];
    size_t len = 0, head = STR_NPOS, body = 0;
    while (len < sizeof text && (head == STR_NPOS || len < head + 4 + body)) {
        ssize_t part = recv(connection, text + len, sizeof text - len, 0);
        if (part <= 0) return false;
        len += (size_t)part;
        struct str all = {text, len};
        if (head != STR_NPOS || (head = str_find(all, STR("\r\n\r\n"), 0)) == STR_NPOS) continue;
        size_t at = str_find_ci(str_slice(all, 0, head), STR("content-length:"), 0);
        int64_t value = 0;
        if (at != STR_NPOS && str_to_int(str_trim(str_slice(all, at + 15, str_find(all, STR("\r\n"), at))), &value) == OK) body = (size_t)value;
    }
    struct str all = {text, len}, line = str_slice(all, 0, str_find_char(all, '\r', 0)), method, url;
    str_split_next(&line, ' ', &method);
    str_split_next(&line, ' ', &url);
    snprintf(call->url, sizeof call->url, "%.*s", STR_ARG(url));
    snprintf(call->body, sizeof call->body, "%.*s", (int)body, text + head + 4);
    return true;
}

static inline void *fake_serve(void *argument)
{
    struct fake_boards *fake = argument;
    for (;;) {
        int connection = accept(fake->listening, NULL, NULL);
        if (connection < 0 || atomic_load(&fake->stops)) return NULL;
        struct fake_call call = {0};
        if (fake_read(connection, &call)) fake_answer(fake, connection, call);
        close(connection);
    }
}

__attribute__((unused)) static void fake_boards_start(struct fake_boards *fake)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char url[64];
    fake->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fake->listening, (struct sockaddr *)&address, sizeof address) == 0 && listen(fake->listening, 16) == 0);
    CHECK(getsockname(fake->listening, (struct sockaddr *)&address, &size) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    setenv("no_proxy", "*", 1);
    CHECK_OK(config_set(CONFIG_ADZUNA_BASE_URL, url));
    CHECK_OK(config_set(CONFIG_JOOBLE_BASE_URL, url));
    CHECK(pthread_create(&fake->thread, NULL, fake_serve, fake) == 0);
}

/* Nobody listens on the port afterwards. */
__attribute__((unused)) static void fake_boards_stop(struct fake_boards *fake)
{
    if (atomic_exchange(&fake->stops, true)) return;
    shutdown(fake->listening, SHUT_RDWR);
    pthread_join(fake->thread, NULL);
    close(fake->listening);
}
