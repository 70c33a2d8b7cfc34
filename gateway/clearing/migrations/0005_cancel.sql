-- When the acquirer asked for the end of the order, 0 for never. From then on
-- nobody begins to pay it.
ALTER TABLE clearing_orders ADD COLUMN canceling BIGINT NOT NULL DEFAULT 0;
