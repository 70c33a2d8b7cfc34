-- Where third parties are told of an owner's orders.
CREATE TABLE webhook_endpoints (
	id        TEXT   NOT NULL PRIMARY KEY,
	owner     TEXT   NOT NULL, -- the acquirer
	address   TEXT   NOT NULL,
	merchant  TEXT   NOT NULL, -- whose orders, '' for all
	events    TEXT   NOT NULL, -- types, separated by spaces, '' for all
	created   BIGINT NOT NULL,
	secrets   TEXT   NOT NULL, -- which ones sign, the newest first, JSON; computed, never stored
	disabled  BIGINT NOT NULL, -- since when, 0 for not
	reason    TEXT   NOT NULL, -- why
	paused    BIGINT NOT NULL, -- nothing is sent by the schedule before
	succeeded BIGINT NOT NULL  -- when it took a delivery last, 0 for never
);
CREATE INDEX webhook_endpoints_owner ON webhook_endpoints (owner, id);

-- Events on their way to an endpoint. The ID is the header webhook-id.
CREATE TABLE webhook_deliveries (
	id       TEXT   NOT NULL PRIMARY KEY,
	owner    TEXT   NOT NULL,
	endpoint TEXT   NOT NULL,
	type     TEXT   NOT NULL,
	order_id TEXT   NOT NULL,
	body     BYTEA  NOT NULL,
	created  BIGINT NOT NULL,
	state    TEXT   NOT NULL,
	reason   TEXT   NOT NULL, -- why it failed
	step     BIGINT NOT NULL, -- tries of the schedule that were made
	next     BIGINT NOT NULL, -- when the schedule tries again, 0 for never
	wanted   BIGINT NOT NULL, -- replays that were asked for
	replayed BIGINT NOT NULL, -- replays that were made
	tries    TEXT   NOT NULL  -- the latest, JSON
);
CREATE INDEX webhook_deliveries_owner ON webhook_deliveries (owner, id);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint, id);

-- What was answered to a write, by its idempotency key, for a day. Secrets are
-- not part of it.
CREATE TABLE webhook_answers (
	owner       TEXT   NOT NULL,
	operation   TEXT   NOT NULL,
	key         TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	fingerprint BYTEA  NOT NULL, -- of what was asked
	answer      TEXT   NOT NULL, -- JSON
	PRIMARY KEY (owner, operation, key)
);
CREATE INDEX webhook_answers_at ON webhook_answers (owner, at);

-- Who did what to an endpoint or a delivery.
CREATE TABLE webhook_audit (
	subject TEXT   NOT NULL, -- ID of the endpoint or delivery
	seq     BIGINT NOT NULL, -- from 1
	at      BIGINT NOT NULL,
	actor   TEXT   NOT NULL,
	what    TEXT   NOT NULL,
	why     TEXT   NOT NULL,
	PRIMARY KEY (subject, seq)
);
