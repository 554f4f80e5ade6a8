import { parseArgs } from 'node:util';
import { topics } from '@shop/contracts';
import type pg from 'pg';
import { countEvents, type ReplayFilter, replayEvents } from './replay.ts';

const usage = `Sends events of a service's outbox again, with the same ids: consumers that have handled them do nothing.

  npx pnpm replay order_service            says what would be sent: all that the outbox still has, by type
  npx pnpm replay order_service --send     sends it; the service must run

  --topic TOPIC    only those on ${topics.join(', ')}
  --order NUMBER   only those of an order
  --product ID     only those of a product
  --from TIME      only those added at this time or later, such as 2026-01-31T10:00:00Z
  --to TIME        only those added before this time

payment_service has no outbox, as it publishes what Stripe says: replay the PaymentEvents of order_service, and it
reads the payments again, or POST /verify-payment/ID for one.
`;

/** The schemas of the services that have an outbox. */
const schemas: ReadonlyMap<string, Schema> = new Map([
  ['catalog_service', 'catalog'],
  ['order_service', 'orders'],
]);
type Schema = 'catalog' | 'orders';

/** Runs `work` on a connection to the database of a service, whose schema it is. */
export type WithDatabase = <T>(schema: Schema, work: (sql: pg.Client) => Promise<T>) => Promise<T>;

/**
 * The command `replay`.
 * @returns the exit code: 2 when it was not understood
 */
export async function runReplay(
  args: readonly string[],
  withDatabase: WithDatabase,
  { out, err }: Readonly<Record<'out' | 'err', (text: string) => void>>,
): Promise<number> {
  let asked: ReturnType<typeof readArgs>;
  try {
    asked = readArgs(args);
  } catch (error) {
    err(`${(error as Error).message}\n`);
    return 2;
  }
  const { schema, filter, send } = asked;
  if (schema === undefined) {
    out(usage);
    return asked.help ? 0 : 2;
  }
  return withDatabase(schema, async (sql) => {
    // A long outbox is read as a whole.
    await sql.query("SET statement_timeout = '5min'");
    const counts = await countEvents(sql, filter);
    for (const { topic, type, events, oldest, newest } of counts)
      out(`${topic}  ${type}  ${events}  ${oldest.toISOString()} to ${newest.toISOString()}\n`);
    const total = counts.reduce((sum, { events }) => sum + events, 0);
    if (total === 0) out('There are no such events.\n');
    else if (!send) out(`Events: ${total}. Nothing was sent: add --send.\n`);
    else {
      const sent = await replayEvents(sql, filter, {
        onProgress: (events) => out(`sent again: ${events}\n`),
      });
      out(`Sent again: ${sent}.\n`);
    }
    return 0;
  });
}

function readArgs(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      topic: text,
      order: text,
      product: text,
      from: text,
      to: text,
      send: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { topic, order, product, from, to, send, help } = values;
  if (topic !== undefined && !topics.some((known) => known === topic))
    throw new Error(`--topic must be one of ${topics.join(', ')}, not ${topic}`);
  if (order !== undefined && product !== undefined)
    throw new Error('--order and --product exclude each other');
  for (const time of [from, to])
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new Error(`${time} is no time such as 2026-01-31T10:00:00Z`);
  const [service = '', ...more] = positionals;
  const schema = more.length === 0 ? schemas.get(service) : undefined;
  const filter: ReplayFilter = { topic, key: order ?? product, from, to };
  return { schema, filter, send, help };
}
