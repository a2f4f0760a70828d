-- name: architect_goals
SELECT target_roles FROM user_profiles WHERE user_id = $1;

-- name: architect_roadmap
SELECT id, title, target_role, version FROM roadmaps WHERE user_id = $1 AND status = 'active';

-- name: architect_modules
-- Dropped ones too: one that comes back keeps its id.
SELECT id, skill_id, kind, title, status, position, completed_at FROM roadmap_modules
WHERE user_id = $1 AND roadmap_id = $2 ORDER BY position, id;

-- name: architect_insert_roadmap
INSERT INTO roadmaps (id, user_id, title, target_role, status, reason, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'active', $5, 0, $6, $6);

-- name: architect_new_version
UPDATE roadmaps SET title = $3, target_role = $4, reason = $5, last_change = $6, version = version + 1, updated_at = $7
WHERE user_id = $1 AND id = $2;

-- name: architect_insert_module
INSERT INTO roadmap_modules (id, user_id, roadmap_id, skill_id, title, summary, reason, kind, hours, position, status, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $11);

-- name: architect_update_module
UPDATE roadmap_modules SET title = $3, summary = $4, reason = $5, hours = $6, position = $7, status = $8, updated_at = $9
WHERE user_id = $1 AND id = $2;

-- name: architect_close_module
UPDATE roadmap_modules SET status = $3, position = $4, completed_at = $5, updated_at = $6 WHERE user_id = $1 AND id = $2;
