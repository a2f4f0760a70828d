-- name: dashboard_matches
SELECT payload FROM agent_events WHERE user_id = $1 AND event_type = 'JOB_MATCH_FOUND' ORDER BY created_at DESC, id DESC LIMIT 12;

-- name: dashboard_listings
SELECT id, title, company, location FROM job_listings WHERE id IN ($1, $2, $3);

-- name: dashboard_news
-- What agents did, without what the person asked for.
SELECT event_type, summary, source_agent, created_at FROM agent_events
WHERE user_id = $1 AND created_at > $2 AND source_agent <> 'person' AND event_type <> 'ROADMAP_REPATH_NEEDED'
ORDER BY created_at DESC, id DESC LIMIT 6;
