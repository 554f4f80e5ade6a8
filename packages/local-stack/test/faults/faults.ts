import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSettings } from '@shop/fake-stripe';
import type { TcpProxy } from '@shop/testing';
import type { Random } from './random.ts';
import { freeze, signal, slow } from './signals.ts';
import type { World } from './world.ts';

/** Something that goes wrong for some seconds while customers buy. */
export interface Fault {
  readonly name: string;
  /** Whether a world has what is to break; all have unless told. */
  readonly isPossible?: (world: World) => boolean;
  /** Resolves when it is over, which is after about so many seconds. */
  inject(world: World, random: Random, seconds: number): Promise<unknown>;
}

const inProcess = ['the shop'];
const ownProcesses = [
  'user_service',
  'catalog_service',
  'catalog_service #2',
  'order_service',
  'order_service #2',
  'payment_service',
  'storefront',
];

const processFaults = (names: readonly string[]): Fault[] =>
  names.flatMap((name) => {
    const find = (world: World) =>
      world.processes().flatMap((each) => (each.name === name ? [each.pid] : []));
    return [
      {
        name: `kill -9 of ${name}`,
        inject: async (world, random) => {
          await delay(random.whole(0, 1_000));
          await world.kill(find(world));
        },
      },
      {
        name: `SIGSTOP of ${name}`,
        inject: (world, _random, seconds) => freeze(find(world), seconds * 1_000),
      },
    ];
  });

const postgresFaults: readonly Fault[] = [
  {
    name: 'PostgreSQL crashes and is down',
    inject: async (world, _random, seconds) => {
      const [postmaster = 0] = await world.postgres();
      // Its own sign to drop everything at once.
      process.kill(postmaster, 'SIGQUIT');
      await delay(seconds * 1_000);
      await world.startPostgres();
    },
  },
  {
    name: 'PostgreSQL cuts every connection in the middle of a reply',
    inject: async (world) => {
      // One process that dies without a word takes all connections with it.
      const [postmaster, ...others] = await world.postgres();
      const pid = await world.ledger
        .sql('orders', `SELECT pid FROM pg_stat_activity WHERE usename = current_user AND state = 'active'`)
        .then(([row]) => Number(row?.['pid']));
      if (pid !== postmaster && others.includes(pid)) process.kill(pid, 'SIGKILL');
    },
  },
  {
    name: 'PostgreSQL ends every connection of the services',
    inject: async (world, _random, seconds) => {
      for (let count = 0; count < 5 * seconds; count++) {
        await world.ledger.killConnections().catch(() => {});
        await delay(200);
      }
    },
  },
  {
    name: 'PostgreSQL is frozen',
    // Longer than any of its clients waits.
    inject: async (world, _random, seconds) => freeze(await world.postgres(), seconds * 1_000 + 3_000),
  },
  {
    name: 'PostgreSQL is slow',
    inject: async (world, _random, seconds) => slow(await world.postgres(), seconds * 1_000),
  },
  {
    name: 'PostgreSQL is read-only',
    inject: (world, _random, seconds) =>
      world.asSuperuser(async (client) => {
        await client.query('SET default_transaction_read_only = off');
        await client.query('ALTER SYSTEM SET default_transaction_read_only = on');
        await client.query('SELECT pg_reload_conf()');
        await delay(seconds * 1_000);
        await client.query('ALTER SYSTEM RESET default_transaction_read_only');
        await client.query('SELECT pg_reload_conf()');
      }),
  },
  {
    name: 'PostgreSQL has a full disk',
    inject: (world, _random, seconds) =>
      world.asSuperuser(async (client) => {
        const tables = ['orders.orders', 'orders.outbox', 'catalog.stock_movements', 'catalog.outbox'];
        const forEach = async (statement: (table: string) => string) => {
          for (const table of tables) await client.query(statement(table));
        };
        await client.query(`CREATE OR REPLACE FUNCTION public.no_space() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$`);
        await forEach(
          (table) =>
            `CREATE TRIGGER no_space BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION public.no_space()`,
        );
        await delay(seconds * 1_000);
        await forEach((table) => `DROP TRIGGER no_space ON ${table}`);
      }),
  },
];

const networkFaults = (name: string, networkOf: (world: World) => TcpProxy | undefined): Fault[] => {
  const fault = (what: string, breaks: (network: TcpProxy) => void): Fault => ({
    name: `${name} ${what}`,
    isPossible: (world) => networkOf(world) !== undefined,
    inject: async (world, _random, seconds) => {
      const network = networkOf(world);
      if (network === undefined) return;
      breaks(network);
      await delay(seconds * 1_000);
      network.heal();
    },
  });
  return [
    fault('is unavailable', (network) => network.cut()),
    fault('does not answer', (network) => network.hang()),
    fault('is 2 s late', (network) => network.slow(2_000)),
    fault('is cut in the middle of its replies', (network) => network.cutReplies()),
  ];
};

