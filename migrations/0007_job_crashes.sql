-- How often a job's worker stopped in the middle of it. Apart from the attempts: a server that is killed is no fault of the job's.
ALTER TABLE jobs ADD COLUMN crashes {int} NOT NULL DEFAULT 0;
