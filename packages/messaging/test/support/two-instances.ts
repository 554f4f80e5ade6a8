import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus, type KafkaBus, subscribe } from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { createCuttableSockets } from './cuttable-sockets.ts';
import { silent } from './silent-logger.ts';
import { orderNumbers, stockReserved } from './stock-events.ts';

const topic = 'OrderEvents';
const keys = orderNumbers(24);
const rounds = 10;

/** Opens two instances of one service whenever asked, and closes them after each test. */
export function useTwoInstances(newPrefix: () => string) {
  const opened: KafkaBus[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
  });
  return (brokers: readonly string[]) => openTwoInstances(brokers, newPrefix(), opened);
}

/** Somebody publishes to them ten events of each of 24 keys. */
async function openTwoInstances(brokers: readonly string[], prefix: string, opened: KafkaBus[]) {
  const handled: string[] = [];
  const openInstance = async () => {
    const sockets = createCuttableSockets();
    const { socketFactory } = sockets;
    const bus = createKafkaBus({ brokers, clientId: 'instance', logger: silent, prefix, socketFactory });
    opened.push(bus);
    await waitFor(async () => bus.connect().then(() => true));
    const dead = new AbortController();
    const die = () => {
      sockets.cut();
      dead.abort();
    };
    const instance = { bus, sockets, die, takesPart: false };
    const handle = async ({ id }: { id: string }) => {
      instance.takesPart = true;
      await delay(5);
      // What it had in hand is gone with it.
      dead.signal.throwIfAborted();
      handled.push(id);
    };
    await subscribe({ bus, group: 'orders', topic, handle, logger: silent });
    return instance;
  };
  const first = await openInstance();
  const second = await openInstance();
  let warmUps = 0;
  let refusals = 0;
  const onRefusal = () => {
    refusals++;
    return false;
  };
  const bothTakePart = async () => {
    await untilTaken(first.bus, `order-warm-up-${warmUps++}`, 0);
    return first.takesPart && second.takesPart;
  };
  await waitFor(bothTakePart, { what: 'both to take part' });

  return {
    first,
    second,
    publishing: Promise.all(keys.map((key) => publishAll(first.bus, key, onRefusal))),
    /** They are in the middle of their work. */
    someHandled: () => waitFor(() => handled.length > warmUps + 40, { what: 'some events to be handled' }),
    /** They cannot reach the brokers. */
    someRefused: () => waitFor(() => refusals > 0, { what: 'some events not to be taken' }),
    expectAllInOrder: async () => {
      const all = keys.length * rounds + warmUps;
      await waitFor(() => new Set(handled).size >= all, { what: `${all} events to be handled` });
      const firsts = [...new Set(handled)];
      for (const key of keys) {
        const wanted = Array.from({ length: rounds }, (_, n) => `${key}:${n}`);
        expect(firsts.filter((id) => id.startsWith(`${key}:`))).toEqual(wanted);
      }
    },
  };
}

/** As a relay does: a key's events one after the other, each until it has been taken. */
async function publishAll(bus: KafkaBus, key: string, onRefusal: () => boolean): Promise<void> {
  for (let n = 0; n < rounds; n++) await untilTaken(bus, key, n, onRefusal);
}

const untilTaken = (bus: KafkaBus, key: string, n: number, onRefusal = () => false) =>
  waitFor(() => bus.publish(stockReserved(key, n)).then(() => true, onRefusal), {
    what: `${key} to be taken`,
  });
