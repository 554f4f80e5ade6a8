import { addEvent, deadLetterTable, sqlOf } from '@shop/messaging';
import { createPool, withTransaction } from '@shop/service-kit';
import { createTestDatabase, type TestDatabase } from '@shop/testing';
import pg from 'pg';
import { silent } from './silent-logger.ts';

const schema = 'messaging';

/** The tables as the documentation of `addEvent`, `firstDelivery` and `createDeadLetterStore` asks for them. */
const tables = `
  CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    headers jsonb NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    replayed_at timestamptz
  );
  CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
  CREATE INDEX outbox_sent ON outbox (sent_at);
  CREATE TABLE inbox (
    consumer text,
    event_id text,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
  );
  CREATE INDEX inbox_received ON inbox (received_at);
  ${deadLetterTable}`;

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(tables);
  await client.end();
}

export const createMessagingDatabase = () => createTestDatabase({ template: 'messaging', schema, migrate });

/** A pool as a service has it. */
export const openPool = ({ url }: TestDatabase, max = 10) =>
  createPool({ url, name: 'messaging_test', schema, logger: silent, max });

/** Adds the events `from`, `from + 1`, … of one order to the outbox, in the transaction of `client`. */
export async function addStockReserved(client: pg.ClientBase, orderNumber: string, from = 0, count = 1) {
  for (let n = from; n < from + count; n++) {
    await addEvent(sqlOf(client), {
      id: `${orderNumber}:${n}`,
      source: 'catalog_service',
      type: 'STOCK_RESERVED',
      key: orderNumber,
      data: { orderNumber },
    });
  }
}

/** The same, committed. */
export const commitStockReserved = (pool: pg.Pool, orderNumber: string, from = 0, count = 1) =>
  withTransaction(pool, (client) => addStockReserved(client, orderNumber, from, count));
