import { createEvent, createInProcessBus, encodeEvent, PermanentError } from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { consumeProductEvents, indexerGroup } from '../src/consumers/product-events.consumer.ts';
import type { Versioned } from '../src/search/elasticsearch/document.ts';

const now = performance.now;
afterEach(() => {
  performance.now = now;
});

/** An index of which a test says what fails in it. */
async function createIndex() {
  const state = { failing: new Map<number, Error>(), attempts: 0, written: [] as number[] };
  const deadLetters: string[] = [];
  const unused = () => Promise.reject(new Error('not used here'));
  const logger = createLogger({ name: 'test', level: 'silent' });
  const bus = createInProcessBus({
    groups: { CatalogEvents: [], OrderEvents: [], PaymentEvents: [], ProductEvents: [indexerGroup] },
    deadLetters: {
      add: async (_group, event) => void deadLetters.push(event.key),
      requested: async () => [],
      remove: unused,
    },
    logger,
  });
  const write = async (documents: readonly Versioned[]) => {
    state.attempts++;
    return documents.map(({ document: { id } }) => {
      const failure = state.failing.get(id);
      if (failure === undefined) state.written.push(id);
      return failure;
    });
  };
  await consumeProductEvents({ bus, logger, write });
  const deleted = (id: number) =>
    createEvent({
      source: 'catalog_service',
      type: 'PRODUCT_DELETED',
      key: String(id),
      data: { id, version: 2 },
    });
  return { state, deadLetters, say: (id: number) => bus.publish(encodeEvent(deleted(id))), close: bus.close };
}

it('gives no document up because of an index that fails, after however long and whatever else was written', async () => {
  const { state, deadLetters, say, close } = await createIndex();
  state.failing.set(1, new Error('no such shard'));
  const said = say(1);
  await waitFor(() => state.attempts >= 1);
  performance.now = () => now.call(performance) + 3_600_000;
  for (const id of [2, 3, 4]) {
    const before = state.attempts;
    await say(id);
    await waitFor(() => state.attempts >= before + 2);
  }
  expect(deadLetters).toEqual([]);
  state.failing.clear();
  await said;
  expect(state.written.sort()).toEqual([1, 2, 3, 4]);
  await close();
});

it('puts a document aside that can never be written, and goes on with the others', async () => {
  const { state, deadLetters, say, close } = await createIndex();
  state.failing.set(1, new PermanentError('not a price'));
  await Promise.all([say(1), say(2)]);
  expect(deadLetters).toEqual(['1']);
  expect(state.written).toEqual([2]);
  await close();
});
