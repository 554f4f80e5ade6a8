import { setTimeout as delay } from 'node:timers/promises';
import { residentMegabytes } from '../processes.ts';
import type { Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

/** What a shop costs that nobody visits. */
export async function measureRest({ shop }: Setting): Promise<Measure[]> {
  await delay(5_000);
  const figures: number[] = [];
  const seconds = 5;
  for (let turn = 0; turn < 5; turn++) {
    const before = await statements(shop.catalog);
    await delay(seconds * 1_000);
    // The look itself is one.
    figures.push(((await statements(shop.catalog)) - before - 1) / seconds);
  }
  // Not the mean: PostgreSQL's own housekeeping comes once a minute.
  const perSecond = median(figures);
  const memory = await Promise.all(shop.pids.map(residentMegabytes));
  return [
    { name: 'statements at rest', unit: '/s', shop: perSecond, goal: { atMost: 5 } },
    {
      name: 'memory at rest, all processes of the shop',
      unit: 'MB',
      shop: memory.reduce((sum, each) => sum + each, 0),
      goal: { atMost: 220 },
    },
  ];
}

async function statements(pool: Setting['shop']['catalog']): Promise<number> {
  const { rows } = await pool.query(
    `SELECT sum(xact_commit + xact_rollback)::int AS count FROM pg_stat_database WHERE datname = current_database()`,
  );
  return rows[0].count;
}
