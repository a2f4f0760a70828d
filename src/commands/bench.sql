-- name: bench_bare
-- What a commit of one row costs at the least: into a table of nothing but text.
INSERT INTO settings (name, value) VALUES ($1, $2);

-- name: bench_open
SELECT COUNT(*) FROM jobs WHERE finished_at IS NULL;

-- name: bench_clear
DELETE FROM jobs;
