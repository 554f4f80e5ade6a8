import express, { type Express } from 'express';
import type pg from 'pg';
import { orderRoutes, productRoutes } from './routes.ts';

/** What a monolith would be: Express and pg, one database, no events, and nothing beside. */
export function createBareApp(pool: pg.Pool, tokenSecret: string): Express {
  const app = express();
  app.use(express.json(), productRoutes(pool), orderRoutes(pool, tokenSecret));
  return app;
}
