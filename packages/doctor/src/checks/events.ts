import { consumerGroups, type Topic } from '@shop/contracts';
import { forEachPage, type Read } from '../database.ts';
import { openDeadLetters } from '../dead-letters.ts';
import type { Notes } from '../report.ts';
import type { Shop } from '../shop.ts';
import type { Windows } from '../windows.ts';

interface EventRow {
  readonly id: string;
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly isSent: boolean;
  readonly isYoung: boolean;
  readonly isHandled: boolean;
}

/** Whose outbox, and in which inboxes its events must be. Consumers without a database keep no inbox. */
const outboxes: readonly { readonly from: string; readonly to: { readonly [T in Topic]?: string } }[] = [
  { from: 'orders', to: { CatalogEvents: 'catalog', OrderEvents: 'orders' } },
  { from: 'catalog', to: { OrderEvents: 'orders' } },
];

const groupOf = (topic: string) => consumerGroups[topic as Topic][0] ?? '';

const isHandled = (to: { readonly [T in Topic]?: string }) =>
  Object.entries(to)
    .map(
      ([topic, schema]) => `WHEN '${topic}' THEN EXISTS (
        SELECT FROM ${schema}.inbox WHERE consumer = '${groupOf(topic)}' AND inbox.event_id = event.event_id)`,
    )
    .join(' ');

const pageSize = 1_000;
const mostLetters = 100_000;

/** Invariant 5: each event of an outbox was sent, and is in the inbox of its consumer or in a dead letter. */
export async function checkEvents(read: Read, windows: Windows, shop: Shop, notes: Notes): Promise<void> {
  const missing: EventRow[] = [];
  for (const { from, to } of outboxes) {
    // From the newest to the first that is too old: ids have the order of time.
    const next = (last: EventRow | undefined) =>
      read<EventRow>(
        `SELECT id::text, event_id AS "eventId", topic, key, type, sent_at IS NOT NULL AS "isSent",
           greatest(created_at, sent_at) > now() - make_interval(secs => $3) AS "isYoung",
           CASE topic ${isHandled(to)} ELSE true END AS "isHandled"
         FROM (SELECT * FROM ${from}.outbox WHERE id < $1 ORDER BY id DESC LIMIT $2) AS event
         WHERE created_at >= now() - make_interval(secs => $4) ORDER BY event.id DESC`,
        [last?.id ?? '9223372036854775807', pageSize, windows.settleSeconds, windows.sinceSeconds],
      );
    await forEachPage(pageSize, next, (rows) => {
      for (const row of rows) {
        if (row.isSent && row.isHandled) continue;
        if (row.isYoung) notes.underWay('events', 1);
        else if (row.isSent) missing.push(row);
        else notes.found('event-not-sent', placeOf(row), `${describe(row)} has not been sent`);
      }
      notes.checked('events', rows.length);
    });
  }
  // Read last: an event is in a dead letter before it is said to be missing.
  const dead = await readLetters(shop, notes);
  for (const event of missing) {
    const group = groupOf(event.topic);
    if (dead.has(letterKey(group, event.eventId))) continue;
    notes.found(
      'event-not-handled',
      placeOf(event),
      `${describe(event)} was sent, and ${group} has not handled it`,
    );
  }
}

const describe = ({ type, eventId, topic }: EventRow) => `${type} ${eventId} on ${topic}`;

const placeOf = ({ topic, key }: EventRow) =>
  topic === 'ProductEvents' ? { productId: Number(key) } : { orderNumber: key };

const letterKey = (group: string, eventId: string) => `${group} ${eventId}`;

async function readLetters(shop: Shop, notes: Notes): Promise<ReadonlySet<string>> {
  const letters = openDeadLetters(shop);
  try {
    const { total, letters: found } = await letters.list(mostLetters);
    notes.checked('dead letters', total);
    return new Set(found.map(({ group, event }) => letterKey(group, event.headers['ce_id'] ?? '')));
  } finally {
    await letters.close();
  }
}
