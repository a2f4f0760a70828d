/* Calls to other services. Contract in client.h. A handle for each call: calls are few and slow, and nothing of one (a connection, a cookie) reaches the next. */
#include "http/client.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/trace.h"
#include "http/client_figures.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define URL_MAX 8000
#define HEADERS_MAX ((size_t)64 << 10) /* of an answer, in bytes */
#define CONNECT_SECONDS 10
#define RETRY_AFTER_MAX 86400

/* One call on its way. */
struct transfer {
    const struct http_call *call;
    CURL *curl;
    struct curl_slist *headers;
    struct buf body;
    size_t headers_len;
    struct trace trace;
    char host[CALL_HOST_MAX];
    enum err stopped;
};

static void transfer_dispose(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    buf_dispose(&transfer->body);
}

static void start_library(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) log_fatal("libcurl does not start");
}

/* ---- what is sent ---- */

static bool is_printable(struct str text, unsigned char first)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < first || (unsigned char)text.ptr[i] >= 0x7f) return false;
    return true;
}

/* The host, with its port where the address has one; NULL for an address that is not http, https and well-formed. */
static bool read_host(const char *url, char host[CALL_HOST_MAX])
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *name = NULL, *port = NULL;
    bool is_fine = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                   curl_url_get(parts, CURLUPART_HOST, &name, 0) == CURLUE_OK && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    if (is_fine && curl_url_get(parts, CURLUPART_PORT, &port, 0) != CURLUE_OK) port = NULL;
    if (is_fine) is_fine = snprintf(host, CALL_HOST_MAX, "%s%s%s", name, port ? ":" : "", port ? port : "") < CALL_HOST_MAX;
    curl_free(scheme);
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(parts);
    return is_fine;
}

static enum err add_header(struct transfer *transfer, const char *name, struct str value)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!value.len) return OK;
    if (!is_printable(value, ' ') || !is_printable(str_from(name), '!') || strchr(name, ':'))
        return err_set(ERR_INVALID, "a header for %s has characters that no header may have", transfer->host);
    struct curl_slist *longer = curl_slist_append(transfer->headers, str_cstr(&arena, str_format(&arena, "%s: %.*s", name, STR_ARG(value))));
    if (!longer) log_fatal("out of memory");
    transfer->headers = longer;
    return OK;
}

static enum err add_headers(struct transfer *transfer)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const struct http_call *call = transfer->call;
    TRY(add_header(transfer, "Accept", STR("application/json")));
    if (call->body.len) {
        TRY(add_header(transfer, "Content-Type", STR("application/json")));
        transfer->headers = curl_slist_append(transfer->headers, "Expect:"); /* no question before a long body */
    }
    if (trace_begin_call(&transfer->trace)) TRY(add_header(transfer, "traceparent", trace_text(&arena, &transfer->trace)));
    for (size_t i = 0; i < call->headers_count; i++) TRY(add_header(transfer, call->headers[i].name, call->headers[i].value));
    return OK;
}

/* ---- what comes ---- */

/* Without a byte more than the answer may have: the transfer ends. */
static size_t take_body(char *bytes, size_t size, size_t count, void *argument)
{
    struct transfer *transfer = argument;
    buf_append(&transfer->body, bytes, size * count);
    return transfer->body.overflow ? 0 : size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *argument)
{
    struct transfer *transfer = argument;
    (void)bytes;
    transfer->headers_len += size * count;
    return transfer->headers_len > HEADERS_MAX ? 0 : size * count;
}

static int look_up(void *argument, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    struct transfer *transfer = argument;
    (void)down_all, (void)down, (void)up_all, (void)up;
    if (transfer->call->stopped) transfer->stopped = transfer->call->stopped(transfer->call->argument);
    return transfer->stopped != OK;
}

/* Not for the programs that this process starts. */
static curl_socket_t open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)argument, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (curl_easy_setopt(curl, option, value) != CURLE_OK) return err_set(ERR_INTERNAL, "libcurl refuses %s", #option); \
    } while (0)

static enum err set_limits(struct transfer *transfer)
{
    const struct http_call *call = transfer->call;
    CURL *curl = transfer->curl;
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (call->ca_file) SET(CURLOPT_CAINFO, call->ca_file);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    SET(CURLOPT_TIMEOUT, (long)(call->timeout_seconds ? call->timeout_seconds : HTTP_CALL_SECONDS));
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    SET(CURLOPT_USERAGENT, "CareerPrep");
    return OK;
}

static enum err set_up(struct transfer *transfer, const char *url)
{
    const struct http_call *call = transfer->call;
    CURL *curl = transfer->curl;
    TRY(set_limits(transfer));
    SET(CURLOPT_URL, url);
    if (call->body.len) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        SET(CURLOPT_POSTFIELDS, call->body.ptr);
    }
    TRY(add_headers(transfer));
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_XFERINFOFUNCTION, look_up);
    SET(CURLOPT_XFERINFODATA, transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    return OK;
}

