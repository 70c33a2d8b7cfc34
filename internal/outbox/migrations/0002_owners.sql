-- Whose share of a queue's handlers a job takes, such as the acquirer that a
-- notification goes to; '' is nobody's in particular. The index tells, for each
-- owner, what is due, however much of the others is.
ALTER TABLE outbox_jobs ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_jobs_owner ON outbox_jobs (queue, owner, ready);
