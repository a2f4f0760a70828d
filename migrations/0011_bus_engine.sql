-- The engine of the bus: numbered jobs, lanes, workflows, waits, attempts and workers. Design in src/bus/bus.h.

-- Who runs jobs: one row a process. `beat` counts up while it lives; whoever sees it stand still takes its jobs over.
CREATE TABLE bus_workers (
    id {serial} PRIMARY KEY,
    name TEXT NOT NULL,
    beat {int} NOT NULL DEFAULT 0,
    started_at {time} NOT NULL,
    seen_at {time} NOT NULL
) {table};

-- Numbers instead of UUIDs: they are the order in which jobs were published, whatever the clocks of the nodes say.
CREATE TABLE jobs_new (
    id {serial} PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'blocked', 'queued', 'waiting', 'running', 'completed', 'dead', 'cancelled')),
    priority {int} NOT NULL DEFAULT 0,
    run_at {time} NOT NULL,
    lane TEXT,
    keeps_slot {bool} NOT NULL DEFAULT FALSE,
    has_dependents {bool} NOT NULL DEFAULT FALSE,
    needs {int} NOT NULL DEFAULT 0,
    cancel_requested {bool} NOT NULL DEFAULT FALSE,
    attempts {int} NOT NULL DEFAULT 0,
    max_attempts {int} NOT NULL,
    runs {int} NOT NULL DEFAULT 0,
    crashes {int} NOT NULL DEFAULT 0,
    worker_id {int},
    claim {int},
    payload {json} NOT NULL,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    event_id {uuid} REFERENCES agent_events (id) ON DELETE CASCADE,
    workflow_id {uuid},
    trace TEXT,
    progress {int},
    progress_message TEXT,
    result {json},
    last_error TEXT,
    created_at {time} NOT NULL,
    started_at {time},
    finished_at {time}
) {table};

INSERT INTO jobs_new (kind, status, run_at, attempts, max_attempts, crashes, payload, user_id, event_id, result, last_error, created_at, finished_at)
SELECT kind, CASE WHEN status = 'running' THEN 'queued' ELSE status END, run_at, attempts, max_attempts, crashes,
    payload, user_id, event_id, result, last_error, created_at, finished_at
FROM jobs ORDER BY created_at, id;

DROP TABLE job_steps;
DROP TABLE jobs;
ALTER TABLE jobs_new RENAME TO jobs;

-- Each index holds only what is in its state: a million finished jobs cost those that wait nothing.
CREATE INDEX jobs_ready ON jobs (kind, priority, run_at, id) WHERE status = 'queued';
CREATE INDEX jobs_due ON jobs (run_at) WHERE status IN ('scheduled', 'waiting');
CREATE INDEX jobs_running ON jobs (worker_id, claim) WHERE status = 'running';
CREATE INDEX jobs_blocked ON jobs (lane, priority, id) WHERE status = 'blocked';
CREATE INDEX jobs_slots ON jobs (lane) WHERE lane IS NOT NULL AND (status IN ('queued', 'running') OR keeps_slot);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (kind, id) WHERE status = 'dead';
CREATE INDEX jobs_by_event ON jobs (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX jobs_by_user ON jobs (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX jobs_by_workflow ON jobs (workflow_id, id) WHERE workflow_id IS NOT NULL;

-- A change of state that has left something to be done: a lane has a free slot or somebody new, a job that others need has ended, an event may be completed.
-- Only added to and taken away, so that nobody who publishes or runs a job waits for another.
CREATE TABLE job_marks (
    id {serial} PRIMARY KEY,
    job_id {int} NOT NULL
) {table};

-- One use of a key: while it lasts (NULL: until its job ends), the same key publishes nothing more.
CREATE TABLE job_keys (
    job_key TEXT PRIMARY KEY,
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    expires_at {time}
) {table};
CREATE INDEX job_keys_by_job ON job_keys (job_id);
CREATE INDEX job_keys_by_expiry ON job_keys (expires_at) WHERE expires_at IS NOT NULL;

-- Jobs of one lane (a person, an API) that run at once are at most `width`, and start at most every `interval_us` after a burst of `burst`
-- (the generic cell rate algorithm: `arrival` is the theoretical arrival time, in microseconds). The row without a name is the gate of those who settle; the first of them makes it.
CREATE TABLE job_lanes (
    lane TEXT PRIMARY KEY,
    width {int} NOT NULL,
    interval_us {int} NOT NULL DEFAULT 0,
    burst {int} NOT NULL DEFAULT 1,
    arrival {int} NOT NULL DEFAULT 0,
    wake_at {int}
) {table};
CREATE INDEX job_lanes_waking ON job_lanes (wake_at) WHERE wake_at IS NOT NULL;

-- A workflow: the job waits until those that it needs are done.
CREATE TABLE job_dependencies (
    needs_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (needs_id, job_id)
) {clustered};
CREATE INDEX job_dependencies_by_job ON job_dependencies (job_id);

-- A finished step keeps its result, so that a second run of the job does not do it again. A step that sleeps or waits has `until` and no result yet.
CREATE TABLE job_steps (
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    step_key TEXT NOT NULL,
    place {int} NOT NULL,
    result {json},
    until {time},
    started_at {time} NOT NULL,
    finished_at {time},
    PRIMARY KEY (job_id, step_key)
) {clustered};

-- What a step waits for: an event of this type with this value in its first field, or a person's answer to the question.
CREATE TABLE job_waits (
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    step_key TEXT NOT NULL,
    event_type TEXT,
    match_value TEXT,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    question TEXT,
    created_at {time} NOT NULL,
    PRIMARY KEY (job_id, step_key)
) {clustered};
CREATE INDEX job_waits_by_event ON job_waits (event_type, match_value) WHERE event_type IS NOT NULL;
CREATE INDEX job_waits_by_user ON job_waits (user_id) WHERE user_id IS NOT NULL;

-- A run that did not complete its job, and why.
CREATE TABLE job_attempts (
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    run {int} NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('failed', 'snoozed', 'crashed', 'cancelled')),
    reason TEXT NOT NULL,
    worker_id {int},
    started_at {time},
    ended_at {time} NOT NULL,
    PRIMARY KEY (job_id, run)
) {clustered};

-- What a run had to say.
CREATE TABLE job_log (
    job_id {int} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    run {int} NOT NULL,
    line {int} NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (job_id, run, line)
) {clustered};

-- What operators decided about a kind.
CREATE TABLE job_kinds (
    kind TEXT PRIMARY KEY,
    is_paused {bool} NOT NULL DEFAULT FALSE,
    changed_at {time} NOT NULL
) {table};

-- The W3C trace context of whoever published it.
ALTER TABLE agent_events ADD COLUMN trace TEXT;
-- Of types that steps wait for: the value that they wait for.
ALTER TABLE agent_events ADD COLUMN await_key TEXT;
CREATE INDEX agent_events_awaited ON agent_events (event_type, await_key) WHERE await_key IS NOT NULL;
CREATE INDEX agent_events_by_correlation ON agent_events (correlation_id);
