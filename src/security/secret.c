/* The secret of a store. Design in secret.h. */
#include "security/secret.h"

#include "base/uuid.h"
#include "security/secret.sql.h"

#include <sodium.h>

static enum err read_from(struct db *db, struct arena *arena, unsigned char *secret)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    size_t len = 0;
    TRY(db_exec(db, &sql_secret_offer, DB_ARGS(db_text(random_hex(arena, SECRET_BYTES)))));
    TRY(db_query_one(db, &sql_secret_read, DB_NO_ARGS, &rows));
    struct str hex = db_col_view(&rows, 0);
    if (sodium_hex2bin(secret, SECRET_BYTES, hex.ptr, hex.len, NULL, &len, NULL) != 0 || len != SECRET_BYTES)
        return err_set(ERR_INTERNAL, "the secret in the store (settings) is not %d bytes in hexadecimal", SECRET_BYTES);
    return OK;
}

enum err secret_read(struct db_pool *pool, unsigned char secret[SECRET_BYTES])
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db *db = NULL;
    TRY(db_acquire(pool, &db));
    enum err result = read_from(db, &arena, secret);
    db_release(db);
    return result;
}
