-- name: limit_use
INSERT INTO quotas (quota_key, window_start, used, expires_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (quota_key, window_start) DO UPDATE SET used = quotas.used + 1
RETURNING used;

-- name: limit_return
UPDATE quotas SET used = used - 1 WHERE quota_key = $1 AND window_start = $2 AND used > 0;

-- name: limit_delete
DELETE FROM quotas WHERE quota_key = $1;

-- name: limit_delete_begins
DELETE FROM quotas WHERE substr(quota_key, 1, length($1)) = $1;

-- name: limit_delete_expired
DELETE FROM quotas WHERE expires_at < $1;
