CREATE TABLE sales (
	order_id  TEXT   NOT NULL PRIMARY KEY,
	merchant  TEXT   NOT NULL,
	amount    BIGINT NOT NULL, -- minor units
	currency  TEXT   NOT NULL,
	wallet    TEXT   NOT NULL,
	reference TEXT   NOT NULL,
	at        BIGINT NOT NULL  -- microseconds since 1970
);
CREATE INDEX sales_at ON sales (at);
