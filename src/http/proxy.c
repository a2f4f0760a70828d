/* Addresses and networks of trusted proxies: see proxy.h. */
#include "http/proxy.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct proxy_network {
    struct proxy_address address;
    int bits; /* of the 128 */
};

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum err proxy_address_read(struct str text, struct proxy_address *address)
{
    char copy[INET6_ADDRSTRLEN + 8];
    text = str_trim(text);
    if (text.len > 2 && text.ptr[0] == '[') text = str_slice(text, 1, str_find_char(text, ']', 0));
    /* "192.0.2.1:4711": some proxies add the port */
    size_t colon = str_find_char(text, ':', 0);
    if (colon != STR_NPOS && str_find_char(text, '.', 0) < colon) text = str_slice(text, 0, colon);
    if (text.len == 0 || text.len >= sizeof(copy)) return err_set(ERR_INVALID, "not an address");
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    memcpy(address->bytes, mapped_prefix, sizeof(mapped_prefix));
    if (inet_pton(AF_INET, copy, address->bytes + 12) == 1) return OK;
    if (inet_pton(AF_INET6, copy, address->bytes) == 1) return OK;
    return err_set(ERR_INVALID, "not an address");
}

void proxy_address_from_socket(const struct sockaddr *socket_address, struct proxy_address *address)
{
    *address = (struct proxy_address){{0}};
    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, socket_address, sizeof(v4));
        memcpy(address->bytes, mapped_prefix, sizeof(mapped_prefix));
        memcpy(address->bytes + 12, &v4.sin_addr, 4);
    } else if (socket_address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, socket_address, sizeof(v6));
        memcpy(address->bytes, &v6.sin6_addr, 16);
    }
}

void proxy_address_write(const struct proxy_address *address, char *out)
{
    bool is_v4 = memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
    if (!inet_ntop(is_v4 ? AF_INET : AF_INET6, address->bytes + (is_v4 ? 12 : 0), out, INET6_ADDRSTRLEN)) out[0] = 0;
}

enum err proxy_list_read(struct arena *arena, const char *text, struct proxy_list *list)
{
    struct str rest = str_from(text), entry;
    size_t cap = 1;
    for (size_t i = 0; i < rest.len; i++) cap += rest.ptr[i] == ',' || rest.ptr[i] == ' ';
    *list = (struct proxy_list){.networks = arena_array(arena, struct proxy_network, cap)};
    while (str_split_next(&rest, ',', &entry)) {
        entry = str_trim(entry);
        if (entry.len == 0) continue;
        struct proxy_network network = {.bits = 128};
        size_t slash = str_find_char(entry, '/', 0);
        struct str address = str_slice(entry, 0, slash);
        int64_t bits = 0;
        bool is_fine = proxy_address_read(address, &network.address) == OK;
        int width = str_find_char(address, ':', 0) == STR_NPOS ? 32 : 128;
        if (is_fine && slash != STR_NPOS) {
            is_fine = str_to_int(str_slice(entry, slash + 1, entry.len), &bits) == OK && bits >= 0 && bits <= width;
            network.bits = 128 - width + (int)bits;
        }
        if (!is_fine) return err_set(ERR_INVALID, "TRUSTED_PROXIES: \"%.*s\" is no address or network", STR_ARG(entry));
        list->networks[list->count++] = network;
    }
    return OK;
}

static bool network_has(const struct proxy_network *network, const struct proxy_address *address)
{
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, (size_t)whole) != 0) return false;
    if (rest == 0) return true;
    unsigned mask = 0xffu & (0xffu << (8 - rest));
    return (network->address.bytes[whole] & mask) == (address->bytes[whole] & mask);
}

bool proxy_is_trusted(const struct proxy_list *list, const struct proxy_address *address)
{
    for (size_t i = 0; i < list->count; i++) {
        if (network_has(&list->networks[i], address)) return true;
    }
    return false;
}

bool proxy_client_of(const struct proxy_list *list, struct str chain, struct proxy_address *client)
{
    bool found = false;
    for (size_t hops = 0; chain.len > 0 && hops < 32; hops++) {
        size_t comma = chain.len;
        while (comma > 0 && chain.ptr[comma - 1] != ',') comma--;
        struct proxy_address address;
        if (proxy_address_read(str_slice(chain, comma, chain.len), &address) != OK) return found;
        *client = address;
        found = true;
        if (!proxy_is_trusted(list, &address)) return true;
        chain.len = comma > 0 ? comma - 1 : 0;
    }
    return found;
}
