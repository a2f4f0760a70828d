/* Streams, sockets, a full pool, slow clients and the stop. */
#include "site.h"
#include "../unit/test.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static enum err listen_events(struct request *request, struct response *response)
{
    respond_stream(response, request_param(request, "channel"));
    return OK;
}

static enum err sleep_long(struct request *request, struct response *response)
{
    TRY(site_add_row(request->db));
    sleep_ms(400);
    respond_text(response, "text/plain", STR("slept"));
    return OK;
}

static enum err save(struct request *request, struct response *response)
{
    respond_empty(response, 204);
    return site_add_row(request->db);
}

static atomic_int closed_count;

static enum err open_socket(struct request *request, struct response *response)
{
    (void)response;
    websocket_set_key(request, STR("the key"));
    return OK;
}

static enum err socket_opened(struct websocket_call *call)
{
    websocket_send(call->socket, str_format(call->arena, "hello %.*s of %.*s", STR_ARG(call->identity.user_id), STR_ARG(call->key)));
    return OK;
}

static enum err socket_received(struct websocket_call *call, struct str text)
{
    TRY(site_add_row(call->db));
    if (str_starts(text, STR("all "))) websocket_send_all(call->socket, text);
    else websocket_send(call->socket, text);
    if (str_equal(text, STR("fail"))) return err_set(ERR_INVALID, "That cannot be said.");
    if (str_equal(text, STR("forbidden"))) return err_set(ERR_FORBIDDEN, "Not yours.");
    if (str_equal(text, STR("flood"))) {
        struct str block = {arena_alloc(call->arena, 1 << 20), 1 << 20};
        memset((char *)(uintptr_t)block.ptr, 'x', block.len);
        for (int i = 0; i < 3; i++) websocket_send(call->socket, block);
    }
    return OK;
}

static void socket_closed(struct websocket_call *call)
{
    (void)call;
    atomic_fetch_add(&closed_count, 1);
}

static const struct websocket_handler echo = {socket_opened, socket_received, socket_closed, 4096, false};

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/events/{channel}", .handler = listen_events, .flags = ROUTE_STREAM | ROUTE_ON_IO_THREAD},
    {.method = HTTP_POST, .pattern = "/sleep", .handler = sleep_long, .flags = ROUTE_NO_TRANSACTION},
    {.method = HTTP_POST, .pattern = "/save", .handler = save},
    {.method = HTTP_GET, .pattern = "/socket", .handler = open_socket, .flags = ROUTE_WEBSOCKET, .websocket = &echo},
};

static struct site site;

static void start(int64_t patience)
{
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .worker_threads = 4,
                                             .patience_seconds = patience});
}

/* Waits until `needle` has come; false after 3 s. */
static bool wait_for(struct client *client, const char *needle)
{
    int64_t end = clock_monotonic() + 3 * US_PER_SECOND;
    while (clock_monotonic() < end) {
        bool is_closed = false;
        struct str text = client_wait(client, 100, &is_closed);
        if (str_contains(text, str_from(needle))) return true;
        if (is_closed) return false;
        if (text.len > 100) client_skip(client, text.len - 100);
    }
    return false;
}

static bool wait_for_end(struct client *client, int ms)
{
    for (int i = 0; i < ms / 100; i++) {
        bool is_closed = false;
        client_wait(client, 100, &is_closed);
        if (is_closed) return true;
    }
    return false;
}

