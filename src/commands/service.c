/* A process that runs until it is asked to stop. */
#include "commands/service.h"
#include "base/config.h"
#include "base/log.h"
#include "http/hub.h"
#include "security/limits.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

#define HEAP_KEPT (1 << 20) /* bytes at the end of a heap that stay ours: giving them back after each page costs more than making the page */

enum err service_start_workers(struct service *service)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof(path), "%s/workers.lock", config_cstr(CONFIG_DATA_DIR)) >= sizeof(path))
        return err_set(ERR_INVALID, "DATA_DIR is too long");
    return bus_workers_start(&service->workers, service->pool, (size_t)config_int(CONFIG_WORKERS), path);
}

void service_print_address(const struct service *service, const char *what, struct str listen)
{
    size_t colon = listen.len;
    while (colon > 0 && listen.ptr[colon - 1] != ':') colon--;
    printf("%s http://%.*s:%d\n", what, (int)(colon ? colon - 1 : 0), listen.ptr, server_port(service->server));
    fflush(stdout);
}

static void stop(struct service *service)
{
    server_stop(service->server);
    limits_share_stop();
    bus_workers_stop(service->workers);
    db_pool_close(service->pool); /* what the store still tells goes to the hub */
    if (service->hub) hub_free(service->hub);
}

int service_run(struct service *service, enum err (*start)(struct service *service))
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* every thread started from here on inherits it */
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    enum err started = start(service);
    int code = started == OK ? 0 : command_failed(started), received = 0;
    while (started == OK && sigwait(&signals, &received) == EINTR) {}
    if (started == OK) log_info("%s: finishing what runs", received == SIGINT ? "interrupted" : "asked to stop");
    stop(service);
    return code;
}
