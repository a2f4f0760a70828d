-- name: quota_use
INSERT INTO quotas (quota_key, window_start, used, expires_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (quota_key, window_start) DO UPDATE SET used = quotas.used + 1
RETURNING used;

-- name: quota_delete
DELETE FROM quotas WHERE quota_key = $1;

-- name: quota_delete_expired
DELETE FROM quotas WHERE expires_at < $1;
