/* careerprep serve: pages, API, sockets, workers and schedules in one process. */
#include "agents/registry.h"
#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/service.h"
#include "http/hub.h"
#include "pages/pages.h"
#include "security/limits.h"
#include "security/origin.h"
#include "security/secret.h"
#include "security/session.h"
#include "security/token.h"

#include <string.h>

#define SPARE_CONNECTIONS 4
#define FLASH_KEY_BYTES 16

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
    if (service->options->no_worker) {
        if (db_pool_is_shared(service->pool)) log_info("this process runs no jobs: careerprep worker does, or a serve without --no-worker");
        else log_warn("nobody runs jobs: what is asked for is kept until serve is started without --no-worker");
        return OK;
    }
    enum err started = service_start_workers(service);
    if (started != ERR_CONFLICT) return started;
    log_warn("%s: this process serves pages and runs no jobs", err_detail());
    return OK;
}

static enum err start_server(struct service *service, const unsigned char *flash_key)
{
    static enum err (*const filters[])(struct request *, struct response *) = {token_identify, session_identify, origin_filter, limits_filter, token_check};
    struct server_options options = {
        .listen = config_cstr(CONFIG_LISTEN),
        .db = service->pool,
        .hub = service->hub,
        .filters = filters,
        .filters_count = COUNT_OF(filters),
        .look_ahead = session_look_ahead,
        .check_session = session_check,
        .error_page = pages_error,
        .worker_threads = (size_t)config_int(CONFIG_WORKERS),
        .trusted_proxies = config_cstr(CONFIG_TRUSTED_PROXIES),
        .tells_statements = str_equal(config_text(CONFIG_DEV_STATEMENTS), STR("header")),
        .flash_key = flash_key,
        .store_may_block = config_is_set(CONFIG_DATABASE_URL),
        .streams_of_one_max = 50, /* pages in tabs */
    };
    options.routes = all_routes(&options.routes_count);
    return server_start(&service->server, &options);
}

static enum err start(struct service *service)
{
    unsigned char secret[SECRET_BYTES]; /* the key of flash messages, then the seed of the limits */
    uint64_t seed;
    TRY(file_make_dirs(config_cstr(CONFIG_DATA_DIR)));
    TRY(command_open_store(&service->pool, (size_t)(2 * config_int(CONFIG_WORKERS)) + SPARE_CONNECTIONS));
    service->hub = hub_new();
    TRY(bus_init(&agents_registry, service->hub));
    TRY(bus_listen(service->pool));
    TRY(secret_read(service->pool, secret));
    memcpy(&seed, secret + FLASH_KEY_BYTES, sizeof(seed));
    TRY(limits_share_start(service->pool, seed));
    TRY(start_workers(service));
    TRY(start_server(service, secret));
    service_print_address(service, "Career Prep serves", config_text(CONFIG_LISTEN));
    return OK;
}

int command_serve(int argc, char **argv)
{
    struct command_options options;
    struct service service = {.options = &options};
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    return service_run(&service, start);
}
