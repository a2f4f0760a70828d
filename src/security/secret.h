/* The secret of a store: 32 random bytes, made once and kept in it, so that all nodes on a store and a restarted one derive the same keys: of flash
 * messages, and of the limits that nodes tell each other.
 */
#pragma once
#include "db/db.h"

#define SECRET_BYTES 32

enum err secret_read(struct db_pool *pool, unsigned char secret[SECRET_BYTES]) MUST_CHECK;
