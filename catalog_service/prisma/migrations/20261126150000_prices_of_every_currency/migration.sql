-- Prices of up to twelve digits, for rupiah. Not bigint: Prisma makes BigInt of it, and the release before knows numbers only.
-- Every whole number below 2^53 is exact.
ALTER TABLE products
  DROP CONSTRAINT products_price_check,
  ALTER COLUMN price TYPE double precision,
  ADD CONSTRAINT products_price_check CHECK (price BETWEEN 0 AND 999999999999 AND price = trunc(price));

-- Prices are compared within a currency. The release before still orders by products_price; a later one drops that.
CREATE INDEX products_currency_price ON products (currency, price, id) WHERE deleted_at IS NULL;

-- What instances of the release before have prepared would fail with the new type: they connect, and prepare, anew.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name = 'catalog_service';
