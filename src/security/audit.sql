-- name: audit_insert
INSERT INTO audit_log (id, user_id, action, detail, address, created_at) VALUES ($1, $2, $3, $4, $5, $6);
