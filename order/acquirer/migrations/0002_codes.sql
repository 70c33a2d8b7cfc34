-- Codes that the acquirer's programs asked for, by the key that makes it
-- idempotent.
CREATE TABLE acquirer_code_keys (
	merchant    TEXT  NOT NULL,
	idempotency TEXT  NOT NULL,
	fingerprint BYTEA NOT NULL, -- of what was asked under that key
	request     TEXT  NOT NULL, -- to the clearing institution, JSON
	there       TEXT  NOT NULL, -- its idempotency key there
	code_id     TEXT  NOT NULL, -- '' while the answer is not known
	PRIMARY KEY (merchant, idempotency)
);

-- Codes that were issued, and which of them were taken back.
CREATE TABLE acquirer_codes (
	code_id TEXT   NOT NULL PRIMARY KEY,
	address BYTEA  NOT NULL UNIQUE, -- SHA-256 of the signed address
	message TEXT   NOT NULL, -- as it was issued, JSON
	revoked BIGINT NOT NULL  -- 0 for a code that is good
);

-- What happened to a code, and why.
CREATE TABLE acquirer_code_audit (
	code_id TEXT   NOT NULL,
	seq     BIGINT NOT NULL, -- from 1
	at      BIGINT NOT NULL,
	what    TEXT   NOT NULL, -- issued, revoked, or told: the clearing institution knows
	PRIMARY KEY (code_id, seq)
);

-- The order that a code with an amount stands for, the latest if it had several.
CREATE TABLE acquirer_code_orders (
	address  BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the signed address
	order_id TEXT  NOT NULL
);
