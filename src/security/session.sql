-- name: session_insert
INSERT INTO sessions (token_hash, user_id, created_at, last_used_at, expires_at, user_agent) VALUES ($1, $2, $3, $3, $4, $5);

-- name: session_identity
SELECT s.user_id, s.last_used_at, u.email, u.username, u.first_name, u.last_name, u.role, u.onboarding_step,
       u.onboarding_completed, u.onboarding_skipped
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = $1 AND s.expires_at > $2;

-- name: session_touch
UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE token_hash = $1;

-- name: session_exists
SELECT 1 FROM sessions WHERE token_hash = $1 AND expires_at > $2;

-- name: session_delete_one
DELETE FROM sessions WHERE user_id = $1 AND token_hash = $2;

-- name: session_delete
DELETE FROM sessions WHERE token_hash = $1;

-- name: session_delete_others
DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2;

-- name: session_delete_expired
DELETE FROM sessions WHERE expires_at <= $1;
