-- name: admin_ended
-- The jobs that ended last, since $1: from the index jobs_finished.
SELECT kind, status, run_at, started_at, finished_at FROM jobs WHERE finished_at >= $1 ORDER BY finished_at DESC, id DESC LIMIT $2;

-- name: admin_ended_by_kind
-- How many ended since $1, of the last 100,000.
SELECT kind, status, COUNT(*) FROM (SELECT kind, status FROM jobs WHERE finished_at >= $1 ORDER BY finished_at DESC LIMIT 100000) AS ended
GROUP BY kind, status ORDER BY kind, status;

-- name: admin_paused
SELECT kind FROM job_kinds WHERE is_paused ORDER BY kind LIMIT 200;

-- name: admin_dead_count
SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE status = 'dead' AND kind = $1 ORDER BY id LIMIT 10000) AS counted;

-- name: admin_status_count
-- How many jobs are in a state that ends ($1), at most 10,001 counted: one branch runs, in the index of its state, whose order it asks for so that every planner takes it.
SELECT COUNT(*) FROM (
    SELECT 1 FROM (SELECT 1 FROM jobs WHERE status = 'queued' AND $1 = 'queued' ORDER BY kind, priority, run_at, id LIMIT 10001) AS a
    UNION ALL SELECT 1 FROM (SELECT 1 FROM jobs WHERE status IN ('scheduled', 'waiting') AND $1 IN ('scheduled', 'waiting') ORDER BY run_at LIMIT 10001) AS b
    UNION ALL SELECT 1 FROM (SELECT 1 FROM jobs WHERE status = 'blocked' AND $1 = 'blocked' ORDER BY lane, priority, id LIMIT 10001) AS c
    UNION ALL SELECT 1 FROM (SELECT 1 FROM jobs WHERE status = 'running' AND $1 = 'running' ORDER BY worker_id, claim LIMIT 10001) AS d
    UNION ALL SELECT 1 FROM (SELECT 1 FROM jobs WHERE status = 'dead' AND $1 = 'dead' ORDER BY kind, id LIMIT 10001) AS e) AS counted;

-- name: admin_jobs
-- A page of jobs, the newest first, before number $1. What is looked at is bounded, whatever is asked for: the jobs of a person ($2, an e-mail), of a workflow ($3), the
-- dead ones of a kind ($4), those in a state that has few ($5: its name), or the newest before $6 (0: none); at most 20,000. They bring what is shown of them: joined to
-- the table again, a planner would read all of it. The first two columns say how far down that went and how many they were, and come also when none fits the filters:
-- kind ($7), state ($8), what the last error says ($9, $10) and number ($11; 0: any).
WITH looked_at AS MATERIALIZED (
    SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE user_id = (SELECT u.id FROM users u WHERE u.email = $2) AND id < $1 ORDER BY id DESC LIMIT 20000) AS theirs
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE workflow_id = $3 AND id < $1 ORDER BY id DESC LIMIT 20000) AS together
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status = 'dead' AND kind = $4 AND id < $1 ORDER BY id DESC LIMIT 20000) AS dead_of_kind
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status = 'queued' AND $5 = 'queued' ORDER BY kind, priority, run_at, id LIMIT 10001) AS ready
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status IN ('scheduled', 'waiting') AND $5 IN ('scheduled', 'waiting') ORDER BY run_at LIMIT 10001) AS later
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status = 'blocked' AND $5 = 'blocked' ORDER BY lane, priority, id LIMIT 10001) AS held
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status = 'running' AND $5 = 'running' ORDER BY worker_id, claim LIMIT 10001) AS begun
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE status = 'dead' AND $5 = 'dead' ORDER BY kind, id LIMIT 10001) AS dead
    UNION ALL SELECT * FROM (SELECT id, kind, status, user_id, workflow_id, attempts, max_attempts, created_at, last_error FROM jobs WHERE id < $6 ORDER BY id DESC LIMIT 20000) AS newest)
