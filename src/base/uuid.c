/* UUID version 7 (RFC 9562, sections 5.7 and 6.2, method 3): 48 bits of milliseconds, then 12 bits of the millisecond's
 * fraction, then 62 random bits. Time and fraction together are one 60-bit number that only grows within the process: two
 * ids made in the same instant, or after the clock was set back, differ by one there.
 */
#include "base/uuid.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

static const char hex_digits[] = "0123456789abcdef";

void random_bytes(void *out, size_t len)
{
    char *at = out;
    while (len) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) log_fatal("the system gives no random numbers: %s", strerror(errno));
        at += got;
        len -= (size_t)got;
    }
}

/* The next 60-bit time stamp: the clock, or one more than the last when the clock did not move. */
static uint64_t next_stamp(void)
{
    static _Atomic uint64_t last;
    uint64_t us = (uint64_t)clock_now();
    uint64_t stamp = us / 1000 << 12 | us % 1000 * 4096 / 1000;
    uint64_t before = atomic_load(&last);
    uint64_t next;
    do {
        next = stamp > before ? stamp : before + 1;
    } while (!atomic_compare_exchange_weak(&last, &before, next));
    return next;
}

struct str uuid_new(struct arena *arena)
{
    unsigned char bytes[16];
    uint64_t stamp = next_stamp();
    random_bytes(bytes + 8, 8);
    for (int i = 0; i < 6; i++) bytes[i] = (unsigned char)(stamp >> (52 - 8 * i));
    bytes[6] = (unsigned char)(0x70 | (stamp >> 8 & 0x0F));
    bytes[7] = (unsigned char)stamp;
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F));

    char *text = arena_alloc(arena, 37);
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        text[at++] = hex_digits[bytes[i] >> 4];
        text[at++] = hex_digits[bytes[i] & 15];
    }
    return (struct str){text, at};
}

bool uuid_is_valid(struct str s)
{
    if (s.len != 36) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

struct str random_hex(struct arena *arena, size_t bytes)
{
    unsigned char *random = arena_alloc(arena, bytes);
    char *text = arena_alloc(arena, bytes * 2 + 1);
    random_bytes(random, bytes);
    for (size_t i = 0; i < bytes; i++) {
        text[2 * i] = hex_digits[random[i] >> 4];
        text[2 * i + 1] = hex_digits[random[i] & 15];
    }
    return (struct str){text, bytes * 2};
}