const stripeFault = (name: string, faults: Partial<FaultSettings>): Fault => ({
  name,
  inject: async ({ stripe }, _random, seconds) => {
    stripe.faults.set(faults);
    await delay(seconds * 1_000);
    stripe.faults.reset();
  },
});

const stripeFaults: readonly Fault[] = [
  ...networkFaults('Stripe', (world) => world.stripeNetwork),
  stripeFault('Stripe does what it is asked, and answers 500', { failCreatesAfterEffect: 5 }),
  stripeFault('Stripe does what it is asked, and drops the connection', { dropReplies: 10 }),
  stripeFault('webhooks are doubled', { webhooks: 'double' }),
  stripeFault('webhooks are reversed', { webhooks: 'reverse' }),
  stripeFault('webhooks are lost', { webhooks: 'lose' }),
];

const kafkaFaults: readonly Fault[] = (
  [
    {
      name: 'Kafka is killed and down',
      inject: async ({ broker }, _random, seconds) => {
        await broker?.kill();
        await delay(seconds * 1_000);
        await broker?.restart();
      },
    },
    {
      name: 'Kafka is frozen',
      inject: async ({ broker }, _random, seconds) => {
        await broker?.pause();
        await delay(seconds * 2_000);
        await broker?.resume();
      },
    },
    {
      name: 'Kafka is slow',
      inject: async ({ broker }, _random, seconds) => {
        for (let count = 0; count < 5 * seconds; count++) {
          await broker?.pause();
          await delay(180);
          await broker?.resume();
          await delay(20);
        }
      },
    },
  ] satisfies Fault[]
).map((fault) => ({ ...fault, isPossible: (world) => world.broker !== undefined }));

const consumersComeAndGo: Fault = {
  name: 'consumers join and leave',
  inject: async (world, random) => {
    for (let count = 0; count < 3; count++) {
      for (const { name, pid } of world.processes())
        if (name.endsWith('#2')) signal([pid], random.oneOf(['SIGTERM', 'SIGKILL']));
      await delay(random.whole(1_000, 2_000));
    }
  },
};

const eventFaults: readonly Fault[] = [
  {
    name: 'events are sent again, late and in any order',
    inject: async (world, _random, seconds) => {
      for (let count = 0; count < 2 * seconds; count++) {
        for (const schema of ['orders', 'catalog'] as const)
          await world.ledger.sql(
            schema,
            `UPDATE outbox SET sent_at = NULL WHERE id IN
               (SELECT id FROM outbox WHERE sent_at IS NOT NULL ORDER BY random() LIMIT 100)`,
          );
        await delay(500);
      }
    },
  },
  {
    name: 'poison is among the events',
    inject: async (world) => {
      for (const { schema, topic, type, value } of poison)
        await world.ledger.sql(
          schema,
          // In the lanes of orders that are under way.
          `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
           SELECT id, $1, key, $2, jsonb_build_object('ce_specversion', '1.0', 'ce_id', id, 'ce_type', $2::text,
             'ce_source', 'faults', 'ce_time', now()), $3::jsonb
           FROM (SELECT gen_random_uuid()::text AS id, key FROM outbox WHERE topic IN ('CatalogEvents', 'OrderEvents')
             ORDER BY outbox.id DESC LIMIT 5) AS latest`,
          [topic, type, value],
        );
      await delay(2_000);
    },
  },
];

const poison = [
  { schema: 'orders', topic: 'CatalogEvents', type: 'CREATE_ORDER', value: '{}' },
  { schema: 'orders', topic: 'CatalogEvents', type: 'NEVER_HEARD_OF', value: '{"a":1}' },
  { schema: 'catalog', topic: 'OrderEvents', type: 'STOCK_RESERVED', value: '[]' },
  {
    schema: 'catalog',
    topic: 'OrderEvents',
    type: 'STOCK_RESERVED',
    value: JSON.stringify({ orderNumber: randomUUID() }),
  },
] as const;

const everywhere = [...postgresFaults, ...stripeFaults, ...eventFaults];

export const faultsOf: Readonly<Record<World['bus'], readonly Fault[]>> = {
  'in-process': [...processFaults(inProcess), ...everywhere],
  Kafka: [
    ...processFaults(ownProcesses),
    ...everywhere,
    ...kafkaFaults,
    consumersComeAndGo,
    ...networkFaults('Elasticsearch', (world) => world.searchNetwork),
  ],
};