SELECT reached.low, reached.many, found.id, found.kind, found.status, found.email, found.attempts, found.max_attempts, found.created_at, found.last_error
FROM (SELECT MIN(id) AS low, COUNT(*) AS many FROM looked_at) AS reached
LEFT JOIN (
    SELECT j.id, j.kind, j.status, u.email, j.attempts, j.max_attempts, j.created_at, j.last_error
    FROM looked_at j LEFT JOIN users u ON u.id = j.user_id
    WHERE j.id < $1 AND ($7 = '' OR j.kind = $7) AND ($8 = '' OR j.status = $8) AND ($9 = '' OR LOWER(j.last_error) LIKE $9 ESCAPE $10) AND ($11 = 0 OR j.id = $11)
        AND ($2 = '' OR u.email = $2) AND (j.workflow_id = $3 OR $3 IS NULL)
    ORDER BY j.id DESC LIMIT 51) AS found ON TRUE
ORDER BY found.id DESC;

-- name: admin_job
SELECT j.id, j.kind, j.status, j.priority, j.run_at, j.lane, j.attempts, j.max_attempts, j.runs, j.crashes, j.payload, u.email, j.workflow_id, j.trace, j.progress,
    j.progress_message, j.result, j.last_error, j.created_at, j.started_at, j.finished_at, j.cancel_requested, j.needs, w.name, e.id, e.event_type, e.summary, c.id, c.event_type,
    c.summary
FROM jobs j LEFT JOIN users u ON u.id = j.user_id LEFT JOIN bus_workers w ON w.id = j.worker_id LEFT JOIN agent_events e ON e.id = j.event_id
LEFT JOIN agent_events c ON c.id = e.causation_id
WHERE j.id = $1;

-- name: admin_job_attempts
SELECT run, outcome, reason, started_at, ended_at FROM job_attempts WHERE job_id = $1 ORDER BY run DESC LIMIT 100;

-- name: admin_job_steps
SELECT step_key, result, until, started_at, finished_at FROM job_steps WHERE job_id = $1 ORDER BY place, step_key LIMIT 200;

-- name: admin_job_log
SELECT run, line, level, message, created_at FROM job_log WHERE job_id = $1 ORDER BY run DESC, line DESC LIMIT 400;

-- name: admin_job_waits
SELECT step_key, event_type, match_value, question, created_at FROM job_waits WHERE job_id = $1 ORDER BY step_key LIMIT 50;

-- name: admin_job_relations
-- The jobs that it needs, and those that need it. What is completed is needed no longer.
SELECT 'needs', j.id, j.kind, j.status FROM job_dependencies d JOIN jobs j ON j.id = d.needs_id WHERE d.job_id = $1
UNION ALL
SELECT 'needed by', j.id, j.kind, j.status FROM job_dependencies d JOIN jobs j ON j.id = d.job_id WHERE d.needs_id = $1
ORDER BY 1, 2 LIMIT 200;

-- name: admin_workflow_jobs
-- The first jobs of a workflow.
SELECT '', id, kind, status FROM jobs WHERE workflow_id = $1 ORDER BY id LIMIT 51;

-- name: admin_workflow_open
-- How many of a workflow are not finished, of its newest 20,000.
SELECT COUNT(*) FROM (SELECT finished_at FROM jobs WHERE workflow_id = $1 ORDER BY id DESC LIMIT 20000) AS looked_at WHERE finished_at IS NULL;

