-- name: event_insert
INSERT INTO agent_events (id, event_type, payload, status, source_agent, target_agent, user_id, causation_id, correlation_id, summary, created_at, processed_at, trace)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: event_insert_many
-- $1: [{"id", "payload", "user_id", "correlation", "summary"}]; the rest is the same for all.
INSERT INTO agent_events (id, event_type, payload, status, source_agent, target_agent, user_id, causation_id, correlation_id, summary, created_at, processed_at, trace)
SELECT CAST(e.value {member} 'id' AS {uuid}), $2, CAST(e.value {member} 'payload' AS {json}), $3, $4, $5, CAST(e.value {member} 'user_id' AS {uuid}), $6,
    CAST(e.value {member} 'correlation' AS {uuid}), e.value {member} 'summary', $7, $8, $9
FROM {each}($1) AS e WHERE TRUE;

-- name: event_correlation
SELECT correlation_id FROM agent_events WHERE id = $1;

-- name: job_insert
-- A job of a lane is blocked at first, and marked: whoever settles gives it a slot.
INSERT INTO jobs (kind, status, priority, run_at, lane, needs, max_attempts, payload, user_id, event_id, workflow_id, trace, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- name: job_insert_many
INSERT INTO jobs (kind, status, priority, run_at, lane, max_attempts, payload, user_id, event_id, workflow_id, trace, created_at)
SELECT e.value {member} 'kind', e.value {member} 'status', CAST(e.value {member} 'priority' AS {int}), $3,
    e.value {member} 'lane', CAST(e.value {member} 'max_attempts' AS {int}), CAST(e.value {member} 'payload' AS {json}),
    CAST(e.value {member} 'user_id' AS {uuid}), CAST(e.value {member} 'event_id' AS {uuid}), CAST(e.value {member} 'workflow_id' AS {uuid}), e.value {member} 'trace', $2
FROM {each}($1) AS e WHERE TRUE
RETURNING id;

-- name: mark
INSERT INTO job_marks (job_id) VALUES ($1);

-- name: mark_many
INSERT INTO job_marks (job_id) SELECT CAST(e.value AS {int}) FROM {each_text}($1) AS e;

-- name: job_key_take
-- No row while another holds the key.
INSERT INTO job_keys (job_key, job_id, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (job_key) DO NOTHING
RETURNING job_id;

-- name: job_key_holder
SELECT k.job_id, k.expires_at, j.finished_at, j.created_at, j.runs FROM job_keys k JOIN jobs j ON j.id = k.job_id WHERE k.job_key = $1;

-- name: job_key_free
DELETE FROM job_keys WHERE job_key = $1 AND job_id = $2;

-- name: job_put_off
-- Debounce: only while it has not started; one that waits for others goes on waiting.
UPDATE jobs SET payload = $2, run_at = CASE WHEN status = 'waiting' THEN run_at ELSE $3 END, status = CASE WHEN status = 'waiting' THEN status ELSE 'scheduled' END,
    keeps_slot = FALSE
WHERE id = $1 AND status IN ('scheduled', 'queued', 'blocked', 'waiting') AND runs = 0;

-- name: job_has_dependents
-- No row for one that is completed. One that was cancelled before is to be marked again, which cancels its new dependent.
UPDATE jobs SET has_dependents = TRUE WHERE id = $1 AND status <> 'completed'
RETURNING status;

-- name: job_depend
INSERT INTO job_dependencies (needs_id, job_id) VALUES ($1, $2) ON CONFLICT (needs_id, job_id) DO NOTHING;

-- name: notification_insert
INSERT INTO notifications (id, user_id, kind, title, body, url, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: notification_unread
SELECT COUNT(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL;
