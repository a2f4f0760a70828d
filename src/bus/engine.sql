-- name: bus_signs
-- What there is to do besides running jobs: whether something is to be settled, and when the next job (before $1) or lane is due.
SELECT EXISTS (SELECT 1 FROM job_marks),
    (SELECT run_at FROM jobs WHERE status IN ('scheduled', 'waiting') AND run_at < $1 ORDER BY run_at LIMIT 1),
    (SELECT wake_at FROM job_lanes WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1);

-- name: bus_heads
-- The kinds ($1: ["…"]) that have ready jobs and are not paused, by the first job of each, the most urgent kind first, and whether each has another. Neither a join nor EXISTS, for which a plan
-- might read all jobs.
WITH heads AS MATERIALIZED (
    SELECT e.value AS kind, (SELECT r.id FROM jobs r WHERE r.status = 'queued' AND r.kind = e.value ORDER BY r.priority, r.run_at, r.id LIMIT 1) AS id,
        (SELECT r.id FROM jobs r WHERE r.status = 'queued' AND r.kind = e.value ORDER BY r.priority, r.run_at, r.id LIMIT 1 OFFSET 1) AS next_id
    FROM {each_text}($1) AS e)
SELECT kind, next_id IS NOT NULL FROM heads
WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM job_kinds k WHERE k.kind = heads.kind AND k.is_paused)
ORDER BY (SELECT r.priority FROM jobs r WHERE r.id = heads.id), (SELECT r.run_at FROM jobs r WHERE r.id = heads.id), id;

-- name: bus_kind_gate
-- Who counts the running jobs of a kind before he claims one keeps the others from doing so.
SELECT kind FROM job_kinds WHERE kind = $1 {locked};

-- name: bus_kind_upsert
INSERT INTO job_kinds (kind, changed_at) VALUES ($1, $2) ON CONFLICT (kind) DO NOTHING;

-- name: bus_kind_running
SELECT COUNT(*) FROM jobs WHERE status = 'running' AND kind = $1;

-- name: job_claim
-- $4: how many at most; $6, $7, $8: from which place on.
WITH ready AS MATERIALIZED (SELECT id FROM jobs WHERE status = 'queued' AND kind = $3 AND (priority, run_at, id) >= ($6, $7, $8)
    AND NOT EXISTS (SELECT 1 FROM job_kinds k WHERE k.kind = $3 AND k.is_paused) ORDER BY priority, run_at, id LIMIT $4 {skip_locked})
UPDATE jobs SET status = 'running', keeps_slot = FALSE, attempts = attempts + 1, runs = runs + 1, worker_id = $1, claim = $2, started_at = $5
WHERE id {any}(SELECT id FROM ready))
RETURNING id, priority, run_at, runs, attempts, max_attempts, payload, user_id, event_id, trace, crashes;

-- name: job_unclaim
-- Of a claim, those in the list ($3: [{"id": …}]) are not begun after all.
UPDATE jobs SET status = 'queued', attempts = attempts - 1, runs = runs - 1, worker_id = NULL, claim = NULL
WHERE status = 'running' AND worker_id = $1 AND claim = $2 AND id {any}(SELECT CAST(e.value {member} 'id' AS {int}) FROM {each}($3) AS e));

-- name: event_start_claimed
-- The events whose jobs this claim began.
UPDATE agent_events SET status = 'processing'
WHERE status = 'pending' AND id {any}(SELECT event_id FROM jobs WHERE status = 'running' AND worker_id = $1 AND claim = $2 AND event_id IS NOT NULL));

-- The statements that end a run find it by its claim, and not by its number (id + 0): the claim's part of its index is written by those alone who claim, who are not
-- serializable, while neighbours in the primary key would be undone for each other's sake. They say whether others wait for that end, so that it must be marked.

-- name: job_complete
UPDATE jobs SET status = 'completed', last_error = NULL, result = $4, progress = NULL,
    progress_message = NULL, finished_at = $5
WHERE status = 'running' AND worker_id = $2 AND claim = $3 AND id + 0 = $1 AND NOT cancel_requested
RETURNING id, lane IS NOT NULL OR event_id IS NOT NULL OR has_dependents;

-- name: job_complete_claim
-- All jobs of a claim at once.
UPDATE jobs SET status = 'completed', last_error = NULL, progress = NULL, progress_message = NULL,
    finished_at = $3
