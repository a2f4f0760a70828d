-- name: landing_proof
-- One strong proof among the public profiles changed last.
SELECT u.username, u.first_name, u.last_name, s.name, v.verification_type, v.confidence, v.snippet, v.verified_at
FROM (SELECT user_id FROM user_profiles WHERE is_public ORDER BY updated_at DESC LIMIT 20) p
JOIN users u ON u.id = p.user_id AND u.username IS NOT NULL
JOIN skill_verifications v ON v.user_id = p.user_id
JOIN user_skills us ON us.user_id = v.user_id AND us.id = v.user_skill_id
JOIN skills s ON s.id = us.skill_id
ORDER BY v.confidence DESC, v.verified_at DESC LIMIT 1;

-- name: landing_ready
SELECT COUNT(*) FROM settings;

-- name: landing_search_applications
SELECT id, title, company, status FROM job_applications
WHERE user_id = $1 AND (LOWER(title) LIKE $2 ESCAPE $3 OR LOWER(company) LIKE $2 ESCAPE $3) ORDER BY updated_at DESC, id LIMIT $4;

-- name: landing_search_listings
SELECT id, title, company, location FROM job_listings WHERE LOWER(title) LIKE $1 ESCAPE $2
ORDER BY COALESCE(posted_at, first_seen_at) DESC, id LIMIT $3;

-- name: landing_notifications
SELECT id, kind, title, body, url, created_at, read_at FROM notifications WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3;

-- name: landing_notifications_count
SELECT COUNT(*) FROM notifications WHERE user_id = $1;

-- name: landing_notification_open
UPDATE notifications SET read_at = COALESCE(read_at, $3) WHERE user_id = $1 AND id = $2 RETURNING url;

-- name: landing_notifications_read
UPDATE notifications SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL;
