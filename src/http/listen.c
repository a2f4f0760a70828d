/* The listening socket, and how many connections the process may hold.
 */
#include "base/arena.h"
#include "http/private.h"
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 10000
#define DESCRIPTORS_KEPT 200 /* for the store, logs, model files, outgoing calls */

unsigned listen_connection_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 500;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = limit;
        raised.rlim_cur = limit.rlim_max > 65536 ? 65536 : limit.rlim_max;
        if (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    if (limit.rlim_cur <= 2 * DESCRIPTORS_KEPT) return DESCRIPTORS_KEPT;
    rlim_t room = limit.rlim_cur - DESCRIPTORS_KEPT;
    return room < CONNECTIONS_MAX ? (unsigned)room : CONNECTIONS_MAX;
}

static int socket_open(const struct addrinfo *address)
{
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (descriptor < 0) return -1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 && listen(descriptor, 1024) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static int socket_port(int descriptor)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    if (getsockname(descriptor, (struct sockaddr *)&address, &len) != 0) return 0;
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

enum err listen_open(const char *text, int *descriptor, int *port)
{
    struct arena arena = {0};
    struct str all = str_from(text);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
    size_t colon = all.len;
    while (colon > 0 && all.ptr[colon - 1] != ':') colon--;
    if (colon == 0 || colon == all.len) return err_set(ERR_INVALID, "LISTEN: \"%.*s\" has no port", STR_ARG(all));
    struct str host = str_slice(all, 0, colon - 1);
    if (host.len >= 2 && host.ptr[0] == '[') host = str_slice(host, 1, host.len - 1);
    arena_init(&arena);
    int failed = getaddrinfo(host.len ? str_cstr(&arena, host) : NULL, all.ptr + colon, &hints, &found);
    arena_dispose(&arena);
    if (failed) return err_set(ERR_INVALID, "LISTEN: \"%.*s\": %s", STR_ARG(all), gai_strerror(failed));
    *descriptor = socket_open(found);
    freeaddrinfo(found);
    if (*descriptor < 0) return err_set(ERR_IO, "Cannot listen on %.*s: %s", STR_ARG(all), strerror(errno));
    *port = socket_port(*descriptor);
    return OK;
}
