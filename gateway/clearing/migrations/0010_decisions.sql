-- What was asked when an attempt's component was determined, what was decided, and by
-- which policy: the decision can be made again from it.
ALTER TABLE clearing_attempts ADD COLUMN decided TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE clearing_attempts ADD COLUMN policy  TEXT NOT NULL DEFAULT ''; -- fingerprint

-- Few rows, of no order: where tables are distributed, this one is on every node.
CREATE TABLE clearing_policies (
	fingerprint TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the policy, hexadecimal
	policy      TEXT NOT NULL -- JSON
);
