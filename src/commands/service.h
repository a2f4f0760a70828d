/* What serve and worker share: a process on the store that runs until it is asked to stop. */
#pragma once
#include "bus/bus.h"
#include "features/command.h"
#include "http/server.h"

struct service {
    const struct command_options *options;
    struct db_pool *pool;
    struct hub *hub;             /* NULL: no page is open here */
    struct server *server;       /* NULL: it listens nowhere */
    struct bus_workers *workers; /* NULL: it runs no jobs */
};

/* Starts WORKERS threads that run jobs, and the schedules. ERR_CONFLICT when another process runs those of this data directory. */
enum err service_start_workers(struct service *service) MUST_CHECK;
/* Prints "WHAT http://ADDRESS:PORT": where its server listens. `listen` is what it was told, whose port may be 0. */
void service_print_address(const struct service *service, const char *what, struct str listen);
/* Runs `start`, which fills the service in, waits for SIGINT or SIGTERM, and lets what runs end. Returns the exit code; whatever was started is stopped, also when the
 * start failed. */
int service_run(struct service *service, enum err (*start)(struct service *service));
