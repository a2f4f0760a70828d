-- name: activity_list
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, e.summary, e.error_message, e.correlation_id, e.created_at,
    CAST(j.id AS TEXT), j.kind, j.status, j.last_error, j.result, j.attempts, j.max_attempts, j.finished_at
FROM (SELECT id, event_type, payload, status, source_agent, summary, error_message, correlation_id, created_at
      FROM agent_events WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) e
LEFT JOIN jobs j ON j.event_id = e.id
ORDER BY e.created_at DESC, e.id DESC, j.id;

-- name: activity_open
-- What is not finished of the person's jobs, the newest first, with why and with what each waits for.
SELECT j.id, j.kind, j.status, j.run_at, j.attempts, j.max_attempts, j.last_error, j.progress, j.progress_message, j.started_at, j.needs, e.event_type, e.summary,
    w.step_key, w.question, w.event_type, s.until, j.runs
FROM (SELECT id, kind, status, run_at, attempts, max_attempts, runs, last_error, progress, progress_message, started_at, needs, event_id
      FROM jobs WHERE user_id = $1 AND finished_at IS NULL ORDER BY id DESC LIMIT 100) j
LEFT JOIN agent_events e ON e.id = j.event_id
LEFT JOIN job_waits w ON w.job_id = j.id AND (w.question IS NULL OR w.user_id = $1)
LEFT JOIN job_steps s ON s.job_id = w.job_id AND s.step_key = w.step_key
ORDER BY j.id DESC, w.step_key;

-- name: activity_put_off
-- A job of the person that has not begun, or waits: what may be cancelled.
SELECT j.kind, e.event_type, e.summary FROM jobs j LEFT JOIN agent_events e ON e.id = j.event_id
WHERE j.id = $1 AND j.user_id = $2 AND j.status IN ('scheduled', 'waiting');

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
