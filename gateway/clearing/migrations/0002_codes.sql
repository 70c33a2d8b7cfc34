-- What acquirers asked to be signed, by the key that makes it idempotent.
CREATE TABLE clearing_code_keys (
	acquirer    TEXT  NOT NULL,
	idempotency TEXT  NOT NULL,
	fingerprint BYTEA NOT NULL, -- of what was asked under that key
	code_id     TEXT  NOT NULL,
	PRIMARY KEY (acquirer, idempotency)
) WITHOUT ROWID;

-- Every code that was signed, and what became of it; every one that was
-- refused. Entries are added and never touched again: where a code stands
-- follows from its entries.
CREATE TABLE clearing_code_log (
	code_id  TEXT   NOT NULL, -- of a refusal, one of its own
	seq      BIGINT NOT NULL, -- from 1
	at       BIGINT NOT NULL,
	acquirer TEXT   NOT NULL, -- who asked
	what     TEXT   NOT NULL, -- issued, revoked or refused
	message  TEXT   NOT NULL, -- the code that was issued, the request that was refused, JSON; '' else
	signer   TEXT   NOT NULL, -- identifier of the key that signed, '' for none
	why      TEXT   NOT NULL,
	PRIMARY KEY (code_id, seq)
) WITHOUT ROWID;

CREATE TRIGGER clearing_code_log_keeps BEFORE UPDATE ON clearing_code_log
BEGIN
	SELECT RAISE(ABORT, 'the log of codes is never changed');
END;

CREATE TRIGGER clearing_code_log_stays BEFORE DELETE ON clearing_code_log
BEGIN
	SELECT RAISE(ABORT, 'the log of codes is never cut');
END;

-- INSERT OR REPLACE would delete an entry without asking the trigger above.
CREATE TRIGGER clearing_code_log_adds BEFORE INSERT ON clearing_code_log
WHEN EXISTS (SELECT 1 FROM clearing_code_log WHERE code_id = NEW.code_id AND seq = NEW.seq)
BEGIN
	SELECT RAISE(ABORT, 'the log of codes is never overwritten');
END;
