-- name: idempotency_begin
-- No row comes back when the key is in use; one that is too old begins anew.
INSERT INTO idempotency_keys (user_id, idempotency_key, request_hash, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = 0
WHERE idempotency_keys.created_at < $5
RETURNING status;

-- name: idempotency_find
SELECT request_hash, status, location, content_type, body FROM idempotency_keys WHERE user_id = $1 AND idempotency_key = $2;

-- name: idempotency_finish
UPDATE idempotency_keys SET status = $3, location = $4, content_type = $5, body = $6 WHERE user_id = $1 AND idempotency_key = $2;

-- name: idempotency_sweep
DELETE FROM idempotency_keys WHERE created_at < $1;
