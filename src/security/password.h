/* Passwords: argon2id by libsodium (RFC 9106; OWASP's minimum of 19 MiB and 2 passes). Slow on purpose: never on an I/O thread.
 *
 * At most two hashes run at once in a process, so that a burst of sign-ins costs 40 MiB and not gigabytes.
 */
#pragma once
#include "base/str.h"

#define PASSWORD_MIN 10
#define PASSWORD_MAX 200

/* The encoded hash with salt and parameters, in the arena. */
enum err password_hash(struct arena *arena, struct str password, struct str *hash) MUST_CHECK;
/* OK or ERR_UNAUTHORIZED. An empty `hash` (no such person) takes the same time and is refused. */
enum err password_verify(struct str hash, struct str password) MUST_CHECK;
/* A reason why a password is too easy to guess ("" when fine): common ones, the address or name itself, one repeated character. */
struct str password_weakness(struct str password, struct str email);