WHERE status = 'running' AND worker_id = $1 AND claim = $2 AND NOT cancel_requested
RETURNING id, lane IS NOT NULL OR event_id IS NOT NULL OR has_dependents;

-- name: job_results
-- $1: [{"id": 1, "result": {…}}]
UPDATE jobs SET result = CAST(e.value {member} 'result' AS {json}) FROM {each}($1) AS e
WHERE jobs.id = CAST(e.value {member} 'id' AS {int}) AND jobs.status = 'running';

-- name: job_postpone
-- A retry, a snooze, a sleep or a wait ($4): at $5 ($6: whether the attempt counts, $7: whether the slot in the lane is kept).
UPDATE jobs SET status = $4, run_at = $5, attempts = attempts - CASE WHEN $6 THEN 0 ELSE 1 END, keeps_slot = $7, last_error = $8
WHERE status = 'running' AND worker_id = $2 AND claim = $3 AND id + 0 = $1 AND NOT cancel_requested
RETURNING id, lane IS NOT NULL OR event_id IS NOT NULL OR has_dependents;

-- name: job_bury
UPDATE jobs SET status = 'dead', last_error = $4, finished_at = $5
WHERE status = 'running' AND worker_id = $2 AND claim = $3 AND id + 0 = $1 AND NOT cancel_requested
RETURNING id, lane IS NOT NULL OR event_id IS NOT NULL OR has_dependents;

-- name: job_end_cancelled
UPDATE jobs SET status = 'cancelled', last_error = $4, finished_at = $5
WHERE status = 'running' AND worker_id = $2 AND claim = $3 AND id + 0 = $1 AND cancel_requested
RETURNING id, lane IS NOT NULL OR event_id IS NOT NULL OR has_dependents;

-- name: job_attempt_insert
INSERT INTO job_attempts (job_id, run, outcome, reason, worker_id, started_at, ended_at)
SELECT id, runs, $2, $3, worker_id, started_at, $4 FROM jobs WHERE id = $1
ON CONFLICT (job_id, run) DO NOTHING;

-- name: job_log_insert
-- None when the job went with its person meanwhile.
INSERT INTO job_log (job_id, run, line, level, message, created_at)
SELECT CAST($1 AS {int}), CAST($2 AS {int}), CAST(e.value {member} 'line' AS {int}), e.value {member} 'level', e.value {member} 'message', $4 FROM {each}($3) AS e
WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.id = CAST($1 AS {int}))
ON CONFLICT (job_id, run, line) DO NOTHING;

-- name: job_set_progress
UPDATE jobs SET progress = $4, progress_message = $5 WHERE id = $1 AND status = 'running' AND worker_id = $2 AND claim = $3;

-- name: job_stage
-- Jobs whose time has come: ready, or to be given a slot. One that kept its slot gives it up and is the first again, so each start is measured by the lane's rate.
WITH due AS MATERIALIZED (SELECT id FROM jobs WHERE status IN ('scheduled', 'waiting') AND run_at <= $1 ORDER BY run_at LIMIT $2 {skip_locked})
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, keeps_slot = FALSE
WHERE id {any}(SELECT id FROM due))
RETURNING kind, lane;

-- name: settle_gate
-- One settles at a time.
SELECT lane FROM job_lanes WHERE lane = '' {locked};

-- name: settle_gate_make
INSERT INTO job_lanes (lane, width) VALUES ('', 0) ON CONFLICT (lane) DO NOTHING;

-- name: settle_take
DELETE FROM job_marks WHERE id {any}(SELECT id FROM job_marks ORDER BY id LIMIT $1)) RETURNING job_id;

-- name: settle_read
SELECT j.id, j.kind, j.status, j.lane, j.event_id, j.has_dependents
FROM jobs j WHERE j.id {any}(SELECT CAST(e.value AS {int}) FROM {each_text}($1) AS e));

-- name: lane_ensure
-- What the kinds of this version say of lanes that have a rate; a list names a lane as often as jobs of it were taken.
INSERT INTO job_lanes (lane, width, interval_us, burst)
SELECT DISTINCT e.value {member} 'lane', CAST(e.value {member} 'width' AS {int}), CAST(e.value {member} 'interval_us' AS {int}), CAST(e.value {member} 'burst' AS {int})
FROM {each}($1) AS e WHERE TRUE
ON CONFLICT (lane) DO UPDATE SET width = excluded.width, interval_us = excluded.interval_us, burst = excluded.burst
WHERE job_lanes.width <> excluded.width OR job_lanes.interval_us <> excluded.interval_us OR job_lanes.burst <> excluded.burst;

