-- The quota ledger: what was used of each budget in each calendar window. Names of windows are those of ISO 8601 ("2026-11-28T20:31", "2026-11-28",
-- "2026-W48", "2026-11"; "ever" for the lifetime) and sort as time does.
CREATE TABLE budget_windows (
    budget TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('minute', 'day', 'week', 'month', 'lifetime')),
    window_name TEXT NOT NULL,
    used {int} NOT NULL CHECK (used >= 0),
    PRIMARY KEY (budget, period, window_name)
) {clustered};

-- What asking models cost, a row for each time: an estimate until it is settled. Jobs are deleted earlier, so job_id refers to nothing.
CREATE TABLE costs (
    id {uuid} PRIMARY KEY,
    user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
    job_id {int},
    step_key TEXT NOT NULL,
    model TEXT NOT NULL,
    tokens_in {int} NOT NULL CHECK (tokens_in >= 0),
    tokens_out {int} NOT NULL CHECK (tokens_out >= 0),
    micros {int} NOT NULL CHECK (micros >= 0),
    created_at {time} NOT NULL,
    settled_at {time}
) {table};
CREATE INDEX costs_by_user ON costs (user_id, created_at);
CREATE INDEX costs_by_job ON costs (job_id);
CREATE INDEX costs_by_time ON costs (created_at);
