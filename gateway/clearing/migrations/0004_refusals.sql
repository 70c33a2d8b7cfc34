-- In the log of codes, the refusals of one acquirer in one hour are limited in
-- number, and what they say is cut to 256 bytes of the address and of the
-- reason: a refused request may be repeated without end, and entries are never
-- removed. What was issued and revoked is logged without a limit, as a whole.
-- This index counts the refusals.
CREATE INDEX clearing_code_refusals ON clearing_code_log (acquirer, at) WHERE what = 'refused';