-- name: lane_due
SELECT lane, width FROM job_lanes WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2;

-- name: lane_slots
-- How many slots of each lane ($1: ["…"]) are taken.
SELECT e.value, (SELECT COUNT(*) FROM jobs s WHERE s.lane = e.value AND (s.status IN ('queued', 'running') OR s.keeps_slot)) FROM {each_text}($1) AS e;

-- name: lane_admit
-- The first blocked job of each lane ($1, which has a free slot) gets it, if the lane's rate allows.
UPDATE jobs SET status = 'queued', run_at = $2
WHERE id {any}(
    SELECT (SELECT b.id FROM jobs b WHERE b.status = 'blocked' AND b.lane = w.lane ORDER BY b.priority, b.id LIMIT 1)
    FROM (SELECT e.value AS lane FROM {each_text}($1) AS e) AS w
    WHERE NOT EXISTS (SELECT 1 FROM job_lanes l WHERE l.lane = w.lane AND l.interval_us > 0
        AND l.arrival - (l.burst - 1) * l.interval_us > $3 AND l.arrival <= $3 + (l.burst + 1) * l.interval_us)))
RETURNING lane;

-- name: lane_start
-- The same, but the job begins at once, under the claim ($4, $5) of whoever settles: of the kind $3 alone, unless that is paused, and not one that was in a worker that died.
UPDATE jobs SET status = 'running', run_at = $2, attempts = attempts + 1, runs = runs + 1, worker_id = $4, claim = $5, started_at = $2
WHERE id {any}(
    SELECT (SELECT b.id FROM jobs b WHERE b.status = 'blocked' AND b.lane = w.lane ORDER BY b.priority, b.id LIMIT 1)
    FROM (SELECT e.value AS lane FROM {each_text}($1) AS e) AS w
    WHERE NOT EXISTS (SELECT 1 FROM job_lanes l WHERE l.lane = w.lane AND l.interval_us > 0
        AND l.arrival - (l.burst - 1) * l.interval_us > $6 AND l.arrival <= $6 + (l.burst + 1) * l.interval_us)))
    AND kind = $3 AND crashes = 0 AND NOT EXISTS (SELECT 1 FROM job_kinds k WHERE k.kind = $3 AND k.is_paused)
RETURNING id, priority, run_at, runs, attempts, max_attempts, payload, user_id, event_id, trace, crashes, lane;

-- name: lane_count
-- A start of a job uses up one interval; an arrival far in the future comes from a clock that was wrong.
UPDATE job_lanes SET arrival = CASE WHEN arrival < $2 OR arrival > $2 + (burst + 1) * interval_us THEN $2 ELSE arrival END + interval_us
WHERE interval_us > 0 AND lane IN (SELECT e.value FROM {each_text}($1) AS e);

-- name: lane_set_wake
-- When lanes that only their rate holds back are to be looked at again.
UPDATE job_lanes SET wake_at = CASE
    WHEN interval_us > 0 AND EXISTS (SELECT 1 FROM jobs b WHERE b.status = 'blocked' AND b.lane = job_lanes.lane)
        AND (SELECT COUNT(*) FROM jobs s WHERE s.lane = job_lanes.lane AND (s.status IN ('queued', 'running') OR s.keeps_slot)) < width THEN arrival - (burst - 1) * interval_us
    ELSE NULL END
WHERE (interval_us > 0 OR wake_at IS NOT NULL) AND lane IN (SELECT e.value FROM {each_text}($1) AS e);

-- name: settle_needs
-- Those that needed a job that is completed now need it no longer.
DELETE FROM job_dependencies WHERE needs_id {any}(SELECT CAST(e.value AS {int}) FROM {each_text}($1) AS e)) RETURNING job_id;

-- name: settle_ready
-- (status || '': not by the index of all that wait, which PostgreSQL takes for small when its statistics are of a moment at which nothing waited.)
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, run_at = $2
WHERE status || '' = 'waiting' AND id {any}(SELECT CAST(e.value AS {int}) FROM {each_text}($1) AS e))
    AND (SELECT d.job_id FROM job_dependencies d WHERE d.job_id = jobs.id LIMIT 1) IS NULL
RETURNING kind, lane;

-- name: settle_cancel
-- Those that needed a cancelled job will never run.
UPDATE jobs SET status = 'cancelled', last_error = 'a job that it needs was cancelled', finished_at = $2
WHERE status || '' = 'waiting' AND id {any}(SELECT d.job_id FROM {each_text}($1) AS e JOIN job_dependencies d ON d.needs_id = CAST(e.value AS {int})))
RETURNING id;

