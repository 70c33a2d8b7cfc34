-- Orders as they were made, and where they stand.
CREATE TABLE acquirer_orders (
	order_id TEXT   NOT NULL PRIMARY KEY,
	message  TEXT   NOT NULL, -- the order, JSON
	state    TEXT   NOT NULL,
	version  BIGINT NOT NULL, -- the gateway's, 0 before it told one
	changed  BIGINT NOT NULL, -- when this state came to be
	address  TEXT   NOT NULL, -- on the gateway, '' while not known
	payment  TEXT   NOT NULL, -- how it was paid, JSON, '' for not yet
	seq      BIGINT NOT NULL  -- of its latest entry in acquirer_audit
);

-- What payers confirmed, by the key that makes it idempotent.
CREATE TABLE acquirer_confirmations (
	merchant    TEXT  NOT NULL,
	idempotency TEXT  NOT NULL,
	fingerprint BYTEA NOT NULL, -- of what was confirmed
	order_id    TEXT  NOT NULL,
	PRIMARY KEY (merchant, idempotency)
);

-- What happened to an order, and why.
CREATE TABLE acquirer_audit (
	order_id   TEXT   NOT NULL,
	seq        BIGINT NOT NULL, -- from 1
	at         BIGINT NOT NULL,
	from_state TEXT   NOT NULL, -- '' when it was made
	to_state   TEXT   NOT NULL,
	version    BIGINT NOT NULL,
	why        TEXT   NOT NULL,
	PRIMARY KEY (order_id, seq)
);
