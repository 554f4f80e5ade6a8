import { EventEmitter } from 'node:events';
import { watchPool } from '@shop/service-kit';
import type pg from 'pg';

it('calls a pool stuck when all of it has been used for half a minute and none was given back', () => {
  let now = 0;
  const pool = Object.assign(new EventEmitter(), { options: { max: 2 } });
  const watch = watchPool(pool as unknown as pg.Pool, () => now);
  pool.emit('acquire');
  now = 40_000;
  expect(watch.isStuck()).toBe(false);
  pool.emit('acquire');
  now += 29_000;
  expect(watch.isStuck()).toBe(false);
  now += 2_000;
  expect(watch.isStuck()).toBe(true);
  pool.emit('release');
  pool.emit('acquire');
  expect(watch.isStuck()).toBe(false);
});
