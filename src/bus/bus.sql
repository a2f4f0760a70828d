-- name: event_insert
INSERT INTO agent_events (id, event_type, payload, status, source_agent, target_agent, user_id, causation_id, correlation_id, summary, created_at, processed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: event_correlation
SELECT correlation_id FROM agent_events WHERE id = $1;

-- name: event_start
UPDATE agent_events SET status = 'processing' WHERE id = $1 AND status = 'pending';

-- name: event_reopen
UPDATE agent_events SET status = 'processing', error_message = NULL, processed_at = NULL WHERE id = $1;

-- name: event_settle
-- An event is completed when none of its jobs is left to run, failed when one is dead.
UPDATE agent_events
SET status = CASE WHEN EXISTS (SELECT 1 FROM jobs WHERE event_id = $1 AND status = 'dead') THEN 'failed' ELSE 'completed' END,
    error_message = $3, processed_at = $2
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE event_id = $1 AND status IN ('queued', 'running'));

-- name: job_insert
INSERT INTO jobs (id, kind, payload, user_id, event_id, unique_key, status, max_attempts, run_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9)
ON CONFLICT (unique_key) DO NOTHING;

-- name: job_claim
UPDATE jobs SET status = 'running', attempts = attempts + 1, lease_token = $2, lease_until = $3
WHERE id = (SELECT id FROM jobs WHERE status = 'queued' AND run_at <= $1 ORDER BY run_at, id LIMIT 1 {skip_locked})
RETURNING id, kind, payload, user_id, event_id, attempts, max_attempts;

-- name: job_heartbeat
UPDATE jobs SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND status = 'running';

-- name: job_complete
UPDATE jobs SET status = 'completed', lease_token = NULL, lease_until = NULL, last_error = NULL, result = $3, finished_at = $4
WHERE id = $1 AND lease_token = $2 AND status = 'running';

-- name: job_retry
UPDATE jobs SET status = 'queued', lease_token = NULL, lease_until = NULL, last_error = $3, run_at = $4
WHERE id = $1 AND lease_token = $2 AND status = 'running';

-- name: job_bury
UPDATE jobs SET status = 'dead', lease_token = NULL, lease_until = NULL, last_error = $3, finished_at = $4
WHERE id = $1 AND lease_token = $2 AND status = 'running';

-- name: job_redrive
UPDATE jobs SET status = 'queued', attempts = 0, crashes = 0, run_at = $3, finished_at = NULL
WHERE id = $1 AND user_id = $2 AND status = 'dead'
RETURNING event_id;

-- name: job_rescue_expired
-- A lease that ran out: its worker is gone, and the try does not count. After $4 such ends the job waits until $3.
UPDATE jobs SET status = 'queued', lease_token = NULL, lease_until = NULL, last_error = $2, attempts = attempts - 1, crashes = crashes + 1,
    run_at = CASE WHEN crashes < $4 THEN $1 ELSE $3 END
WHERE status = 'running' AND lease_until < $1 AND crashes < $5;

-- name: job_bury_expired
UPDATE jobs SET status = 'dead', lease_token = NULL, lease_until = NULL, finished_at = $1, last_error = $2
WHERE status = 'running' AND lease_until < $1 AND crashes >= $3
RETURNING event_id;

-- name: job_rescue_all
-- At start, when this process alone may run jobs: whatever is marked running belonged to a process that is gone.
UPDATE jobs SET lease_until = $1 WHERE status = 'running';

-- name: job_next_run_at
SELECT run_at FROM jobs WHERE status = 'queued' ORDER BY run_at LIMIT 1;

-- name: schedule_upsert
INSERT INTO schedules (name, kind, cron, next_run_at) VALUES ($1, $1, $2, $3)
ON CONFLICT (name) DO UPDATE SET
    next_run_at = CASE WHEN schedules.cron = excluded.cron THEN schedules.next_run_at ELSE excluded.next_run_at END,
    cron = excluded.cron;

-- name: schedule_due
SELECT name, kind, cron, next_run_at FROM schedules WHERE next_run_at <= $1 ORDER BY next_run_at, name;

-- name: schedule_advance
UPDATE schedules SET next_run_at = $3, last_run_at = $4 WHERE name = $1 AND next_run_at = $2;

-- name: notification_insert
INSERT INTO notifications (id, user_id, kind, title, body, url, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: notification_unread
SELECT COUNT(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL;
