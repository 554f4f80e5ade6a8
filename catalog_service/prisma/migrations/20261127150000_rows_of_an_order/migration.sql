-- To explain an order, and to check that its stock was moved once. Reservations wait while these are built: seconds for
-- millions of rows.
CREATE INDEX stock_movements_order ON stock_movements (order_number);
CREATE INDEX outbox_key ON outbox (key);
