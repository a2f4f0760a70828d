-- name: roadmap_active
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND status = 'active';

-- name: roadmap_find
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND id = $2;

-- name: roadmap_list
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100;

-- name: roadmap_modules
SELECT m.id, m.skill_id, m.title, m.summary, m.reason, m.kind, m.status, m.hours, m.position, m.completed_at, us.id IS NOT NULL
FROM roadmap_modules m LEFT JOIN user_skills us ON us.user_id = m.user_id AND us.skill_id = m.skill_id
WHERE m.user_id = $1 AND m.roadmap_id = $2 AND m.status <> 'dropped' ORDER BY m.position, m.id;

-- name: roadmap_module
SELECT m.title, m.kind, m.status FROM roadmap_modules m JOIN roadmaps r ON r.user_id = m.user_id AND r.id = m.roadmap_id
WHERE m.user_id = $1 AND m.id = $2 AND m.status <> 'dropped' AND r.status = 'active';

-- name: roadmap_set_status
UPDATE roadmap_modules SET status = $3, completed_at = $4, updated_at = $5 WHERE user_id = $1 AND id = $2;

-- name: roadmap_rename
UPDATE roadmaps SET title = $3, updated_at = $4 WHERE user_id = $1 AND id = $2;

-- name: roadmap_archive
UPDATE roadmaps SET status = 'archived', updated_at = $3 WHERE user_id = $1 AND id = $2 AND status = 'active';

-- name: roadmap_plans_queued
SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' AND status = 'queued';

-- name: roadmap_plans_open
SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' AND status IN ('queued', 'running');

-- name: roadmap_can_plan
SELECT (SELECT COUNT(*) FROM user_skills s WHERE s.user_id = p.user_id), p.target_roles FROM user_profiles p WHERE p.user_id = $1;
