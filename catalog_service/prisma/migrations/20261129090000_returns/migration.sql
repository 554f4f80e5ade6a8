-- What comes back with a refund. The rows that are there keep to the old rule, and so to the new one: none is read again.
ALTER TABLE stock_movements ADD COLUMN refund_id text;
CREATE UNIQUE INDEX stock_movements_refund ON stock_movements (refund_id, product_id) WHERE refund_id IS NOT NULL;
ALTER TABLE stock_movements DROP CONSTRAINT stock_movements_reason_check,
  ADD CONSTRAINT stock_movements_reason_check
  CHECK (reason IN ('initial', 'order', 'order-cancelled', 'return', 'adjustment')) NOT VALID;
