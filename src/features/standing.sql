-- name: standing_person
SELECT u.onboarding_completed, u.onboarding_skipped, u.last_seen_activity_at,
    (SELECT COUNT(*) FROM interviews i WHERE i.user_id = u.id AND i.status IN ('completed', 'analyzed')),
    (SELECT COUNT(*) FROM agent_events e WHERE e.user_id = u.id AND e.event_type = 'JOB_MATCH_FOUND'
        AND (u.last_seen_activity_at IS NULL OR e.created_at > u.last_seen_activity_at)),
    (SELECT COUNT(*) FROM connection_requests c WHERE c.student_id = u.id AND c.status = 'pending')
FROM users u WHERE u.id = $1;

-- name: standing_interviews
-- The newest that waits to go on, and the newest that was analysed.
SELECT id, status FROM interviews WHERE user_id = $1 AND status IN ('in_progress', 'analyzed') ORDER BY created_at DESC, id DESC LIMIT 20;

-- name: standing_modules
SELECT m.id, m.title, m.summary, m.reason, m.kind, m.hours, m.status
FROM roadmaps r JOIN roadmap_modules m ON m.user_id = r.user_id AND m.roadmap_id = r.id
WHERE r.user_id = $1 AND r.status = 'active' AND m.status <> 'dropped' ORDER BY m.position, m.id;
