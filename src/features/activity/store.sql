-- name: activity_list
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    CAST(j.id AS TEXT), j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM (SELECT id, event_type, payload, status, source_agent, summary, error_message, correlation_id, created_at
      FROM agent_events WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) e
LEFT JOIN jobs j ON j.event_id = e.id
ORDER BY e.created_at DESC, e.id DESC, j.id;

-- name: activity_page_up
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    CAST(j.id AS TEXT), j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM (SELECT id, event_type, payload, status, source_agent, summary, error_message, correlation_id, created_at
      FROM agent_events
      WHERE user_id = $1 AND (created_at, id) > ($2, $3) AND ($5 = '' OR event_type = $5) AND ($6 = '' OR status = $6)
          AND (correlation_id = $7 OR $7 IS NULL)
      ORDER BY created_at, id LIMIT $4) e
LEFT JOIN jobs j ON j.event_id = e.id
ORDER BY e.created_at, e.id, j.id;

-- name: activity_page_down
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    CAST(j.id AS TEXT), j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM (SELECT id, event_type, payload, status, source_agent, summary, error_message, correlation_id, created_at
      FROM agent_events
      WHERE user_id = $1 AND (created_at, id) < ($2, $3) AND ($5 = '' OR event_type = $5) AND ($6 = '' OR status = $6)
          AND (correlation_id = $7 OR $7 IS NULL)
      ORDER BY created_at DESC, id DESC LIMIT $4) e
LEFT JOIN jobs j ON j.event_id = e.id
ORDER BY e.created_at DESC, e.id DESC, j.id;

-- name: activity_page_total
SELECT COUNT(*) FROM agent_events
WHERE user_id = $1 AND ($2 = '' OR event_type = $2) AND ($3 = '' OR status = $3) AND (correlation_id = $4 OR $4 IS NULL);

-- name: activity_event
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    CAST(j.id AS TEXT), j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM agent_events e LEFT JOIN jobs j ON j.event_id = e.id WHERE e.user_id = $1 AND e.id = $2 ORDER BY j.id;

-- name: activity_count
SELECT COUNT(*) FROM agent_events WHERE user_id = $1;

-- name: activity_seen
UPDATE users SET last_seen_activity_at = $2 WHERE id = $1;
