-- Refunds of paid orders, and where they stand.
CREATE TABLE acquirer_refunds (
	order_id  TEXT   NOT NULL,
	refund_id TEXT   NOT NULL,
	position  BIGINT NOT NULL, -- among the order's, from 0, in the order in which they were asked for
	number    TEXT   NOT NULL, -- the gateway's, '' before it has taken it
	amount    BIGINT NOT NULL, -- minor units of the order's currency
	reason    TEXT   NOT NULL,
	state     TEXT   NOT NULL,
	failure   TEXT   NOT NULL, -- why it failed or was refused
	reference TEXT   NOT NULL, -- the provider's, of one that succeeded
	created   BIGINT NOT NULL,
	changed   BIGINT NOT NULL,
	moved     BIGINT NOT NULL, -- when the provider gave the money back, 0 for not
	booked    BIGINT NOT NULL, -- when the gateway decided that it succeeded, 0 for not
	PRIMARY KEY (order_id, refund_id)
);
CREATE INDEX acquirer_refunds_number ON acquirer_refunds (number) WHERE number <> '';
CREATE INDEX acquirer_refunds_booked ON acquirer_refunds (booked, order_id, number) WHERE booked > 0;
