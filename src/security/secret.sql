-- name: secret_offer
-- The first node's stays.
INSERT INTO settings (name, value) VALUES ('secret', $1) ON CONFLICT (name) DO NOTHING;

-- name: secret_read
SELECT value FROM settings WHERE name = 'secret';
