-- name: step_find
SELECT result, until, finished_at FROM job_steps WHERE job_id = $1 AND step_key = $2;

-- name: step_finish
-- Only while the run is this worker's, and never twice. A step that waited has its row already.
INSERT INTO job_steps (job_id, step_key, place, result, started_at, finished_at)
SELECT id, $4, $5, $6, $7, $8 FROM jobs WHERE status = 'running' AND worker_id = $2 AND claim = $3 AND id + 0 = $1
ON CONFLICT (job_id, step_key) DO UPDATE SET result = excluded.result, finished_at = excluded.finished_at
WHERE job_steps.finished_at IS NULL;

-- name: step_wait
INSERT INTO job_steps (job_id, step_key, place, until, started_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (job_id, step_key) DO NOTHING;

-- name: wait_insert
INSERT INTO job_waits (job_id, step_key, event_type, match_value, user_id, question, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (job_id, step_key) DO NOTHING;

-- name: wait_seen
-- The first event that was published after the job ($1) was, and before its step waited.
SELECT e.payload FROM awaited_events a JOIN agent_events e ON e.id = a.event_id
WHERE a.event_type = $2 AND a.match_value = $3 AND a.after_job >= $1 ORDER BY a.id LIMIT 1;

-- name: awaited_insert
INSERT INTO awaited_events (event_id, event_type, match_value, after_job) VALUES ($1, $2, $3, COALESCE({last_job}, 0));

-- name: wait_deliver
UPDATE job_steps SET result = $3, finished_at = $4
WHERE finished_at IS NULL
    AND EXISTS (SELECT 1 FROM job_waits w WHERE w.job_id = job_steps.job_id AND w.step_key = job_steps.step_key AND w.event_type = $1 AND w.match_value = $2)
    AND job_id IN (SELECT job_id FROM job_waits WHERE event_type = $1 AND match_value = $2);

-- name: wait_wake
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, keeps_slot = FALSE, run_at = $3
WHERE status = 'waiting' AND id IN (SELECT job_id FROM job_waits WHERE event_type = $1 AND match_value = $2);

-- name: wait_mark
INSERT INTO job_marks (job_id) SELECT job_id FROM job_waits WHERE event_type = $1 AND match_value = $2;

-- name: wait_forget
DELETE FROM job_waits WHERE event_type = $1 AND match_value = $2;

-- name: wait_answer
UPDATE job_steps SET result = $4, finished_at = $5
WHERE job_id = $2 AND step_key = $3 AND finished_at IS NULL
    AND EXISTS (SELECT 1 FROM job_waits w JOIN jobs j ON j.id = w.job_id WHERE w.job_id = $2 AND w.step_key = $3 AND w.user_id = $1 AND w.question IS NOT NULL AND j.finished_at IS NULL);

-- name: wait_wake_job
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, keeps_slot = FALSE, run_at = $2
WHERE status = 'waiting' AND id = $1;

-- name: wait_end
DELETE FROM job_waits WHERE job_id = $1 AND step_key = $2;
