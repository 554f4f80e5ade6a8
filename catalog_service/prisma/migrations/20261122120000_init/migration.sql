-- Usually there already, made by an administrator; both are trusted, so the schema's owner may make them too.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Full text: "Café" and "cafe" are one word, and so are "mug" and "mugs". unaccent() itself is not immutable,
-- a text search configuration is: hence the generated columns below.
CREATE TEXT SEARCH CONFIGURATION shop_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION shop_english
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH unaccent, english_stem;

-- The same without stems and stop words: what a misspelt word is compared with.
CREATE TEXT SEARCH CONFIGURATION shop_words (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION shop_words
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH unaccent, simple;

-- array_to_string is only "stable", because of arrays of other types than text.
CREATE FUNCTION join_texts(texts text[]) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_to_string(texts, ' ');

CREATE TABLE products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  price integer NOT NULL CHECK (price BETWEEN 0 AND 99999999),
  currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
  stock integer NOT NULL CHECK (stock >= 0),
  category text,
  tags text[] NOT NULL DEFAULT '{}',
  image_url text,
  revision integer NOT NULL DEFAULT 1,
  version integer NOT NULL DEFAULT 1,
  deleted_at timestamptz(6),
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  search_document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('shop_english', name), 'A') ||
    setweight(to_tsvector('shop_english', coalesce(category, '') || ' ' || join_texts(tags)), 'B') ||
    setweight(to_tsvector('shop_english', description), 'C')
  ) STORED,
  search_words text GENERATED ALWAYS AS (
    join_texts(tsvector_to_array(
      to_tsvector('shop_words', name || ' ' || coalesce(category, '') || ' ' || join_texts(tags))
    ))
  ) STORED
);
CREATE INDEX products_category ON products (category, id);
CREATE INDEX products_price ON products (price, id);
CREATE INDEX products_name ON products (lower(name), id);
CREATE INDEX products_tags ON products USING gin (tags);
CREATE INDEX products_search_document ON products USING gin (search_document);
CREATE INDEX products_search_words ON products USING gin (search_words gin_trgm_ops);

CREATE TABLE stock_movements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  delta integer NOT NULL,
  reason text NOT NULL CHECK (reason IN ('initial', 'order', 'order-cancelled', 'adjustment')),
  order_number text,
  version integer NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX stock_movements_product_version ON stock_movements (product_id, version);

CREATE TABLE stock_reservations (
  order_number text NOT NULL PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('reserved', 'rejected', 'released')),
  lines jsonb NOT NULL,
  shortages jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  type text NOT NULL,
  headers jsonb NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  sent_at timestamptz(6)
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent_at ON outbox (sent_at);

CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id text NOT NULL,
  received_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at ON inbox (received_at);
