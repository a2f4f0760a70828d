-- name: bus_ready_and_dead
-- Ready and dead jobs of each kind, at most 10,000 counted. Jumps from kind to kind in the indexes jobs_ready and jobs_dead, so the finished jobs beside them cost nothing.
WITH RECURSIVE ready (kind) AS (
    SELECT MIN(kind) FROM jobs WHERE status = 'queued'
    UNION ALL
    SELECT (SELECT MIN(j.kind) FROM jobs j WHERE j.status = 'queued' AND j.kind > ready.kind) FROM ready WHERE ready.kind IS NOT NULL),
dead (kind) AS (
    SELECT MIN(kind) FROM jobs WHERE status = 'dead'
    UNION ALL
    SELECT (SELECT MIN(j.kind) FROM jobs j WHERE j.status = 'dead' AND j.kind > dead.kind) FROM dead WHERE dead.kind IS NOT NULL)
SELECT ready.kind, 'queued', (SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.status = 'queued' AND j.kind = ready.kind ORDER BY j.priority, j.run_at, j.id LIMIT 10000) AS counted) FROM ready
WHERE ready.kind IS NOT NULL
UNION ALL
SELECT dead.kind, 'dead', (SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.status = 'dead' AND j.kind = dead.kind ORDER BY j.id LIMIT 10000) AS counted) FROM dead
WHERE dead.kind IS NOT NULL
ORDER BY 1, 2;

-- name: bus_open
-- Jobs that wait or run, by kind; at most 10,000 of each index (jobs_due, jobs_blocked, jobs_running) are looked at.
SELECT kind, status, COUNT(*) FROM (
    SELECT kind, status FROM (SELECT kind, status FROM jobs WHERE status IN ('scheduled', 'waiting') ORDER BY run_at LIMIT 10000) AS later
    UNION ALL
    SELECT kind, status FROM (SELECT kind, status FROM jobs WHERE status = 'blocked' ORDER BY lane, priority, id LIMIT 10000) AS held
    UNION ALL
    SELECT kind, status FROM (SELECT kind, status FROM jobs WHERE status = 'running' ORDER BY worker_id, claim LIMIT 10000) AS begun) AS open
GROUP BY kind, status ORDER BY kind, status;

-- name: bus_processes
-- The processes that run jobs, and how many each runs.
SELECT w.id, w.name, w.beat, w.started_at, w.seen_at, (SELECT COUNT(*) FROM jobs j WHERE j.status = 'running' AND j.worker_id = w.id)
FROM bus_workers w ORDER BY w.id LIMIT 100;