/* ---- what it means ---- */

static enum err refuse_status(const char *host, int status)
{
    enum err error = ERR_INVALID;
    if (status >= 300 && status < 400) return err_set(ERR_UNSUPPORTED, "%s sends us elsewhere (status %d), where we do not go", host, status);
    if (status == 429) return err_set(ERR_TOO_MANY, "%s says that we ask too often (status 429)", host);
    if (status == 401 || status == 402 || status == 403) return err_set(ERR_FORBIDDEN, "%s does not accept our key (status %d)", host, status);
    if (status == 404 || status == 410) error = ERR_NOT_FOUND;
    if (status == 408 || status == 425 || status >= 500) error = ERR_UNAVAILABLE;
    return err_set(error, "%s answered with status %d", host, status);
}

/* In words of our own: the library's may quote the address. */
static enum err failed(const struct transfer *transfer, CURLcode code, enum call_outcome *outcome)
{
    const char *host = transfer->host;
    *outcome = CALL_BROKEN;
    switch (code) {
    case CURLE_ABORTED_BY_CALLBACK: *outcome = CALL_STOPPED; return transfer->stopped; /* with the detail that it set */
    case CURLE_OPERATION_TIMEDOUT: *outcome = CALL_TIMEOUT; return err_set(ERR_TIMEOUT, "%s took too long to answer", host);
    case CURLE_COULDNT_RESOLVE_HOST: *outcome = CALL_UNREACHED; return err_set(ERR_UNAVAILABLE, "%s has no address", host);
    case CURLE_COULDNT_RESOLVE_PROXY: *outcome = CALL_UNREACHED; return err_set(ERR_UNAVAILABLE, "the proxy on the way to %s has no address", host);
    case CURLE_COULDNT_CONNECT: *outcome = CALL_UNREACHED; return err_set(ERR_UNAVAILABLE, "%s cannot be reached", host);
    case CURLE_PEER_FAILED_VERIFICATION: *outcome = CALL_UNTRUSTED; return err_set(ERR_UNAVAILABLE, "the certificate of %s is not to be trusted", host);
    case CURLE_SSL_CONNECT_ERROR: *outcome = CALL_UNTRUSTED; return err_set(ERR_UNAVAILABLE, "no TLS connection to %s comes about", host);
    case CURLE_WRITE_ERROR:
        if (!transfer->body.overflow && transfer->headers_len <= HEADERS_MAX) break;
        *outcome = CALL_TOO_LARGE;
        return err_set(ERR_TOO_LARGE, "the answer of %s is too large", host);
    default: break;
    }
    return err_set(ERR_UNAVAILABLE, "%s broke off, or did not answer in HTTP (%s)", host, curl_easy_strerror(code));
}

static void read_answer(struct transfer *transfer, struct arena *arena, struct http_answer *answer)
{
    long status = 0, sent = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->curl, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &retry_after);
    answer->status = (int)status;
    answer->was_sent = sent > 0;
    answer->retry_after = retry_after > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : retry_after;
    answer->body = str_copy(arena, buf_str(&transfer->body));
}

static enum err perform(struct transfer *transfer, struct arena *arena, struct http_answer *answer)
{
    int64_t before = clock_monotonic();
    CURLcode code = curl_easy_perform(transfer->curl);
    int64_t us = clock_monotonic() - before;
    read_answer(transfer, arena, answer);
    enum call_outcome outcome = call_outcome_of_status(answer->status);
    enum err result = OK;
    if (code != CURLE_OK) result = failed(transfer, code, &outcome);
    else if (outcome != CALL_2XX) result = refuse_status(transfer->host, answer->status);
    call_figures_count(transfer->host, outcome, us);
    log_info("called %s: %s, status %d, in %lld ms, span %s", transfer->host, call_outcome_name(outcome), answer->status, (long long)(us / 1000),
             transfer->trace.span[0] ? transfer->trace.span : "none");
    return result;
}

enum err http_call(struct arena *arena, const struct http_call *call, struct http_answer *answer)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct transfer transfer CLEANUP(transfer_dispose) = {.call = call};
    struct arena own CLEANUP(arena_dispose) = {0};
    *answer = (struct http_answer){0};
    pthread_once(&once, start_library);
    buf_init(&transfer.body, call->answer_max ? call->answer_max : HTTP_ANSWER_MAX);
    const char *url = str_cstr(&own, call->url);
    if (call->url.len > URL_MAX || !is_printable(call->url, '!') || !read_host(url, transfer.host)) return err_set(ERR_INVALID, "an address to call is not one of http or https");
    transfer.curl = curl_easy_init();
    if (!transfer.curl) log_fatal("out of memory");
    TRY(set_up(&transfer, url));
    return perform(&transfer, arena, answer);
}
