-- What was asked when an attempt's component was determined, and by which policy: the
-- decision can be made again from it.
ALTER TABLE clearing_attempts ADD COLUMN question TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE clearing_attempts ADD COLUMN policy   TEXT NOT NULL DEFAULT ''; -- fingerprint

CREATE TABLE clearing_policies (
	fingerprint TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the policy, hexadecimal
	policy      TEXT NOT NULL -- JSON
);
