-- When the gateway decided that the order is paid, 0 for not: what the clearing
-- file of that day is matched with.
ALTER TABLE acquirer_orders ADD COLUMN booked BIGINT NOT NULL DEFAULT 0;
UPDATE acquirer_orders SET booked = changed WHERE state = 'paid';
CREATE INDEX acquirer_booked ON acquirer_orders (booked, order_id) WHERE booked > 0;
