/* Reverse proxies: whose word about the client's address and scheme we take.
 *
 * X-Forwarded-For and X-Forwarded-Proto count only when the peer is in TRUSTED_PROXIES (addresses and networks, "10.0.0.0/8, ::1").
 * The client is the rightmost address of the chain that is not a trusted proxy: what stands left of it the client wrote itself.
 */
#pragma once
#include "base/str.h"
#include <sys/socket.h>

struct proxy_address {
    unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct proxy_list {
    struct proxy_network *networks;
    size_t count;
};

/* ERR_INVALID names the wrong entry. `text` may be NULL. */
enum err proxy_list_read(struct arena *arena, const char *text, struct proxy_list *list) MUST_CHECK;
bool proxy_is_trusted(const struct proxy_list *list, const struct proxy_address *address);
enum err proxy_address_read(struct str text, struct proxy_address *address) MUST_CHECK;
void proxy_address_from_socket(const struct sockaddr *socket_address, struct proxy_address *address);
/* Writes the usual text form (IPv4 without the prefix) into 46 bytes. */
void proxy_address_write(const struct proxy_address *address, char *out);
/* The client of a chain "client, proxy1, proxy2" told by a trusted peer; false when the chain has no proper address. */
bool proxy_client_of(const struct proxy_list *list, struct str chain, struct proxy_address *client);
