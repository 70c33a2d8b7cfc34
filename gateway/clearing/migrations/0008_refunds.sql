-- Money that goes back to payers, of attempts whose money it was.
CREATE TABLE clearing_refunds (
	order_key TEXT    NOT NULL,
	number    BIGINT  NOT NULL, -- from 1, within the order
	attempt   BIGINT  NOT NULL, -- number of the attempt
	component TEXT    NOT NULL, -- the attempt's
	amount    BIGINT  NOT NULL, -- minor units, in the order's currency
	excess    BOOLEAN NOT NULL, -- the order never had that money
	reason    TEXT    NOT NULL, -- for people
	state     TEXT    NOT NULL,
	failure   TEXT    NOT NULL, -- why it failed, a word; '' while it did not
	reference TEXT    NOT NULL, -- the provider's, '' while not known
	created   BIGINT  NOT NULL,
	changed   BIGINT  NOT NULL,
	moved     BIGINT  NOT NULL, -- when the provider gave it back, 0 for not
	PRIMARY KEY (order_key, number)
);
CREATE INDEX clearing_refunded ON clearing_refunds (component, moved, order_key, number) WHERE moved > 0;

-- What the gateway cannot decide and a person has to.
CREATE TABLE clearing_reviews (
	order_key TEXT   NOT NULL,
	what      TEXT   NOT NULL, -- the attempt or the refund, by its ID
	kind      TEXT   NOT NULL,
	detail    TEXT   NOT NULL,
	opened    BIGINT NOT NULL,
	closed    BIGINT NOT NULL, -- 0 while it is open
	closed_by TEXT   NOT NULL,
	note      TEXT   NOT NULL, -- what was done about it
	PRIMARY KEY (order_key, what, kind)
);
CREATE INDEX clearing_reviews_open ON clearing_reviews (opened, order_key, what, kind) WHERE closed = 0;

-- Money that was in excess before there were refunds.
INSERT INTO clearing_reviews (order_key, what, kind, detail, opened, closed, closed_by, note)
	SELECT order_key,
		order_key || substr('0123456789abcdefghijklmnopqrstuv', CAST(number / 32 + 1 AS INTEGER), 1)
			|| substr('0123456789abcdefghijklmnopqrstuv', CAST(number % 32 + 1 AS INTEGER), 1),
		'refund', 'money in excess, from before the gateway gave it back itself', changed, 0, '', ''
	FROM clearing_attempts WHERE excess;
