-- name: settings_sessions
SELECT token_hash, created_at, last_used_at, user_agent FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, token_hash LIMIT 100;

-- name: settings_tokens
SELECT id, name, scopes, created_at, last_used_at, expires_at FROM api_tokens WHERE user_id = $1 ORDER BY created_at DESC, id DESC;

-- name: settings_token
SELECT name, last_used_at FROM api_tokens WHERE user_id = $1 AND id = $2;

-- name: settings_password
SELECT password_hash FROM accounts WHERE user_id = $1;

-- name: settings_password_change
-- Only while it is still the one that was checked.
UPDATE accounts SET password_hash = $2, password_changed_at = $3 WHERE user_id = $1 AND password_hash = $4;

-- name: settings_delete_audit
DELETE FROM audit_log WHERE user_id = $1;

-- name: settings_delete_user
-- Everything else that is theirs refers to this row and goes with it.
DELETE FROM users WHERE id = $1;

-- name: settings_latest_resume
SELECT file_name, status, error, uploaded_at FROM resumes WHERE user_id = $1 ORDER BY uploaded_at DESC, id DESC LIMIT 1;

-- name: settings_drafts
SELECT wants_drafts, drafts_min_score FROM user_profiles WHERE user_id = $1;

-- name: settings_drafts_change
UPDATE user_profiles SET wants_drafts = $2, drafts_min_score = $3, updated_at = $4 WHERE user_id = $1;
