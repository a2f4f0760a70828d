/* Identifiers: UUID version 7 (RFC 9562, 5.7), 36 lower-case characters, increasing within one process. */
#pragma once
#include "base/str.h"

struct str uuid_new(struct arena *arena);
bool uuid_is_valid(struct str s); /* 8-4-4-4-12 lower-case hexadecimal digits */
/* `bytes` random bytes as lower-case hexadecimal text of twice the length (getrandom). */
struct str random_hex(struct arena *arena, size_t bytes);
void random_bytes(void *out, size_t len);
