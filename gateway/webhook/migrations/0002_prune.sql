-- Deliveries are kept for 30 days and the audit for a year: these indexes find
-- what is past its time, whoever's it was.
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created);
CREATE INDEX webhook_audit_at ON webhook_audit (at);
