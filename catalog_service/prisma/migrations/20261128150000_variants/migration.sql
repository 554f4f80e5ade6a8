-- Variants: products of one group, each a row of its own. The release before neither reads nor writes these columns, and its
-- new products have none of it. No row is written anew; changes of products wait while the two indexes look through the
-- table, seconds for a million of them.
ALTER TABLE products
  ADD COLUMN sku text COLLATE "C",
  ADD COLUMN group_id text COLLATE "C",
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN media jsonb NOT NULL DEFAULT '[]';

-- What was deleted gives its SKU free.
CREATE UNIQUE INDEX products_sku ON products (sku) WHERE deleted_at IS NULL AND sku IS NOT NULL;
CREATE INDEX products_group ON products (group_id, id) WHERE deleted_at IS NULL AND group_id IS NOT NULL;
