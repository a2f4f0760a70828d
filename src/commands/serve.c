/* careerprep serve: pages, API, sockets, workers and schedules in one process. */
#include "agents/registry.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "features/command.h"
#include "http/server.h"
#include "pages/pages.h"
#include "security/limits.h"
#include "security/origin.h"
#include "security/secret.h"
#include "security/session.h"
#include "security/token.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_CONNECTIONS 4
#define FLASH_KEY_BYTES 16
#define HEAP_KEPT (1 << 20) /* bytes at the end of a heap that stay ours: giving them back after each page costs more than making the page */

struct service {
    struct db_pool *pool;
    struct hub *hub;
    struct server *server;
    struct bus_workers *workers;
    bool without_worker;
    unsigned char secret[SECRET_BYTES]; /* the key of flash messages, then the seed of the limits */
};

const struct route *const *all_routes(size_t *count)
{
    static const struct route **routes;
    static size_t total;
    if (!routes) {
        for (size_t i = 0; i < features_count; i++) total += features[i]->routes_count;
        routes = mem_alloc(total * sizeof(*routes));
        size_t at = 0;
        for (size_t i = 0; i < features_count; i++)
            for (size_t j = 0; j < features[i]->routes_count; j++) routes[at++] = &features[i]->routes[j];
    }
    *count = total;
    return routes;
}

static enum err start_workers(struct service *service)
{
    if (service->without_worker) return OK;
    char path[4096];
    if ((size_t)snprintf(path, sizeof(path), "%s/workers.lock", config_cstr(CONFIG_DATA_DIR)) >= sizeof(path))
        return err_set(ERR_INVALID, "DATA_DIR is too long");
    enum err started = bus_workers_start(&service->workers, service->pool, (size_t)config_int(CONFIG_WORKERS), path);
    if (started != ERR_CONFLICT) return started;
    log_warn("%s: this process serves pages and runs no jobs", err_detail());
    return OK;
}

static enum err start_server(struct service *service)
{
    static enum err (*const filters[])(struct request *, struct response *) = {token_identify, session_identify, origin_filter, limits_filter, token_check};
    struct server_options options = {
        .listen = config_cstr(CONFIG_LISTEN),
        .db = service->pool,
        .hub = service->hub,
        .filters = filters,
        .filters_count = COUNT_OF(filters),
        .check_session = session_check,
        .error_page = pages_error,
        .worker_threads = (size_t)config_int(CONFIG_WORKERS),
        .trusted_proxies = config_cstr(CONFIG_TRUSTED_PROXIES),
        .tells_statements = str_equal(config_text(CONFIG_DEV_STATEMENTS), STR("header")),
        .flash_key = service->secret,
        .store_may_block = config_is_set(CONFIG_DATABASE_URL),
        .streams_of_one_max = 50, /* pages in tabs */
    };
    options.routes = all_routes(&options.routes_count);
    return server_start(&service->server, &options);
}

static enum err start(struct service *service)
{
    TRY(file_make_dirs(config_cstr(CONFIG_DATA_DIR)));
    TRY(command_open_store(&service->pool, (size_t)(2 * config_int(CONFIG_WORKERS)) + SPARE_CONNECTIONS));
    service->hub = hub_new();
    TRY(bus_init(&agents_registry, service->hub));
    TRY(bus_listen(service->pool));
    TRY(secret_read(service->pool, service->secret));
    uint64_t seed;
    memcpy(&seed, service->secret + FLASH_KEY_BYTES, sizeof(seed));
    TRY(limits_share_start(service->pool, seed));
    TRY(start_workers(service));
    return start_server(service);
}

static void stop(struct service *service)
{
    if (service->server) server_stop(service->server);
    limits_share_stop();
    bus_workers_stop(service->workers);
    if (service->pool) db_pool_close(service->pool); /* what the store still tells goes to the hub */
    if (service->hub) hub_free(service->hub);
}

static void print_address(const struct service *service)
{
    struct str listen = config_text(CONFIG_LISTEN);
    size_t colon = listen.len;
    while (colon > 0 && listen.ptr[colon - 1] != ':') colon--;
    printf("Career Prep serves http://%.*s:%d\n", (int)(colon ? colon - 1 : 0), listen.ptr, server_port(service->server));
    fflush(stdout);
}

int command_serve(int argc, char **argv)
{
    struct service service = {0};
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    service.without_worker = options.no_worker;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* every thread started from here on inherits it */
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    enum err started = start(&service);
    if (started != OK) {
        int code = command_failed(started);
        stop(&service);
        return code;
    }
    print_address(&service);
    int received = 0;
    while (sigwait(&signals, &received) == EINTR) {}
    log_info("%s: finishing what runs", received == SIGINT ? "interrupted" : "asked to stop");
    stop(&service);
    return 0;
}
