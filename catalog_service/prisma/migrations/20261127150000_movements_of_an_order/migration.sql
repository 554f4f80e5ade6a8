-- To explain an order, and to check that its stock was moved once. Reservations wait while it is built: seconds for
-- millions of movements.
CREATE INDEX stock_movements_order ON stock_movements (order_number);
