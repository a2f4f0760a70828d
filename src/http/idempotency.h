/* Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a POST that makes something is sent again after a lost answer, and is done
 * once.
 *
 * The key is a row of the person, put in by the transaction that does the work, together with a hash of the request; the answer (status,
 * Location, body) is stored by the same transaction. So a row is there when, and only when, the thing was done, whenever the process
 * was killed. A second request with the key waits for the first (its row is not decided yet) and then gets its answer, marked
 * "Idempotency-Replayed: true". Answers of 400 and more roll back and are not stored: sending it again tries again. After 24
 * hours a key is forgotten.
 */
#pragma once
#include "base/str.h"

struct db;
struct request_private;

#define IDEMPOTENCY_KEY_MAX 64

/* The key of a header's value: 1 to 64 visible ASCII characters, in quotes or not. */
bool idempotency_key_read(struct str header, struct str *key);
/* Before the handler. "" in *key: none was sent. The response is filled when the request was done before, or is refused (422). */
enum err idempotency_begin(struct request_private *exchange, struct str *key, bool *is_over) MUST_CHECK;
/* After the handler, in the same transaction: keeps its answer. */
enum err idempotency_finish(struct request_private *exchange, struct str key) MUST_CHECK;
/* Forgets keys of more than 24 hours. */
enum err idempotency_sweep(struct db *db) MUST_CHECK;
