CREATE TABLE refunds (
	order_id  TEXT   NOT NULL,
	refund_id TEXT   NOT NULL,
	amount    BIGINT NOT NULL, -- minor units
	currency  TEXT   NOT NULL,
	reason    TEXT   NOT NULL,
	state     TEXT   NOT NULL, -- 'succeeded' is money that went back
	at        BIGINT NOT NULL, -- when it did, or else came into its state: microseconds since 1970
	PRIMARY KEY (order_id, refund_id)
);
