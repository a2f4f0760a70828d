-- name: migration_list
SELECT number, name, checksum FROM schema_migrations ORDER BY number;

-- name: migration_add
INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4);
