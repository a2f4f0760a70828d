-- Schedules in time zones. Whatever came up to done_until has been dealt with; NULL: nothing has, from next_run_at on.
ALTER TABLE schedules ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE schedules ADD COLUMN done_until {time};
ALTER TABLE schedules ADD COLUMN paused {bool} NOT NULL DEFAULT FALSE;
