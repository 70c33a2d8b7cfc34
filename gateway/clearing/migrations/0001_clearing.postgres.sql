-- Orders as acquirers placed them, and where they stand.
CREATE TABLE clearing_orders (
	order_key TEXT    NOT NULL PRIMARY KEY, -- computed from acquirer and the order's ID
	acquirer  TEXT    NOT NULL,
	message   TEXT    NOT NULL, -- the order, JSON
	state     TEXT    NOT NULL,
	version   BIGINT  NOT NULL, -- counts the changes of state, from 1
	changed   BIGINT  NOT NULL, -- when this version came to be
	secret    BIGINT  NOT NULL, -- version of the secret behind the order's addresses
	attempts  BIGINT  NOT NULL, -- how many were begun
	paid_by   BIGINT  NOT NULL  -- number of the attempt that paid, 0 for none
);

-- Tries to pay an order.
CREATE TABLE clearing_attempts (
	order_key   TEXT    NOT NULL,
	number      BIGINT  NOT NULL, -- from 1
	component   TEXT    NOT NULL,
	actions     TEXT    NOT NULL, -- kinds the terminal can perform, separated by spaces
	chosen      TEXT    NOT NULL, -- how the component came to be used, JSON
	state       TEXT    NOT NULL,
	reason      TEXT    NOT NULL, -- why it failed
	action      TEXT    NOT NULL, -- the latest for the terminal, JSON, '' for none
	reference   TEXT    NOT NULL, -- the provider's, '' while not known
	begun       BIGINT  NOT NULL,
	changed     BIGINT  NOT NULL,
	money_at    BIGINT  NOT NULL, -- when the provider took the money, 0 for never
	excess      BOOLEAN NOT NULL, -- the money did not pay the order and is owed back
	PRIMARY KEY (order_key, number)
);

-- What terminals asked for, by the key that makes it idempotent. Several
-- beginnings may have led to one attempt.
CREATE TABLE clearing_beginnings (
	order_key   TEXT   NOT NULL,
	begin_key   TEXT   NOT NULL,
	fingerprint BYTEA  NOT NULL, -- of what was asked under that key
	number      BIGINT NOT NULL, -- of the attempt
	PRIMARY KEY (order_key, begin_key)
);

-- A payment at a provider belongs to one attempt.
CREATE TABLE clearing_references (
	component TEXT NOT NULL,
	reference TEXT NOT NULL,
	attempt   TEXT NOT NULL,
	PRIMARY KEY (component, reference)
);

-- Who changed what, and why.
CREATE TABLE clearing_audit (
	order_key  TEXT   NOT NULL,
	seq        BIGINT NOT NULL, -- from 1
	at         BIGINT NOT NULL,
	actor      TEXT   NOT NULL,
	what       TEXT   NOT NULL, -- "order" or an attempt's ID
	from_state TEXT   NOT NULL,
	to_state   TEXT   NOT NULL,
	why        TEXT   NOT NULL,
	PRIMARY KEY (order_key, seq)
);