-- name: settle_events
-- An event is completed when none of its jobs is left to run, failed when one is dead.
UPDATE agent_events SET
    status = CASE WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.event_id = agent_events.id AND j.status = 'dead') THEN 'failed' ELSE 'completed' END,
    error_message = (SELECT j.last_error FROM jobs j WHERE j.event_id = agent_events.id AND j.status = 'dead' ORDER BY j.id LIMIT 1), processed_at = $2
WHERE id {any}(SELECT CAST(e.value AS {uuid}) FROM {each_text}($1) AS e))
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.event_id = agent_events.id AND j.finished_at IS NULL)
RETURNING user_id;

-- name: worker_insert
-- Always a number: the engines differ in what NULL is to such a key.
INSERT INTO bus_workers (id, name, started_at, seen_at) VALUES (COALESCE(CAST($1 AS {int}), 0), $2, $3, $3);

-- name: worker_beat
UPDATE bus_workers SET beat = beat + 1, seen_at = $2 WHERE id = $1;

-- name: worker_list
SELECT id, beat FROM bus_workers ORDER BY id;

-- name: worker_lost
-- Those that run jobs and have no row.
SELECT DISTINCT worker_id FROM jobs WHERE status = 'running' AND NOT EXISTS (SELECT 1 FROM bus_workers w WHERE w.id = jobs.worker_id);

-- name: worker_delete
DELETE FROM bus_workers WHERE id = $1;

-- name: job_cancel_asked
-- Runs of this worker that are to stop.
SELECT id, runs FROM jobs WHERE status = 'running' AND worker_id = $1 AND cancel_requested;

-- name: rescue_attempts
INSERT INTO job_attempts (job_id, run, outcome, reason, worker_id, started_at, ended_at)
SELECT id, runs, 'crashed', $4, worker_id, started_at, $5 FROM jobs WHERE status = 'running' AND worker_id = $1 AND claim BETWEEN $2 AND $3
ON CONFLICT (job_id, run) DO NOTHING;

-- name: rescue_marks
INSERT INTO job_marks (job_id) SELECT id FROM jobs WHERE status = 'running' AND worker_id = $1 AND claim BETWEEN $2 AND $3;

-- name: rescue_jobs
-- The worker is gone, and the try does not count. After $6 such ends the job waits until $7, after $8 it is buried; one whose end was asked for gets it.
UPDATE jobs SET attempts = attempts - 1, crashes = crashes + 1, last_error = $4, worker_id = NULL, claim = NULL,
    status = CASE WHEN cancel_requested THEN 'cancelled' WHEN crashes + 1 >= $8 THEN 'dead' WHEN crashes + 1 >= $6 THEN 'scheduled'
        WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END,
    run_at = CASE WHEN crashes + 1 < $6 OR crashes + 1 >= $8 THEN run_at ELSE $7 END,
    keeps_slot = lane IS NOT NULL AND NOT cancel_requested AND crashes + 1 < $8 AND crashes + 1 >= $6,
    finished_at = CASE WHEN cancel_requested OR crashes + 1 >= $8 THEN CAST($5 AS {time}) ELSE NULL END
WHERE status = 'running' AND worker_id = $1 AND claim BETWEEN $2 AND $3;

-- name: job_redrive
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, keeps_slot = FALSE,
    attempts = 0, crashes = 0, run_at = $3, finished_at = NULL, cancel_requested = FALSE
WHERE id = $1 AND user_id = $2 AND status = 'dead'
RETURNING id, event_id;

-- name: job_redrive_dead
-- One ($1), or a number of a kind ($2).
UPDATE jobs SET status = CASE WHEN lane IS NULL THEN 'queued' ELSE 'blocked' END, keeps_slot = FALSE,
    attempts = 0, crashes = 0, run_at = $4, finished_at = NULL, cancel_requested = FALSE
WHERE id IN (SELECT id FROM jobs WHERE status = 'dead' AND (id = $1 OR kind = $2) ORDER BY kind, id LIMIT $3)
RETURNING id, event_id;

-- name: event_reopen_many
UPDATE agent_events SET status = 'processing', error_message = NULL, processed_at = NULL
WHERE id IN (SELECT CAST(e.value AS {uuid}) FROM {each_text}($1) AS e);

