/* One call of src/http/client.h, as client.test.mjs asks for it, told as JSON on standard output; the log is on standard error. No part of the program.
 *
 *     caller URL [body TEXT] [seconds N] [most BYTES] [ca FILE] [stop MILLISECONDS] [trace TRACEPARENT] [header NAME=VALUE]
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/trace.h"
#include "http/client.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err stop_at(void *argument)
{
    const int64_t *at = argument;
    return *at && clock_monotonic() > *at ? err_set(ERR_CANCELLED, "the job was cancelled") : OK;
}

static void print(enum err result, const struct http_answer *answer)
{
    struct buf out = {0}, figures = {0};
    struct json_writer writer;
    http_write_call_counts(&figures);
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_str(&writer, "error", str_from(result == OK ? "ok" : err_name(result)));
    json_member_str(&writer, "detail", str_from(result == OK ? "" : err_detail()));
    json_member_int(&writer, "status", answer->status);
    json_member_str(&writer, "body", answer->body);
    json_member_int(&writer, "retry_after", answer->retry_after);
    json_member_bool(&writer, "was_sent", answer->was_sent);
    json_member_str(&writer, "figures", buf_str(&figures));
    json_object_close(&writer);
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_dispose(&out);
    buf_dispose(&figures);
}

int main(int argc, char **argv)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct http_call_header header;
    int64_t at = 0;
    if (argc < 2) return 2;
    struct http_call call = {.url = str_from(argv[1]), .headers = &header, .stopped = stop_at, .argument = &at};
    for (int i = 2; i + 1 < argc; i += 2) {
        const char *name = argv[i];
        char *value = argv[i + 1];
        if (strcmp(name, "body") == 0) call.body = str_from(value);
        if (strcmp(name, "seconds") == 0) call.timeout_seconds = (int)strtol(value, NULL, 10);
        if (strcmp(name, "most") == 0) call.answer_max = strtoul(value, NULL, 10);
        if (strcmp(name, "ca") == 0) call.ca_file = value;
        if (strcmp(name, "stop") == 0) at = clock_monotonic() + strtol(value, NULL, 10) * 1000;
        struct trace trace;
        if (strcmp(name, "trace") == 0 && trace_read(str_from(value), &trace)) trace_set_current(&trace);
        char *equals = strchr(value, '=');
        if (strcmp(name, "header") == 0 && equals) {
            *equals = '\0';
            header = (struct http_call_header){value, str_from(equals + 1)};
            call.headers_count = 1;
        }
    }
    struct http_answer answer;
    enum err result = http_call(&arena, &call, &answer);
    print(result, &answer);
    return 0;
}