TEST(events_reach_the_streams_of_their_channel)
{
    struct client mine, other;
    start(0);
    client_open(&mine, &site);
    client_open(&other, &site);
    client_send_text(&mine, "GET /events/mine HTTP/1.1\r\nHost: a\r\n\r\n");
    client_send_text(&other, "GET /events/other HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(wait_for(&mine, ": open"));
    CHECK(wait_for(&other, ": open"));
    CHECK_INT(hub_stream_count(site.hub), 2);
    hub_publish(site.hub, STR("mine"), "skill", STR("{\"n\":1}"));
    CHECK(wait_for(&mine, "event: skill\ndata: {\"n\":1}\n\n"));
    struct str text = client_wait(&other, 100, NULL);
    CHECK(!str_contains(text, STR("skill")));
    client_close(&other);
    site_stop(&site); /* ends the stream */
    CHECK(wait_for_end(&mine, 2000));
    client_close(&mine);
}

TEST(a_stream_that_is_not_read_loses_events_and_is_told)
{
    struct client client;
    char data[1000];
    start(0);
    memset(data, 'x', sizeof(data));
    client_open(&client, &site);
    client_send_text(&client, "GET /events/mine HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(wait_for(&client, ": open"));
    for (int i = 0; i < 20000; i++) hub_publish(site.hub, STR("mine"), "x", (struct str){data, sizeof(data)});
    CHECK(wait_for(&client, "event: refresh"));
    client_close(&client);
    site_stop(&site);
}

static long resident_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "VmRSS:", 6) == 0) kib = strtol(line + 6, NULL, 10);
    }
    if (file) fclose(file);
    return kib;
}

/* Sanitizers keep shadows of all memory: then its size says nothing. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define PLAIN_MEMORY
#endif

TEST(two_hundred_idle_streams_hold_no_thread_and_little_memory)
{
    static struct client clients[200];
    start(0);
    long before = resident_kib();
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        client_open(&clients[i], &site);
        client_send_text(&clients[i], "GET /events/mine HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (size_t i = 0; i < COUNT_OF(clients); i++) CHECK(wait_for(&clients[i], ": open"));
    long grown = resident_kib() - before;
    printf("200 streams: %ld KiB with the test's own clients\n", grown);
#ifdef PLAIN_MEMORY
    CHECK(grown < 10 * 1024);
#endif
    hub_publish(site.hub, STR("mine"), "all", STR("1"));
    for (size_t i = 0; i < COUNT_OF(clients); i++) CHECK(wait_for(&clients[i], "event: all"));
    for (size_t i = 0; i < COUNT_OF(clients); i++) client_close(&clients[i]);
    site_stop(&site);
}

TEST(a_full_pool_says_so_at_once)
{
    struct client clients[4];
    int busy = 0, fine = 0;
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .worker_threads = 1, .worker_queue = 1});
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        client_open(&clients[i], &site);
        client_send_text(&clients[i], "POST /sleep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        sleep_ms(30);
    }
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        struct reply reply = client_reply(&clients[i], false);
        fine += reply.status == 200;
        busy += reply.status == 503;
        if (reply.status == 503) CHECK_STR(reply_header(&reply, "Retry-After"), "1");
        client_close(&clients[i]);
    }
    CHECK_INT(fine, 2); /* one runs, one waits */
    CHECK_INT(busy, 2);
    site_stop(&site);
}

