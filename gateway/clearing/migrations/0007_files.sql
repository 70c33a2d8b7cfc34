-- What acquirers are owed, in the order in which it was decided: an entry of a
-- clearing file each. Rows are only added, in the transaction that decides.
CREATE TABLE clearing_bookings (
	acquirer  TEXT   NOT NULL,
	booked    BIGINT NOT NULL, -- when it was decided
	id        TEXT   NOT NULL, -- of the attempt that paid
	order_key TEXT   NOT NULL,
	number    BIGINT NOT NULL, -- of that attempt
	PRIMARY KEY (acquirer, booked, id)
);
INSERT INTO clearing_bookings (acquirer, booked, id, order_key, number)
	SELECT acquirer, changed,
		order_key || substr('0123456789abcdefghijklmnopqrstuv', CAST(paid_by / 32 + 1 AS INTEGER), 1)
			|| substr('0123456789abcdefghijklmnopqrstuv', CAST(paid_by % 32 + 1 AS INTEGER), 1),
		order_key, paid_by
	FROM clearing_orders WHERE state = 'paid';

-- Clearing files, one for each acquirer and business day.
CREATE TABLE clearing_files (
	acquirer      TEXT   NOT NULL,
	business_date TEXT   NOT NULL,
	sequence      BIGINT NOT NULL, -- counts the acquirer's files, from 1
	file_id       TEXT   NOT NULL, -- of its parts
	entries       BIGINT NOT NULL,
	begins        BIGINT NOT NULL, -- where the one before it ends
	until         BIGINT NOT NULL, -- the cut-off
	made          BIGINT NOT NULL, -- 0 while it is being made
	PRIMARY KEY (acquirer, business_date)
);

-- Their bytes, a quarter of a mebibyte in each part but the last.
CREATE TABLE clearing_file_parts (
	file_id TEXT   NOT NULL,
	format  TEXT   NOT NULL,
	part    BIGINT NOT NULL, -- from 0
	content BYTEA  NOT NULL,
	PRIMARY KEY (file_id, format, part)
);

-- The money of a component by the time when it moved, for its provider's statement.
CREATE INDEX clearing_money ON clearing_attempts (component, money_at, order_key, number) WHERE money_at > 0;
