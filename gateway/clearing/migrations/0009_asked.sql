-- Refunds that acquirers ask for, under their own identifiers.
ALTER TABLE clearing_refunds ADD COLUMN asked TEXT NOT NULL DEFAULT ''; -- the acquirer's, '' for money in excess
CREATE UNIQUE INDEX clearing_refunds_asked ON clearing_refunds (order_key, asked) WHERE asked <> '';

-- What acquirers owe back of it: refunds that were given, as clearing_bookings has payments.
CREATE TABLE clearing_refund_bookings (
	acquirer  TEXT   NOT NULL,
	booked    BIGINT NOT NULL, -- when it was decided
	id        TEXT   NOT NULL, -- of the refund
	order_key TEXT   NOT NULL,
	number    BIGINT NOT NULL, -- of the refund
	PRIMARY KEY (acquirer, booked, id)
);