-- name: mark_cancelled
INSERT INTO job_marks (job_id) SELECT id FROM jobs WHERE (id = $1 OR workflow_id = $2) AND finished_at IS NULL;

-- name: job_cancel
-- One ($1) or those of a workflow ($2). One that runs is told; all others end at once.
UPDATE jobs SET cancel_requested = TRUE,
    status = CASE WHEN status = 'running' THEN status ELSE 'cancelled' END,
    keeps_slot = FALSE,
    finished_at = CASE WHEN status = 'running' THEN NULL ELSE CAST($3 AS {time}) END,
    last_error = CASE WHEN status = 'running' THEN last_error ELSE 'cancelled' END
WHERE (id = $1 OR workflow_id = $2) AND finished_at IS NULL;

-- name: job_keep_number
-- The last number goes with the person ($1): a finished job without anybody takes the next, so that SQLite gives no number again.
INSERT INTO jobs (kind, status, run_at, max_attempts, payload, created_at, finished_at)
SELECT 'bus.number', 'completed', CAST($2 AS {time}), 1, CAST('{}' AS {json}), CAST($2 AS {time}), CAST($2 AS {time}) FROM jobs
WHERE id = (SELECT MAX(id) FROM jobs) AND user_id = $1;

-- name: mark_forgotten
INSERT INTO job_marks (job_id) SELECT d.job_id FROM job_dependencies d JOIN jobs n ON n.id = d.needs_id WHERE n.user_id = $1;

-- name: job_forget
-- Those of others that need a job of this person.
UPDATE jobs SET status = 'cancelled', last_error = 'a job that it needs went with its person', finished_at = $2
WHERE status = 'waiting' AND needs > 0
    AND id IN (SELECT d.job_id FROM job_dependencies d JOIN jobs n ON n.id = d.needs_id WHERE n.user_id = $1);

-- name: bus_pause
INSERT INTO job_kinds (kind, is_paused, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (kind) DO UPDATE SET is_paused = excluded.is_paused, changed_at = excluded.changed_at;

-- name: job_sweep
-- Finished before $1, the oldest first: not the last number, which SQLite would give again, not while its key lasts ($3: now), nor a dead one that others wait for.
DELETE FROM jobs WHERE id {any}(
    SELECT id FROM jobs WHERE finished_at < $1 AND id < (SELECT MAX(id) FROM jobs)
        AND (SELECT k.job_id FROM job_keys k WHERE k.job_id = jobs.id AND k.expires_at > $3 LIMIT 1) IS NULL
        AND NOT (has_dependents AND (SELECT w.id FROM job_dependencies d JOIN jobs w ON w.id = d.job_id WHERE d.needs_id = jobs.id AND w.status = 'waiting' LIMIT 1) IS NOT NULL)
    ORDER BY finished_at LIMIT $2));

-- name: job_keys_sweep
DELETE FROM job_keys WHERE expires_at < $1;

-- name: lane_asleep
-- The first job of each lane that has a free slot and that nobody will look at (its slot went away with a person, or a clock was put back): $1 is now, $2 how many at most. One look at the index for each lane.
WITH RECURSIVE lanes (lane) AS (
    SELECT MIN(lane) FROM jobs WHERE status = 'blocked'
    UNION ALL
    SELECT (SELECT MIN(n.lane) FROM jobs n WHERE n.status = 'blocked' AND n.lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL)
SELECT (SELECT b.id FROM jobs b WHERE b.status = 'blocked' AND b.lane = lanes.lane ORDER BY b.priority, b.id LIMIT 1)
FROM lanes LEFT JOIN job_lanes l ON l.lane = lanes.lane
WHERE lanes.lane IS NOT NULL AND ((l.lane IS NULL AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.lane = lanes.lane AND (s.status IN ('queued', 'running') OR s.keeps_slot))) OR (
    (l.wake_at IS NULL OR l.wake_at > $1 + (l.burst + 1) * l.interval_us) AND (SELECT COUNT(*) FROM jobs s WHERE s.lane = lanes.lane AND (s.status IN ('queued', 'running') OR s.keeps_slot)) < l.width))
LIMIT $2;

-- name: lane_sweep
-- Lanes in which nothing waits and nothing runs.
DELETE FROM job_lanes WHERE lane <> '' AND wake_at IS NULL AND arrival < $1
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.lane = job_lanes.lane AND j.status = 'blocked') AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.lane = job_lanes.lane AND (j.status IN ('queued', 'running') OR j.keeps_slot));