-- name: admin_events
-- A page of events before $1, the newest first (their ids are in the order of time): those of a person ($2, an e-mail), of a correlation ($3), or the newest before $4
-- (NULL: none); at most 20,000 are looked at, as in admin_jobs. Filters: type ($5), state ($6).
WITH looked_at AS MATERIALIZED (
    SELECT * FROM (SELECT id, event_type, status, source_agent, user_id, correlation_id, summary, created_at FROM agent_events WHERE user_id = (SELECT u.id FROM users u WHERE u.email = $2) AND id < $1 ORDER BY id DESC LIMIT 20000) AS theirs
    UNION ALL SELECT * FROM (SELECT id, event_type, status, source_agent, user_id, correlation_id, summary, created_at FROM agent_events WHERE correlation_id = $3 AND id < $1 ORDER BY id DESC LIMIT 20000) AS together
    UNION ALL SELECT * FROM (SELECT id, event_type, status, source_agent, user_id, correlation_id, summary, created_at FROM agent_events WHERE id < $4 ORDER BY id DESC LIMIT 20000) AS newest)
SELECT reached.low, reached.many, found.id, found.event_type, found.status, found.source_agent, found.email, found.summary, found.created_at
FROM (SELECT (SELECT id FROM looked_at ORDER BY id LIMIT 1) AS low, (SELECT COUNT(*) FROM looked_at) AS many) AS reached
LEFT JOIN (
    SELECT e.id, e.event_type, e.status, e.source_agent, u.email, e.summary, e.created_at
    FROM looked_at e LEFT JOIN users u ON u.id = e.user_id
    WHERE ($5 = '' OR e.event_type = $5) AND ($6 = '' OR e.status = $6) AND ($2 = '' OR u.email = $2) AND (e.correlation_id = $3 OR $3 IS NULL)
    ORDER BY e.id DESC LIMIT 51) AS found ON TRUE
ORDER BY found.id DESC;

-- name: admin_event
SELECT e.id, e.event_type, e.payload, e.status, e.source_agent, u.email, e.causation_id, e.correlation_id, e.summary, e.error_message, e.created_at, e.processed_at, e.trace
FROM agent_events e LEFT JOIN users u ON u.id = e.user_id WHERE e.id = $1;

-- name: admin_chain_events
-- What one action caused, the first 200 events. Of many that one thing caused alike (a shift of the market, the roadmaps of thousands), $2 are shown with what they caused
-- in turn, and always the event $3 with its cause and its effects; the last column tells how many there are in all.
WITH RECURSIVE chain (id, causation_id) AS MATERIALIZED (SELECT id, causation_id
    FROM (SELECT id, causation_id, ROW_NUMBER() OVER (PARTITION BY causation_id, event_type ORDER BY created_at, id) AS place FROM agent_events WHERE correlation_id = $1) AS numbered
    WHERE place <= $2),
tree (id) AS (SELECT c.id FROM chain c WHERE NOT EXISTS (SELECT 1 FROM agent_events a WHERE a.id = c.causation_id)
    UNION SELECT c.id FROM tree t JOIN chain c ON c.causation_id = t.id),
shown (id) AS (SELECT id FROM tree UNION SELECT a.id FROM agent_events a WHERE a.id = $3 UNION SELECT a.causation_id FROM agent_events a WHERE a.id = $3
    UNION SELECT c.id FROM chain c WHERE c.causation_id = $3)
SELECT e.id, e.event_type, e.status, e.source_agent, e.causation_id, e.summary, e.created_at, (SELECT COUNT(*) FROM agent_events a WHERE a.correlation_id = $1)
FROM shown s JOIN agent_events e ON e.id = s.id ORDER BY e.created_at, e.id LIMIT 200;

-- name: admin_chain_jobs
-- Of the events that are shown ($1: their ids).
SELECT j.id, j.event_id, j.kind, j.status, j.result, j.last_error, j.progress_message
FROM {each_text}($1) AS e JOIN jobs j ON j.event_id = CAST(e.value AS {uuid}) ORDER BY j.id LIMIT 1000;

-- name: admin_audit
-- What people did that is kept, the newest first, before the time $1 and the id $2.
SELECT a.id, a.action, a.detail, a.address, a.created_at, u.email FROM audit_log a LEFT JOIN users u ON u.id = a.user_id
WHERE (a.created_at, a.id) < ($1, $2) ORDER BY a.created_at DESC, a.id DESC LIMIT 51;
