-- name: token_identity
SELECT u.id, t.last_used_at, u.email, u.username, u.first_name, u.last_name, u.role, u.onboarding_step, u.onboarding_completed,
       u.onboarding_skipped, t.id, t.scopes
FROM api_tokens t JOIN users u ON u.id = t.user_id
WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2);

-- name: token_touch
UPDATE api_tokens SET last_used_at = $3 WHERE user_id = $1 AND id = $2;

-- name: token_count
SELECT COUNT(*) FROM api_tokens WHERE user_id = $1;

-- name: token_insert
INSERT INTO api_tokens (id, user_id, token_hash, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: token_delete
DELETE FROM api_tokens WHERE user_id = $1 AND id = $2 RETURNING name;

-- name: token_was_made
SELECT COUNT(*) FROM audit_log WHERE user_id = $1 AND id = $2;
