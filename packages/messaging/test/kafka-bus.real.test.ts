import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus, createKafkaDeadLetters, type KafkaBus, subscribe } from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { eventBusContract } from './event-bus.contract.ts';
import { createCuttableSockets } from './support/cuttable-sockets.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

eventBusContract('the Kafka bus', async () => {
  const connection = { brokers, clientId: 'contract', logger: silent, prefix: `t-${randomUUID()}-` };
  const opened: KafkaBus[] = [];
  const newInstance = async () => {
    const bus = createKafkaBus(connection);
    opened.push(bus);
    await bus.connect();
    return bus;
  };
  return {
    bus: await newInstance(),
    newInstance,
    deadLetters: createKafkaDeadLetters(connection).list,
    holds: 'partition',
    close: async () => {
      await Promise.all(opened.map((bus) => bus.close()));
    },
  };
});

describe('two instances of a service on six partitions', () => {
  const group = 'orders';
  const topic = 'OrderEvents';
  const keys = orderNumbers(24);
  const rounds = 10;

  async function openInstances() {
    const prefix = `t-${randomUUID()}-`;
    const handled: string[] = [];
    const handle = async ({ id }: { id: string }) => {
      await delay(5);
      handled.push(id);
    };
    const open = async () => {
      const sockets = createCuttableSockets();
      const { socketFactory } = sockets;
      const bus = createKafkaBus({ brokers, clientId: 'instance', logger: silent, prefix, socketFactory });
      await bus.connect();
      await subscribe({ bus, group, topic, handle, logger: silent });
      return { bus, sockets };
    };
    return { handled, first: await open(), second: await open() };
  }

  /** As relays do: a key's events one after the other, each until it has been taken. */
  async function publishAll(bus: KafkaBus): Promise<void> {
    const publishKey = async (key: string) => {
      for (let n = 0; n < rounds; n++) {
        const event = stockReserved(key, n);
        await waitFor(async () => bus.publish(event).then(() => true));
      }
    };
    await Promise.all(keys.map(publishKey));
  }

  const expectAllInOrder = (handled: readonly string[]) => {
    const firsts = [...new Set(handled)];
    for (const key of keys) {
      const wanted = Array.from({ length: rounds }, (_, n) => `${key}:${n}`);
      expect(firsts.filter((id) => id.startsWith(`${key}:`))).toEqual(wanted);
    }
  };

  it('lose nothing and keep the order of each key while the brokers are away', async () => {
    const { handled, first, second } = await openInstances();
    await waitFor(async () =>
      first.bus.publish(stockReserved('order-warm-up')).then(() => handled.length > 0),
    );
    const publishing = publishAll(first.bus);
    await waitFor(() => handled.length > 40);
    for (const { sockets } of [first, second]) sockets.cut();
    await delay(3_000);
    for (const { sockets } of [first, second]) sockets.heal();
    await publishing;
    await waitFor(() => new Set(handled).size > keys.length * rounds);
    expectAllInOrder(handled);
    await Promise.all([first.bus.close(), second.bus.close()]);
  });

  it('go on with one when the other is gone in the middle of a batch', async () => {
    const { handled, first, second } = await openInstances();
    const publishing = publishAll(first.bus);
    await waitFor(() => handled.length > 40);
    second.sockets.cut();
    await publishing;
    await waitFor(() => new Set(handled).size >= keys.length * rounds);
    expectAllInOrder(handled);
    second.sockets.heal();
    await Promise.all([first.bus.close(), second.bus.close()]);
  });
});
