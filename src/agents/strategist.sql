-- name: strategist_last_told
SELECT COALESCE(MAX(created_at), $2) FROM notifications WHERE user_id = $1 AND kind = 'match';

-- name: strategist_matches
SELECT payload, created_at FROM agent_events WHERE user_id = $1 AND event_type = 'JOB_MATCH_FOUND' ORDER BY created_at DESC, id DESC LIMIT 200;

-- name: strategist_listing
SELECT title, company FROM job_listings WHERE id = $1;
