-- name: activity_list
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    j.id, j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM (SELECT id, event_type, payload, status, source_agent, summary, error_message, correlation_id, created_at
      FROM agent_events WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) e
LEFT JOIN jobs j ON j.event_id = e.id
ORDER BY e.created_at DESC, e.id DESC, j.created_at, j.id;

-- name: activity_count
SELECT COUNT(*) FROM agent_events WHERE user_id = $1;

-- name: activity_seen
UPDATE users SET last_seen_activity_at = $2 WHERE id = $1;
