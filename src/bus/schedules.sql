-- name: schedule_register
-- A schedule that says something else than before begins anew.
INSERT INTO schedules (name, kind, cron, time_zone, next_run_at, done_until) VALUES ($1, $1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE SET
    next_run_at = CASE WHEN schedules.cron = excluded.cron AND schedules.time_zone = excluded.time_zone THEN schedules.next_run_at ELSE excluded.next_run_at END,
    done_until = CASE WHEN schedules.cron = excluded.cron AND schedules.time_zone = excluded.time_zone THEN schedules.done_until ELSE excluded.done_until END,
    cron = excluded.cron, time_zone = excluded.time_zone;

-- name: schedule_list
SELECT name, cron, time_zone, next_run_at, done_until, last_run_at, paused FROM schedules ORDER BY name;

-- name: schedule_advance
-- Whoever finds it as it was read starts its jobs.
UPDATE schedules SET done_until = $3, next_run_at = $4, last_run_at = COALESCE($5, last_run_at) WHERE name = $1 AND next_run_at = $2 AND paused = FALSE;

-- name: schedule_pause
UPDATE schedules SET paused = TRUE WHERE name = $1;

-- name: schedule_resume
UPDATE schedules SET paused = FALSE, done_until = $2, next_run_at = $3 WHERE name = $1;

-- name: schedule_ran
UPDATE schedules SET last_run_at = $2 WHERE name = $1;