TEST(slow_senders_are_cut_off)
{
    struct client head, body;
    start(1);
    client_open(&head, &site);
    client_open(&body, &site);
    client_send_text(&head, "GET /ev");
    client_send_text(&body, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n");
    bool head_ended = false, body_ended = false;
    for (int i = 0; i < 12 && !(head_ended && body_ended); i++) { /* a byte every 300 ms would keep an idle timer alive for ever */
        if (!head_ended) client_send_text(&head, "e");
        if (!body_ended) client_send_text(&body, "a");
        bool ended = false;
        client_wait(&head, 150, &ended);
        head_ended |= ended;
        ended = false;
        client_wait(&body, 150, &ended);
        body_ended |= ended;
    }
    CHECK(head_ended);
    CHECK(body_ended);
    CHECK_INT(site_rows(&site), 0);
    client_close(&head);
    client_close(&body);
    site_stop(&site);
}

static void *stop_site(void *argument)
{
    site_stop(argument);
    return NULL;
}

TEST(the_stop_lets_a_running_request_end)
{
    struct client client, idle;
    pthread_t stopper;
    start(0);
    client_open(&idle, &site);
    client_send_text(&idle, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    CHECK_INT(client_reply(&idle, false).status, 204);
    client_open(&client, &site);
    client_send_text(&client, "POST /sleep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    sleep_ms(100);
    pthread_create(&stopper, NULL, stop_site, &site);
    struct reply reply = client_reply(&client, false);
    CHECK_INT(reply.status, 200);
    CHECK_STR(reply_header(&reply, "Connection"), "close");
    CHECK(wait_for_end(&idle, 2000));
    pthread_join(stopper, NULL);
    client_close(&client);
    client_close(&idle);
}

/* ---- sockets ---- */

#define UPGRADE                                                                                                        \
    "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Test-User: ann\r\n"

static void socket_open(struct client *client, const char *more)
{
    client_open(client, &site);
    client_send_text(client, UPGRADE "%s\r\n", more);
}

/* A client's frame: masked with zeros, which is a mask as good as any for a test. */
static void send_frame(struct client *client, unsigned char first, bool is_masked, struct str payload)
{
    unsigned char head[14] = {first};
    size_t len = 2;
    if (payload.len < 126) {
        head[1] = (unsigned char)payload.len;
    } else {
        head[1] = 126;
        head[2] = (unsigned char)(payload.len >> 8);
        head[3] = (unsigned char)payload.len;
        len = 4;
    }
    if (is_masked) {
        head[1] |= 0x80;
        len += 4;
    }
    client_send(client, (struct str){(const char *)head, len});
    client_send(client, payload);
}

/* Reads one frame of the server: its first byte, -1 when the connection ended. */
static int read_frame(struct client *client, struct str *payload)
{
    for (int i = 0; i < 30; i++) {
        bool is_closed = false;
        struct str bytes = client_wait(client, i ? 100 : 0, &is_closed);
        size_t head = 2, len = bytes.len >= 2 ? (unsigned char)bytes.ptr[1] : 0;
        if (len == 126) {
            head = 4;
            len = bytes.len >= 4 ? (size_t)(unsigned char)bytes.ptr[2] << 8 | (unsigned char)bytes.ptr[3] : SIZE_MAX / 2;
        }
        if (bytes.len >= head && bytes.len - head >= len) {
            *payload = str_copy(&client->arena, str_slice(bytes, head, head + len));
            int first = (unsigned char)bytes.ptr[0];
            client_skip(client, head + len);
            return first;
        }
        if (is_closed) break;
    }
    *payload = STR("");
    return -1;
}

static int close_code(struct client *client)
{
    struct str payload;
    int first;
    while ((first = read_frame(client, &payload)) != -1) {
        if (first == 0x88) return payload.len >= 2 ? (unsigned char)payload.ptr[0] << 8 | (unsigned char)payload.ptr[1] : 1005;
    }
    return -1;
}

TEST(what_is_sent_to_all_reaches_every_socket_of_the_key)
{
    struct client one, two;
    struct str payload;
    start(0);
    socket_open(&one, "Origin: http://a\r\n");
    CHECK_INT(client_reply(&one, false).status, 101);
    CHECK_INT(read_frame(&one, &payload), 0x81);
    socket_open(&two, "Origin: http://a\r\n");
    CHECK_INT(client_reply(&two, false).status, 101);
    CHECK_INT(read_frame(&two, &payload), 0x81);
    send_frame(&one, 0x81, true, STR("mine"));
    send_frame(&one, 0x81, true, STR("all of us"));
    CHECK_INT(read_frame(&one, &payload), 0x81);
    CHECK_STR(payload, "mine");
    CHECK_INT(read_frame(&one, &payload), 0x81);
    CHECK_STR(payload, "all of us");
    CHECK_INT(read_frame(&two, &payload), 0x81);
    CHECK_STR(payload, "all of us");
    client_close(&one);
    send_frame(&two, 0x81, true, STR("all that is left"));
    CHECK_INT(read_frame(&two, &payload), 0x81);
    CHECK_STR(payload, "all that is left");
    client_close(&two);
    site_stop(&site);
}

TEST(a_socket_answers_in_order_and_keeps_what_it_says)
{
    struct client client;
    struct str payload;
    start(0);
    atomic_store(&closed_count, 0);
    socket_open(&client, "Origin: http://a\r\n");
    struct reply reply = client_reply(&client, false);
    CHECK_INT(reply.status, 101);
    CHECK_STR(reply_header(&reply, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); /* RFC 6455, 1.3 */
    CHECK_INT(read_frame(&client, &payload), 0x81);
    CHECK_STR(payload, "hello ann of the key");
    for (int i = 0; i < 100; i++) send_frame(&client, 0x81, true, str_format(&client.arena, "%d", i));
    for (int i = 0; i < 100; i++) {
        read_frame(&client, &payload);
        if (!CHECK_STR(payload, str_format(&client.arena, "%d", i))) break;
    }
    CHECK_INT(site_rows(&site), 100);
    send_frame(&client, 0x81, true, STR("fail"));
    read_frame(&client, &payload);
    CHECK_STR(payload, "{\"type\":\"error\",\"detail\":\"That cannot be said.\"}");
    CHECK_INT(site_rows(&site), 100);
    send_frame(&client, 0x89, true, STR("p"));
    CHECK_INT(read_frame(&client, &payload), 0x8a);
    send_frame(&client, 0x81, true, STR("forbidden"));
    CHECK_INT(close_code(&client), 1008);
    client_close(&client);
    for (int i = 0; i < 40 && atomic_load(&closed_count) == 0; i++) sleep_ms(50);
    CHECK_INT(atomic_load(&closed_count), 1);
    site_stop(&site);
}

TEST(frames_that_break_the_protocol_close_with_the_right_code)
{
    static char large[5000];
    memset(large, 'x', sizeof(large));
    const struct {
        unsigned char first;
        bool is_masked;
        struct str payload;
        int code;
    } cases[] = {
        {0x81, false, STR("unmasked"), 1002},   {0x81, true, {large, sizeof(large)}, 1009}, {0x81, true, STR("\xff\xfe"), 1007},
        {0x80, true, STR("no start"), 1002},    {0xc1, true, STR("reserved"), 1002},        {0x83, true, STR("unknown"), 1002},
        {0x82, true, STR("binary"), 1003},          {0x88, true, STR("\x03\xe8"), 1000},
        {0x88, true, STR("\x03\xed"), 1002},   {0x09, true, STR("ping in pieces"), 1002},  {0x89, true, {large, 126}, 1002},
        {0x08, true, STR(""), 1002},
    };
    start(0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct client client;
        socket_open(&client, "");
        CHECK_INT(client_reply(&client, false).status, 101);
        send_frame(&client, cases[i].first, cases[i].is_masked, cases[i].payload);
        if (!CHECK_INT(close_code(&client), cases[i].code)) printf("  in case %zu\n", i);
        send_frame(&client, 0x88, true, STR("\x03\xe8"));
        if (!CHECK(wait_for_end(&client, 1000))) printf("  in case %zu\n", i);
        client_close(&client);
    }
    site_stop(&site);
}

TEST(a_message_within_a_message_is_out_of_order)
{
    struct client client;
    struct str payload;
    start(0);
    socket_open(&client, "");
    CHECK_INT(client_reply(&client, false).status, 101);
    send_frame(&client, 0x01, true, STR("first half, "));
    send_frame(&client, 0x89, true, STR("p")); /* control frames may come between */
    send_frame(&client, 0x80, true, STR("second half"));
    CHECK_INT(read_frame(&client, &payload), 0x81);
    CHECK_STR(payload, "hello ann of the key");
    for (int i = 0; i < 2; i++) { /* in either order: the echo comes from a worker */
        int first = read_frame(&client, &payload);
        if (first == 0x81) CHECK_STR(payload, "first half, second half");
        else CHECK_INT(first, 0x8a);
    }
    send_frame(&client, 0x01, true, STR("begun"));
    send_frame(&client, 0x81, true, STR("another"));
    CHECK_INT(close_code(&client), 1002);
    client_close(&client);
    CHECK_INT(site_rows(&site), 1);
    site_stop(&site);
}

TEST(quiet_streams_and_sockets_are_kept_or_ended)
{
    struct client stream, silent, talking;
    struct str payload;
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .worker_threads = 2,
                                             .comment_seconds = 1, .ping_seconds = 1, .silence_seconds = 3});
    client_open(&stream, &site);
    client_send_text(&stream, "GET /events/mine HTTP/1.1\r\nHost: a\r\n\r\n");
    socket_open(&silent, "");
    socket_open(&talking, "");
    CHECK_INT(client_reply(&silent, false).status, 101);
    CHECK_INT(client_reply(&talking, false).status, 101);
    CHECK_INT(read_frame(&silent, &payload), 0x81);
    CHECK_INT(read_frame(&talking, &payload), 0x81);
    CHECK_INT(read_frame(&silent, &payload), 0x89);
    CHECK(wait_for(&stream, ": still here"));
    int64_t end = clock_monotonic() + 5 * US_PER_SECOND;
    int first = 0, pings = 0;
    while (clock_monotonic() < end && (first = read_frame(&talking, &payload)) == 0x89) { /* answered: it lives longer than the silence */
        pings++;
        send_frame(&talking, 0x8a, true, payload);
    }
    CHECK(pings >= 3);
    CHECK_INT(first, 0x89);
    CHECK_INT(close_code(&silent), 1001);
    client_close(&stream);
    client_close(&silent);
    client_close(&talking);
    site_stop(&site);
}

TEST(sockets_of_other_sites_and_broken_upgrades_are_refused)
{
    struct arena arena = {0};
    start(0);
    struct reply reply = ask(&site, &arena, UPGRADE "Origin: http://evil.example\r\n\r\n");
    CHECK_INT(reply.status, 403);
    reply = ask(&site, &arena, "GET /socket HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_INT(reply.status, 400);
    reply = ask(&site, &arena, "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n");
    CHECK_INT(reply.status, 426);
    CHECK_STR(reply_header(&reply, "Sec-WebSocket-Version"), "13");
    site_stop(&site);
    arena_dispose(&arena);
}

TEST(a_socket_that_does_not_read_is_dropped)
{
    struct client client;
    start(0);
    atomic_store(&closed_count, 0);
    socket_open(&client, "");
    CHECK_INT(client_reply(&client, false).status, 101);
    for (int i = 0; i < 8; i++) send_frame(&client, 0x81, true, STR("flood"));
    for (int i = 0; i < 60 && atomic_load(&closed_count) == 0; i++) sleep_ms(50);
    CHECK_INT(atomic_load(&closed_count), 1);
    client_close(&client);
    site_stop(&site);
}

TEST(the_stop_says_goodbye_to_sockets)
{
    struct client client;
    pthread_t stopper;
    struct str payload;
    start(0);
    atomic_store(&closed_count, 0);
    socket_open(&client, "");
    CHECK_INT(client_reply(&client, false).status, 101);
    CHECK_INT(read_frame(&client, &payload), 0x81);
    pthread_create(&stopper, NULL, stop_site, &site);
    CHECK_INT(close_code(&client), 1001);
    send_frame(&client, 0x88, true, STR("\x03\xe9"));
    pthread_join(stopper, NULL);
    CHECK_INT(atomic_load(&closed_count), 1);
    client_close(&client);
}
