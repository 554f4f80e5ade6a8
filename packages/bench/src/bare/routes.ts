import { randomBytes } from 'node:crypto';
import { type Request, Router } from 'express';
import jwt from 'jsonwebtoken';
import type pg from 'pg';

const columns = `id, name, description, price, currency, stock, category, tags, image_url AS "imageUrl", version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The reads of the catalog, each as one statement. */
export function productRoutes(pool: pg.Pool): Router {
  const router = Router();
  router.get('/products', async (req, res) => {
    const limit = Number(req.query['limit'] ?? 20);
    const { search } = req.query;
    const found = search === undefined ? 'true' : `words @@ plainto_tsquery('english', $2)`;
    const given = search === undefined ? [] : [search];
    const order =
      search === undefined ? 'id DESC' : `ts_rank(words, plainto_tsquery('english', $2)) DESC, id`;
    const { rows } = await pool.query(
      `SELECT ${columns}, count(*) OVER ()::int AS total FROM products WHERE ${found} ORDER BY ${order} LIMIT $1`,
      [limit, ...given],
    );
    res.json({ items: rows.map(({ total, ...product }) => product), total: rows[0]?.total ?? 0 });
  });
  router.get('/products/:id', async (req, res) => {
    const { rows } = await pool.query(`SELECT ${columns} FROM products WHERE id = $1`, [req.params.id]);
    if (rows.length === 0) return void res.status(404).json({ title: 'Not found' });
    res.json(rows[0]);
  });
  router.post('/products/stock', async (req, res) => {
    const text = 'SELECT id, name, price, currency, stock FROM products WHERE id = ANY ($1::int[])';
    res.json({ items: (await pool.query(text, [req.body.ids])).rows });
  });
  return router;
}

/** A cart and an order that takes its stock at once, in one transaction. */
export function orderRoutes(pool: pg.Pool, tokenSecret: string): Router {
  const router = Router();
  const customerOf = (req: Request): number => {
    const claims = jwt.verify((req.headers.authorization ?? '').replace('Bearer ', ''), tokenSecret);
    return Number((claims as jwt.JwtPayload)['id']);
  };
  router.post('/cart', async (req, res) => {
    const { productId, qty } = req.body;
    const { rows } = await pool.query(
      `INSERT INTO cart_lines (customer_id, product_id, qty) SELECT $1, id, $3 FROM products WHERE id = $2 AND stock >= $3
       ON CONFLICT (customer_id, product_id) DO UPDATE SET qty = cart_lines.qty + excluded.qty
       RETURNING product_id AS "productId", qty`,
      [customerOf(req), productId, qty],
    );
    res.status(201).json(rows[0]);
  });
  router.post('/orders', async (req, res) => {
    const customer = customerOf(req);
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const order = await createOrder(client, customer);
      await client.query('COMMIT');
      res.status(201).json(order);
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  });
  return router;
}

async function createOrder(client: pg.PoolClient, customer: number) {
  const { rows: lines } = await client.query(
    `SELECT p.id, p.name, p.price, p.currency, c.qty FROM cart_lines c JOIN products p ON p.id = c.product_id
     WHERE c.customer_id = $1 ORDER BY p.id FOR UPDATE OF p`,
    [customer],
  );
  if (lines.length === 0) throw new Error('The cart is empty.');
  const orderNumber = randomBytes(10).toString('hex').toUpperCase();
  const amount = lines.reduce((sum, { price, qty }) => sum + price * qty, 0);
  const [ids, quantities] = [lines.map((line) => line.id), lines.map((line) => line.qty)];
  await client.query(
    `UPDATE products p SET stock = stock - qty, version = version + 1, updated_at = now()
     FROM unnest($1::int[], $2::int[]) AS line (id, qty) WHERE p.id = line.id`,
    [ids, quantities],
  );
  await client.query(
    `INSERT INTO stock_movements SELECT id, -qty, $3 FROM unnest($1::int[], $2::int[]) AS line (id, qty)`,
    [ids, quantities, orderNumber],
  );
  const { rows } = await client.query(
    `INSERT INTO orders (order_number, customer_id, amount, currency, status)
     VALUES ($1, $2, $3, $4, 'processing') RETURNING id`,
    [orderNumber, customer, amount, lines[0].currency],
  );
  const { id } = rows[0];
  await client.query(
    `INSERT INTO order_items SELECT $1, id, name, qty, price
     FROM unnest($2::int[], $3::text[], $4::int[], $5::int[]) AS line (id, name, qty, price)`,
    [id, ids, lines.map((line) => line.name), quantities, lines.map((line) => line.price)],
  );
  await client.query(`INSERT INTO order_history (order_id, status) VALUES ($1, 'processing')`, [id]);
  await client.query('DELETE FROM cart_lines WHERE customer_id = $1', [customer]);
  return { orderNumber, order: { amount, items: lines } };
}
