-- Each entry of an order's history has a hash over its content and the hash of
-- the entry before it, and the order knows its latest one; package order/audit
-- says how. Entries from before have none, and an order keeps -1 as its root until
-- it changes.
ALTER TABLE acquirer_audit ADD COLUMN hash TEXT NOT NULL DEFAULT ''; -- SHA-256, hex
ALTER TABLE acquirer_audit ADD COLUMN actor TEXT NOT NULL DEFAULT ''; -- terminal, acquirer or gateway, '' in entries from before
ALTER TABLE acquirer_audit ADD COLUMN what TEXT NOT NULL DEFAULT 'order'; -- what changed: the order itself, or something that belongs to it
ALTER TABLE acquirer_orders ADD COLUMN audit_head TEXT NOT NULL DEFAULT ''; -- the hash of its latest entry
ALTER TABLE acquirer_orders ADD COLUMN audit_root BIGINT NOT NULL DEFAULT -1; -- the root that covers it, 0 for none yet
CREATE INDEX acquirer_orders_uncovered ON acquirer_orders (order_id) WHERE audit_root = 0;

-- What is signed each day, over the orders that changed since the root before.
CREATE TABLE acquirer_audit_roots (
	number    BIGINT  NOT NULL PRIMARY KEY, -- from 1
	day       TEXT    NOT NULL, -- the last one that it covers whole, UTC, such as 2026-11-23
	upto      TEXT    NOT NULL, -- the last order that is covered, while it is being made
	orders    BIGINT  NOT NULL, -- how many are covered
	heads     TEXT    NOT NULL, -- what their heads come to, SHA-256, hex
	complete  BOOLEAN NOT NULL, -- all are covered
	statement TEXT    NOT NULL  -- as it was signed, JWS; '' for not yet
);

-- The entry with which an order is covered by a root.
CREATE TABLE acquirer_audit_heads (
	root     BIGINT NOT NULL,
	order_id TEXT   NOT NULL,
	seq      BIGINT NOT NULL,
	hash     TEXT   NOT NULL,
	PRIMARY KEY (root, order_id)
);
