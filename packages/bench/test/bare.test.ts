import { createTestDatabase, type TestDatabase } from '@shop/testing';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import request from 'supertest';
import { createBareApp } from '../src/bare/app.ts';
import { bareSchema } from '../src/bare/schema.ts';

let database: TestDatabase;
let pool: pg.Pool;
let app: ReturnType<typeof createBareApp>;
const bearer = `Bearer ${jwt.sign({ id: 7 }, 'secret')}`;

beforeAll(async () => {
  const migrate = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(bareSchema);
    await client.end();
  };
  database = await createTestDatabase({ template: 'bare', schema: 'bare', migrate });
  await database.sql(`INSERT INTO products (id, name, description, price, currency, stock) VALUES
    (1, 'Lamp', 'Bright', 4500, 'usd', 10), (2, 'Desk', 'Wide', 20000, 'usd', 5)`);
  pool = new pg.Pool({ connectionString: database.url });
  app = createBareApp(pool, 'secret');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('does the same durable work for an order as the shop: stock, movements, items, history', async () => {
  for (const [productId, qty] of [
    [1, 2],
    [2, 1],
    [1, 1],
  ])
    await request(app).post('/cart').set('authorization', bearer).send({ productId, qty }).expect(201);
  const { body } = await request(app).post('/orders').set('authorization', bearer).send({}).expect(201);
  expect(body.order.amount).toBe(3 * 4_500 + 20_000);
  expect(await database.sql('SELECT id, stock FROM products ORDER BY id')).toEqual([
    { id: 1, stock: 7 },
    { id: 2, stock: 4 },
  ]);
  expect(
    await database.sql('SELECT product_id, delta, order_number FROM stock_movements ORDER BY 1'),
  ).toEqual([
    { product_id: 1, delta: -3, order_number: body.orderNumber },
    { product_id: 2, delta: -1, order_number: body.orderNumber },
  ]);
  expect(await database.sql('SELECT product_id, qty, price FROM order_items ORDER BY 1')).toEqual([
    { product_id: 1, qty: 3, price: 4_500 },
    { product_id: 2, qty: 1, price: 20_000 },
  ]);
  expect(await database.sql('SELECT status FROM order_history')).toEqual([{ status: 'processing' }]);
  expect(await database.sql('SELECT FROM cart_lines')).toEqual([]);
});

it('answers the reads of the catalog', async () => {
  const byId = await request(app).get('/products/2').expect(200);
  expect(byId.body).toMatchObject({ id: 2, name: 'Desk', price: 20_000, imageUrl: null });
  const list = await request(app).get('/products?limit=1').expect(200);
  expect(list.body).toMatchObject({ items: [{ id: 2 }], total: 2 });
  const found = await request(app).get('/products?search=bright').expect(200);
  expect(found.body).toMatchObject({ items: [{ id: 1 }], total: 1 });
  const stock = await request(app)
    .post('/products/stock')
    .send({ ids: [1, 3] })
    .expect(200);
  expect(stock.body.items).toMatchObject([{ id: 1, name: 'Lamp', price: 4_500 }]);
});
