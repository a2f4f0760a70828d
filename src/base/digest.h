/* A digest that two stores compute alike: BLAKE2b (RFC 7693) of 16 bytes, as two numbers that may be added up. No protection of secrets. */
#pragma once
#include "base/str.h"

struct digest {
    uint64_t parts[2];
};
struct digest digest_of(struct str bytes);
