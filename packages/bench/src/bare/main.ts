import type { AddressInfo } from 'node:net';
import process from 'node:process';
import pg from 'pg';
import { createBareApp } from './app.ts';

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  options: '-c search_path=bare',
  max: 10,
});
const app = createBareApp(pool, process.env['TOKEN_SECRET'] ?? '');
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
