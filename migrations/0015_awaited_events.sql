-- Events that steps may wait for, in the order in which they were published, whatever the clocks of the nodes say.
-- `after_job` is the last number that a job had got by then: the event came after the jobs up to it, and before all others.
CREATE TABLE awaited_events (
    id {serial} PRIMARY KEY,
    event_id {uuid} NOT NULL REFERENCES agent_events (id) ON DELETE CASCADE,
    event_type TEXT NOT NULL,
    match_value TEXT NOT NULL,
    after_job {int} NOT NULL
) {table};
INSERT INTO awaited_events (event_id, event_type, match_value, after_job)
SELECT id, event_type, await_key, COALESCE((SELECT MAX(j.id) FROM jobs j WHERE j.created_at <= agent_events.created_at), 0)
FROM agent_events WHERE await_key IS NOT NULL ORDER BY created_at, id;
CREATE INDEX awaited_events_by_value ON awaited_events (event_type, match_value, id);
CREATE INDEX awaited_events_by_event ON awaited_events (event_id);
DROP INDEX agent_events_awaited;
ALTER TABLE agent_events DROP COLUMN await_key;
