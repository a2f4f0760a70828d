/* careerprep worker: jobs, schedules and housekeeping without pages, beside any number of others on one PostgreSQL.
 *
 * It listens nowhere, unless --listen asks for the three addresses that say how it is: they are those of serve, with the same permissions, except that nobody signs in here.
 */
#include "base/config.h"
#include "commands/commands.h"
#include "commands/service.h"
#include "security/limits.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define PROBE_THREADS 2      /* so that one who waits for a store that hangs does not hold up /healthz */
#define SPARE_CONNECTIONS 2  /* of the keeper, and of what tells others */

static const char *const probes[] = {"/healthz", "/readyz", "/metrics"};

static const struct route *find_route(const char *pattern)
{
    size_t count;
    const struct route *const *routes = all_routes(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(routes[i]->pattern, pattern) == 0) return routes[i];
    return NULL;
}

static enum err start_server(struct service *service)
{
    static enum err (*const filters[])(struct request *, struct response *) = {limits_filter};
    static const struct route *routes[COUNT_OF(probes)];
    struct server_options options = {
        .listen = config_cstr(CONFIG_LISTEN),
        .db = service->pool,
        .routes = routes,
        .has_no_assets = true,
        .filters = filters,
        .filters_count = COUNT_OF(filters),
        .io_threads = 1,
        .worker_threads = PROBE_THREADS,
        .trusted_proxies = config_cstr(CONFIG_TRUSTED_PROXIES),
        .store_may_block = true,
    };
    for (size_t i = 0; i < COUNT_OF(probes); i++) {
        const struct route *route = find_route(probes[i]);
        if (!route) return err_set(ERR_INTERNAL, "no feature has the route %s", probes[i]);
        routes[options.routes_count++] = route;
    }
    return server_start(&service->server, &options);
}

static enum err start(struct service *service)
{
    if (!config_is_set(CONFIG_DATABASE_URL))
        return err_set(ERR_UNSUPPORTED, "an embedded store belongs to one process, which is serve: start serve without --no-worker and it runs the jobs, "
                                        "or set DATABASE_URL to a PostgreSQL server (docs/scaling.md)");
    TRY(command_open_store(&service->pool, (size_t)config_int(CONFIG_WORKERS) + PROBE_THREADS + SPARE_CONNECTIONS));
    TRY(service_start_workers(service));
    printf("Career Prep runs jobs, %lld at once\n", (long long)config_int(CONFIG_WORKERS));
    fflush(stdout);
    if (!service->options->listens) return OK;
    TRY(start_server(service));
    service_print_address(service, "/healthz, /readyz and /metrics are at", config_text(CONFIG_LISTEN));
    return OK;
}

int command_worker(int argc, char **argv)
{
    struct command_options options;
    struct service service = {.options = &options};
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    mallopt(M_ARENA_MAX, 1); /* each thread's own heap would keep what its largest job took: 3 MB more for four of them (tests/load/worker.sh) */
    return service_run(&service, start);
}
