-- name: seed_skills
-- $1: [{"id", "name", "field", "category"}].
INSERT INTO skills (id, name, field, category, created_at)
SELECT e.value {member} 'id', e.value {member} 'name', e.value {member} 'field', e.value {member} 'category', CAST($2 AS {time}) FROM {each}($1) AS e WHERE TRUE
ON CONFLICT (id) DO UPDATE SET name = excluded.name, field = excluded.field, category = excluded.category;

-- name: seed_version
SELECT value FROM settings WHERE name = 'catalogue_version';

-- name: seed_set_version
INSERT INTO settings (name, value) VALUES ('catalogue_version', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: people_count
SELECT COUNT(*) FROM users;
