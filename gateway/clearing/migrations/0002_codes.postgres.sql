-- What acquirers asked to be signed, by the key that makes it idempotent.
CREATE TABLE clearing_code_keys (
	acquirer    TEXT  NOT NULL,
	idempotency TEXT  NOT NULL,
	fingerprint BYTEA NOT NULL, -- of what was asked under that key
	code_id     TEXT  NOT NULL,
	PRIMARY KEY (acquirer, idempotency)
);

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
);

CREATE FUNCTION clearing_code_log_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the log of codes is only added to, never changed or cut';
END $$;

CREATE TRIGGER clearing_code_log_keeps BEFORE UPDATE OR DELETE ON clearing_code_log
	FOR EACH ROW EXECUTE FUNCTION clearing_code_log_kept();

CREATE TRIGGER clearing_code_log_stays BEFORE TRUNCATE ON clearing_code_log
	FOR EACH STATEMENT EXECUTE FUNCTION clearing_code_log_kept();
