/* Calls to other services from many threads at once, as workers make them: each gets its own answer, in its own trace, and all are counted. */
#include "base/trace.h"
#include "http/client.h"
#include "site.h"
#include "../unit/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define THREADS 8
#define CALLS 25

static struct site site;
static atomic_int right, wrong;

static enum err echo(struct request *request, struct response *response)
{
    struct str text = str_format(request->arena, "%.*s %.*s", STR_ARG(request_param(request, "what")), STR_ARG(request_header(request, "traceparent")));
    respond_text(response, "text/plain", text);
    return OK;
}

static const struct route routes[] = {{.method = HTTP_GET, .pattern = "/echo/{what}", .handler = echo}};

static bool call_once(struct arena *arena, int thread, int number, const struct trace *trace)
{
    struct http_answer answer;
    struct http_call call = {.url = str_format(arena, "http://127.0.0.1:%d/echo/%d-%d", site.port, thread, number)};
    struct str expected = str_format(arena, "%d-%d 00-%s-", thread, number, trace->id);
    return http_call(arena, &call, &answer) == OK && answer.status == 200 && str_starts(answer.body, expected);
}

static void *call_often(void *argument)
{
    int thread = *(int *)argument;
    struct arena arena CLEANUP(arena_dispose) = {0};
    trace_set_current(&(struct trace){0});
    const struct trace *trace = trace_current();
    for (int i = 0; i < CALLS; i++) {
        arena_reset(&arena);
        struct http_answer nobody;
        bool is_right = call_once(&arena, thread, i, trace);
        atomic_fetch_add(is_right ? &right : &wrong, 1);
        /* A host of its own for each thread, so that places are added at the same time; port 1 has nobody. */
        struct http_call call = {.url = str_format(&arena, "http://127.0.0.%d:1/", thread + 1)};
        if (http_call(&arena, &call, &nobody) != ERR_UNAVAILABLE || nobody.was_sent) atomic_fetch_add(&wrong, 1);
    }
    trace_set_current(NULL);
    return NULL;
}

TEST(calls_of_many_threads_do_not_meet)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    struct buf figures = {0};
    setenv("no_proxy", "*", 1);
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .worker_threads = 4});
    log_set_level(LOG_ERROR);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        REQUIRE(pthread_create(&threads[i], NULL, call_often, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    CHECK_INT(right, THREADS * CALLS);
    CHECK_INT(wrong, 0);
    http_write_call_counts(&figures);
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK(str_contains(buf_str(&figures), str_format(&arena, "careerprep_outgoing_calls_total{host=\"127.0.0.1:%d\",outcome=\"2xx\"} %d\n", site.port, THREADS * CALLS)));
    for (int i = 0; i < THREADS; i++)
        CHECK(str_contains(buf_str(&figures), str_format(&arena, "careerprep_outgoing_calls_total{host=\"127.0.0.%d:1\",outcome=\"unreached\"} %d\n", i + 1, CALLS)));
    buf_dispose(&figures);
    site_stop(&site);
}

TEST(more_hosts_than_there_are_places_share_one)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf figures = {0};
    struct http_answer answer;
    for (int i = 0; i < 40; i++) {
        struct http_call call = {.url = str_format(&arena, "http://127.0.1.%d:1/", i + 1)};
        CHECK_INT(http_call(&arena, &call, &answer), ERR_UNAVAILABLE);
    }
    http_write_call_counts(&figures);
    CHECK(str_contains(buf_str(&figures), STR("careerprep_outgoing_calls_total{host=\"others\",outcome=\"unreached\"}")));
    CHECK(!str_contains(buf_str(&figures), STR("127.0.1.40:1")));
    buf_dispose(&figures);
}
