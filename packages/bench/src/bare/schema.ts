/** What a monolith would keep: the same facts as the four services, without events. */
export const bareSchema = `
  CREATE TABLE products (
    id integer PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    price integer NOT NULL,
    currency text NOT NULL,
    stock integer NOT NULL CHECK (stock >= 0),
    category text,
    tags text[] NOT NULL DEFAULT '{}',
    image_url text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    words tsvector GENERATED ALWAYS AS (to_tsvector('english', name || ' ' || description)) STORED
  );
  CREATE INDEX ON products USING gin (words);
  CREATE TABLE cart_lines (
    customer_id integer NOT NULL,
    product_id integer NOT NULL REFERENCES products (id),
    qty integer NOT NULL CHECK (qty > 0),
    PRIMARY KEY (customer_id, product_id)
  );
  CREATE TABLE orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_number text NOT NULL UNIQUE,
    customer_id integer NOT NULL,
    amount integer NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON orders (customer_id, created_at, id);
  CREATE TABLE order_items (
    order_id integer NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL,
    item_name text NOT NULL,
    qty integer NOT NULL,
    price integer NOT NULL
  );
  CREATE INDEX ON order_items (order_id);
  CREATE TABLE order_history (
    order_id integer NOT NULL REFERENCES orders (id),
    status text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON order_history (order_id);
  CREATE TABLE stock_movements (
    product_id integer NOT NULL REFERENCES products (id),
    delta integer NOT NULL,
    order_number text NOT NULL
  )`;
