/* Ordinary and hostile requests: what comes back, and what is left in the store. */
#include "site.h"
#include "../unit/test.h"
#include <stdlib.h>

static enum err show_page(struct request *request, struct response *response)
{
    struct str text = str_format(request->arena, "page %.*s query %.*s", STR_ARG(request->path), STR_ARG(request->query));
    respond_text(response, "text/plain; charset=utf-8", text);
    return OK;
}

static enum err show_item(struct request *request, struct response *response)
{
    respond_text(response, "text/plain; charset=utf-8", request_param(request, "item"));
    return OK;
}

static enum err show_caller(struct request *request, struct response *response)
{
    struct str text = str_format(request->arena, "%.*s %s cookie=%.*s", STR_ARG(request->address),
                                 request->is_https ? "https" : "http", STR_ARG(request_cookie(request, "a")));
    respond_text(response, "text/plain; charset=utf-8", text);
    return OK;
}

static enum err save(struct request *request, struct response *response)
{
    TRY(site_add_row(request->db));
    struct str text = str_format(request->arena, "%.*s|%d|%d|%zu|%zu", STR_ARG(request_text(request, "name")),
                                 (int)request_int(request, "years", -1), request_bool(request, "remote"),
                                 request_list(request, "skills")->count, request_file(request, "resume")->content.len);
    respond_text(response, "text/plain; charset=utf-8", text);
    if (str_equal(request_text(request, "name"), STR("fail"))) return err_set(ERR_CONFLICT, "That name is taken.");
    if (str_equal(request_text(request, "name"), STR("status"))) response->status = 409;
    return OK;
}

static enum err save_raw(struct request *request, struct response *response)
{
    respond_text(response, "text/plain", str_format(request->arena, "%zu", request_body(request).len));
    return OK;
}

static enum err show_errors(struct request *request, struct response *response)
{
    respond_text(response, "text/plain", request_error(request, "years"));
    response->status = request_has_errors(request) ? 422 : 200;
    return OK;
}

static enum err flash_set(struct request *request, struct response *response)
{
    respond_flash(request, response, true, STR("Ünsaved"));
    respond_redirect(request, response, STR("/flash"));
    return OK;
}

/* What it says happened, did not: a statement failed, so nothing is committed. */
static enum err flash_and_fail(struct request *request, struct response *response)
{
    static const struct sql broken = {"test.broken", "INSERT INTO rows_of_test (n) SELECT n FROM no_such_table", 0};
    CHECK(db_exec(request->db, &broken, DB_NO_ARGS) != OK);
    return flash_set(request, response);
}

static enum err flash_show(struct request *request, struct response *response)
{
    bool is_error;
    struct str message = request_flash(request, &is_error);
    respond_text(response, "text/html; charset=utf-8", str_format(request->arena, "%d:%.*s", is_error, STR_ARG(message)));
    return OK;
}

static const struct field fields[] = {
    {.name = "name", .type = FIELD_TEXT, .label = "Name", .required = true, .max = 20},
    {.name = "years", .type = FIELD_INT, .label = "Years of experience", .min = 0, .max = 50},
    {.name = "remote", .type = FIELD_BOOL, .label = "Remote"},
    {.name = "skills", .type = FIELD_LIST, .label = "Skills", .max = 5},
    {.name = "resume", .type = FIELD_FILE, .label = "Resume", .max = 2048},
};
static const struct field years_field[] = {{.name = "years", .type = FIELD_INT, .label = "Years of experience", .min = 0, .max = 50}};

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/", .handler = show_page, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_GET, .pattern = "/page", .handler = show_page, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_GET, .pattern = "/slow-page", .handler = show_page},
    {.method = HTTP_GET, .pattern = "/items/new", .handler = show_page, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_GET, .pattern = "/items/{item}", .handler = show_item, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_GET, .pattern = "/caller", .handler = show_caller, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_GET, .pattern = "/mine", .handler = show_page, .access = ACCESS_USER},
    {.method = HTTP_GET, .pattern = "/admin", .handler = show_page, .access = ACCESS_ADMIN},
    {.method = HTTP_GET, .pattern = "/sign-in", .handler = show_page, .access = ACCESS_GUEST, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_POST, .pattern = "/save", .handler = save, FIELDS(fields), .body_max = 8192},
    {.method = HTTP_POST, .pattern = "/save-here", .handler = save, FIELDS(fields), .body_max = 8192, .flags = ROUTE_ON_IO_THREAD},
    {.method = HTTP_POST, .pattern = "/save-mine", .handler = save, FIELDS(fields), .access = ACCESS_USER, .body_max = 1 << 20},
    {.method = HTTP_POST, .pattern = "/raw", .handler = save_raw, .body_max = 4 << 20, .flags = ROUTE_RAW_BODY},
    {.method = HTTP_GET, .pattern = "/errors", .handler = show_errors, FIELDS(years_field), .flags = ROUTE_SHOWS_ERRORS},
    {.method = HTTP_GET, .pattern = "/search", .handler = show_errors, FIELDS(years_field)},
    {.method = HTTP_POST, .pattern = "/flash", .handler = flash_set},
    {.method = HTTP_POST, .pattern = "/flash/failed", .handler = flash_and_fail},
    {.method = HTTP_GET, .pattern = "/flash", .handler = flash_show, .flags = ROUTE_ON_IO_THREAD},
};

