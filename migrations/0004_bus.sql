-- The message bus: the audit trail of events, the durable jobs they cause, and what people are told.

CREATE TABLE agent_events (
    id {uuid} PRIMARY KEY,
    event_type TEXT NOT NULL,
    payload {json} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    source_agent TEXT,
    target_agent TEXT,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    causation_id {uuid},
    correlation_id {uuid} NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    error_message TEXT,
    created_at {time} NOT NULL,
    processed_at {time}
) {table};
CREATE INDEX agent_events_by_user ON agent_events (user_id, created_at);

CREATE TABLE jobs (
    id {uuid} PRIMARY KEY,
    kind TEXT NOT NULL,
    payload {json} NOT NULL,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    event_id {uuid} REFERENCES agent_events (id) ON DELETE CASCADE,
    unique_key TEXT UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'dead')),
    attempts {int} NOT NULL DEFAULT 0,
    max_attempts {int} NOT NULL,
    run_at {time} NOT NULL,
    lease_until {time},
    lease_token TEXT,
    last_error TEXT,
    result {json},
    created_at {time} NOT NULL,
    finished_at {time}
) {table};
CREATE INDEX jobs_ready ON jobs (run_at) WHERE status = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'running';
CREATE INDEX jobs_by_event ON jobs (event_id);
CREATE INDEX jobs_by_user ON jobs (user_id, created_at);

-- A finished step of a job keeps its result, so that a second run does not do it again.
CREATE TABLE job_steps (
    job_id {uuid} NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    step_key TEXT NOT NULL,
    result {json} NOT NULL,
    finished_at {time} NOT NULL,
    PRIMARY KEY (job_id, step_key)
) {clustered};

CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    cron TEXT NOT NULL,
    next_run_at {time} NOT NULL,
    last_run_at {time}
) {table};

CREATE TABLE notifications (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    event_id {uuid},
    created_at {time} NOT NULL,
    read_at {time},
    PRIMARY KEY (user_id, id)
) {clustered};
CREATE INDEX notifications_by_time ON notifications (user_id, created_at);

-- Counters that must hold across restarts: sign-in attempts, questions to a twin, and other budgets, one row a key and window.
CREATE TABLE quotas (
    quota_key TEXT NOT NULL,
    window_start {time} NOT NULL,
    used {int} NOT NULL,
    expires_at {time} NOT NULL,
    PRIMARY KEY (quota_key, window_start)
) {clustered};
CREATE INDEX quotas_by_expiry ON quotas (expires_at);

CREATE TABLE api_tokens (
    token_hash TEXT PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scopes {json} NOT NULL,
    created_at {time} NOT NULL,
    last_used_at {time},
    expires_at {time}
) {table};
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

CREATE TABLE audit_log (
    id {uuid} PRIMARY KEY,
    user_id {uuid},
    action TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    created_at {time} NOT NULL
) {table};
CREATE INDEX audit_log_by_time ON audit_log (created_at);

-- What the installation itself remembers: the version of the catalogue in the skills table.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) {table};
