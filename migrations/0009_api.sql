-- API tokens that can be named without their hash (none could be made before), and the requests that are done once.

DROP TABLE api_tokens;
CREATE TABLE api_tokens (
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL, -- "profile:read skills:write"
    created_at {time} NOT NULL,
    last_used_at {time},
    expires_at {time}, -- never when NULL
    PRIMARY KEY (user_id, id)
) {table};

-- The answer is written by the transaction that did what was asked for: a row is there when, and only when, it was done.
CREATE TABLE idempotency_keys (
    user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    created_at {time} NOT NULL,
    status {int} NOT NULL DEFAULT 0,
    location TEXT NOT NULL DEFAULT '',
    content_type TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, idempotency_key)
) {table};
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
