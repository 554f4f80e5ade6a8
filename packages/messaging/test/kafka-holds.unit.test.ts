import type { KafkaMessage } from 'kafkajs';
import { createHolds } from '../src/kafka/holds.ts';

const messages = (...offsets: string[]) => offsets.map((offset) => ({ offset }) as KafkaMessage);

/** Work that a test finishes when it likes. */
function createWork() {
  const begun: string[][] = [];
  let finish: (offset?: string) => void = () => {};
  const holds = createHolds((batch) => {
    begun.push(batch.map(({ offset }) => offset));
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  return { begun, holds, finish: (offset?: string) => finish(offset) };
}

function createPartition() {
  const partition = { paused: false };
  const pause = () => {
    partition.paused = true;
    return () => {
      partition.paused = false;
    };
  };
  return { partition, pause };
}

it('goes on with the same work when the messages come again before it is done, and pauses only meanwhile', async () => {
  const { begun, holds, finish } = createWork();
  const { partition, pause } = createPartition();
  expect(await holds.handled(0, messages('7', '8', '9'), pause)).toBe(0);
  expect(partition.paused).toBe(true);
  // As when a crashed consumer begins anew; this time fewer of them come.
  const again = holds.handled(0, messages('7', '8'), pause);
  finish('9');
  expect(await again).toBe(2);
  expect(begun).toEqual([['7', '8', '9']]);
  expect(partition.paused).toBe(false);
});

it('begins anew with other messages, and counts those that are done with when it is broken off', async () => {
  const { begun, holds, finish } = createWork();
  const { pause } = createPartition();
  expect(await holds.handled(0, messages('7'), pause)).toBe(0);
  const others = holds.handled(0, messages('20', '21', '25'), pause);
  finish('21');
  expect(await others).toBe(2);
  expect(begun).toEqual([['7'], ['20', '21', '25']]);
  const broken = holds.handled(0, messages('25'), pause);
  finish(undefined);
  expect(await broken).toBe(0);
});

it('is idle when nothing is at work', async () => {
  const { holds, finish } = createWork();
  const { pause } = createPartition();
  await holds.handled(0, messages('7'), pause);
  let idle = false;
  const waiting = holds.idle().then(() => {
    idle = true;
  });
  await new Promise(setImmediate);
  expect(idle).toBe(false);
  finish('7');
  await waiting;
});
