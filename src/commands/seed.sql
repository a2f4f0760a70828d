-- name: seed_skill
INSERT INTO skills (id, name, field, category, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, field = excluded.field, category = excluded.category;

-- name: seed_version
SELECT value FROM settings WHERE name = 'catalogue_version';

-- name: seed_set_version
INSERT INTO settings (name, value) VALUES ('catalogue_version', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: people_count
SELECT COUNT(*) FROM users;
