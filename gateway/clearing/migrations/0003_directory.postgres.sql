-- Acquirers, where the directory is kept in the store.
CREATE TABLE clearing_directory (
	name       TEXT   NOT NULL PRIMARY KEY, -- for ever: also after the acquirer was removed
	document   TEXT   NOT NULL, -- JSON, as in the configuration file; '' for a removed one
	version    BIGINT NOT NULL, -- counts the changes of this entry, from 1
	changed    BIGINT NOT NULL,
	changed_by TEXT   NOT NULL,
	why        TEXT   NOT NULL
);

-- Who changed the directory, and why. Rows are only added.
CREATE TABLE clearing_directory_audit (
	seq        BIGINT NOT NULL PRIMARY KEY, -- from 1; the last one is the version of the whole directory
	name       TEXT   NOT NULL,
	document   TEXT   NOT NULL, -- as it became
	version    BIGINT NOT NULL,
	changed    BIGINT NOT NULL,
	changed_by TEXT   NOT NULL,
	why        TEXT   NOT NULL
);
CREATE INDEX clearing_directory_history ON clearing_directory_audit (name, version);

-- What acquirers asked for and do not have. Rows are only added, a limited
-- number for each acquirer and hour.
CREATE TABLE clearing_denials (
	acquirer  TEXT   NOT NULL,
	hour      BIGINT NOT NULL, -- when the hour began
	operation TEXT   NOT NULL,
	what      TEXT   NOT NULL,
	at        BIGINT NOT NULL, -- for the first time in that hour
	PRIMARY KEY (acquirer, hour, operation, what)
);
