import { setTimeout as delay } from 'node:timers/promises';
import type { Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

/** How fast the relay publishes what piled up, say while the broker was unavailable. */
export async function measureOutbox({ shop, turns }: Setting): Promise<Measure> {
  const events = 20_000;
  const figures: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await shop.catalog.query(
      `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
       SELECT gen_random_uuid(), topic, (nth % 1000)::text, type, headers, payload
       FROM (SELECT topic, type, headers, payload FROM outbox WHERE topic = 'ProductEvents' ORDER BY id LIMIT 1) AS model,
         generate_series(1, $1::int) AS nth`,
      [events],
    );
    const startedAt = performance.now();
    await untilPublished(shop.catalog);
    figures.push((events * 1_000) / (performance.now() - startedAt));
  }
  return { name: 'outbox', unit: 'events/s', shop: median(figures), goal: { atLeast: 5_000 } };
}

export async function untilPublished(pool: Setting['shop']['catalog']): Promise<void> {
  for (;;) {
    const { rows } = await pool.query('SELECT FROM outbox WHERE sent_at IS NULL LIMIT 1');
    if (rows.length === 0) return;
    await delay(20);
  }
}
