/* Sealing what is kept: authenticated encryption of texts at rest (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03, as libsodium has it) under keys that are not in the store.
 *
 * The keys are PAYLOAD_KEYS of the configuration, several with commas between them: the first seals, and each opens. So a key is changed by putting a new one in front, and the old one
 * is taken away when nothing is left that it sealed. Each key is the BLAKE2b of its text under a name of its own, so that the same text elsewhere makes another key.
 *
 * A sealed text is base64url of a random nonce of 24 bytes and the ciphertext with its tag. It opens only in the context it was sealed for: which thing it is, and whose.
 */
#pragma once
#include "base/str.h"

#define SEAL_KEYS_MAX 8
#define SEAL_KEY_LEN_MIN 32

/* Takes the keys from the configuration; ERR_INVALID for one that is too short, or too many. Once at start. */
enum err seal_init(void) MUST_CHECK;
bool seal_has_keys(void);
/* In the arena. Asserts that there are keys. */
struct str seal_close(struct arena *arena, struct str plain, struct str context);
/* ERR_FORBIDDEN when no key opens it: another key sealed it, it was changed, or it is of another context. */
enum err seal_open(struct arena *arena, struct str sealed, struct str context, struct str *plain) MUST_CHECK;
