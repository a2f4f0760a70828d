-- name: roadmap_active
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND status = 'active';

-- name: roadmap_find
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND id = $2;

-- name: roadmap_page_up
-- One page and a row more, the oldest first by the time that $3 names.
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (CASE $3 WHEN 'updated_at' THEN updated_at ELSE created_at END, id) > ($4, $5)
ORDER BY CASE $3 WHEN 'updated_at' THEN updated_at ELSE created_at END, id LIMIT $6;

-- name: roadmap_page_down
-- One page and a row more, the newest first by the time that $3 names.
SELECT id, title, target_role, status, reason, last_change, version, created_at, updated_at
FROM roadmaps WHERE user_id = $1 AND ($2 = '' OR status = $2) AND (CASE $3 WHEN 'updated_at' THEN updated_at ELSE created_at END, id) < ($4, $5)
ORDER BY CASE $3 WHEN 'updated_at' THEN updated_at ELSE created_at END DESC, id DESC LIMIT $6;

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
-- One that is archived already stays as it is.
UPDATE roadmaps SET status = 'archived', updated_at = CASE status WHEN 'active' THEN $3 ELSE updated_at END WHERE user_id = $1 AND id = $2;

-- name: roadmap_open_event
-- The event that the newest plan not yet made was asked for by.
SELECT event_id FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' AND finished_at IS NULL ORDER BY id DESC LIMIT 1;

-- name: roadmap_plans_queued
SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' AND status IN ('scheduled', 'blocked', 'queued');

-- name: roadmap_plans_open
SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND kind = 'roadmap.repath' AND finished_at IS NULL;

-- name: roadmap_can_plan
SELECT (SELECT COUNT(*) FROM user_skills s WHERE s.user_id = p.user_id), p.target_roles FROM user_profiles p WHERE p.user_id = $1;