static struct site site;
static struct arena arena;

static void start(void)
{
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .worker_threads = 2});
}

static void stop(void)
{
    site_stop(&site);
    arena_dispose(&arena);
}

#define GET(path, headers) ask(&site, &arena, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", path, headers)

static struct reply post(const char *path, const char *type, struct str body, const char *headers)
{
    return ask(&site, &arena, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n%.*s", path, type,
               body.len, headers, STR_ARG(body));
}

#define FORM "application/x-www-form-urlencoded"

TEST(pages_are_served_with_the_headers_that_protect_them)
{
    start();
    struct reply reply = GET("/page?a=1", "");
    CHECK_INT(reply.status, 200);
    CHECK_STR(reply.body, "page /page query a=1");
    CHECK(str_starts(reply_header(&reply, "Content-Security-Policy"), STR("default-src 'none'; script-src 'self'")));
    CHECK_STR(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
    CHECK_INT(reply_header(&reply, "X-Request-Id").len, 16);
    CHECK_STR(reply_header(&reply, "Strict-Transport-Security"), "");
    CHECK_STR(reply_header(&reply, "Cache-Control"), "no-cache");
    reply = GET("/mine", "X-Test-User: ann\r\n");
    CHECK_STR(reply_header(&reply, "Cache-Control"), "private, no-store");
    reply = ask(&site, &arena, "HEAD /page HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_INT(reply.status, 200);
    CHECK_STR(reply_header(&reply, "Content-Length"), "17");
    stop();
}

TEST(addresses_that_nobody_serves_say_so)
{
    static const struct {
        const char *path;
        int status;
    } cases[] = {
        {"/nothing", 404},        {"/items/a/b", 404},    {"/items/new", 200},       {"/items/abc-1", 200}, {"/items/ABC", 404},
        {"/items/a%2Fb", 404},    {"//page", 404},        {"/page//", 404},          {"/./page", 404},      {"/../page", 404},
        {"/items/%2e%2e", 404},   {"/page%00", 400},      {"/page%zz", 400},         {"/page%4", 400},      {"/items/%ff", 400},
        {"/p%61ge", 200},         {"/page/", 308},        {"/save", 405},            {"/page?x=%zz", 400},  {"/errors?years=%zz", 400},
        {"/search?years=x", 422}, {"/errors?years=x", 422}, {"/search?years=3", 200}, {"/search?years=1&years=2", 400},
    };
    start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reply reply = GET(cases[i].path, "");
        if (!CHECK_INT(reply.status, cases[i].status)) printf("  for %s\n", cases[i].path);
    }
    struct reply reply = GET("/page/?a=b", "");
    CHECK_STR(reply_header(&reply, "Location"), "/page?a=b");
    reply = GET("/save", "");
    CHECK_STR(reply_header(&reply, "Allow"), "POST");
    reply = ask(&site, &arena, "BREW /page HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_INT(reply.status, 405);
    CHECK_STR(reply_header(&reply, "Allow"), "GET, HEAD");
    struct buf path = {0};
    for (int i = 0; i < 9000; i++) buf_append_char(&path, 'a');
    reply = ask(&site, &arena, "GET /%.*s HTTP/1.1\r\nHost: a\r\n\r\n", STR_ARG(buf_str(&path)));
    CHECK_INT(reply.status, 414);
    reply = ask(&site, &arena, "GET / HTTP/1.1\r\nHost: a\r\nX: %.*s%.*s%.*s%.*s\r\n\r\n", STR_ARG(buf_str(&path)), STR_ARG(buf_str(&path)),
                STR_ARG(buf_str(&path)), STR_ARG(buf_str(&path)));
    CHECK_INT(reply.status, 431);
    buf_dispose(&path);
    stop();
}

TEST(one_connection_carries_many_requests_in_order)
{
    struct client client;
    start();
    client_open(&client, &site);
    client_send_text(&client, "GET /page?1 HTTP/1.1\r\nHost: a\r\n\r\nGET /slow-page?2 HTTP/1.1\r\nHost: a\r\n\r\n"
                              "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nContent-Length: 6\r\n\r\nname=x"
                              "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /page?5 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_STR(client_reply(&client, false).body, "page /page query 1");
    CHECK_STR(client_reply(&client, false).body, "page /slow-page query 2");
    CHECK_STR(client_reply(&client, false).body, "x|-1|0|0|0");
    CHECK_INT(client_reply(&client, false).status, 404);
    CHECK_STR(client_reply(&client, false).body, "page /page query 5");
    client_close(&client);
    stop();
}

TEST(a_changing_request_is_kept_or_undone_as_a_whole)
{
    start();
    CHECK_INT(post("/save", FORM, STR("name=ann&years=3&remote=on&skills=c&skills=sql%0Ac"), "").status, 200);
    CHECK_INT(site_rows(&site), 1);
    struct reply reply = post("/save", FORM, STR("name=fail"), "Accept: application/json\r\n");
    CHECK_INT(reply.status, 409);
    CHECK_STR(reply_header(&reply, "Content-Type"), "application/problem+json");
    CHECK(str_contains(reply.body, STR("That name is taken.")));
    CHECK_INT(post("/save", FORM, STR("name=status"), "").status, 409);
    CHECK_INT(post("/save", FORM, STR("name=ann&years=51"), "").status, 422);
    CHECK_INT(site_rows(&site), 1);
    reply = post("/save-here", "application/json", STR("{\"name\":\"ann\",\"years\":7,\"skills\":[\"a\",\"b\"],\"remote\":true}"), "");
    CHECK_STR(reply.body, "ann|7|1|2|0");
    CHECK_INT(site_rows(&site), 2);
    stop();
}

TEST(input_that_is_wrong_is_refused_with_the_right_status)
{
    static const struct {
        const char *type, *body;
        int status;
    } cases[] = {
        {FORM, "", 422},
        {FORM, "name=a&name=b", 400},
        {FORM, "name=%ff", 400},
        {FORM, "name=%00", 400},
        {FORM, "name=%4", 400},
        {FORM, "name=%0Aa%0Ab", 422},
        {"text/plain", "name=a", 415},
        {"application/json", "{", 400},
        {"application/json", "[]", 400},
        {"application/json", "{\"name\":1}", 422},
        {"application/json", "{\"name\":\"a\",\"years\":\"1\"}", 422},
        {"application/json", "{\"name\":\"a\",\"years\":1.5}", 422},
        {"application/json", "{\"name\":\"a\",\"skills\":[1]}", 422},
        {"application/json", "{\"name\":\"a\",\"skills\":{}}", 422},
        {"application/json", "{\"name\":null}", 422},
        {"application/json; charset=utf-8", "{\"name\":\"a\",\"other\":[{}]}", 200},
        {"multipart/form-data", "x", 400},
        {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n--b", 400},
        {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n--b--\r\n", 200},
    };
    start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reply reply = post("/save", cases[i].type, str_from(cases[i].body), "");
        if (!CHECK_INT(reply.status, cases[i].status)) printf("  for %s %s\n", cases[i].type, cases[i].body);
    }
    CHECK_INT(site_rows(&site), 2);
    struct reply reply = post("/save", "application/json", STR("{\"name\":\"a\",\"years\":99}"), "Accept: application/json\r\n");
    CHECK(str_contains(reply.body, STR("{\"field\":\"years\",\"in\":\"body\",\"message\":\"Years of experience must be a whole number from 0 to 50.\"}")));
    struct buf body = {0};
    for (int i = 0; i < 201; i++) buf_append_format(&body, "x%d=1&", i);
    CHECK_INT(post("/save", FORM, buf_str(&body), "").status, 413);
    buf_clear(&body);
    for (int i = 0; i < 4000; i++) buf_append_char(&body, '[');
    CHECK_INT(post("/save", "application/json", buf_str(&body), "").status, 400);
    buf_dispose(&body);
    stop();
}

TEST(who_may_call_is_checked_before_the_body_is_read)
{
    start();
    CHECK_INT(GET("/mine", "").status, 401);
    CHECK_INT(GET("/mine", "X-Test-User: ann\r\n").status, 200);
    CHECK_INT(GET("/admin", "X-Test-User: ann\r\n").status, 403);
    CHECK_INT(GET("/admin", "X-Test-User: admin\r\n").status, 200);
    CHECK_INT(GET("/page", "X-Test-User: limited\r\n").status, 429);
    struct reply reply = GET("/sign-in", "X-Test-User: ann\r\n");
    CHECK_STR(reply_header(&reply, "Location"), "/dashboard");
    CHECK_INT(post("/save-mine", FORM, STR("name=a"), "").status, 401);
    /* The client waits for 100 Continue: it never gets it. */
    reply = ask(&site, &arena, "POST /save-here HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
    CHECK_INT(reply.status, 413);
    stop();
}

TEST(bodies_beyond_the_limit_are_answered_without_reading_them)
{
    struct client client;
    struct buf block = {0};
    start();
    for (int i = 0; i < 65536; i++) buf_append_char(&block, 'x');
    /* announced: the answer comes though no byte of the body was sent */
    client_open(&client, &site);
    client_send_text(&client, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nContent-Length: 200000000\r\n\r\n");
    struct reply reply = client_reply(&client, false);
    CHECK_INT(reply.status, 413);
    CHECK_STR(reply_header(&reply, "Connection"), "close");
    client_close(&client);
    /* chunked: it stops being read soon after the limit */
    client_open(&client, &site);
    client_send_text(&client, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 8; i++) {
        client_send_text(&client, "10000\r\n");
        client_send(&client, buf_str(&block));
        client_send_text(&client, "\r\n");
    }
    CHECK_INT(client_reply(&client, false).status, 413);
    client_close(&client);
    /* a little too long: dropped, answered, and the connection goes on */
    client_open(&client, &site);
    client_send_text(&client, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nContent-Length: 65536\r\n\r\n");
    client_send(&client, buf_str(&block));
    client_send_text(&client, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_INT(client_reply(&client, false).status, 413);
    CHECK_INT(client_reply(&client, false).status, 200);
    client_close(&client);
    CHECK_INT(site_rows(&site), 0);
    buf_dispose(&block);
    stop();
}

TEST(chunked_bodies_are_read_and_smuggled_ones_refused)
{
    start();
    struct reply reply = ask(&site, &arena, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM
                                            "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nname\r\n3\r\n=ab\r\n0\r\n\r\n");
    CHECK_STR(reply.body, "ab|-1|0|0|0");
    reply = ask(&site, &arena, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM
                               "\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nname\r\n3\r\n=ab\r\n0\r\n\r\n");
    CHECK_INT(reply.status, 400);
    reply = ask(&site, &arena, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM
                               "\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\nname=x");
    CHECK_INT(reply.status, 400);
    reply = ask(&site, &arena, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n");
    CHECK_INT(reply.status, 400);
    static const char *const values[] = {"y\rContent-Length: 60", "a\bc", "\x7f", "a\x1f"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        reply = ask(&site, &arena, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nContent-Length: 6\r\nX: %s\r\n\r\nname=x", values[i]);
        CHECK_INT(reply.status, 400);
    }
    reply = ask(&site, &arena, "GET / HTTP/1.1\r\nHost: a\r\nX: tab\tand \xc3\xa9\r\n\r\n");
    CHECK_INT(reply.status, 200);
    CHECK_INT(site_rows(&site), 1);
    struct client client; /* cut off in the middle: nothing is left behind */
    client_open(&client, &site);
    client_send_text(&client, "POST /save HTTP/1.1\r\nHost: a\r\nContent-Type: " FORM "\r\nContent-Length: 60\r\n\r\nname=x");
    client_close(&client);
    stop();
}

TEST(files_come_with_their_name_and_limit)
{
    static const char part[] = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n--b\r\nContent-Disposition: "
                               "form-data; name=\"resume\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b--\r\n";
    char small[11], large[3000];
    start();
    memset(small, 'x', sizeof(small));
    small[10] = 0;
    memset(large, 'x', sizeof(large));
    large[2999] = 0;
    struct reply reply = post("/save", "multipart/form-data; boundary=\"b\"", str_format(&arena, part, small), "");
    CHECK_STR(reply.body, "ann|-1|0|0|10");
    reply = post("/save", "multipart/form-data; boundary=b", str_format(&arena, part, large), "Accept: application/json\r\n");
    CHECK_INT(reply.status, 422);
    CHECK(str_contains(reply.body, STR("Resume must be a file of at most 2 KB.")));
    stop();
}

TEST(a_message_for_the_next_page_cannot_be_forged)
{
    start();
    struct reply reply = post("/flash", FORM, STR(""), "");
    struct str cookie = reply_header(&reply, "Set-Cookie");
    CHECK_INT(reply.status, 303);
    CHECK(str_contains(cookie, STR("HttpOnly")) && str_contains(cookie, STR("SameSite=Lax")));
    cookie = str_slice(cookie, 0, str_find_char(cookie, ';', 0));
    reply = GET("/flash", str_cstr(&arena, str_format(&arena, "Cookie: x=1; %.*s\r\n", STR_ARG(cookie))));
    CHECK_STR(reply.body, "1:Ünsaved");
    CHECK(str_contains(reply_header(&reply, "Set-Cookie"), STR("flash=; ")));
    char *forged = str_cstr(&arena, str_format(&arena, "Cookie: %.*s\r\n", STR_ARG(cookie)));
    char *at = strchr(forged, '.') + 3;
    *at = *at == '1' ? '2' : '1';
    reply = GET("/flash", forged);
    CHECK_STR(reply.body, "0:");
    reply = GET("/flash", "Cookie: flash=zz\r\n");
    CHECK_STR(reply.body, "0:");
    stop();
}

TEST(what_was_not_committed_is_not_told_as_done)
{
    start();
    struct reply reply = post("/flash/failed", FORM, STR(""), "");
    CHECK_INT(reply.status, 500);
    CHECK_STR(reply_header(&reply, "Location"), "");
    CHECK_STR(reply_header(&reply, "Set-Cookie"), "");
    stop();
}

TEST(only_trusted_proxies_speak_for_the_client)
{
    start();
    CHECK_STR(GET("/caller", "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nCookie: b=1; a=2\r\n").body,
              "127.0.0.1 http cookie=2");
    stop();
    site_start(&site, &(struct site_options){.routes = routes, .routes_count = COUNT_OF(routes), .trusted_proxies = "127.0.0.0/8, 10.0.0.1"});
    CHECK_STR(GET("/caller", "X-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.0.0.1\r\nX-Forwarded-Proto: https\r\n").body,
              "9.9.9.9 https cookie=");
    CHECK_STR(GET("/caller", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 2001:DB8::1\r\n").body, "2001:db8::1 http cookie=");
    CHECK_STR(GET("/caller", "X-Forwarded-For: nonsense\r\n").body, "127.0.0.1 http cookie=");
    struct reply reply = GET("/caller", "X-Forwarded-Proto: https\r\n");
    CHECK_STR(reply_header(&reply, "Strict-Transport-Security"), "max-age=31536000");
    stop();
}
