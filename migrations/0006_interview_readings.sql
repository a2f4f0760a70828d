-- Which event asked for an interview to be read, so that a reading that failed can be found and tried again.
ALTER TABLE interviews ADD COLUMN completion_event_id {uuid};
