-- One row for each thing that is to be done. A row whose lease is not empty is
-- being worked on by whoever knows that lease, until lease_until. ready is when
-- the row may be taken next, and what the index is for: times are microseconds
-- since 1970 in UTC.
CREATE TABLE outbox_jobs (
	queue       TEXT   NOT NULL,
	key         TEXT   NOT NULL,
	generation  BIGINT NOT NULL, -- counts the Puts: a lease finishes only the one it took
	due         BIGINT NOT NULL,
	tries       BIGINT NOT NULL, -- since the last Put
	lease       TEXT   NOT NULL,
	lease_until BIGINT NOT NULL,
	ready       BIGINT NOT NULL GENERATED ALWAYS AS (CASE WHEN due > lease_until THEN due ELSE lease_until END) STORED,
	PRIMARY KEY (queue, key)
);
CREATE INDEX outbox_jobs_ready ON outbox_jobs (queue, ready);
